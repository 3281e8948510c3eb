"""Letters of keys: each act has one, no two share one, and only what differs from the product's is kept."""

from __future__ import annotations

import pytest

from resonanz.accounts.keys import DEFAULT_LETTERS, LetterTaken, NotALetter, letters_of, set_keys
from resonanz.accounts.models import User
from resonanz.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora Feld", created_at=clock.now())


def test_letters_are_those_of_the_product_until_changed(nora: User) -> None:
    set_keys(user=nora, keys_on=True, keys={"reply": "4", "next": "X", "unknown": "q"})

    nora.refresh_from_db()
    assert nora.keys == {"reply": "4"}
    assert letters_of(nora) == {**DEFAULT_LETTERS, "reply": "4"}


def test_letter_cannot_stand_for_two_acts(nora: User) -> None:
    with pytest.raises(LetterTaken) as refused:
        set_keys(user=nora, keys_on=True, keys={"reply": "x"})

    assert refused.value.params == {"letter": "X", "act": "reply", "other": "next"}
    assert nora.keys == {}


@pytest.mark.parametrize("letter", ["", " ", "ä", "?", "ab", "\u200b", "ı"])
def test_only_letters_and_digits_of_every_keyboard_are_keys(nora: User, letter: str) -> None:
    with pytest.raises(NotALetter):
        set_keys(user=nora, keys_on=True, keys={"reply": letter})


def test_broken_row_never_breaks_a_page(nora: User) -> None:
    nora.keys = {"reply": "ü", "gone": "q"}

    assert letters_of(nora) == DEFAULT_LETTERS

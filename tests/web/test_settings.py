"""One's own settings: keys that were chosen, and the language, before signing in too."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from resonanz.accounts.keys import DEFAULT_LETTERS
from resonanz.accounts.models import User

pytestmark = pytest.mark.django_db
LETTERS = {act: letter.upper() for act, letter in DEFAULT_LETTERS.items()}


def test_chosen_letter_stands_in_the_settings_and_on_every_page(signed_in: Client, miriam: User) -> None:
    signed_in.post("/settings/keys/", {"keys_on": "on", **LETTERS, "help": "4"})

    miriam.refresh_from_db()
    page = signed_in.get("/settings/").content.decode()
    assert miriam.keys == {"help": "4"}
    assert "&quot;4&quot;: &quot;help&quot;" in page
    assert '<kbd data-kbd="help">4</kbd>' in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"help": "r"}, "R stands for two actions; each one needs a letter of its own."),
        ({"help": "ä"}, "A key is one letter or one digit."),
        ({"help": "-"}, "A key is one letter or one digit."),
        ({"help": ""}, "This field is required."),
        ({"help": "rr"}, "Ensure this value has at most 1 character"),
    ],
)
def test_keys_that_cannot_be_are_refused_in_words_and_change_nothing(
    signed_in: Client, miriam: User, changed: dict[str, str], told: str
) -> None:
    answer = signed_in.post("/settings/keys/", {"keys_on": "on", **LETTERS, **changed})

    miriam.refresh_from_db()
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert miriam.keys == {}


def test_two_letters_can_change_places(signed_in: Client, miriam: User) -> None:
    signed_in.post("/settings/keys/", {"keys_on": "on", **LETTERS, "down": "k", "up": "j"})

    miriam.refresh_from_db()
    assert miriam.keys == {"down": "k", "up": "j"}


def test_letters_switched_off_are_neither_shown_nor_known_to_the_page(signed_in: Client) -> None:
    signed_in.post("/settings/keys/", LETTERS)

    page = signed_in.get("/settings/").content.decode()
    assert 'data-letters="{}"' in page
    assert "data-kbd=" not in page
    signed_in.post("/settings/keys/", {"act": "reset"})
    assert 'data-kbd="help"' in signed_in.get("/settings/").content.decode()


def test_stranger_chooses_the_language_of_the_entrance(client: Client) -> None:
    answer = client.post("/language/", {"language": "de", "next": "/accounts/login/"})

    page = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert answer.headers["Location"] == "/accounts/login/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]
    assert '<html lang="de">' in page


def test_colleague_chooses_a_language_that_goes_with_them(signed_in: Client, miriam: User) -> None:
    signed_in.post("/language/", {"language": "de", "next": "https://evil.example/"})

    miriam.refresh_from_db()
    assert miriam.language == "de"
    signed_in.cookies.pop(settings.LANGUAGE_COOKIE_NAME)
    assert '<html lang="de">' in signed_in.get("/settings/").content.decode()
    signed_in.post("/language/", {"language": "tlh"})
    assert '<html lang="de">' in signed_in.get("/settings/").content.decode()


def test_as_the_browser_asks_means_the_browser_again(signed_in: Client) -> None:
    signed_in.post("/language/", {"language": "de"})

    signed_in.post("/settings/", {"language": "", "time_zone": ""})

    assert '<html lang="en">' in signed_in.get("/settings/", headers={"accept-language": "en"}).content.decode()


def test_each_time_zone_is_offered_once_and_an_older_name_of_it_stays(signed_in: Client, miriam: User) -> None:
    User.objects.filter(pk=miriam.pk).update(time_zone="Asia/Calcutta")

    page = signed_in.get("/settings/").content.decode()
    signed_in.post("/settings/", {"language": "de", "time_zone": "Asia/Calcutta"})

    miriam.refresh_from_db()
    assert '<option value="Asia/Calcutta" selected>' in page
    assert '<option value="Asia/Kolkata">Kolkata</option>' in page
    assert "US/Eastern" not in page
    assert len(page) < 60_000
    assert (miriam.language, miriam.time_zone) == ("de", "Asia/Calcutta")

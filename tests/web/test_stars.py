"""How many stars a review gives: to be seen, and to be heard from a screen reader in either language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from resonanz.listening.models import Post
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.mark.parametrize(("language", "words"), [("en", "2 of 5 stars"), ("de", "2 von 5 Sternen")])
def test_stars_stand_in_the_case_with_words_for_who_does_not_see_them(
    signed_in: Client, new_case: NewCase, language: str, words: str
) -> None:
    case = new_case("p")
    Post.objects.update(rating=2)

    page = signed_in.get(f"/inbox/{case.pk}/?view=all", headers={"accept-language": language}).content.decode()

    assert f'<span class="stars" role="img" aria-label="{words}">★★☆☆☆</span>' in page


def test_what_gives_no_stars_shows_none(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    assert 'class="stars"' not in signed_in.get(f"/inbox/{case.pk}/?view=all").content.decode()


def test_review_without_words_is_told_in_the_inbox_by_its_stars(signed_in: Client, new_case: NewCase) -> None:
    new_case("p", text="")
    without = signed_in.get("/inbox/?view=all").content.decode()
    Post.objects.update(rating=1)

    assert "★☆☆☆☆" not in without
    assert '<span class="text" dir="auto">★☆☆☆☆</span>' in signed_in.get("/inbox/?view=all").content.decode()


def test_stars_stand_among_what_is_listened_to(signed_in: Client, new_case: NewCase) -> None:
    new_case("p")
    Post.objects.update(rating=5)

    assert 'aria-label="5 of 5 stars">★★★★★</span>' in signed_in.get("/listening/").content.decode()

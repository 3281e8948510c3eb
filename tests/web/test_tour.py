"""The tour: offered in the demonstration alone, goes on with what somebody does, and stays ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client

from resonanz.accounts import company
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.answers import replies
from resonanz.service.models import Case, CasePost

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: LazySettings, db: None) -> None:
    settings.DEMO = True
    settings.PRACTICE_URL = "http://127.0.0.1:8099"
    company.finish_start(actor=None)


def step(client: Client, path: str) -> str | None:
    """The step that the page shows, None where nothing of the tour is to be seen."""
    page = client.get(path).content.decode()
    found = re.search(r'id="tour"[^>]*data-step="(\d)"', page)
    return found[1] if found else None


def test_tour_is_offered_on_today_in_the_demonstration_alone(signed_in: Client, settings: LazySettings) -> None:
    assert step(signed_in, "/") == "0"
    assert step(signed_in, "/inbox/") is None

    settings.DEMO = False

    assert step(signed_in, "/") is None


def test_tour_goes_on_with_what_somebody_does(signed_in: Client, miriam: User, new_case: Callable[..., Case]) -> None:
    case = new_case("1")
    signed_in.post("/tour/begins/")
    begun = step(signed_in, "/")
    followed = step(signed_in, "/inbox/?view=late")
    opened = step(signed_in, f"/inbox/{case.pk}/")
    post = CasePost.objects.get(case=case).post

    replies.queue_reply(case_id=case.pk, post_id=post.pk, text="Morgen.", author=miriam, key=uuid4())

    assert (begun, followed, opened, step(signed_in, "/")) == ("1", "2", "3", "5")


def test_ended_tour_stays_away_until_it_is_begun_again(signed_in: Client, miriam: User) -> None:
    signed_in.post("/tour/begins/")

    answer = signed_in.post("/tour/ends/", {"next": "/listening/"})

    miriam.refresh_from_db()
    assert answer.headers["Location"] == "/listening/"
    assert miriam.toured_at is not None
    assert step(signed_in, "/") is None
    signed_in.post("/tour/begins/")
    assert step(signed_in, "/") == "1"


def test_tour_is_not_for_those_who_may_not_answer(client: Client) -> None:
    reader = User.objects.create_user("a@nordhain.example", name="A", role=Role.ANALYST, created_at=clock.now())
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert step(client, "/") is None


@pytest.mark.parametrize("path", ["/tour/begins/", "/tour/ends/"])
def test_tour_asks_strangers_to_sign_in_and_takes_no_link(client: Client, signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code == 405
    signed_in.logout()
    assert signed_in.post(path).headers["Location"].startswith("/accounts/login/")

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service.models import Aftermath, Case, Outcome

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def thanked(case: Case, text: str) -> Aftermath:
    post = Post.objects.get(case_posts__case=case)
    post.text = text
    post.save()
    return Aftermath.objects.create(case=case, outcome=Outcome.THANKED, post=post, at=clock.now())


def test_case_page_says_how_it_ended_with_the_words_and_escapes_them(
    signed_in: Client, new_case: Callable[..., Case]
) -> None:
    case = new_case("1")
    thanked(case, "<b>Super</b>, vielen Dank!")

    page = signed_in.get(reverse("case", args=[case.pk])).content.decode()

    assert '&lt;b&gt;Super&lt;/b&gt;, <span class="because">vielen Dank</span>!' in page
    assert "Thanks came after our answer." in page


def test_case_page_of_which_nothing_is_known_says_nothing(signed_in: Client, new_case: Callable[..., Case]) -> None:
    page = signed_in.get(reverse("case", args=[new_case("1").pk])).content.decode()

    assert "Afterwards:" not in page


def test_start_page_counts_and_leads_to_the_cases_behind(signed_in: Client, new_case: Callable[..., Case]) -> None:
    case = new_case("1", name="Jonas")
    thanked(case, "Danke!")

    today = signed_in.get(reverse("today")).content.decode()
    behind = signed_in.get(reverse("ended", args=["thanked"])).content.decode()
    none = signed_in.get(reverse("ended", args=["left"])).content.decode()

    assert reverse("ended", args=["thanked"]) in today
    assert reverse("case", args=[case.pk]) in behind
    assert reverse("case", args=[case.pk]) not in none
    assert "THANKED" not in today + behind
    assert signed_in.get(reverse("ended", args=["nonsense"])).status_code == 404


def test_who_may_not_read_cases_sees_no_endings(client: Client, new_case: Callable[..., Case]) -> None:
    thanked(new_case("1"), "Danke!")
    analyst = User.objects.create_user("a@nordhain.example", name="A", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)

    assert reverse("ended", args=["thanked"]) not in client.get(reverse("today")).content.decode()
    assert client.get(reverse("ended", args=["thanked"])).status_code == 403

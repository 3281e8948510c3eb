"""Acts on many cases without a script: a list to tick, a question, and the list again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.test_workplace import HOSTILE, analyst

from resonanz.accounts.models import User
from resonanz.service.models import Case, CaseTag, TagColour
from resonanz.service.work import known_issues, tagging

__all__ = ["analyst"]
pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.fixture
def ticked(new_case: NewCase) -> str:
    made = [new_case(str(n), text=HOSTILE) for n in range(2)]
    return "view=all&" + "&".join(f"case={case.pk}" for case in made)


def test_list_to_tick_is_for_those_who_answer(analyst: Client) -> None:
    assert analyst.get("/inbox/select/").status_code == 403


def test_list_shows_boxes_and_acts_and_escapes_what_people_wrote(signed_in: Client, ticked: str) -> None:
    shown = signed_in.get(f"/inbox/select/?{ticked}").content.decode()

    assert shown.count('name="case"') == 2
    assert shown.count(" checked") == 2
    assert 'formaction="/inbox/bulk/merge/"' in shown
    assert HOSTILE not in shown
    assert 'href="/inbox/select/?view=all"' in signed_in.get("/inbox/?view=all").content.decode()


def test_ticked_cases_are_tagged_by_plain_forms(signed_in: Client, miriam: User, ticked: str) -> None:
    tag = tagging.create(name="Rückruf", colour=TagColour.LATE, actor=miriam)

    asked = signed_in.get(f"/inbox/bulk/tag/?{ticked}").content.decode()
    done = signed_in.post(f"/inbox/bulk/tag/?{ticked}", {"add": [tag.pk]}, follow=True)

    assert "2 cases are selected." in asked
    assert f'action="/inbox/bulk/tag/?{ticked.replace("&", "&amp;")}"' in asked
    assert CaseTag.objects.filter(tag=tag).count() == 2
    assert done.redirect_chain == [("/inbox/?view=all", 302)]
    assert "Done with 2 cases." in done.content.decode()


@pytest.mark.parametrize("name", ["assign", "claim", "snooze", "resolve", "merge", "known-issue", "hand-over"])
def test_every_act_asks_on_a_page_of_its_own(signed_in: Client, ticked: str, name: str) -> None:
    shown = signed_in.get(f"/inbox/bulk/{name}/?{ticked}").content.decode()

    assert "<html" in shown
    assert 'method="post"' in shown


def test_ticked_cases_are_merged(signed_in: Client, ticked: str) -> None:
    signed_in.post(f"/inbox/bulk/merge/?{ticked}")

    assert Case.objects.filter(merged_into__isnull=False).count() == 1


def test_ticked_cases_are_bound_to_a_known_issue(signed_in: Client, miriam: User, ticked: str) -> None:
    about = known_issues.About(title="Tretlager", brand=None, owner=miriam, topic=None, words="")
    issue = known_issues.open_issue(about=about, actor=miriam)

    signed_in.post(f"/inbox/bulk/known-issue/?{ticked}", {"issue": issue.pk})

    assert issue.bound.count() == 2


def test_refused_cases_are_named_with_why(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    open_one, done_one = new_case("a", name="Ada"), new_case("b", name="Ben")
    Case.objects.filter(pk=done_one.pk).update(state="RESOLVED", resolved_at="2026-11-01T09:00Z")
    ticked = f"view=all&case={open_one.pk}&case={done_one.pk}"

    shown = signed_in.post(f"/inbox/bulk/snooze/?{ticked}", {"until": "answer"}, follow=True).content.decode()

    assert "Done with 1 case." in shown
    assert "Ben: This case was resolved meanwhile." in shown


def test_nothing_ticked_says_so(signed_in: Client) -> None:
    shown = signed_in.get("/inbox/bulk/tag/?view=all", follow=True).content.decode()

    assert "No case was selected." in shown

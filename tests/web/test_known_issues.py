"""The pages of known issues: from the first case to the message to everybody, without a script."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.test_workplace import HOSTILE, SCRIPT, analyst

from resonanz.accounts.models import User
from resonanz.service.answers import telling_solved
from resonanz.service.models import Case, IssueCase, IssueWording, KnownIssue, Outgoing
from resonanz.service.work import known_issues

__all__ = ["analyst"]
pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
WORDING = "Wir arbeiten daran und melden uns."


@pytest.fixture
def issue(miriam: User) -> KnownIssue:
    about = known_issues.About(title="Tretlager fehlen", brand=None, owner=miriam, topic=None, words="Rad")
    return known_issues.open_issue(about=about, actor=miriam)


@pytest.mark.parametrize(
    "address",
    ["", "new/", "{issue}/", "{issue}/edit/", "{issue}/wording/", "{issue}/bind/", "{issue}/solve/", "{issue}/tell/",
     "{issue}/stop/", "wordings/1/release/", "wordings/1/sign/"],
)  # fmt: skip
def test_pages_are_refused_to_those_who_read_no_cases(analyst: Client, address: str) -> None:
    issue = KnownIssue.objects.create(title="X", opened_at="2026-11-01T09:00Z")
    path = "/issues/" + address.format(issue=issue.pk)

    assert analyst.get(path).status_code == 403
    assert analyst.post(path).status_code == 403


def test_issue_goes_from_the_form_to_the_message(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    case = new_case("one")
    signed_in.post("/issues/new/", {"title": HOSTILE, "owner": miriam.pk, "words": "Rad"})
    issue = KnownIssue.objects.get()
    path = f"/issues/{issue.pk}/"

    assert f'value="{case.pk}"' in signed_in.get(path).content.decode()
    signed_in.post(f"{path}bind/", {"case": [case.pk]})
    for occasion, text in (("OPEN", WORDING), ("SOLVED", "Alles wieder gut, danke fürs Warten!")):
        signed_in.post(f"{path}wording/", {"occasion": occasion, "language": "de", "text": text})
    for wording in IssueWording.objects.all():
        signed_in.post(f"/issues/wordings/{wording.pk}/release/")
    shown = signed_in.get(path).content.decode()
    signed_in.post(f"{path}solve/")
    before = signed_in.get(path).content.decode()
    signed_in.post(f"{path}tell/")
    while telling_solved.go_on(issue_id=issue.pk):
        pass
    after = signed_in.get(path).content.decode()

    assert shown.count('chip good">released') == 2
    assert HOSTILE not in shown
    assert "One person would be told." in before
    assert "1 told, of which 0 have arrived; 0 left out." in after
    assert Outgoing.objects.get().case == case


def test_wording_is_one_key_away_in_a_bound_case(
    signed_in: Client, new_case: NewCase, miriam: User, issue: KnownIssue
) -> None:
    case = new_case("one")
    signed_in.post(f"/inbox/{case.pk}/do/known-issue/", {"issue": issue.pk})
    signed_in.post(f"/issues/{issue.pk}/wording/", {"occasion": "OPEN", "language": "de", "text": WORDING})
    wording = IssueWording.objects.get()

    unreleased = signed_in.get(f"/inbox/{case.pk}/?say={wording.pk}").content.decode()
    known_issues.release_wording(wording_id=wording.pk, actor=miriam)
    panel = signed_in.get(f"/inbox/{case.pk}/do/known-issue/", headers=SCRIPT).content.decode()
    written = signed_in.get(f"/inbox/{case.pk}/?say={wording.pk}").content.decode()

    assert f'name="say" value="{wording.pk}"' in panel
    assert WORDING not in unreleased
    assert f">{WORDING}</textarea>" in written


def test_many_cases_are_bound_and_taken_back(signed_in: Client, new_case: NewCase, issue: KnownIssue) -> None:
    made = [new_case(str(n)) for n in range(3)]
    asked = {"ids": ",".join(str(case.pk) for case in made), "batch": uuid4().hex, "issue": issue.pk}

    assert "Tretlager fehlen" in signed_in.get("/inbox/bulk/known-issue/").content.decode()
    answer = signed_in.post("/inbox/bulk/known-issue/", asked).json()

    assert answer["done"] == 3
    assert IssueCase.objects.count() == 3
    assert "3 cases:" in answer["undo"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_many_as_for_one(
    signed_in: Client, miriam: User, count: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for n in range(count):
        about = known_issues.About(title=f"{n}", brand=None, owner=miriam, topic=None, words="")
        known_issues.open_issue(about=about, actor=miriam)

    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        assert signed_in.get("/issues/").status_code == 200

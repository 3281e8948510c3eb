"""Merging and splitting as somebody meets them: forms that work without a script, addresses that lead on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.web.test_workplace import HOSTILE, SCRIPT, analyst

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service.models import Case, CasePost, Outgoing
from resonanz.service.work import merging

__all__ = ["analyst"]
pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.fixture
def pair(new_case: NewCase) -> tuple[Case, Case]:
    return new_case("one"), new_case("two")


@pytest.mark.parametrize("address", ["/inbox/{case}/merge/", "/inbox/{case}/split/"])
def test_merging_and_splitting_are_for_those_who_answer(analyst: Client, new_case: NewCase, address: str) -> None:
    case = new_case("p")

    assert analyst.get(address.format(case=case.pk)).status_code == 403
    assert analyst.post(address.format(case=case.pk)).status_code == 403


@pytest.mark.parametrize("act", ["merge", "split"])
def test_forms_are_pages_of_their_own_and_pieces_of_another(signed_in: Client, new_case: NewCase, act: str) -> None:
    case = new_case("p", text=HOSTILE)

    page = signed_in.get(f"/inbox/{case.pk}/{act}/").content.decode()
    piece = signed_in.get(f"/inbox/{case.pk}/{act}/", headers=SCRIPT).content.decode()

    assert "<html" in page
    assert "<html" not in piece
    assert HOSTILE not in page + piece


def test_old_address_leads_to_the_surviving_case(signed_in: Client, pair: tuple[Case, Case]) -> None:
    one, two = pair

    merged = signed_in.post(f"/inbox/{one.pk}/merge/", {"other": f"#{two.pk}"})
    again = signed_in.get(f"/inbox/{one.pk}/?view=all")

    assert merged.headers["Location"] == f"/inbox/{two.pk}/"
    assert again.headers["Location"] == f"/inbox/{two.pk}/?view=all"


def test_answer_written_on_the_old_page_is_on_its_way_once(
    signed_in: Client, pair: tuple[Case, Case], miriam: User
) -> None:
    one, two = pair
    post_id = CasePost.objects.get(case=one).post_id
    merging.merge(case_id=one.pk, into_id=two.pk, actor=miriam)
    form = {"key": str(uuid4()), "post_id": post_id, "text": "Hallo! Das Rad kommt morgen."}

    first = signed_in.post(f"/inbox/{one.pk}/reply/", form)
    signed_in.post(f"/inbox/{one.pk}/reply/", form)

    assert first.status_code == 302
    assert Outgoing.objects.get().case_id == two.pk


def test_page_that_was_open_hears_where_it_goes_on(signed_in: Client, pair: tuple[Case, Case], miriam: User) -> None:
    one, two = pair
    merging.merge(case_id=one.pk, into_id=two.pk, actor=miriam)

    news = signed_in.get(f"/inbox/{one.pk}/news/", headers=SCRIPT)

    assert news.status_code == 200
    assert f"goes on in case {two.pk}" in news.content.decode()


def test_refusal_says_why(signed_in: Client, pair: tuple[Case, Case]) -> None:
    one, two = pair
    Case.objects.filter(pk=two.pk).update(state="RESOLVED", resolved_at=clock.now())

    shown = signed_in.post(f"/inbox/{one.pk}/merge/", {"other": str(two.pk)}, follow=True).content.decode()

    assert "This case was resolved meanwhile." in shown


def test_chosen_posts_become_a_case_that_leads_back(signed_in: Client, pair: tuple[Case, Case], miriam: User) -> None:
    one, two = pair
    post_id = CasePost.objects.get(case=one).post_id
    merging.merge(case_id=one.pk, into_id=two.pk, actor=miriam)

    response = signed_in.post(f"/inbox/{two.pk}/split/", {"post": [post_id]})

    part = Case.objects.get(split_from=two)
    assert response.headers["Location"] == f"/inbox/{part.pk}/"
    assert f"/inbox/{two.pk}/" in signed_in.get(f"/inbox/{part.pk}/").content.decode()


def test_many_are_merged_in_one_act_and_taken_back(signed_in: Client, new_case: NewCase) -> None:
    made = [new_case(str(n)) for n in range(3)]
    Case.objects.filter(pk=made[1].pk).update(opened_at=clock.now() - timedelta(days=1))
    ids = ",".join(str(case.pk) for case in made)

    answer = signed_in.post("/inbox/bulk/merge/", {"ids": ids, "batch": uuid4().hex}).json()

    assert (answer["done"], answer["refused"]) == (3, [])
    assert Case.objects.filter(merged_into=made[1]).count() == 2
    assert "3 cases: Merged." in answer["undo"]

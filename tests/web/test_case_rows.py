"""Rows of the lists: drawn once a minute, and never older than what they tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service import naming
from resonanz.service.lists import rows
from resonanz.service.models import Case, TagColour
from resonanz.service.work import tagging
from resonanz.web import case_rows

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


def drawn(case: Case, **more: Any) -> str:
    (row,) = rows.rows(case_ids=[case.pk])
    return case_rows.drawn(row, **{"query": "?view=all", "current_id": None, **more})


def test_row_that_nobody_changed_is_drawn_once_a_minute(new_case: NewCase) -> None:
    case, at = new_case("1"), clock.now().replace(second=1)
    with clock.moved_to(lambda: at):
        first, again = drawn(case), drawn(case)
    with clock.moved_to(lambda: at + timedelta(minutes=1)):
        later = drawn(case)

    assert first is again
    assert later is not first


@pytest.mark.parametrize(
    "change",
    [
        {"intent": "COMPLAINT"},
        {"is_snoozed": True},
        {"breached_clause": "3.2"},
        {"returned_at": timedelta(0)},
        {"answer_due_at": timedelta(hours=3)},
        {"claimed_until": timedelta(minutes=5)},
        {"assignee": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_shows_within_the_minute(new_case: NewCase, miriam: User, change: dict[str, Any]) -> None:
    case, at = new_case("1"), clock.now().replace(second=1)
    change = {name: at + value if isinstance(value, timedelta) else value for name, value in change.items()}
    Case.objects.filter(pk=case.pk).update(assignee=miriam, claimed_by=miriam, claimed_until=at - timedelta(hours=1))
    with clock.moved_to(lambda: at):
        before = drawn(case)
        Case.objects.filter(pk=case.pk).update(**change)

        assert drawn(case) != before


def test_a_tag_shows_within_the_minute_in_its_colour(new_case: NewCase, miriam: User) -> None:
    case, at = new_case("1"), clock.now().replace(second=1)
    with clock.moved_to(lambda: at):
        drawn(case)
        tag = tagging.create(name="Rückruf", colour=TagColour.SOON, actor=miriam)
        tagging.retag(case_id=case.pk, add=[tag.pk], actor=miriam)

        assert '<span class="chip tag soon">Rückruf</span>' in drawn(case)


def test_everybody_gets_the_row_in_their_language_and_time(new_case: NewCase) -> None:
    case, at = new_case("1"), clock.now()
    Case.objects.filter(pk=case.pk).update(answer_due_at=at + timedelta(hours=3))
    with clock.moved_to(lambda: at):
        with translation.override("en"), timezone.override("Europe/Berlin"):
            english = drawn(case)
            with timezone.override("Asia/Tokyo"):
                abroad = drawn(case)
        with translation.override("de"), timezone.override("Europe/Berlin"):
            german = drawn(case)

    assert "3:00 h left" in english
    assert "noch 3:00 h" in german
    assert abroad != english


def test_open_case_and_another_list_have_rows_of_their_own(new_case: NewCase) -> None:
    case = new_case("1")

    assert 'aria-current="true"' in drawn(case, current_id=case.pk)
    assert 'aria-current="true"' not in drawn(case)
    assert f"/inbox/{case.pk}/?view=late" in drawn(case, query="?view=late")


def test_colleague_who_is_known_from_now_on_is_hidden_at_once(new_case: NewCase) -> None:
    case = new_case("1", text="Frau Adler war unfreundlich.")
    before = drawn(case)
    naming.take_for_granted(["Ute Adler"])

    assert "Adler" in before
    assert "Adler" not in drawn(case)


def test_words_of_strangers_stay_words(new_case: NewCase) -> None:
    case = new_case("1", text="<script>alert(1)</script>", name="<b>Jonas</b>")

    assert "&lt;script&gt;" in drawn(case)
    assert "&lt;b&gt;Jonas" in drawn(case)
    assert "<script>" not in drawn(case)

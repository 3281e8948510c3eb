"""What no browser sends, and somebody will."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case, SavedView

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
DIGITS = "9" * 5000
"""More than Python reads as a number."""


@pytest.mark.parametrize("place", ["inbox", "a\x00b", "http:x", "//evil.example/", "https://evil.example/", DIGITS])
def test_an_act_leads_nowhere_but_to_a_path_of_ours(place: str, signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    answer = signed_in.post(f"/inbox/{case.pk}/claim/", {"next": place})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/inbox/{case.pk}/")


def test_filters_pass_over_numbers_that_nobody_could_mean(signed_in: Client, channel: object) -> None:
    assert signed_in.get("/inbox/", {"channel": "0" * 15 + DIGITS}).status_code == 200


def test_bulk_passes_over_numbers_that_nobody_could_mean(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    answer = signed_in.post("/inbox/bulk/claim/", {"ids": f"{DIGITS},{case.pk}", "batch": str(uuid4())})

    assert answer.json()["done"] == 1


def test_acts_that_ask_nothing_have_no_form(signed_in: Client) -> None:
    assert signed_in.get("/inbox/bulk/claim/").status_code == 404


def test_view_keeps_of_an_address_only_what_narrows(signed_in: Client) -> None:
    signed_in.post("/inbox/views/", {"name": "Alles", "channel": "1\x00", "topic": DIGITS, "kind": "QUESTION"})

    assert SavedView.objects.get().narrowed == {"channel": "1", "topic": "9" * 20, "kind": "QUESTION"}
    assert signed_in.get("/inbox/views/counts/").status_code == 200


def test_case_is_not_linked_to_itself(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    assert signed_in.post(f"/inbox/{case.pk}/link/{case.pk}/end/").status_code == 302


def test_text_with_a_nul_is_judged(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    assert signed_in.post(f"/inbox/{case.pk}/look/", {"text": "Morgen\x00, versprochen."}).status_code == 200


def test_case_is_given_to_nobody_by_a_number_that_nobody_has(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")

    assert signed_in.post(f"/inbox/{case.pk}/assign/", {"assignee": DIGITS}).status_code == 302


@pytest.mark.parametrize(
    "address",
    ["/responsibilities/?row=", "/responsibilities/presence/?week=", "/responsibilities/presence/?week=-"],
)
def test_pages_pass_over_numbers_that_nobody_could_mean(address: str, signed_in: Client, channel: object) -> None:
    assert signed_in.get(f"{address}{DIGITS}").status_code < 400


def test_next_case_is_found_besides_a_number_that_nobody_could_mean(signed_in: Client, channel: object) -> None:
    assert signed_in.post("/next/", {"besides": DIGITS}).status_code == 302


def test_person_is_put_in_no_group_by_a_number_that_none_has(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    assert case.identity is not None

    answer = signed_in.post(f"/people/{case.identity.person_id}/groups/", {"group": DIGITS})

    assert answer.status_code == 404


def test_step_that_nobody_has_is_removed_without_a_record(signed_in: Client) -> None:
    assert signed_in.post(f"/responsibilities/steps/{'9' * 30}/remove/").status_code == 302
    assert not AuditRecord.objects.filter(act="escalation.removed").exists()

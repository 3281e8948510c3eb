from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from resonanz.service.models import DeclarationKind
from resonanz.service.times.legal_terms import due, keep_until

BERLIN = ZoneInfo("Europe/Berlin")
LATE_ON_THE_31ST = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)  # half past eleven in Berlin


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        (DeclarationKind.WITHDRAWAL, date(2026, 2, 14)),
        (DeclarationKind.TERMINATION, date(2026, 2, 3)),
        (DeclarationKind.DATA_REQUEST, date(2026, 2, 28)),
        (DeclarationKind.OBJECTION, date(2026, 2, 2)),
        (DeclarationKind.ACCIDENT, date(2026, 2, 1)),
        (DeclarationKind.DEADLINE, date(2026, 3, 5)),
    ],
)
def test_due_is_the_end_of_the_last_day_counted_from_receipt(kind: DeclarationKind, last: date) -> None:
    found = due(kind=kind, received_at=LATE_ON_THE_31ST, named_day=date(2026, 3, 5), zone=BERLIN)

    assert found == datetime(last.year, last.month, last.day, 23, 59, tzinfo=BERLIN)


def test_due_counts_from_the_day_of_receipt_where_the_company_is() -> None:
    after_midnight = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    found = due(kind=DeclarationKind.DATA_REQUEST, received_at=after_midnight, named_day=None, zone=BERLIN)

    assert found == datetime(2026, 3, 1, 23, 59, tzinfo=BERLIN)


def test_due_of_a_deadline_is_the_day_they_named_and_nothing_without_one() -> None:
    assert due(kind=DeclarationKind.DEADLINE, received_at=LATE_ON_THE_31ST, named_day=None, zone=BERLIN) is None


def test_proof_of_claims_and_accidents_is_kept_and_of_data_requests_not() -> None:
    kept = {
        kind: keep_until(kind=DeclarationKind(kind), received_at=LATE_ON_THE_31ST, zone=BERLIN)
        for kind in ("WITHDRAWAL", "ACCIDENT", "DATA_REQUEST", "OBJECTION")
    }

    assert kept == {
        "WITHDRAWAL": (date(2029, 12, 31), "CLAIM"),
        "ACCIDENT": (date(2031, 1, 31), "PRODUCT_SAFETY"),
        "DATA_REQUEST": None,
        "OBJECTION": None,
    }

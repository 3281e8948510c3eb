from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from resonanz.accounts import company
from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Area, Company, Role, User
from resonanz.core import clock
from resonanz.privacy.models import AuditRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def miriam() -> User:
    return User.objects.create_user("m@nordhain.example", name="Miriam", role=Role.ADMIN, created_at=clock.now())


def test_company_is_not_stored_by_looking() -> None:
    found = company.company()

    assert found.pk is None
    assert not found.areas
    assert found.started_at is None
    assert not Company.objects.exists()


def test_areas_are_chosen_and_audited_without_words(miriam: User) -> None:
    company.choose_areas(areas=["SERVICE", "LISTENING", "SERVICE"], name="Nordhain & Söhne", actor=miriam)

    stored = company.company()
    assert (stored.name, stored.areas, stored.started_at) == ("Nordhain & Söhne", ["LISTENING", "SERVICE"], None)
    record = AuditRecord.objects.get()
    assert (record.act, record.details) == ("company.areas_chosen", {"areas": ["LISTENING", "SERVICE"]})


def test_area_without_rooms_is_refused(miriam: User) -> None:
    with pytest.raises(company.AreaNotReady):
        company.choose_areas(areas=[Area.SALES], name="", actor=miriam)

    assert not Company.objects.exists()


def test_start_is_finished_once(miriam: User) -> None:
    first = company.finish_start(actor=miriam).started_at
    second = company.finish_start(actor=None).started_at

    assert first == second
    assert AuditRecord.objects.count() == 1


def test_there_is_one_company(miriam: User) -> None:
    company.choose_areas(areas=[], name="Nordhain", actor=miriam)

    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.create(name="Another")


def test_glance_asks_again_only_after_a_while_or_a_change(miriam: User, monkeypatch: pytest.MonkeyPatch) -> None:
    company.finish_start(actor=miriam)
    assert company.glance().areas == []

    Company.objects.update(areas=["SERVICE"])  # another process
    assert company.glance().areas == []
    now = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now + 31)
    assert company.glance().areas == ["SERVICE"]
    company.choose_areas(areas=["LISTENING"], name="", actor=miriam)
    assert company.glance().areas == ["LISTENING"]


def test_glance_is_never_old_during_the_first_start(miriam: User) -> None:
    company.choose_areas(areas=["SERVICE"], name="Nordhain", actor=miriam)
    assert company.glance().areas == ["SERVICE"]

    Company.objects.update(areas=["LISTENING"])  # another process

    assert company.glance().areas == ["LISTENING"]


def test_only_administrators_set_up(miriam: User) -> None:
    lead = User(role=Role.LEAD, is_active=True)

    assert may(miriam, Act.SET_UP)
    assert not may(lead, Act.SET_UP)

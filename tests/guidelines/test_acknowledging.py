from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from resonanz.accounts.models import Brand, Notification, Role, User
from resonanz.core import clock
from resonanz.guidelines.acknowledging import (
    COUNT_UNREAD,
    NotPublished,
    Why,
    acknowledge,
    may_send,
    register,
    remind,
    unread_by,
)
from resonanz.guidelines.models import Guideline
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.published import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]
HOUR = timedelta(hours=1)


@pytest.fixture
def milan() -> User:
    return User.objects.create_user("milan@nordhain.example", name="Milan Okoro", created_at=clock.now())


def version(number: int, hours_ago: float, **more: Any) -> Guideline:
    return publish(rules(AGENTS_MAY), version=number, effective_at=clock.now() - hours_ago * HOUR, **more)


def test_starter_asks_nobody(milan: User) -> None:
    right = may_send(user=milan, brand_id=None)

    assert (right.allowed, right.why) == (True, Why.NOT_NEEDED)


@pytest.mark.parametrize(("hours_ago", "allowed", "why"), [(1, True, Why.DAY_LEFT), (25, False, Why.MISSING)])
def test_first_version_of_the_company_leaves_a_day(milan: User, hours_ago: float, allowed: bool, why: Why) -> None:
    newest = version(2, hours_ago)

    right = may_send(user=milan, brand_id=None)

    assert (right.allowed, right.why, right.guideline_id) == (allowed, why, newest.pk)
    assert right.until == (newest.effective_at + 24 * HOUR if allowed and newest.effective_at else None)


def test_whoever_acknowledged_may_send(milan: User) -> None:
    acknowledge(guideline_id=version(2, 50).pk, user=milan)

    assert may_send(user=milan, brand_id=None).why == Why.GIVEN


def test_earlier_acknowledgement_gives_the_right_for_a_day_and_no_longer(milan: User) -> None:
    acknowledge(guideline_id=version(2, 500).pk, user=milan)
    version(3, 3)

    assert may_send(user=milan, brand_id=None).why == Why.DAY_LEFT
    with clock.moved_to(clock.now() + 22 * HOUR):
        assert may_send(user=milan, brand_id=None).why == Why.MISSING


def test_versions_in_a_row_leave_one_day_together(milan: User) -> None:
    acknowledge(guideline_id=version(2, 500).pk, user=milan)
    version(3, 30)
    version(4, 1, is_emergency=True)

    assert may_send(user=milan, brand_id=None).why == Why.MISSING


def test_whoever_never_acknowledged_anything_gets_no_day(milan: User) -> None:
    Guideline.objects.all().delete()
    version(1, 500)
    version(2, 1)

    assert may_send(user=milan, brand_id=None).why == Why.MISSING


def test_version_may_be_acknowledged_before_its_day(milan: User) -> None:
    to_come = version(2, -5)

    acknowledge(guideline_id=to_come.pk, user=milan)

    with clock.moved_to(clock.now() + 40 * HOUR):
        assert may_send(user=milan, brand_id=None).why == Why.GIVEN


def test_first_guideline_of_a_brand_follows_the_companys(milan: User) -> None:
    brand = Brand.objects.create(name="Nord")
    acknowledge(guideline_id=version(2, 500).pk, user=milan)
    version(1, 2, brand=brand)
    version(3, 1)

    assert may_send(user=milan, brand_id=brand.pk).why == Why.DAY_LEFT
    acknowledge(guideline_id=Guideline.objects.get(brand=brand).pk, user=milan)
    assert may_send(user=milan, brand_id=brand.pk).why == Why.GIVEN


def test_draft_cannot_be_acknowledged(milan: User) -> None:
    now = clock.now()
    draft = Guideline.objects.create(document={}, state="DRAFT", created_at=now, changed_at=now)

    with pytest.raises(NotPublished):
        acknowledge(guideline_id=draft.pk, user=milan)


def test_register_lists_whoever_may_answer(milan: User) -> None:
    leaving = User.objects.create_user("lea@nordhain.example", name="Lea", is_active=False, created_at=clock.now())
    User.objects.create_user("a@nordhain.example", name="Analyst", role=Role.ANALYST, created_at=clock.now())
    newest = version(2, 1)
    acknowledge(guideline_id=newest.pk, user=milan)
    acknowledge(guideline_id=newest.pk, user=milan)

    found = register(guideline_id=newest.pk)

    assert [(entry.user, entry.at is not None) for entry in found] == [(milan, True)]
    assert leaving not in [entry.user for entry in found]


def test_unread_versions_are_those_in_force_and_to_come(milan: User) -> None:
    version(2, 100)
    in_force_now, to_come = version(3, 50), version(4, -5)
    brand = Brand.objects.create(name="Nord")
    version(1, 5, brand=brand)
    brand.delete()

    assert (unread_by(user=milan), counted(milan)) == ([in_force_now, to_come], 2)
    acknowledge(guideline_id=in_force_now.pk, user=milan)
    assert (unread_by(user=milan), counted(milan)) == ([to_come], 1)


def counted(user: User) -> int:
    """The same number as every page asks for it."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UNREAD, {"user": user.pk, "now": clock.now()})
        return int(cursor.fetchone()[0])


def test_reminder_goes_once_a_day_to_whoever_has_not_read_it(milan: User, settings: LazySettings) -> None:
    settings.MAIL_IS_READY = True
    lea = User.objects.create_user("lea@nordhain.example", name="Lea", created_at=clock.now())
    newest = version(2, 1)
    acknowledge(guideline_id=newest.pk, user=lea)

    told = remind(guideline_id=newest.pk, actor=lea), remind(guideline_id=newest.pk, actor=lea)
    with clock.moved_to(clock.now() + 25 * HOUR):
        later = remind(guideline_id=newest.pk, actor=lea)

    sent = Notification.objects.order_by("pk")
    path = f"/guideline/versions/{newest.pk}/"
    assert (told, later) == ((1, 0), 1)
    assert [one.user for one in sent] == [milan, milan]
    assert sent[0].lines == [{"code": "acknowledgement.reminder", "params": {"version": 2}, "path": path}]


def test_reminder_of_a_draft_is_refused(milan: User) -> None:
    now = clock.now()
    draft = Guideline.objects.create(document={}, state="DRAFT", created_at=now, changed_at=now)

    with pytest.raises(NotPublished):
        remind(guideline_id=draft.pk, actor=milan)

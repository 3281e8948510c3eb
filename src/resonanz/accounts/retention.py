"""Sign-in links that are used or too old, sessions that have ended, attempts that count no more."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q

from resonanz.accounts.models import Notification, RecentAttempt, SignInLink
from resonanz.accounts.notifications import KEEP_DAYS
from resonanz.core import clock


def delete_spent_links(_day: date, limit: int) -> int:
    """Delete up to `limit` sign-in links that let nobody in any more."""
    spent = SignInLink.objects.filter(Q(used_at__isnull=False) | Q(expires_at__lte=clock.now())).order_by("pk")
    return SignInLink.objects.filter(pk__in=list(spent.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_ended_sessions(_day: date, limit: int) -> int:
    """Delete up to `limit` sessions that have ended."""
    ended = Session.objects.filter(expire_date__lte=clock.now()).order_by("pk")
    return Session.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_notifications(_day: date, limit: int) -> int:
    """Delete up to `limit` notifications whose days are over, sent or not."""
    old = Notification.objects.filter(created_at__lte=clock.now() - timedelta(days=KEEP_DAYS)).order_by("pk")
    return Notification.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_old_attempts(_day: date, limit: int) -> int:
    """Delete up to `limit` attempts to sign in that count no more."""
    old = RecentAttempt.objects.filter(expires__lte=clock.now()).order_by("pk")
    return RecentAttempt.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]

"""Sign-in links that are used or too old, and sessions that have ended."""

from __future__ import annotations

from datetime import date

from django.contrib.sessions.models import Session
from django.db.models import Q

from resonanz.accounts.models import SignInLink
from resonanz.core import clock


def delete_spent_links(_day: date, limit: int) -> int:
    """Delete up to `limit` sign-in links that let nobody in any more."""
    spent = SignInLink.objects.filter(Q(used_at__isnull=False) | Q(expires_at__lte=clock.now())).order_by("pk")
    return SignInLink.objects.filter(pk__in=list(spent.values_list("pk", flat=True)[:limit])).delete()[0]


def delete_ended_sessions(_day: date, limit: int) -> int:
    """Delete up to `limit` sessions that have ended."""
    ended = Session.objects.filter(expire_date__lte=clock.now()).order_by("pk")
    return Session.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:limit])).delete()[0]

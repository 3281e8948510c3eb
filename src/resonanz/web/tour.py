"""The tour of five steps: how far a newcomer is, by what they did and where they are."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service.models import Outgoing, OutgoingState

STEPS = (1, 2, 3, 4, 5)
OFFERED, FOUND, OPENED, ANSWERED = 0, 2, 3, 5
"""Steps that a page or an act proves: a number was followed, a case was opened, an answer is on its way."""
_REACHED, _SINCE = "tour", "tour_since"
_OPEN_CASE = re.compile(r"^/inbox/\d+/")
_BEHIND_A_NUMBER = re.compile(r"^/(inbox|listening|answered)/")


def begin(request: HttpRequest) -> None:
    """From the first step on."""
    request.session[_REACHED] = STEPS[0]
    request.session[_SINCE] = clock.now().isoformat()


def leave(request: HttpRequest) -> None:
    """No step any more."""
    for kept in (_REACHED, _SINCE):
        request.session.pop(kept, None)


def step_of(request: HttpRequest) -> int | None:
    """The step to show: OFFERED where it may begin, None where nothing of it is to be seen."""
    user = request.user
    if not settings.DEMO or not isinstance(user, User) or user.toured_at or not may(user, Act.ANSWER):
        return None
    reached = request.session.get(_REACHED)
    if not isinstance(reached, int):
        return OFFERED if request.path == "/" else None
    step = max(reached, _proved(request, user, reached))
    if step != reached:
        request.session[_REACHED] = step
    return step


def _proved(request: HttpRequest, user: User, reached: int) -> int:
    """The furthest step that this page, or an answer on its way, speaks for."""
    if reached < ANSWERED and _has_answered(user, since=request.session[_SINCE]):
        return ANSWERED
    if _OPEN_CASE.match(request.path):
        return OPENED
    return FOUND if _BEHIND_A_NUMBER.match(request.path) else 0


def _has_answered(user: User, *, since: str) -> bool:
    sent = Outgoing.objects.filter(author=user, created_at__gte=datetime.fromisoformat(since))
    return sent.exclude(state__in=[OutgoingState.CANCELLED, OutgoingState.DRAFT]).exists()

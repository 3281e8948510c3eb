"""The first start: its steps, how far each is, and whether the start page leads there. Told by what exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from resonanz.accounts import company
from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Company, User
from resonanz.duties import responsibilities
from resonanz.networks.models import Channel

STEPS: Mapping[str, Promise] = {
    "area": _("What for"),
    "channel": _("Channel"),
    "who": _("Who answers"),
    "sample": _("Own posts"),
    "practise": _("Practise"),
    "live": _("Go live"),
}
_PASSED = "first_start_passed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, as the line of steps shows it."""

    code: str
    name: str
    number: int
    address: str
    done: bool
    here: bool


def leads_there(user: User | AnonymousUser) -> bool:
    """Whether the start page sends this reader to the first start: it is theirs to do, and not over.

    An installation that had channels before there was a first start is never led there.
    """
    known = company.glance()
    if known.started_at is not None or not may(user, Act.SET_UP):
        return False
    if known.pk is not None:
        return True
    # Another process may have begun since: with channels and without that, the installation is an older one.
    is_starting = Exists(Company.objects.filter(started_at__isnull=True))
    return not Channel.objects.filter(~is_starting).exists()


def is_under_way(user: User | AnonymousUser) -> bool:
    """Whether pages offer this reader the way back to it; asks nothing of the database but now and then."""
    known = company.glance()
    return known.pk is not None and known.started_at is None and may(user, Act.SET_UP)


def steps(request: HttpRequest, here: str) -> list[Step]:
    """All of them, with what is done."""
    done = _done(request)
    return [
        Step(code, str(name), number, reverse(f"start_{code}"), code in done, code == here)
        for number, (code, name) in enumerate(STEPS.items(), start=1)
    ]


def first_open(request: HttpRequest) -> str:
    """The address of the first step that is not done; of the last one when all are."""
    done = _done(request)
    return reverse(f"start_{next((code for code in STEPS if code not in done), 'live')}")


def after(step: str) -> str:
    """The address of the step that follows."""
    codes = list(STEPS)
    return reverse(f"start_{codes[min(codes.index(step) + 1, len(codes) - 1)]}")


def before(step: str) -> str:
    """The address of the step before; "" before the first one."""
    codes = list(STEPS)
    at = codes.index(step)
    return reverse(f"start_{codes[at - 1]}") if at else ""


def pass_by(request: HttpRequest, step: str) -> None:
    """A step that leaves nothing behind was taken, or left out."""
    passed = set(request.session.get(_PASSED, ()))
    request.session[_PASSED] = sorted(passed | {step})


def _done(request: HttpRequest) -> set[str]:
    found = company.company()
    done = set(request.session.get(_PASSED, ()))
    if found.areas:
        done.add("area")
    if Channel.objects.exists():
        done.add("channel")
        if all(hole.code == "responsibility.no_deputy" for hole in responsibilities.holes()):
            done.add("who")
    if found.started_at is not None:
        done.add("live")
    return done

"""Saved views: lists with a name, for oneself, a team or everybody.

A view keeps what a list is narrowed to, never whom it is about: who speaks (`from:`) is not saved, for a list of one
person's words, always at hand, would be watching that person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Team, User
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.service.lists.filter_language import MOST_CHARACTERS, parse
from resonanz.service.models import Audience, SavedView

MOST_LETTERS = 60
MOST_VIEWS = 40


class NoName(ResonanzError):
    """A view is found by its name, and it has none."""

    code = "view.no_name"


class AboutOnePerson(ResonanzError):
    """The list is about one person."""

    code = "view.about_one_person"


class TooManyViews(ResonanzError):
    """So many views are harder to find than what they show."""

    code = "view.too_many"


class NotYourTeam(ResonanzError):
    """A view is shared with a team by its members."""

    code = "view.not_your_team"


class NotYours(ResonanzError):
    """Only its owner, or a lead where it is shared, changes a view."""

    code = "view.not_yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a view shows: which list, what was typed, what else narrows it."""

    listed: str
    asked: str
    narrowed: Mapping[str, str]


def seen_by(*, user: User) -> QuerySet[SavedView]:
    """The views this reader sees: their own, then those of their teams, then everybody's, each in its order."""
    shared = Q(audience=Audience.TEAM, team__members=user) | Q(audience=Audience.EVERYBODY)
    own = Q(owner=user)
    found = SavedView.objects.filter(own | shared).select_related("team").distinct()
    return found.order_by("audience", "position", "pk")


def in_order(*, user: User) -> list[SavedView]:
    """The same as a list: own ones first."""
    rank = {Audience.OWN: 0, Audience.TEAM: 1, Audience.EVERYBODY: 2}
    return sorted(seen_by(user=user), key=lambda view: (rank[Audience(view.audience)], view.position, view.pk))


def save(*, name: str, shows: Listed, audience: Audience, team_id: int | None, owner: User) -> SavedView:
    """Keep a list under a name; raises NoName, AboutOnePerson, TooManyViews, NotYourTeam."""
    name = clean(name, most=MOST_LETTERS)
    asked = clean(shows.asked, most=MOST_CHARACTERS)
    if not name:
        raise NoName
    if any(term.field == "from" for term in parse(asked).terms):
        raise AboutOnePerson
    team = _team(audience, team_id, owner)
    with transaction.atomic():
        # Two that are saved at once stand one after the other.
        list(User.objects.select_for_update(no_key=True).filter(pk=owner.pk).values_list("pk"))
        if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
            raise TooManyViews(most=MOST_VIEWS)
        last = SavedView.objects.filter(audience=audience).aggregate(last=Max("position"))["last"] or 0
        return SavedView.objects.create(
            name=name, owner=owner, audience=audience, team=team, listed=shows.listed, asked=asked,
            narrowed=dict(shows.narrowed), position=last + 1,
        )  # fmt: skip


def change(*, view_id: int, name: str, audience: Audience, team_id: int | None, actor: User) -> SavedView:
    """Another name, or for others; raises NoName, NotYours, NotYourTeam."""
    name = clean(name, most=MOST_LETTERS)
    if not name:
        raise NoName
    with transaction.atomic():
        view = _to_change(view_id, actor)
        same = view.audience == audience and view.team_id == team_id
        view.name, view.audience = name, audience
        view.team = view.team if same else _team(audience, team_id, actor)
        view.save(update_fields=["name", "audience", "team"])
    return view


def remove(*, view_id: int, actor: User) -> None:
    """Nobody finds the list under this name any more; raises NotYours."""
    with transaction.atomic():
        _to_change(view_id, actor).delete()


def move(*, view_id: int, up: bool, actor: User) -> None:
    """One place up or down among those for the same readers; raises NotYours."""
    with transaction.atomic():
        view = _to_change(view_id, actor)
        beside = [one for one in in_order(user=actor) if one.audience == view.audience]
        ids = [one.pk for one in beside]
        if view.pk not in ids:
            raise NotYours
        here = ids.index(view.pk)
        there = max(0, here - 1) if up else min(len(ids) - 1, here + 1)
        beside.insert(there, beside.pop(here))
        for position, one in enumerate(beside, start=1):
            one.position = position
        SavedView.objects.bulk_update(beside, ["position"])


def may_change(*, view: SavedView, user: User) -> bool:
    """Whoever saved it; a shared one also whoever leads."""
    shared = view.audience != Audience.OWN
    return view.owner_id == user.pk or (shared and may(user, Act.MANAGE_RESPONSIBILITIES))


def _to_change(view_id: int, actor: User) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or not may_change(view=view, user=actor):
        raise NotYours
    return view


def _team(audience: Audience, team_id: int | None, user: User) -> Team | None:
    if audience != Audience.TEAM:
        return None
    team = Team.objects.filter(pk=team_id or 0, members=user).first()
    if team is None:
        raise NotYourTeam
    return team

"""Who answers what, known before the first incident: saying so, and asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.duties import live, weekly
from resonanz.duties.matrix import Row
from resonanz.duties.models import Responsibility
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel
from resonanz.privacy import audit


class OwnDeputy(ResonanzError):
    """Nobody can stand in for themself."""

    code = "responsibility.own_deputy"


class NobodyNamed(ResonanzError):
    """A row names an owner or a team, or says that nobody answers; not both, and not neither."""

    code = "responsibility.nobody_named"


@dataclass(frozen=True, slots=True)
class Hole:
    """A channel for which nobody is responsible when nothing nearer applies, or whose owner no longer works here."""

    channel: Channel
    code: str


def set_responsibility(
    *,
    channel_id: int | None,
    topic_id: int | None,
    intent: str,
    owner_id: int | None,
    deputy_id: int | None,
    team_id: int | None,
    actor: User,
    network: str = "",
    language: str = "",
    times: weekly.Stored | None = None,
    nobody: bool = False,
    group_id: int | None = None,
    on_call_id: int | None = None,
    instead_of: int | None = None,
) -> Responsibility:
    """Say who answers; what is left open fits everything. Replaces an earlier word on the same, and `instead_of`.

    Channels that waited for it go live. Raises OwnDeputy, NobodyNamed and TimesInvalid.
    """
    if owner_id is not None and owner_id == deputy_id:
        raise OwnDeputy
    if (nobody and (owner_id or deputy_id or on_call_id)) or not (nobody or owner_id or team_id):
        raise NobodyNamed
    weekly.read(times or {})
    asked = {
        "channel_id": channel_id, "network": "" if channel_id else network, "topic_id": topic_id, "group_id": group_id,
        "intent": intent, "language": language,
        "times": {day: periods for day, periods in (times or {}).items() if periods},
    }  # fmt: skip
    with transaction.atomic():
        Responsibility.objects.filter(Q(pk=instead_of) | _same(asked)).delete()
        found = Responsibility.objects.create(
            **asked, owner_id=owner_id, deputy_id=deputy_id, team_id=team_id, on_call_id=on_call_id, nobody=nobody
        )
        audit.record(act="responsibility.set", actor=actor_of(actor), thing="responsibility", thing_id=found.pk)
        live.go_live_where_covered(actor=actor)
    return found


def _same(asked: Mapping[str, object]) -> Q:
    same = Q()
    for name, value in asked.items():
        same &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    return same


def remove_responsibility(*, responsibility_id: int, actor: User) -> None:
    """Nobody answers this in particular any more; nothing where the row is gone already."""
    with transaction.atomic():
        if Responsibility.objects.filter(pk=responsibility_id).delete()[0]:
            audit.record(
                act="responsibility.removed", actor=actor_of(actor), thing="responsibility", thing_id=responsibility_id
            )


def holes() -> list[Hole]:
    """Channels where something is missing before they could go live; what of a matrix lacks is in `duties.holes`."""
    found = []
    for channel in Channel.objects.order_by("name", "id"):
        code = live.hole_of(channel=channel)
        if code and not (code == "responsibility.no_deputy" and channels.is_practice(channel)):
            found.append(Hole(channel, code))
    return found


def rows() -> list[Row]:
    """The matrix as it is stored."""
    return [row_of(stored) for stored in Responsibility.objects.order_by("id")]


def row_of(stored: Responsibility) -> Row:
    """A stored row as the plain matrix reads it."""
    return Row(
        id=stored.pk, channel_id=stored.channel_id, network=stored.network, topic_id=stored.topic_id,
        group_id=stored.group_id, intent=stored.intent, language=stored.language,
        times=weekly.read(stored.times), nobody=stored.nobody,
        team_id=stored.team_id, owner_id=stored.owner_id, deputy_id=stored.deputy_id, on_call_id=stored.on_call_id,
    )  # fmt: skip

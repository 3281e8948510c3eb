"""Who answers what, known before the first incident, and the holes in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.networks.models import Channel
from resonanz.privacy import audit
from resonanz.service.models import Responsibility


class OwnDeputy(ResonanzError):
    """Nobody can stand in for themself."""

    code = "responsibility.own_deputy"


@dataclass(frozen=True, slots=True)
class Hole:
    """A channel for which nobody is responsible when nothing nearer applies, or whose owner no longer works here."""

    channel: Channel
    code: str


def set_responsibility(
    *,
    channel_id: int,
    topic_id: int | None,
    intent: str,
    owner_id: int,
    deputy_id: int | None,
    team_id: int | None,
    actor: User,
) -> Responsibility:
    """Say who answers; without topic and intent it is the channel's catch-all. Replaces an earlier word on the same."""
    if deputy_id == owner_id:
        raise OwnDeputy
    with transaction.atomic():
        same = Q(topic__isnull=True) if topic_id is None else Q(topic_id=topic_id)
        Responsibility.objects.filter(same, channel_id=channel_id, intent=intent).delete()
        found = Responsibility.objects.create(
            channel_id=channel_id,
            topic_id=topic_id,
            intent=intent,
            owner_id=owner_id,
            deputy_id=deputy_id,
            team_id=team_id,
        )
        audit.record(act="responsibility.set", actor=actor_of(actor), thing="responsibility", thing_id=found.pk)
    return found


def remove_responsibility(*, responsibility_id: int, actor: User) -> None:
    """Nobody answers this in particular any more."""
    with transaction.atomic():
        Responsibility.objects.filter(pk=responsibility_id).delete()
        audit.record(
            act="responsibility.removed", actor=actor_of(actor), thing="responsibility", thing_id=responsibility_id
        )


def holes() -> list[Hole]:
    """Channels without a catch-all, and catch-alls whose owner can no longer sign in."""
    catch_alls = {
        r.channel_id: r
        for r in Responsibility.objects.filter(topic__isnull=True, intent="").select_related("owner", "deputy")
    }
    found = []
    for channel in Channel.objects.order_by("name", "id"):
        catch_all = catch_alls.get(channel.pk)
        if catch_all is None:
            found.append(Hole(channel, "responsibility.no_catch_all"))
        elif not catch_all.owner.is_active and not (catch_all.deputy and catch_all.deputy.is_active):
            found.append(Hole(channel, "responsibility.owner_gone"))
    return found


class Directory:
    """The responsibilities of one channel, read once for a batch."""

    def __init__(self, *, channel_id: int) -> None:
        rows = Responsibility.objects.filter(channel_id=channel_id).select_related("owner", "deputy")
        # The nearest word first: topic and intent, then topic, then intent, then the catch-all.
        self._rows = sorted(rows, key=lambda r: (r.topic_id is None, r.intent == "", r.pk))

    def who_answers(self, *, topic_ids: Collection[int], intent: str) -> tuple[Responsibility | None, User | None]:
        """The nearest responsibility and the person: the owner, or the deputy where the owner is no longer active."""
        for row in self._rows:
            if (row.topic_id is None or row.topic_id in topic_ids) and row.intent in ("", intent):
                present = [user for user in (row.owner, row.deputy) if user is not None and user.is_active]
                return row, present[0] if present else None
        return None, None

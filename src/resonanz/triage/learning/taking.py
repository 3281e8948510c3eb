"""Taking a challenger, declining it, and going back to the champion before: a person's acts, kept in the audit."""

from __future__ import annotations

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit
from resonanz.triage.learning import champions
from resonanz.triage.learning.comparing import from_record
from resonanz.triage.models import LearntHead, Place

EARLIER_KEPT = 3


class NotOffered(ResonanzError):
    """This head is not, or no longer, offered: only one that is measured better can be taken."""

    code = "triage.not_offered"


class NothingEarlier(ResonanzError):
    """No champion judged this label before."""

    code = "triage.nothing_earlier"


def take(*, head_id: int, actor: User | None) -> None:
    """The challenger judges from now on, in every process within seconds; the champion is kept to go back to."""
    with transaction.atomic():
        heads = _locked_of(head_id)
        head = next((one for one in heads if one.pk == head_id), None)
        if head is None or head.place != Place.CHALLENGER or not from_record(head.figures).is_offered:
            raise NotOffered(head=head_id)
        LearntHead.objects.filter(label=head.label, place=Place.CHAMPION).update(place=Place.EARLIER)
        LearntHead.objects.filter(pk=head.pk).update(place=Place.CHAMPION, taken_at=clock.now())
        _drop_oldest(head.label)
        _note("triage.head_taken", head, actor)
        transaction.on_commit(champions.look_again)


def decline(*, head_id: int, actor: User) -> None:
    """The challenger goes; the next refit makes another."""
    with transaction.atomic():
        head = next((one for one in _locked_of(head_id) if one.pk == head_id), None)
        if head is None or head.place != Place.CHALLENGER:
            raise NotOffered(head=head_id)
        LearntHead.objects.filter(pk=head.pk).delete()
        _note("triage.head_declined", head, actor)


def go_back(*, label: str, actor: User) -> None:
    """The champion before judges again, at last the judge that ships; the present one goes. Raises NothingEarlier."""
    with transaction.atomic():
        heads = list(LearntHead.objects.select_for_update().defer("weights").filter(label=label).order_by("pk"))
        champion = next((one for one in heads if one.place == Place.CHAMPION), None)
        earlier = sorted((one for one in heads if one.place == Place.EARLIER), key=_when_taken)
        if champion is None or (not earlier and label.startswith("own-")):
            raise NothingEarlier(label=label)
        LearntHead.objects.filter(pk=champion.pk).delete()
        if earlier:
            LearntHead.objects.filter(pk=earlier[-1].pk).update(place=Place.CHAMPION)
        _note("triage.head_gone_back", champion, actor)
        transaction.on_commit(champions.look_again)


def make_room(*, label: str, forgets: bool) -> Place:
    """Where a head that was just learnt belongs: beside the champion, or in its place where that must be forgotten."""
    heads = LearntHead.objects.filter(label=label)
    replaced = forgets and heads.filter(place=Place.CHAMPION).exists()
    place = Place.CHAMPION if replaced else Place.CHALLENGER
    heads.filter(place=place).delete()
    return place


def _locked_of(head_id: int) -> list[LearntHead]:
    """All heads of the label of this one, so that two people who take at once do so one after the other."""
    label = LearntHead.objects.filter(pk=head_id).values("label")
    return list(LearntHead.objects.select_for_update().defer("weights").filter(label__in=label).order_by("pk"))


def _drop_oldest(label: str) -> None:
    earlier = LearntHead.objects.filter(label=label, place=Place.EARLIER).order_by("-taken_at", "-pk")
    kept = list(earlier.values_list("pk", flat=True)[:EARLIER_KEPT])
    earlier.exclude(pk__in=kept).delete()


def _when_taken(head: LearntHead) -> tuple[float, int]:
    return (head.taken_at.timestamp() if head.taken_at else 0.0, head.pk)


def _note(act: str, head: LearntHead, actor: User | None) -> None:
    audit.record(act=act, actor=actor_of(actor), thing="head", thing_id=head.pk, label=head.label, version=head.version)

"""Adopting: a case that was opened because others told of it goes over to the channel of the network itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from resonanz.networks.models import Channel
from resonanz.service import cases
from resonanz.service.models import Case, CasePost, CaseState


def standing(*, post_ids: Collection[int]) -> set[int]:
    """Those of the posts that stand in a case, open or not."""
    return set(CasePost.objects.filter(post_id__in=post_ids).values_list("post_id", flat=True))


def adopt(*, post_ids: Collection[int], told_by: Sequence[str], channel: Channel) -> set[int]:
    """Those of the posts that stand in an open case of a channel of `told_by`, which goes over where it can.

    It stays where it is while something was written in it, for another brand, or where the channel has the thread open
    already. Call within the transaction of the batch.
    """
    places = CasePost.objects.filter(
        post_id__in=post_ids, case__state=CaseState.OPEN, case__channel__network__in=told_by
    )
    found = dict(places.values_list("post_id", "case_id"))
    if found:
        locked = Case.objects.select_for_update(of=("self",)).select_related("channel").order_by("pk")
        for case in locked.filter(pk__in=set(found.values()), state=CaseState.OPEN):
            _go_over(case, channel)
    return set(found)


def _go_over(case: Case, channel: Channel) -> None:
    there = Case.objects.filter(
        channel=channel, network=case.network, origin=case.origin, root_native_id=case.root_native_id,
        visibility=case.visibility, private_with=case.private_with, state=CaseState.OPEN,
    )  # fmt: skip
    if case.channel.brand_id != channel.brand_id or case.outgoings.exists() or there.exists():
        return
    case.channel = channel
    case.save(update_fields=["channel"])
    cases.note(case=case, act="case.heard_there", actor=None, channel_id=channel.pk)

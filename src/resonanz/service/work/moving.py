"""Moving what stands in one case to another one, and back; call with both locked. What moved is told by ids alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q

from resonanz.core import clock
from resonanz.core.text import clean
from resonanz.service.models import (
    Case,
    CaseLink,
    CaseNote,
    CasePost,
    CasePostState,
    CaseTag,
    Declaration,
    Enquiry,
    IssueCase,
    MachineDraft,
    Moderation,
    Outgoing,
    OutgoingState,
)
from resonanz.service.times.deadlines import Deadlines
from resonanz.service.work.giving_back import add_pictures

TURN = ("resolution_since", "resolution_due_at", "resolution_used_seconds")
_MOMENTS = ("due_at", "alarm_at")
_PLACE = ("state", "reason", "due_at", "due_because", "alarm_at")
_ALWAYS_WHOLE = (
    ("notes", CaseNote), ("enquiries", Enquiry), ("moderations", Moderation), ("machine_drafts", MachineDraft),
    ("declarations", Declaration),
)  # fmt: skip


def move_all(*, source: Case, target: Case) -> dict[str, Any]:
    """Everything that stands in `source` stands in `target`; what `move_back` needs."""
    moved: dict[str, Any] = {name: _move(table.objects.filter(case=source), target) for name, table in _ALWAYS_WHOLE}
    moved["doubled"] = _join_doubled(source, target)
    moved["places"] = _move(CasePost.objects.filter(case=source), target)
    # Of both cases: what stood in the surviving one before may be of the same thread, and stays there.
    moved["newest"] = CasePost.objects.filter(case=target).aggregate(newest=Max("pk"))["newest"] or 0
    _join_drafts(source, target)
    moved["outgoings"] = _move(Outgoing.objects.filter(case=source), target)
    moved["tags"] = _give(CaseTag, "tag_id", source, target)
    moved["issues"] = _move_issues(source, target)
    moved["links"] = _move_links(source, target)
    moved["absorbed"] = list(Case.objects.filter(merged_into=source).values_list("pk", flat=True))
    Case.objects.filter(pk__in=moved["absorbed"]).update(merged_into=target)
    return moved


def move_back(*, source: Case, target: Case, moved: Mapping[str, Any]) -> None:
    """What moved stands in `source` again, with what was said in its thread and answered to it since."""
    since = Q(pk__gt=moved["newest"], post__root_native_id=source.root_native_id)
    back = CasePost.objects.filter(case=target).filter(Q(pk__in=moved["places"]) | since)
    post_ids = list(back.values_list("post_id", flat=True))
    back.update(case=source)
    for name, table in _ALWAYS_WHOLE:
        table.objects.filter(pk__in=moved.get(name, []), case=target).update(case=source)
    Declaration.objects.filter(case=target, post__in=post_ids).update(case=source)
    _part_doubled(source, target, moved["doubled"])
    ours = Q(pk__in=moved["outgoings"]) | Q(in_reply_to__in=post_ids)
    Outgoing.objects.filter(ours, case=target).update(case=source)
    CaseTag.objects.filter(case=target, tag__in=moved["tags"]).delete()
    IssueCase.objects.filter(case=target, pk__in=moved["issues"]).update(case=source)
    CaseLink.objects.filter(pk__in=moved["links"]["new"]).delete()
    for other in moved["links"]["old"]:
        link(source.pk, other)
    Case.objects.filter(pk__in=moved["absorbed"], merged_into=target).update(merged_into=source)


def move_posts(*, post_ids: Collection[int], source: Case, target: Case) -> dict[str, list[int]]:
    """These posts, with what answers them, written or only begun, and what is done to either."""
    about = Q(post__in=post_ids) | Q(outgoing__in_reply_to__in=post_ids)
    return {
        "places": _move(CasePost.objects.filter(case=source, post__in=post_ids), target),
        "outgoings": _move(Outgoing.objects.filter(case=source, in_reply_to__in=post_ids), target),
        "moderations": _move(Moderation.objects.filter(case=source).filter(about), target),
        "declarations": _move(Declaration.objects.filter(case=source, post__in=post_ids), target),
    }


def link(one: int, other: int) -> int | None:
    """The pair that says that two cases belong together, if it is new."""
    if one == other:
        return None
    first, second = sorted((one, other))
    pair, is_new = CaseLink.objects.get_or_create(one_id=first, other_id=second)
    return pair.pk if is_new else None


def restore(case: Case, stood: Mapping[str, Any]) -> None:
    """What stood in these columns stands there again; in memory."""
    for name, value in as_values(stood).items():
        setattr(case, name, value)


def as_values(stood: object) -> dict[str, Any]:
    """What an event keeps of columns, with moments as moments."""
    if not isinstance(stood, Mapping):
        return {}
    return {name: _as_value(name, value) for name, value in stood.items()}


def settle_in_memory(*, case: Case) -> None:
    """Due is what is due first of its open posts, and it is the person's turn where none is open. Does not save."""
    waiting = CasePost.objects.filter(case=case, state=CasePostState.OPEN)
    case.answer_due_at = waiting.aggregate(due=Min("due_at"))["due"]
    if case.answer_due_at is None and case.resolution_since is not None:
        Deadlines(channel=case.channel).end_turn(case=case, at=clock.now())


def _as_value(name: str, value: object) -> object:
    is_moment = isinstance(value, str) and name.endswith(("_at", "_since", "_until"))
    return datetime.fromisoformat(str(value)) if is_moment and value else value


def _move(rows: Any, target: Case) -> list[int]:
    ids = sorted(rows.values_list("pk", flat=True))
    if ids:
        rows.model.objects.filter(pk__in=ids).update(case=target)
    return ids


def _join_doubled(source: Case, target: Case) -> list[dict[str, Any]]:
    """A post that came through two channels stood in both: what was answered is answered, what is open is open."""
    there = {place.post_id: place for place in CasePost.objects.filter(case=target)}
    doubled = []
    for place in CasePost.objects.filter(case=source, post__in=there).order_by("pk"):
        stays = there[place.post_id]
        doubled.append({"post": place.post_id, "left": _kept(place), "stood": _kept(stays)})
        if _weight(place) > _weight(stays):
            stays.state, stays.reason = place.state, place.reason
        _take_sooner(stays, place)
        stays.save(update_fields=_PLACE)
        place.delete()
    return doubled


def _part_doubled(source: Case, target: Case, doubled: Iterable[Mapping[str, Any]]) -> None:
    for one in doubled:
        CasePost.objects.create(case=source, post_id=one["post"], **_as_place(one["left"]))
        CasePost.objects.filter(case=target, post_id=one["post"]).update(**_as_place(one["stood"]))


def _weight(place: CasePost) -> int:
    return [CasePostState.NONE_NEEDED, CasePostState.OPEN, CasePostState.ANSWERED].index(CasePostState(place.state))


def _take_sooner(stays: CasePost, place: CasePost) -> None:
    if place.due_at is not None and (stays.due_at is None or place.due_at < stays.due_at):
        stays.due_at, stays.due_because, stays.alarm_at = place.due_at, place.due_because, place.alarm_at


def _kept(place: CasePost) -> dict[str, Any]:
    kept = {name: getattr(place, name) for name in _PLACE}
    return {name: kept[name].isoformat() if name in _MOMENTS and kept[name] else kept[name] for name in _PLACE}


def _as_place(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value for name, value in kept.items()
    }


def _join_drafts(source: Case, target: Case) -> None:
    """Whoever began to write in both has all of it in one draft, words and pictures, the surviving case's first.

    It is not parted again, because it may have been written on by then.
    """
    drafts = Outgoing.objects.filter(state=OutgoingState.DRAFT)
    theirs = {draft.author_id: draft for draft in drafts.filter(case=target)}
    for draft in drafts.filter(case=source, author__in=[author for author in theirs if author]):
        stays = theirs[draft.author_id]
        if draft.text not in stays.text:
            stays.text = clean(f"{stays.text}\n\n{draft.text}", most=len(stays.text) + len(draft.text) + 2)
            stays.save(update_fields=["text"])
        add_pictures(outgoing=draft, draft=stays)
        draft.delete()


def _give(table: Any, column: str, source: Case, target: Case) -> list[int]:
    """What `source` bears `target` bears, too; what was new to it."""
    borne = set(table.objects.filter(case=source).values_list(column, flat=True))
    new = sorted(borne - set(table.objects.filter(case=target).values_list(column, flat=True)))
    table.objects.bulk_create([table(case=target, **{column: value}) for value in new], ignore_conflicts=True)
    return new


def _move_issues(source: Case, target: Case) -> list[int]:
    """One person is told once: where both are about the same issue, what was told already counts."""
    there = {bound.issue_id: bound for bound in IssueCase.objects.filter(case=target)}
    moving = []
    for bound in IssueCase.objects.filter(case=source).order_by("pk"):
        if bound.issue_id not in there:
            moving.append(bound.pk)
        elif bound.outgoing_id is not None and there[bound.issue_id].outgoing_id is None:
            there[bound.issue_id].delete()
            moving.append(bound.pk)
    IssueCase.objects.filter(pk__in=moving).update(case=target)
    return moving


def _move_links(source: Case, target: Case) -> dict[str, list[int]]:
    pairs = CaseLink.objects.filter(Q(one=source) | Q(other=source))
    others = sorted({pk for pair in pairs.values_list("one_id", "other_id") for pk in pair} - {source.pk})
    pairs.delete()
    new = [link(target.pk, other) for other in others]
    return {"old": others, "new": [pk for pk in new if pk is not None]}

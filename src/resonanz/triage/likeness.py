"""Which posts say nearly the same: a post is bound to the first of those within DAYS whose text it nearly repeats.

Lists show what is alike once. Nobody is swallowed: every post stays a post of its own, with its own case where its
author waits for an answer. Two batches at the same moment do not see each other, so each may begin a group.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count

from resonanz.triage.models import Likeness
from resonanz.triage.near_duplicates import ALIKE, Signature, similarity

DAYS = 14
_MOST_COMPARED = 50
"""So many candidates a post, the newest: who writes thousands of almost similar texts shall not slow intake down."""

_SAME = """
SELECT new.post_id, found.post_id, found.alike
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS new (post_id, digest, at)
JOIN LATERAL (
    SELECT known.post_id, known.alike
    FROM triage_likeness known JOIN listening_post post ON post.id = known.post_id
    WHERE known.digest = new.digest AND known.post_id <> new.post_id
        AND post.posted_at BETWEEN new.at - make_interval(days => %s) AND new.at + make_interval(days => %s)
    ORDER BY known.post_id DESC LIMIT 1
) found ON true
"""
# OFFSET 0 keeps the planner from walking all posts backwards until it has met enough candidates.
_NEAR = """
SELECT new.post_id, found.post_id, found.alike, post.text
FROM json_to_recordset(%s) AS new (post_id bigint, bands bigint[], at timestamptz)
JOIN LATERAL (
    SELECT * FROM (
        SELECT known.post_id, known.alike FROM triage_likeness known
        WHERE known.bands && new.bands AND known.post_id <> new.post_id OFFSET 0
    ) candidate ORDER BY candidate.post_id DESC LIMIT %s
) found ON true
JOIN listening_post post ON post.id = found.post_id
    AND post.posted_at BETWEEN new.at - make_interval(days => %s) AND new.at + make_interval(days => %s)
ORDER BY new.post_id, found.post_id
"""
_KEEP = """
INSERT INTO triage_likeness (post_id, digest, bands, alike)
SELECT post_id, digest, bands, alike
FROM json_to_recordset(%s) AS new (post_id bigint, digest bigint, bands bigint[], alike bigint)
ON CONFLICT (post_id) DO UPDATE SET digest = excluded.digest, bands = excluded.bands, alike = excluded.alike
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A post that was just stored, or reads otherwise now. No `signature` where its text says too little."""

    post_id: int
    at: datetime
    text: str
    signature: Signature | None


@dataclass(slots=True)
class _First:
    """What a later post may repeat; `alike` is None as long as nothing does."""

    post_id: int
    alike: int | None
    at: datetime | None = None
    text: str = ""
    has_gained: bool = False


def bind(*, fresh: Iterable[Fresh]) -> None:
    """Keep their signatures, and bind each to what it nearly repeats. Within the transaction that stores them."""
    told = sorted(fresh, key=lambda one: (one.at, one.post_id))
    Likeness.objects.filter(post__in=[one.post_id for one in told if one.signature is None]).delete()
    signed = [(one, one.signature) for one in told if one.signature is not None]
    if signed:
        known = _same(signed)
        known |= _near([pair for pair in signed if pair[0].post_id not in known])
        rows, firsts = _bound(signed, known)
        _mark([first for first in firsts if first.has_gained])
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [json.dumps(rows)])


_Signed = Sequence[tuple[Fresh, Signature]]


def _same(signed: _Signed) -> dict[int, _First]:
    ids, moments = [one.post_id for one, _ in signed], [one.at for one, _ in signed]
    with connection.cursor() as cursor:
        cursor.execute(_SAME, [ids, [said.digest for _, said in signed], moments, DAYS, DAYS])
        return {post_id: _First(found, alike) for post_id, found, alike in cursor.fetchall()}


def _near(signed: _Signed) -> dict[int, _First]:
    """The most similar of those with a band in common, where it is similar enough."""
    asked = [
        {"post_id": one.post_id, "bands": said.bands, "at": one.at.isoformat()} for one, said in signed if said.bands
    ]
    if not asked:
        return {}
    texts = {one.post_id: one.text for one, _ in signed}
    best: dict[int, tuple[float, _First]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, [json.dumps(asked), _MOST_COMPARED, DAYS, DAYS])
        for post_id, found, alike, text in cursor.fetchall():
            share = similarity(texts[post_id], text)
            if share >= ALIKE and share > best.get(post_id, (0.0, None))[0]:
                best[post_id] = (share, _First(found, alike))
    return {post_id: first for post_id, (_, first) in best.items()}


def _bound(signed: _Signed, known: Mapping[int, _First]) -> tuple[list[dict[str, object]], list[_First]]:
    """The rows to be kept, and the stored firsts. What repeats something of the same batch is bound to that."""
    stored = {first.post_id: first for first in known.values()}
    here = _Batch()
    rows: list[dict[str, object]] = []
    heads: list[tuple[dict[str, object], _First]] = []
    for one, said in signed:
        found = known.get(one.post_id)
        first = stored[found.post_id] if found else here.first_like(one, said)
        row: dict[str, object] = {"post_id": one.post_id, "digest": said.digest, "bands": [], "alike": None}
        rows.append(row)
        if first is None:
            row["bands"] = said.bands
            heads.append((row, here.add(one, said)))
        else:
            if first.alike is None:
                first.alike, first.has_gained = first.post_id, True
            row["alike"] = first.alike
    for row, first in heads:
        row["alike"] = first.alike
    return rows, list(stored.values())


class _Batch:
    """What the batch itself said first."""

    def __init__(self) -> None:
        self._by_digest: dict[int, _First] = {}
        self._by_band: dict[int, list[_First]] = {}

    def add(self, one: Fresh, said: Signature) -> _First:
        first = _First(one.post_id, None, one.at, one.text)
        self._by_digest.setdefault(said.digest, first)
        for band in said.bands:
            self._by_band.setdefault(band, []).append(first)
        return first

    def first_like(self, one: Fresh, said: Signature) -> _First | None:
        same = self._by_digest.get(said.digest)
        if same is not None and _is_soon(same, one):
            return same
        near = {first.post_id: first for band in said.bands for first in self._by_band.get(band, ())}
        compared = [near[post_id] for post_id in sorted(near)[-_MOST_COMPARED:]]
        return next(
            (first for first in compared if _is_soon(first, one) and similarity(first.text, one.text) >= ALIKE), None
        )


def _is_soon(first: _First, one: Fresh) -> bool:
    return first.at is not None and abs(one.at - first.at) <= timedelta(days=DAYS)


def _mark(firsts: Sequence[_First]) -> None:
    """Others repeat them from now on. Two batches mark in the same order."""
    locked = Likeness.objects.select_for_update().filter(post__in=[first.post_id for first in firsts]).order_by("post")
    for row in locked if firsts else ():
        Likeness.objects.filter(post=row.post_id, alike=None).update(alike=row.post_id)


def counts(*, alike: Iterable[int]) -> dict[int, int]:
    """How many posts each group has, whoever may read them."""
    rows = Likeness.objects.filter(alike__in=set(alike)).order_by().values("alike").annotate(posts=Count("post"))
    return {row["alike"]: row["posts"] for row in rows if row["alike"] is not None}

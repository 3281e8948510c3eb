"""Cases by the words that were said in them, over the whole history: posts, our answers, colleagues' notes, and names.

The newest hit comes first. What is found is read hit by hit in that order, and only as far as the page that is wanted
needs, so that a word everybody uses costs as little as one that hardly anybody does: PostgreSQL reads the index of
words, or walks back through time, whichever promises to end sooner. One statement says it all, in SQL: to put it
together anew for each search took longer than the search itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from resonanz.listening.search import MOST_CHARACTERS
from resonanz.people.queries import beginnings
from resonanz.service.models import Case

MOST_FOUND = 100
_HITS_PER_CASE = 3
"""A long conversation may hit many times: so many hits of each kind are read for each case that is wanted."""
_MOST_HITS = _HITS_PER_CASE * MOST_FOUND
"""After so many hits of a kind the search says that is all."""
_MOST_PEOPLE = 50
# The left sides are those of the indexes of words, letter by letter: `listening.models.said`, `people.models.CALLED`,
# `service.models.words`. A test asks PostgreSQL whether it finds them.
_WANTED = (
    "websearch_to_tsquery('german'::regconfig, %(words)s) || websearch_to_tsquery('english'::regconfig, %(words)s)"
)
_SAID = "to_tsvector(CASE WHEN p.language = 'en' THEN 'english'::regconfig ELSE 'german' END, p.text)"
_WRITTEN = (
    "(to_tsvector('german'::regconfig, COALESCE(w.text, ''))"
    " || to_tsvector('english'::regconfig, COALESCE(w.text, '')))"
)
_CALLED = (
    "to_tsvector('simple'::regconfig, COALESCE(translate(name, '@._-', '    '), '') || ' '"
    " || COALESCE(translate(handle, '@._-', '    '), ''))"
)
_HITS = f"""
(SELECT 1 AS kind, p.posted_at AS hit_at, place.case_id, place.post_id
    FROM service_casepost place JOIN listening_post p ON p.id = place.post_id
    WHERE {_SAID} @@ ({_WANTED}) AND {{place}}
    ORDER BY p.posted_at DESC, p.id DESC LIMIT %(read)s)
UNION ALL
(SELECT 2, w.sent_at, w.case_id, NULL FROM service_outgoing w
    WHERE {_WRITTEN} @@ ({_WANTED}) AND w.state = 'SENT' AND w.case_id IS NOT NULL AND {{w}}
    ORDER BY w.sent_at DESC, w.id DESC LIMIT %(read)s)
UNION ALL
(SELECT 3, w.created_at, w.case_id, NULL FROM service_casenote w
    WHERE {_WRITTEN} @@ ({_WANTED}) AND {{w}}
    ORDER BY w.created_at DESC, w.id DESC LIMIT %(read)s)
UNION ALL
(SELECT 4, c.last_post_at, c.id, NULL FROM service_case c
    WHERE c.identity_id IN (SELECT id FROM people_identity
        WHERE {_CALLED} @@ to_tsquery('simple'::regconfig, %(names)s)
        ORDER BY last_seen_at DESC, id DESC LIMIT {_MOST_PEOPLE}) AND {{c}}
    ORDER BY c.last_post_at DESC, c.id DESC LIMIT %(read)s)
"""  # noqa: S608 # of constants
# Where one kind was not read to its end, what others hit before its last may stand behind what it has not told yet.
_CASES = f"""
hits AS MATERIALIZED ({_HITS}),
told AS (SELECT max(last) AS until FROM (
    SELECT min(hit_at) AS last FROM hits GROUP BY kind HAVING count(*) = %(read)s AND %(read)s < {_MOST_HITS}
) unfinished)
SELECT hit_at, case_id, post_id, until FROM (
    SELECT DISTINCT ON (case_id) hit_at, case_id, post_id FROM hits
    ORDER BY case_id, hit_at DESC, post_id DESC NULLS LAST
) newest, told WHERE until IS NULL OR hit_at >= until
ORDER BY hit_at DESC, case_id DESC LIMIT %(most)s
"""  # noqa: S608 # of constants
_EVERYWHERE = "WITH " + _CASES.format(place="TRUE", w="TRUE", c="TRUE")
_IN = "IN (SELECT id FROM among)"
_AMONG = _CASES.format(place=f"place.case_id {_IN}", w=f"w.case_id {_IN}", c=f"c.id {_IN}")
_PLACE = re.compile("%[%s]")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Where the words stand. Hits sort by their time; `post_id` is None for an answer or a note."""

    at: datetime
    case_id: int
    post_id: int | None = None


def found(*, words: str, among: QuerySet[Case, Any] | None = None, most: int = MOST_FOUND) -> list[Hit]:
    """At most `most` cases in which the words stand, each once, with its newest hit, newest first.

    `among`: only these cases; without it all there are.
    """
    if not words.strip():
        return []
    try:
        statement, asked = _statement(words, among)
    except EmptyResultSet:
        return []
    with _planned_for_its_words() as cursor:
        for read in (min(_HITS_PER_CASE * most, _MOST_HITS), _MOST_HITS):
            cursor.execute(statement, asked | {"most": most, "read": read})
            told = cursor.fetchall()
            if len(told) == most or not told or told[0][3] is None:
                break
    return [Hit(*row[:3]) for row in told]


@contextmanager
def _planned_for_its_words() -> Iterator[CursorWrapper]:
    """A cursor whose statements are planned each time: one plan for all words would be that of the average word."""
    with connection.cursor() as cursor:
        prepared_after = connection.connection.prepare_threshold
        connection.connection.prepare_threshold = None
        try:
            yield cursor
        finally:
            connection.connection.prepare_threshold = prepared_after


def _statement(words: str, among: QuerySet[Case, Any] | None) -> tuple[str, dict[str, Any]]:
    asked = {"words": words.replace("\x00", "")[:MOST_CHARACTERS], "names": beginnings(words=words)}
    if among is None:
        return _EVERYWHERE, asked
    sql, values = among.order_by().values("pk").query.sql_with_params()
    named = {f"among_{number}": value for number, value in enumerate(values)}
    names = iter(named)
    sql = _PLACE.sub(lambda place: f"%({next(names)})s" if place[0] == "%s" else place[0], sql)
    return f"WITH among (id) AS NOT MATERIALIZED ({sql}), {_AMONG}", asked | named

"""Hacker News on the loopback: its search and its items, as far as their published descriptions go.

The search shows hits newest first, ORs the tags in parentheses and ANDs the others, shows none behind the first 1,000,
and shuts out who asks too often in an hour. An item that there is none of is `null`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks import loopback_server
from tests.networks.loopback_server import LoopbackServer

MOST_SHOWN = 1_000
MOST_HITS_A_PAGE = 1_000
MOST_REQUESTS = 10_000
_SEARCHED = ("title", "story_text", "comment_text", "url", "author")
_FILTER = re.compile(r"created_at_i(<=|>=|<|>|=)(\d+)\Z")
Answer = tuple[int, bytes]


def story(number: int, at: int, title: str, *, author: str = "ada", **more: object) -> dict[str, Any]:
    """A story as the search shows it."""
    tags = ["story", f"author_{author}", f"story_{number}"]
    return {"objectID": str(number), "title": title, "url": None, "author": author, "points": 1, "story_text": None,
            "num_comments": 0, "created_at_i": at, "_tags": tags, "story_id": number, **more}  # fmt: skip


def comment(number: int, at: int, words: str, *, story: int, parent: int, author: str = "bob") -> dict[str, Any]:
    """A comment as the search shows it."""
    tags = ["comment", f"author_{author}", f"story_{story}"]
    return {"objectID": str(number), "comment_text": words, "author": author, "points": None, "story_id": story,
            "parent_id": parent, "story_title": "Somewhere", "created_at_i": at, "_tags": tags}  # fmt: skip


@dataclass
class HackerNewsServer(LoopbackServer):
    """`hits` are searched; `items` hold what items say otherwise. `faulty` answers first, with what it makes of a path.

    `malformed` are shown among the hits of every search whose time they fit, whatever they are.
    """

    hits: list[dict[str, Any]] = field(default_factory=list)
    malformed: list[object] = field(default_factory=list)
    items: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    searches: list[dict[str, str]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    requests_left: int = MOST_REQUESTS
    faulty: Callable[[str], Answer | None] = lambda _path: None

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> loopback_server.Answer:
        """Says nothing of itself in headers."""
        status, found = self.found(path)
        return status, {}, found

    def found(self, path: str) -> Answer:
        """What stands at `path`."""
        if fault := self.faulty(path):
            return fault
        if self.requests_left <= 0:
            return 429, b"Too Many Requests"
        self.requests_left -= 1
        parts = urlsplit(path)
        if parts.path == "/api/v1/search_by_date":
            return self._search({key: values[0] for key, values in parse_qs(parts.query).items()})
        if found := re.fullmatch(r"/v0/item/(\d+)\.json", parts.path):
            return self._item(found[1])
        return 404, b"<html>Not found</html>"

    def _item(self, number: str) -> Answer:
        self.looks.append(number)
        known = any(hit.get("objectID") == number for hit in self.hits)
        item = self.items.get(number, {"id": int(number), "type": "comment"} if known else None)
        return 200, json.dumps(item).encode()

    def _search(self, asked: dict[str, str]) -> Answer:
        self.searches.append(asked)
        filters = asked.get("numericFilters", "").split(",")
        bounds = [_FILTER.match(one) for one in filters if one]
        if not all(bounds):
            return 400, b'{"message":"invalid numeric filter","status":400}'
        found = [hit for hit in self.hits if _fits(hit, asked, [bound for bound in bounds if bound])]
        found.sort(key=lambda hit: -int(hit["created_at_i"]))
        size = min(int(asked.get("hitsPerPage", "20")), MOST_HITS_A_PAGE)
        page = int(asked.get("page", "0"))
        if (page + 1) * size > MOST_SHOWN:
            return 200, json.dumps({"hits": [], "nbHits": 0, "page": page, "nbPages": 0, "message": "no more"}).encode()
        pages = -(-min(len(found), MOST_SHOWN) // size)
        shown = [*found[page * size : (page + 1) * size], *self.malformed]
        return 200, json.dumps({"hits": shown, "nbHits": len(found), "page": page, "nbPages": pages}).encode()


def _fits(hit: dict[str, Any], asked: dict[str, str], bounds: list[re.Match[str]]) -> bool:
    return (
        all(_within(int(hit["created_at_i"]), bound[1], int(bound[2])) for bound in bounds)
        and _tagged(hit["_tags"], asked.get("tags", ""))
        and _holds(hit, asked.get("query", ""))
    )


def _within(time: int, sign: str, bound: int) -> bool:
    return {"<": time < bound, "<=": time <= bound, ">": time > bound, ">=": time >= bound, "=": time == bound}[sign]


def _tagged(tags: list[str], wanted: str) -> bool:
    either = [one for group in re.findall(r"\(([^)]*)\)", wanted) for one in group.split(",")]
    every = [one for one in re.sub(r"\([^)]*\)", "", wanted).split(",") if one]
    return (not either or any(one in tags for one in either)) and all(one in tags for one in every)


def _holds(hit: dict[str, Any], query: str) -> bool:
    words = re.findall(r"\w+", query.casefold())
    text = " ".join(str(hit.get(name) or "") for name in _SEARCHED)
    said = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} " in f" {' '.join(said)} " if words else True

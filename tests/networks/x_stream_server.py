"""X's filtered stream on the loopback, as its OpenAPI document and its pages say that it tells.

Rules of the application, those of a wrong form refused beside a 201; one connection, a second one refused with 429 and
a connection_issue; none without a rule; posts in the old words, with the rules that they fit; an empty line as a sign
of life; and whatever else a test wants to be told, for as long as it wants.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.networks.loopback_server import Answer, Pieces
from tests.networks.x_server import PROBLEMS, Said, XServer, as_json, in_old_words

_STREAM, _RULES = "/2/tweets/search/stream", "/2/tweets/search/stream/rules"
_MOST_LENGTH = 512


def connection_exception(issue: str, detail: str, status: int) -> Answer:
    """Why X does not begin to tell."""
    return as_json({"title": "ConnectionException", "detail": detail, "connection_issue": issue,
                    "type": f"{PROBLEMS}streaming-connection"}, status)  # fmt: skip


@dataclass
class XStreamServer(XServer):
    """`rules` by id; `opened`: how often a stream began; `listeners`: how many there are now."""

    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    refused_rules: list[dict[str, Any]] = field(default_factory=list)
    opened: int = 0
    listeners: int = 0
    _told: list[bytes] = field(default_factory=list)
    _cuts: int = 0
    _more: threading.Condition = field(default_factory=threading.Condition)
    _numbers: int = 100
    _agrees: bool = False

    # What is told there.

    def tell(self, said: Said, **more: Any) -> None:
        """A post, if it fits a rule."""
        fitting = [{"id": one["id"], "tag": one["tag"]} for one in self.rules.values() if _fits(one["value"], said)]
        if fitting:
            self.tell_object({"data": in_old_words(said), "includes": in_old_words(self.beside([said])),
                              "matching_rules": fitting, **more})  # fmt: skip

    def tell_object(self, found: object) -> None:
        """Whatever it is."""
        self.tell_bytes(json.dumps(found).encode() + b"\r\n")

    def tell_bytes(self, piece: bytes) -> None:
        """Just this."""
        with self._more:
            self._told.append(piece)
            self._more.notify_all()

    def beat(self) -> None:
        """It is there."""
        self.tell_bytes(b"\r\n")

    def cut(self) -> None:
        """All connections end without a word."""
        with self._more:
            self._cuts += 1
            self._more.notify_all()

    def add_rule(self, value: str, tag: str) -> str:
        """As another program sets it."""
        self._numbers += 1
        self.rules[str(self._numbers)] = {"id": str(self._numbers), "value": value, "tag": tag}
        return str(self._numbers)

    # What it answers.

    def pieces(self, path: str) -> Pieces | None:
        if path.partition("?")[0] != _STREAM or not self._agrees:
            return None
        with self._more:  # before it says yes: what is told from then on is told to whoever asked
            self.opened, self.listeners, self._agrees = self.opened + 1, self.listeners + 1, False
            return self._stream(len(self._told), self._cuts)

    def _stream(self, place: int, cuts: int) -> Pieces:
        try:
            yield b"\r\n"
            while self._cuts == cuts:
                with self._more:
                    self._more.wait_for(lambda: len(self._told) > place or self._cuts != cuts, 0.05)  # noqa: B023
                    fresh, place = self._told[place:], len(self._told)
                yield from fresh
                if not fresh:
                    yield None
        finally:
            with self._more:
                self.listeners -= 1

    def _route(self, method: str, path: str, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        routes: dict[tuple[str, str], Callable[[dict[str, str], dict[str, Any]], Answer]] = {
            ("GET", _STREAM): self._begin,
            ("GET", _RULES): self._list_rules,
            ("POST", _RULES): self._change_rules,
        }
        act = routes.get((method, path))
        return act(asked, sent) if act else super()._route(method, path, asked, sent)

    def _begin(self, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if not self.rules:
            return connection_exception("RuleConfigurationIssue", "Must define rules before connecting.", 409)
        if self.listeners:
            detail = "This stream is currently at the maximum allowed connection limit."
            return connection_exception("TooManyConnections", detail, 429)
        self._agrees = True
        return as_json({})

    def _list_rules(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        rules, begin = list(self.rules.values()), int(asked.get("pagination_token", "0"))
        shown = rules[begin : begin + self.page]
        meta: dict[str, Any] = {"result_count": len(shown)}
        meta |= {"next_token": f"{begin + self.page:016}"} if len(rules) > begin + self.page else {}
        return as_json({**({"data": shown} if shown else {}), "meta": meta})

    def _change_rules(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        self.sent.append(sent)
        for number in sent.get("delete", {}).get("ids", []):
            self.rules.pop(number, None)
        added, refused = [], []
        for rule in sent.get("add", []):
            if problem := self._problem_with(rule["value"]):
                refused.append({"value": rule["value"], "type": f"{PROBLEMS}invalid-rules", **problem})
            else:
                added.append(self.rules[self.add_rule(rule["value"], rule.get("tag", ""))])
        found: dict[str, Any] = {"meta": {"summary": {"created": len(added)}}}
        found |= {"data": added} if added else {}
        found |= {"errors": refused} if refused else {}
        return as_json(found, 201 if "add" in sent else 200)

    def _problem_with(self, value: str) -> dict[str, Any]:
        if self.refused_rules:
            return self.refused_rules.pop(0)
        if len(value) > _MOST_LENGTH:
            return {"title": "Invalid Rule", "details": ["Rule is too long"]}
        if any(one["value"] == value for one in self.rules.values()):
            return {"title": "DuplicateRule", "details": []}
        return {}


def _fits(rule: str, said: Said) -> bool:
    """As far as our rules need: one of its words or hashtags, and no repost."""
    wanted = [one.casefold() for pair in re.findall(r'"([^"]+)"|(#\w+)', rule) for one in pair if one]
    is_repost = any(one["type"] == "retweeted" for one in said.get("referenced_posts", []))
    return not is_repost and any(word in said["text"].casefold() for word in wanted)

"""Asking a server of the Mastodon kind: addresses, tokens, pages, and what its refusals mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NotAuthorised, Refused, TryLater

PAGE = 40
"""Statuses on a page: the most that Mastodon gives."""
# An answer takes up to three requests, and the lease of the outbox is a minute.
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_UNREADABLE_WAIT_SECONDS = 60.0
_LINK = re.compile(r'<([^<>]{1,2000})>[^,<>]{0,200}?\brel="?(next|prev)\b')
# 403 says "this one act is not allowed" as well as "this token is worth nothing (for that)"; only the words tell.
_ABOUT_TOKEN = re.compile(r"scope|credential|token|log ?in|authenticat", re.IGNORECASE)
# Takahē answers 400 to a token that it does not know, with these few words and nothing else.
_NO_TOKEN = re.compile(rb"\s*invalid (?:bearer |access )?token\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a timeline, newest first, and the ids with which the server says to go on; "" where it does not."""

    items: list[Any]
    newer: str
    older: str


def base(account: Account) -> str:
    """The address of the server, without a slash at its end."""
    return account.address.rstrip("/")


def path_id(native_id: str) -> str:
    """An id as a part of a path, whatever it is made of."""
    return quote(native_id, safe="")


def get(account: Account, path: str, query: Mapping[str, object] | None = None) -> http.Answer:
    """What the server answers, 2xx or not; raises a NetworkError for what is about us and not about the thing."""
    question = "?" + urlencode(query, doseq=True) if query else ""
    return ask("GET", base(account) + path + question, token=account.secret)


def ask(
    method: str,
    url: str,
    *,
    token: str = "",
    body: object = None,
    files: http.Files | None = None,
    headers: Mapping[str, str] | None = None,
) -> http.Answer:
    """As `get`, for any method and also without a token."""
    known = {"Authorization": f"Bearer {token}"} if token else {}
    answer = asking.ask(
        method,
        url,
        headers={**known, **(headers or {})},
        body=body,
        files=files,
        bounds=_BOUNDS,
        denied=frozenset({401}),
    )
    if answer.status == 400 and token and _NO_TOKEN.fullmatch(answer.body):
        raise NotAuthorised(status=400)
    if answer.status == 403:
        if _ABOUT_TOKEN.search(words_of(answer)):
            raise NotAuthorised(status=403)
        raise Refused(words_of(answer))
    return answer


def get_object(account: Account, path: str, query: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The JSON object there; Refused in the server's words if there is none to see."""
    return object_in(accepted(get(account, path, query)))


def object_in(answer: http.Answer) -> dict[str, Any]:
    """The JSON object an answer to a reading request holds; what is none will be one later."""
    try:
        return asking.json_object(answer)
    except ValueError as error:
        raise TryLater(_UNREADABLE_WAIT_SECONDS, "answer.unreadable") from error


def get_page(account: Account, path: str, query: Mapping[str, object]) -> Page:
    """A page of a list."""
    answer = accepted(get(account, path, {"limit": PAGE, **query}))
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise TryLater(_UNREADABLE_WAIT_SECONDS, "answer.unreadable") from error
    if not isinstance(found, list):
        raise TryLater(_UNREADABLE_WAIT_SECONDS, "answer.unreadable")
    links = {way: url for url, way in _LINK.findall(answer.headers.get("link", ""))}
    return Page(found, newer=_from_link(links.get("prev"), "min_id"), older=_from_link(links.get("next"), "max_id"))


def accepted(answer: http.Answer) -> http.Answer:
    """The answer, if it is a yes; else Refused."""
    if 200 <= answer.status < 300:
        return answer
    raise Refused(words_of(answer))


def is_missing(answer: http.Answer) -> bool:
    """Whether somebody says that there is no such thing: the server, or a gateway before it."""
    return answer.status in {404, 410}


def is_gone(answer: http.Answer) -> bool:
    """Whether the server itself says that there is no such thing (any more), and not a gateway before it."""
    return is_missing(answer) and not words_of(answer).startswith("http.")


def words_of(answer: http.Answer) -> str:
    """Why the server refused, in its own words."""
    try:
        found = asking.json_object(answer)
    except ValueError:
        return f"http.{answer.status}"
    said = [found.get(name) for name in ("error", "error_description") if isinstance(found.get(name), str)]
    return text.clean(": ".join(word for word in said if word), most=300) or f"http.{answer.status}"


def _from_link(url: str | None, name: str) -> str:
    """Only the id of a link is used, never its address: our token goes to our server and nowhere else."""
    try:
        found = parse_qs(urlsplit(url or "").query).get(name, [""])
    except ValueError:
        return ""
    return found[0]

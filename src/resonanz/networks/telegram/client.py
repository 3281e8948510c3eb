"""Asking Telegram's Bot API, and what its refusals mean (core.telegram.org/bots/api).

The token of a bot stands in the path of every address, so no address ever reaches an error, a log or a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.rates import retry_after

SERVER = "https://api.telegram.org"
WAIT_SECONDS = 60.0
_OTHER_READER_SECONDS = 30.0
_MOST_SECONDS = 86_400.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}", re.ASCII)
_UNAUTHORISED, _NOT_FOUND, _CONFLICT, _LIMITED = 401, 404, 409, 429


class OtherReader(TryLater):
    """Somebody else reads what is said to this bot: another program, or by webhook; two at once cannot."""


class Moved(Refused):
    """The group became a large one, which has another id: `chat_id`."""

    def __init__(self, words: str, chat_id: int) -> None:
        super().__init__(words)
        self.chat_id = chat_id


def get(account: Account, method: str, **parameters: object) -> Any:
    """What Telegram answers to a question. Raises every NetworkError but NoAnswer."""
    return _result(_ask(account, method, parameters, reads=True), reads=True)


def call(account: Account, method: str, **parameters: object) -> Any:
    """What Telegram answers to an order; NoAnswer where that cannot be read, though it may have taken effect."""
    return _result(_ask(account, method, parameters, reads=False), reads=False)


def base(account: Account) -> str:
    """The server that is asked: Telegram's own, or one that the company runs."""
    return account.address.rstrip("/") or SERVER


def _ask(account: Account, method: str, parameters: Mapping[str, object], *, reads: bool) -> http.Answer:
    if not _TOKEN.fullmatch(account.secret):
        raise NotAuthorised(status=_UNAUTHORISED)  # it would become part of an address
    with asking.failures(reads=reads):
        return http.ask("POST", f"{base(account)}/bot{account.secret}/{method}", json=parameters, bounds=_BOUNDS)


def _result(answer: http.Answer, *, reads: bool) -> Any:
    """What stands in `result`; a no may come with any status, and says in `error_code` what it is."""
    try:
        found = asking.json_object(answer)
    except ValueError:
        found = {}
    if found.get("ok") is True and answer.status == 200 and "result" in found:
        return found["result"]
    if found.get("ok") is False:
        _refuse(found, answer)
    asking.refuse(answer, reads=reads, denied=())
    if reads or answer.status >= 400:  # whoever answered here, it was not Telegram
        raise TryLater(WAIT_SECONDS, "answer.unreadable" if answer.status < 400 else f"http.{answer.status}")
    raise NoAnswer(reason="answer.unreadable")


def _refuse(found: Mapping[str, Any], answer: http.Answer) -> None:
    """Raise what a no of Telegram means; return where it failed and nobody knows what took effect."""
    said = found.get("error_code")
    code = said if isinstance(said, int) and answer.status < 500 else answer.status
    words = text.clean(str(found.get("description") or ""), most=300) or f"http.{code}"
    named = found.get("parameters")
    parameters: Mapping[str, Any] = named if isinstance(named, dict) else {}
    if code in {_UNAUTHORISED, _NOT_FOUND}:  # to a token of the wrong shape it says that there is no such method
        raise NotAuthorised(status=code)
    if code == _LIMITED:
        raise TryLater(_seconds(parameters, answer), "http.429")
    if code == _CONFLICT:
        raise OtherReader(_OTHER_READER_SECONDS, f"telegram.{'webhook' if 'webhook is active' in words else 'reader'}")
    if isinstance(moved := parameters.get("migrate_to_chat_id"), int) and _is_chat(moved):
        raise Moved(words, moved)
    if code < 500:
        raise Refused(words)


def _seconds(parameters: Mapping[str, Any], answer: http.Answer) -> float:
    said = parameters.get("retry_after")
    if isinstance(said, int) and not isinstance(said, bool):
        return min(max(float(said), 1.0), _MOST_SECONDS)
    return retry_after(answer.headers, default=WAIT_SECONDS)


def _is_chat(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**53) < value < 0

"""Asking X: tokens, what its refusals mean, and what is wrong behind a 200 (docs.x.com)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError, NoAnswer, NotAddressed, NotAuthorised, Refused, TryLater

API = "https://api.x.com"
WAIT_SECONDS = 60.0
_NO_CREDITS_SECONDS = 900.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=15.0, seconds=20.0)
_PROBLEMS = "/2/problems/"
_PROBLEM = frozenset({"type", "title", "message"})
"""What X describes a no by: a problem has the former two, its older kind of error a message."""
_NOT_FOUND = 404
_PAYMENT_REQUIRED = 402
_FORBIDDEN = 403
_NO_CREDITS = "x.no_credits"
_PASSING = frozenset({"internal-error", "field-hydration-failure"})
_CREDITS_GONE = ("credits-depleted", "usage-capped", "spend-cap-reached")
# X has no code for it, only this sentence, in the detail of a 403.
_NOT_SUMMONED = ("not been mentioned", "otherwise engaged by the author")


class NotThere(Refused):
    """X says that there is no such thing."""


def get(account: Account, path: str, parameters: Mapping[str, object], *, as_app: bool = False) -> dict[str, Any]:
    """What X answers to a question. `as_app`: with the token of the application, where there is one.

    Raises NotAuthorised, Refused and TryLater. Problems with part of what was asked for stand under "errors".
    """
    asked = path_with(path, parameters)
    answer = _ask_as_app(account, asked) if as_app else _ask("GET", account, asked)
    try:
        found = asking.json_object(_accepted(answer, reads=True))
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    if not ({"data", "meta"} & found.keys()) and "errors" not in found:
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return found


def ask_as_app(
    account: Account,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    *,
    parameters: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """All that X answers to the application itself, by its bearer alone; NotAuthorised: X takes that no more."""
    bearer = account.app.bearer if account.app else ""
    answer = _ask(method, account, path_with(path, parameters or {}), body, bearer=bearer)
    try:
        return asking.json_object(_accepted(answer, reads=method == "GET"))
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def listed(found: dict[str, Any]) -> list[Any]:
    """What stands in the list that X answered with. Raises Refused, NotThere or TryLater where it is only problems."""
    if not ({"data", "meta"} & found.keys()):
        raise refusal(200, problems_in(found)[0] if problems_in(found) else {})
    data = found.get("data", [])
    if not isinstance(data, list):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return data


def call(
    account: Account, method: str, path: str, body: Mapping[str, object] | None = None, *, as_app: bool = False
) -> dict[str, Any]:
    """What X answers to an order: its "data". NoAnswer where it says yes in a way that cannot be read.

    `as_app`: with the token of the application, which there must be.
    """
    bearer = account.app.bearer if as_app and account.app else ""
    answer = _accepted(_ask(method, account, path, body, bearer=bearer), reads=False)
    try:
        found = asking.json_object(answer)
    except ValueError as error:
        raise NoAnswer(reason="answer.unreadable") from error
    data = found.get("data")
    if isinstance(data, list):  # of what was made; X shows it so, and describes it otherwise
        data = data[0] if data else {}
    if isinstance(data, dict):
        return data
    if problems := problems_in(found):  # 200 with nothing but a no inside
        if kind_of(problems[0]) in _PASSING:  # it went wrong on the way back, perhaps after it was done
            raise NoAnswer(reason=kind_of(problems[0]))
        raise refusal(_FORBIDDEN, problems[0])
    raise NoAnswer(reason="answer.unreadable")


def problems_in(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What X says was wrong with parts of a question."""
    errors = found.get("errors")
    return [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []


def kind_of(problem: Mapping[str, Any]) -> str:
    """The last word of a problem's type ("resource-not-found"); "" where it has none."""
    named = problem.get("type")
    return named.rpartition(_PROBLEMS)[2] if isinstance(named, str) and _PROBLEMS in named else ""


def path_with(path: str, parameters: Mapping[str, object]) -> str:
    """A path with what is asked behind it, lists with commas."""
    written = {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in parameters.items()}
    return f"{path}?{urlencode(written)}" if written else path


def base(account: Account) -> str:
    """Where X is asked."""
    return (account.address or API).rstrip("/")


def _ask_as_app(account: Account, path: str) -> http.Answer:
    """With the application's token, where it has one that X takes: that it does not is no fault of the account's."""
    if account.app is not None and account.app.bearer:
        with contextlib.suppress(NotAuthorised):
            return _ask("GET", account, path, bearer=account.app.bearer)
    return _ask("GET", account, path)


def _ask(
    method: str, account: Account, path: str, body: Mapping[str, object] | None = None, *, bearer: str = ""
) -> http.Answer:
    headers = {"Authorization": f"Bearer {bearer or account.secret}", "Accept": "application/json"}
    return asking.ask(method, f"{base(account)}{path}", headers=headers, body=body, bounds=_BOUNDS, denied=(401,))


def _accepted(answer: http.Answer, *, reads: bool) -> http.Answer:
    if 200 <= answer.status < 300:
        return answer
    problem = problem_in(answer)
    if problem is None:  # whoever answered here, it was not X
        if reads or answer.status < 500:
            raise TryLater(WAIT_SECONDS, f"http.{answer.status}")
        raise NoAnswer(reason=f"http.{answer.status}")
    raise refusal(answer.status, problem)


def problem_in(answer: http.Answer) -> dict[str, Any] | None:
    """What X describes its no by; None where whoever answered was not X."""
    try:
        return first_problem(asking.json_object(answer))
    except ValueError:
        return None


def first_problem(found: dict[str, Any]) -> dict[str, Any] | None:
    """The no itself, or the first one in its list."""
    problems = problems_in(found)
    return found if _PROBLEM & found.keys() else problems[0] if problems else None


def refusal(status: int, problem: Mapping[str, Any]) -> NetworkError:
    """What a no of X means."""
    kind, words = kind_of(problem), words_of(problem)
    if status == _PAYMENT_REQUIRED or kind in _CREDITS_GONE or "CreditsDepleted" in str(problem.get("title")):
        return TryLater(_NO_CREDITS_SECONDS, _NO_CREDITS)
    if any(sign in words for sign in _NOT_SUMMONED):
        return NotAddressed()
    if status == _NOT_FOUND or kind == "resource-not-found":
        return NotThere(words)
    if kind in _PASSING:
        return TryLater(WAIT_SECONDS, kind)
    return Refused(words)


def words_of(problem: Mapping[str, Any]) -> str:
    """What X says of it; of rules that it does not take, in a list."""
    details = problem.get("details")
    listed_first = details[0] if isinstance(details, list) and details else ""
    said = problem.get("detail") or listed_first or problem.get("message") or problem.get("title")
    return text.clean(str(said or ""), most=300) or "x.refused"

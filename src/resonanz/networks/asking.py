"""Asking a network over HTTP: what the client and the status say becomes the contract's errors, once for all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from resonanz.core import http
from resonanz.networks import limits_left
from resonanz.networks.contract import BadEvent
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.rates import retry_after

_BUSY = frozenset({429, 503})
_DENIED = frozenset({401, 403})
_NOT_IMPLEMENTED = 501
_WAIT_SECONDS = 60.0
_MOST_RAW = 4_000


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: object = None,
    files: http.Files | None = None,
    form: Mapping[str, str] | None = None,
    bounds: http.Bounds = http.DEFAULT_BOUNDS,
    denied: Collection[int] = _DENIED,
) -> http.Answer:
    """The answer, unless it is one of those that mean the same everywhere; then a NetworkError.

    What only reads may be asked again, so it never ends in NoAnswer. `denied`: the statuses by which this network says
    that it no longer takes our token; one that is left out comes back as an answer, for the connector to read.
    """
    reads = method in {"GET", "HEAD"}
    with failures(reads=reads):
        answer = http.ask(method, url, headers=headers, json=body, files=files, form=form, bounds=bounds)
    refuse(answer, reads=reads, denied=denied)
    return answer


@contextlib.contextmanager
def failures(*, reads: bool) -> Iterator[None]:
    """What the HTTP client raises within the block, as the contract's error."""
    try:
        yield
    except http.LedAstray as error:  # a word of whoever answers at this moment, and none about what was asked for
        raise TryLater(_WAIT_SECONDS, error.code) from error
    except http.AddressRefused as error:
        raise Refused(f"{error.code}: {error.params['reason']}") from error
    except http.NothingSent as error:
        raise TryLater(_WAIT_SECONDS, error.code) from error
    except http.HTTPError as error:
        raise (TryLater(_WAIT_SECONDS, error.code) if reads else NoAnswer(reason=error.code)) from error


def refuse(answer: http.Answer, *, reads: bool, denied: Collection[int] = _DENIED) -> None:
    """Raise what the status of an answer means everywhere; return when it is for the connector to read.

    What it says of its limits is kept for whoever gathers that.
    """
    limits_left.hear(answer.headers)
    if answer.status in denied:
        raise NotAuthorised(status=answer.status)
    if answer.status in _BUSY:
        raise TryLater(retry_after(answer.headers, default=_WAIT_SECONDS), f"http.{answer.status}")
    if answer.status >= 500 and answer.status != _NOT_IMPLEMENTED:  # that one is a no for good: nothing took effect
        code = f"http.{answer.status}"
        raise TryLater(_WAIT_SECONDS, code) if reads else NoAnswer(reason=code)


def json_object(answer: http.Answer) -> dict[str, Any]:
    """The JSON object an answer holds; raises ValueError when it is something else."""
    try:
        found = json.loads(answer.body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def put_aside(item: object, error: Exception) -> BadEvent:
    """A delivery that could not be read."""
    try:
        raw = json.dumps(item)[:_MOST_RAW]
    except (ValueError, RecursionError):
        raw = ""
    return BadEvent(raw, f"event.{type(error).__name__}")

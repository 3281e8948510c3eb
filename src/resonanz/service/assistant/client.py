"""Asking a language model that speaks the protocol of OpenAI's chat completions. Plain; knows no case and no person.

Everything goes through the checks of `core.http`: sizes and times are bounded, redirects are not followed, and a
private address is reached only where the operator said that the model works in the house. It is asked once; asked
again, it would cost again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import httpx2

from resonanz.core import clock, http
from resonanz.core.errors import ResonanzError

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

MOST_BYTES = 1024 * 1024
MOST_CHARACTERS = 20_000
_CONNECT_SECONDS = 5.0
_DENIED = (401, 403)
_CUT_OFF = "length"
_NO_KEY = "none"


class AssistantError(ResonanzError):
    """The machine drafted nothing. `is_free`: nothing reached it, so nothing was spent."""

    code = "assistant.failed"
    is_free = False


class Unreachable(AssistantError):
    """Nobody answers at the address, or we may not ask there."""

    code = "assistant.unreachable"
    is_free = True


class TooSlow(AssistantError):
    """It did not answer in time."""

    code = "assistant.too_slow"


class BusyThere(AssistantError):
    """It says that it is asked too much."""

    code = "assistant.busy_there"
    is_free = True


class NotLetIn(AssistantError):
    """It does not take the key."""

    code = "assistant.not_let_in"
    is_free = True


class UnknownModel(AssistantError):
    """There is no such model, or no such address."""

    code = "assistant.unknown_model"
    is_free = True


class Unreadable(AssistantError):
    """What came back is not what the protocol says."""

    code = "assistant.unreadable"


class Empty(AssistantError):
    """It said nothing, or refused."""

    code = "assistant.empty"


class CutOff(AssistantError):
    """It would not stop; half a draft is none."""

    code = "assistant.cut_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where it is. `in_house`: the operator said that it works on a machine of ours, so its address may be private."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    in_house: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long the whole may take, and how much it may say."""

    seconds: float = 60.0
    tokens_out: int = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What it said, and what that took. Where it does not count tokens itself, they are None."""

    text: str
    tokens_in: int | None
    tokens_out: int | None
    milliseconds: int


DEFAULT_LIMITS = Limits()


def ask(*, endpoint: Endpoint, messages: Sequence[Mapping[str, str]], limits: Limits = DEFAULT_LIMITS) -> Said:
    """What the model says to the messages; raises AssistantError."""
    began = clock.monotonic()
    said = _read(_completion(endpoint, messages, limits))
    return Said(
        text=said.text, tokens_in=said.tokens_in, tokens_out=said.tokens_out,
        milliseconds=round(1000 * (clock.monotonic() - began)),
    )  # fmt: skip


def _completion(endpoint: Endpoint, messages: Sequence[Mapping[str, str]], limits: Limits) -> ChatCompletion:
    import openai  # noqa: PLC0415 (it takes a second to load; only who asks needs it)

    # At DEBUG, and wherever OPENAI_LOG says so, it would write whole conversations into the log.
    logging.getLogger("openai").setLevel(logging.WARNING)
    transport = _Transport(endpoint, limits.seconds)
    with httpx2.Client(transport=transport, follow_redirects=False, trust_env=False, timeout=limits.seconds) as through:
        asking: Any = openai.OpenAI(
            base_url=endpoint.base_url, api_key=endpoint.key or _NO_KEY, max_retries=0, http_client=through
        )
        try:
            found: ChatCompletion = asking.chat.completions.create(
                model=endpoint.model, messages=list(messages), max_tokens=limits.tokens_out, temperature=0.2, n=1
            )
        except openai.APIStatusError as error:
            raise _refused(error.status_code) from error
        except http.HTTPError as error:  # of our own transport, which the client hands on as it is
            raise _not_answered(error) from error
        except (openai.OpenAIError, ValueError) as error:
            raise Unreadable from error
    return found


def _refused(status: int) -> AssistantError:
    if status in _DENIED:
        return NotLetIn()
    if status == 404:
        return UnknownModel()
    if status in (429, 503):
        return BusyThere()
    return AssistantError(status=status)


def _not_answered(error: http.HTTPError) -> AssistantError:
    match error:
        case http.NothingSent():
            return Unreachable()
        case http.TooSlow():
            return TooSlow()
    return Unreadable()


def _read(found: ChatCompletion) -> Said:
    """Nothing is taken on trust: the client does not look whether an answer has the form it should have."""
    try:
        choice = found.choices[0]
        text, ended = choice.message.content, choice.finish_reason
    except (AttributeError, IndexError, TypeError) as error:
        raise Unreadable from error
    if text is not None and not isinstance(text, str):
        raise Unreadable
    if not text or not text.strip():
        raise Empty
    if ended == _CUT_OFF or len(text) > MOST_CHARACTERS:
        raise CutOff
    usage = getattr(found, "usage", None)
    tokens = [_count(getattr(usage, name, None)) for name in ("prompt_tokens", "completion_tokens")]
    return Said(text=text, tokens_in=tokens[0], tokens_out=tokens[1], milliseconds=0)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 10_000_000 else None


class _Transport(httpx2.BaseTransport):
    """Carries the client's requests over `core.http`."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        url = httpx.URL(endpoint.base_url)
        self._permitted = frozenset({http.pair(url.host, http.port_of(url))} if endpoint.in_house else ())
        self._bounds = http.Bounds(
            most_bytes=MOST_BYTES, connect_seconds=_CONNECT_SECONDS, read_seconds=seconds, seconds=seconds
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whole."""
        headers = {name: value for name, value in request.headers.items() if name in ("authorization", "content-type")}
        body = request.read()
        asked = http.request_for(request.method, str(request.url), headers, json=json.loads(body) if body else None)
        deadline = clock.monotonic() + self._bounds.seconds
        answer = http.Exchange(asked, self._bounds, deadline, self._permitted).run()
        kept = {name: value for name, value in answer.headers.items() if name in ("content-type", "retry-after")}
        return httpx2.Response(answer.status, headers=kept, content=answer.body, request=request)

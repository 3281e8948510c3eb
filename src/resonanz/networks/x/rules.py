"""The rules by which X chooses what its filtered stream tells: one for each account, which bears its tag.

All rules of an application stand side by side, and X charges for what any of them brings. So ours stands only as long
as somebody listens, and those of other accounts and programs are left alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from resonanz.networks.contract import Account
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.x.client import WAIT_SECONDS, ask_as_app, kind_of, listed, problems_in, words_of
from resonanz.networks.x.posts import FAULTS, checked_id

NO_BEARER, BEARER_REFUSED = "x.no_bearer", "x.bearer_refused"
_PATH = "/2/tweets/search/stream/rules"
_MOST_PAGES = 30
_TWICE, _TOO_MANY = "x.rule_twice", "x.too_many_rules"


def tag_of(account: Account) -> str:
    """What our rule bears, and each post that X tells by it."""
    return f"resonanz:{account.native_id}"


def agree(account: Account, wanted: str) -> bool:
    """Have X tell what fits this rule; older ones of ours end, once it stands. Whether it was not there before.

    Raises Unsupported, with the reason, where X does not take it.
    """
    with _refusals():
        ours = list(_ours(account))
        kept = next((one for one in ours if one.get("value") == wanted), None)
        if kept is None:
            _add(account, wanted)
        _delete(account, [one for one in ours if one is not kept])
    return kept is None


def withdraw(account: Account) -> None:
    """Nothing is told any more, so that nothing is charged, where X can be reached; else with the next one."""
    with contextlib.suppress(NetworkError), _refusals():
        _delete(account, list(_ours(account)))


def _ours(account: Account) -> Iterator[dict[str, Any]]:
    asked: dict[str, object] = {}
    for _ in range(_MOST_PAGES):
        found = ask_as_app(account, "GET", _PATH, parameters=asked)
        for one in listed(found):
            if isinstance(one, dict) and one.get("tag") == tag_of(account):
                yield one
        meta = found.get("meta")
        token = meta.get("next_token") if isinstance(meta, dict) else None
        if not isinstance(token, str) or not token:
            return
        asked = {"pagination_token": token}


def _add(account: Account, wanted: str) -> None:
    found = ask_as_app(account, "POST", _PATH, {"add": [{"value": wanted, "tag": tag_of(account)}]})
    if problems := problems_in(found):  # beside a 201
        raise Unsupported(reason=_why(problems[0]))


def _delete(account: Account, rules: list[dict[str, Any]]) -> None:
    try:
        ids = [checked_id(one["id"]) for one in rules]
    except FAULTS as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    if ids:
        ask_as_app(account, "POST", _PATH, {"delete": {"ids": ids}})


def _why(problem: Mapping[str, Any]) -> str:
    if problem.get("title") == "DuplicateRule":
        return _TWICE
    return _TOO_MANY if kind_of(problem) == "rule-cap" else words_of(problem)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """The application is refused, and not the account: whatever X says, the channel is polled all the same."""
    try:
        yield
    except NotAuthorised as error:
        raise Unsupported(reason=BEARER_REFUSED) from error
    except Refused as error:
        raise Unsupported(reason=error.words) from error
    except NoAnswer as error:  # asked again, it finds what took effect
        raise TryLater(WAIT_SECONDS, str(error.params.get("reason", ""))) from error

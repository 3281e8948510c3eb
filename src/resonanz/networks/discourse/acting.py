"""What is done to posts besides answering them: liking, flagging, and our own edited or taken away."""

from __future__ import annotations

import contextlib

from resonanz.networks.contract import Account, Correction, Report
from resonanz.networks.discourse.client import NotThere, call, get
from resonanz.networks.discourse.posts import FAULTS, whole
from resonanz.networks.errors import Refused

_LIKE = 2
_NOTIFY_MODERATORS = 7


def like(account: Account, native_id: str, *, on: bool) -> None:
    """Asked first whether it is so already: the forum refuses what was done before."""
    number = _number(native_id)
    if _likes(get(account, f"/posts/{number}.json").get("actions_summary")) == on:
        return
    if on:
        call(account, "POST", "/post_actions.json", {"id": number, "post_action_type_id": _LIKE})
    else:
        call(account, "DELETE", f"/post_actions/{number}.json?post_action_type_id={_LIKE}")


def report(account: Account, report: Report) -> None:
    """Tell the moderators, in our words."""
    body = {"id": _number(report.native_id), "post_action_type_id": _NOTIFY_MODERATORS, "message": report.words}
    call(account, "POST", "/post_actions.json", body)


def correct(account: Account, correction: Correction) -> None:
    """Other words for a post of ours."""
    call(account, "PUT", f"/posts/{_number(correction.native_id)}.json", {"post": {"raw": correction.text}})


def withdraw(account: Account, native_id: str) -> None:
    """Take a post of ours away; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        call(account, "DELETE", f"/posts/{_number(native_id)}.json")


def _likes(actions: object) -> bool:
    found = [one for one in actions if isinstance(one, dict)] if isinstance(actions, list) else []
    return any(one.get("id") == _LIKE and one.get("acted") is True for one in found)


def _number(native_id: str) -> int:
    try:
        return whole(int(native_id))
    except FAULTS as error:
        raise Refused("NotFound") from error

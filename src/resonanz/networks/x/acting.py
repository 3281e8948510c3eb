"""What is done to posts besides answering them: an answer below ours hidden, and our own taken away."""

from __future__ import annotations

import contextlib

from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused
from resonanz.networks.x import tariff
from resonanz.networks.x.client import NotThere, call
from resonanz.networks.x.posts import checked_id


def hide(account: Account, native_id: str, *, on: bool) -> None:
    """What others said in a conversation that we began; X keeps it on a page of its own."""
    answered = call(account, "PUT", f"/2/tweets/{_id(native_id)}/hidden", {"hidden": on})
    account.meter.count(tariff.HIDE)
    if answered.get("hidden") is not on:
        raise Refused("x.refused")


def withdraw(account: Account, native_id: str) -> None:
    """Take a post of ours away; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        answered = call(account, "DELETE", f"/2/tweets/{_id(native_id)}")
        account.meter.count(tariff.DELETE)
        if answered.get("deleted") is not True:
            raise Refused("x.refused")


def _id(native_id: str) -> str:
    try:
        return checked_id(native_id)
    except ValueError as error:
        raise Refused("NotFound") from error

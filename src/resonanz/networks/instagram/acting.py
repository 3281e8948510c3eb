"""What is done to comments below our posts besides answering them. With messages nothing of it can be done."""

from __future__ import annotations

from resonanz.networks.contract import Account
from resonanz.networks.errors import Unsupported
from resonanz.networks.instagram.posts import Looks, is_message
from resonanz.networks.meta.answering import checked
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.faults import NotThere


def hide(account: Account, native_id: str, *, on: bool) -> None:
    """Nobody but its author sees it then."""
    graph(account).post(f"/{_public(native_id)}", {"hide": on})


def delete(account: Account, native_id: str) -> None:
    """What is gone already is no error, where our token could have seen it. Raises NotThere where it could not."""
    api = graph(account)
    try:
        api.delete(f"/{_public(native_id)}")
    except NotThere:
        if not Looks().may_read(api):
            raise


def _public(native_id: str) -> str:
    found = checked(native_id)
    if is_message(found):
        raise Unsupported
    return found

"""What is done to posts and comments besides answering them. With messages nothing of it can be done."""

from __future__ import annotations

from resonanz.networks.contract import Account, Correction
from resonanz.networks.errors import Refused, Unsupported
from resonanz.networks.facebook.posts import Looks, is_message
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.faults import NotThere
from resonanz.networks.meta.reading import identifier


def like(account: Account, native_id: str, *, on: bool) -> None:
    """As the Page; done twice is done once."""
    path = f"/{_public(native_id)}/likes"
    if on:
        graph(account).post(path, {})
    else:
        graph(account).delete(path)


def hide(account: Account, native_id: str, *, on: bool) -> None:
    """Its author and their friends still see it."""
    graph(account).post(f"/{_public(native_id)}", {"is_hidden": on})


def delete(account: Account, native_id: str) -> None:
    """What is gone already is no error, where our token could have seen it. Raises NotThere where it could not."""
    api = graph(account)
    try:
        api.delete(f"/{_public(native_id)}")
    except NotThere:
        if not Looks().may_read(api):
            raise


def block(account: Account, author_id: str, *, on: bool) -> None:
    """On the Page: no comments, no likes, no messages. People are known by the numbers that this Page has for them."""
    path, person_id = f"/{account.native_id}/blocked", _id(author_id)
    if on:
        graph(account).post(path, {"psid": [person_id]})
    else:
        graph(account).delete(path, psid=person_id)


def correct(account: Account, correction: Correction) -> None:
    """Other words for a comment of ours."""
    graph(account).post(f"/{_public(correction.native_id)}", {"message": correction.text})


def _public(native_id: str) -> str:
    found = _id(native_id)
    if is_message(found):
        raise Unsupported
    return found


def _id(value: str) -> str:
    try:
        return identifier(value)
    except ValueError as error:
        raise Refused("NotFound") from error

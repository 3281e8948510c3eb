"""Commenting as the Page. LinkedIn knows no key of an order, so what brought no reply is looked for there."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from resonanz.networks.contract import Account, Correction, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.linkedin.client import NotThere, call, elements, get
from resonanz.networks.linkedin.posts import FAULTS, address_of, comment_id, moment, number_of, root_of
from resonanz.networks.linkedin.reading import one

_PAGE = 100
_MOST_PAGES = 5
_SKEW = timedelta(minutes=2)


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Below a comment, or below a post. Comments are nested once: an answer to an answer stands beside it."""
    if order.visibility is Visibility.PRIVATE:
        raise Refused("private")
    place, root = _place(account, order.parent_id)
    body: dict[str, object] = {"actor": account.native_id, "object": root, "message": {"text": order.text}}
    if place != root:
        body["parentComment"] = place
    found = call(account, "POST", f"/socialActions/{quote(place, safe='')}/comments", body)
    try:
        return _receipt(found, root)
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest comment of the Page's there with the same words, said since then.

    Refused where there are more comments than we look through: then a person looks, and nothing is said twice.
    """
    try:
        place, root = _place(account, order.parent_id)
    except NotThere:
        return None
    said = []
    for number in range(_MOST_PAGES):
        path = f"/socialActions/{quote(place, safe='')}/comments?start={number * _PAGE}&count={_PAGE}"
        listed = elements(get(account, path))
        said += [found for item in listed if (found := _ours(item, account, order.text, since - _SKEW, root))]
        fresh = sorted((at, receipt.native_id, receipt) for at, receipt in said if receipt.native_id not in known)
        if len(listed) < _PAGE:
            return fresh[0][2] if fresh else None
    if not fresh:
        raise Refused("TooManyComments")
    return fresh[0][2]


def correct(account: Account, correction: Correction) -> None:
    """Other words for a comment of the Page's."""
    body = {"patch": {"message": {"$set": {"text": correction.text}}}}
    call(account, "POST", _own(account, correction.native_id), body, is_patch=True)


def withdraw(account: Account, native_id: str) -> None:
    """Take a comment of the Page's away; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        call(account, "DELETE", _own(account, native_id))


def _place(account: Account, parent_id: str) -> tuple[str, str]:
    """Where an answer goes: the comment, or the one above it; or the post. And the post itself."""
    try:
        root = root_of(parent_id)
        if root == parent_id:
            return root, root
        above = one(account, parent_id).get("parentComment")
        return (comment_id(above) if above else parent_id), root
    except FAULTS as error:
        raise Refused("NotFound") from error


def _own(account: Account, native_id: str) -> str:
    try:
        root, number = root_of(native_id), number_of(native_id)
    except FAULTS as error:
        raise Refused("NotFound") from error
    return f"/socialActions/{quote(root, safe='')}/comments/{number}?actor={quote(account.native_id, safe='')}"


def _ours(item: Any, account: Account, words: str, since: datetime, root: str) -> tuple[datetime, Receipt] | None:
    try:
        at = moment(item["created"]["time"])
        is_it = item["actor"] == account.native_id and item["message"]["text"].split() == words.split() and at >= since
        return (at, _receipt(item, root)) if is_it else None
    except FAULTS:
        return None


def _receipt(found: Mapping[str, Any], root: str) -> Receipt:
    """LinkedIn may name another post than was asked for (share and activity are one), so its own word counts."""
    native_id = comment_id(found.get("commentUrn") or f"urn:li:comment:({found.get('object') or root},{found['id']})")
    return Receipt(native_id=native_id, url=address_of(native_id, root_of(native_id)))

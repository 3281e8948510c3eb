"""Answering on YouTube, below a comment or a film; the same answer found again, corrected and withdrawn."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from resonanz.core import text
from resonanz.networks.contract import Account, Correction, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused, Unsupported
from resonanz.networks.metering import AnswersStopped
from resonanz.networks.youtube import tariff
from resonanz.networks.youtube.client import NotThere, call, get
from resonanz.networks.youtube.posts import FAULTS, MOST_TEXT, address_of, checked_id, commented, id_of, is_video, part

_MOST_PAGES = 10
"""A thread at YouTube has some hundreds of answers at most."""
_PAGE = 100
_SNIPPET = {"part": "snippet"}


class _TooMany(Refused):
    """More stands below it than is read."""


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Below a comment, or below a film where that is what is answered. Threads have one level: all stand in a row."""
    if order.visibility is Visibility.PRIVATE:  # everybody reads what stands there
        raise Unsupported
    if not account.meter.lets_answer():
        raise AnswersStopped
    parent_id = _id(order.parent_id)
    if is_video(parent_id):
        words = {"snippet": {"textOriginal": order.text}}
        body: object = {"snippet": {"videoId": parent_id, "topLevelComment": words}}
        found = call(account, "POST", "commentThreads", _SNIPPET, body, use=tariff.REPLY)
    else:
        body = {"snippet": {"parentId": parent_id.partition(".")[0], "textOriginal": order.text}}
        found = call(account, "POST", "comments", _SNIPPET, body, use=tariff.REPLY)
    try:
        return Receipt(native_id=id_of(found), url=_address(found, parent_id))
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest comment of ours below the same one with the same words, said since then.

    Refused where more stands there than is read: then a person looks, and nothing is sent again.
    """
    parent_id = _id(order.parent_id)
    found: list[Any] = []
    try:
        for one in _below(account, parent_id):
            found += [one] if _is_it(one, account, order.text, since) and id_of(one) not in known else []
    except _TooMany:
        if not found:
            raise
    oldest = min(found, key=lambda one: str(one["snippet"]["publishedAt"]), default=None)
    return Receipt(native_id=id_of(oldest), url=_address(oldest, parent_id)) if oldest else None


def correct(account: Account, correction: Correction) -> None:
    """Other words for a comment of ours."""
    body = {"id": _id(correction.native_id), "snippet": {"textOriginal": correction.text}}
    call(account, "PUT", "comments", _SNIPPET, body, use=tariff.CORRECT)


def withdraw(account: Account, native_id: str) -> None:
    """Take a comment of ours away; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        call(account, "DELETE", "comments", {"id": _id(native_id)}, use=tariff.DELETE)


def _below(account: Account, parent_id: str) -> Iterator[Any]:
    """What stands below it, a comment each."""
    token = ""
    for _ in range(_MOST_PAGES):
        asked: dict[str, object] = {"part": "snippet", "textFormat": "plainText", "maxResults": _PAGE}
        asked |= {"pageToken": token} if token else {}
        if is_video(parent_id):
            page = get(account, "commentThreads", {**asked, "videoId": parent_id, "order": "time"}, answers=True)
            yield from (part(part(one, "snippet"), "topLevelComment") for one in page["items"] if isinstance(one, dict))
        else:
            page = get(account, "comments", {**asked, "parentId": parent_id.partition(".")[0]}, answers=True)
            yield from (one for one in page["items"] if isinstance(one, dict))
        token = page.get("nextPageToken") or ""
        if not token or not isinstance(token, str):
            return
    raise _TooMany("TooMany")


def _is_it(one: Any, account: Account, words: str, since: datetime) -> bool:
    try:
        said = commented(one, account, video_id="")
        by_us = said.author is not None and said.author.native_id == account.native_id
        is_same = said.text.split() == text.clean(words, most=MOST_TEXT).split()
        return by_us and is_same and said.posted_at >= since.replace(microsecond=0)
    except FAULTS:
        return False


def _address(found: Any, parent_id: str) -> str:
    """Where people read it; YouTube tells the film of an answer only where it begins a thread."""
    film = parent_id if is_video(parent_id) else part(found, "snippet").get("videoId") or ""
    return address_of(id_of(found), film) if isinstance(film, str) and is_video(film) else ""


def _id(native_id: str) -> str:
    try:
        return checked_id(native_id)
    except ValueError as error:
        raise Refused("NotFound") from error

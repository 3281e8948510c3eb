"""Answering in private, and finding an answer again: what is the same wherever Meta takes messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.meta.faults import NoHumanAgent, NoRight, OutsideWindow
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import Place, author_of, is_ours
from resonanz.networks.meta.reading import FAULTS, Found, identifier, moment, objects, pages, same_words
from resonanz.networks.meta.talks import MESSAGES, newest_messages, talk_with, wrote_last
from resonanz.networks.meta.windows import check_private_reply, terms_of_message

_MOST_LOOKED_AT = 10
_OF_TAG = re.compile(r"\btag\b|human.?agent", re.IGNORECASE)
_TOO_MUCH = "too much was said there since to find it"
Words = Callable[[Found], tuple[object, object, str]]
"""Of what stands there: the words, the time, and where people read it."""


def message(api: Graph, account: Account, place: Place, order: ReplyOrder) -> Receipt:
    """In the conversation, while Meta lets us. Raises OutsideWindow and NoHumanAgent."""
    person_id = place.person_in(order.root_id)
    if not person_id:
        raise Refused("NotFound")
    terms = terms_of_message(_wrote_last(api, place, checked(person_id), order))
    try:
        return _send(api, account, place, {"id": person_id}, order.text, terms)
    except (Refused, OutsideWindow) as error:
        if "tag" in terms and _is_about_tag(error):
            raise NoHumanAgent from error
        raise


def _is_about_tag(error: Refused | OutsideWindow) -> bool:
    """Whether the feature is missing: Meta's codes do not tell, its words name tag or feature. Who has not got it is
    outside of the window after a day, which by our clock lasts for a week.
    """
    return isinstance(error, OutsideWindow | NoRight) or bool(_OF_TAG.search(error.words))


def private_reply(
    api: Graph, account: Account, place: Place, answered: Mapping[str, str], at: object, text: str
) -> Receipt:
    """To what was said in public `at` that time: once, and for some days. Raises OutsideWindow."""
    try:
        check_private_reply(moment(at))
    except FAULTS as error:
        raise Refused("answer.unreadable") from error
    return _send(api, account, place, answered, text, {})


def find_message(
    api: Graph, account: Account, place: Place, person_id: str, text: str, since: datetime, known: frozenset[str]
) -> Receipt | None:
    """The oldest of our messages to a person with these words, said since then."""
    if not person_id:
        raise Refused("NotFound")  # who it was is not ours to know, so nobody can look
    said = newest_messages(api, talk_with(api, place, checked(person_id)))
    found = oldest(said, _as_message, account, text, since, known)
    if found is None and len(said) >= MESSAGES and not _reaches(said[-1], "created_time", since):
        raise Refused(_TOO_MUCH)
    return found


def find_listed(
    api: Graph,
    path: str,
    find: Callable[[list[Found]], Receipt | None],
    *,
    since: datetime,
    newest_first_by: str = "",
    **parameters: object,
) -> Receipt | None:
    """What `find` finds in a list, as far back as `since`. Raises Refused where nobody can look that far.

    Not found then does not mean that it does not stand there, and what is sent once more stands there twice.
    """
    said: list[Found] = []
    number = 0
    for page in pages(api, path, most=_MOST_LOOKED_AT, **parameters):
        number += 1
        listed = objects(page)
        said += listed
        if newest_first_by and listed and _reaches(listed[-1], newest_first_by, since):
            return find(said)
    found = find(said)
    if found is None and number == _MOST_LOOKED_AT:
        raise Refused(_TOO_MUCH)
    return found


def oldest(
    said: Iterable[Found], shown: Words, account: Account, text: str, since: datetime, known: frozenset[str]
) -> Receipt | None:
    """The oldest of ours with the same words."""
    fitting: list[tuple[datetime, str, str]] = []
    for one in said:
        try:
            words, at, url = shown(one)
            native_id, said_at = identifier(one["id"]), moment(at)
            is_same = is_ours(author_of(one), account) and same_words(words, text)
            if is_same and said_at >= since.replace(microsecond=0) and native_id not in known:
                fitting.append((said_at, native_id, url))
        except FAULTS:
            continue
    return Receipt(native_id=min(fitting)[1], url=min(fitting)[2]) if fitting else None


def given(found: Mapping[str, Any], name: str) -> str:
    """The id of what stands there now. Raises NoAnswer: it stands there, and nobody knows as what."""
    try:
        return identifier(found[name])
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def checked(value: str) -> str:
    """An id of ours before it becomes part of an address. Raises Refused."""
    try:
        return identifier(value)
    except ValueError as error:
        raise Refused("NotFound") from error


def _wrote_last(api: Graph, place: Place, person_id: str, order: ReplyOrder) -> datetime:
    """From when on Meta counts; at least, when they wrote what is answered."""
    try:
        found = wrote_last(api, place, person_id)
        if found:
            return found
        return moment(api.get(f"/{checked(order.parent_id)}", fields="id,created_time")["created_time"])
    except FAULTS as error:
        raise Refused("answer.unreadable") from error


def _send(
    api: Graph, account: Account, place: Place, recipient: Mapping[str, str], text: str, terms: Mapping[str, str]
) -> Receipt:
    body = {"recipient": dict(recipient), "message": {"text": text}, **terms}
    return Receipt(native_id=given(api.post(f"/{place.page(account)}/messages", body), "message_id"))


def _reaches(found: Found, at: str, since: datetime) -> bool:
    try:
        return moment(found[at]) < since.replace(microsecond=0)
    except FAULTS:
        return False


def _as_message(found: Found) -> tuple[object, object, str]:
    return found.get("message"), found["created_time"], ""

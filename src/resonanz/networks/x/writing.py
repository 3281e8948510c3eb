"""Answering on X, where it lets a program answer; and the same answer found again."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NoAnswer, NotAddressed, Refused
from resonanz.networks.metering import AnswersStopped
from resonanz.networks.x import tariff
from resonanz.networks.x.client import call, get, listed
from resonanz.networks.x.posts import FAULTS, SITE, Beside, checked_id, id_of, moment, posted, referenced
from resonanz.networks.x.reading import FIELDS, PAGE, count

_MOST_PAGES = 3
_NAMED_FIRST = re.compile(r"^(?:@\w{1,50}\s+)+", re.ASCII)
_SHORT = re.compile(r"https://t\.co/\w{1,40}", re.ASCII)
_LONG = r"(?=\S{0,500}\w\.\w)\S{1,500}"
_MOST_SHORT = 10
# Wider than what X makes a link of: who is told of the dearer price and pays the lower one is not harmed.
_LINK = re.compile(r"https?://|\b[\w-]{1,63}\.[a-z]{2,24}\b", re.IGNORECASE)


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it. X takes it only where whoever is answered named us, quoted us or answered us, so that comes first."""
    if not order.is_addressed:
        raise NotAddressed
    if not account.meter.lets_answer():
        raise AnswersStopped
    body = {"text": order.text, "reply": {"in_reply_to_tweet_id": _id(order.parent_id)}}
    use = use_of(order.text)
    try:
        native_id = id_of(call(account, "POST", "/2/tweets", body))
    except NoAnswer:
        account.meter.count(use)  # perhaps it stands there, and then it is charged
        raise
    except FAULTS as error:
        account.meter.count(use)
        raise NoAnswer(reason="answer.unreadable") from error
    account.meter.count(use)
    return Receipt(native_id=native_id, url=address_of(native_id, account))


def use_of(text: str) -> str:
    """What an answer of these words is charged as."""
    return tariff.REPLY_WITH_LINK if _LINK.search(text) else tariff.REPLY


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own post below the same one with the same words, said since then."""
    parent_id = _id(order.parent_id)
    found: list[str] = []
    token = ""
    for _ in range(_MOST_PAGES):
        page = _own(account, since, token)
        beside = Beside.read(page)
        for item in listed(page):
            if _is_it(item, beside, account, order.text, parent_id, since):
                found.append(id_of(item))
        meta = page.get("meta")
        token = str(meta.get("next_token") or "") if isinstance(meta, dict) else ""
        if not token:
            break
    fresh = sorted((one for one in found if one not in known), key=int)
    return Receipt(native_id=fresh[0], url=address_of(fresh[0], account)) if fresh else None


def address_of(native_id: str, account: Account) -> str:
    """Where people read an answer of ours."""
    return f"{SITE}/{account.handle or 'i'}/status/{native_id}"


def _own(account: Account, since: datetime, token: str) -> dict[str, Any]:
    start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked: dict[str, object] = {"max_results": PAGE, "start_time": start, **FIELDS}
    if token:
        asked["pagination_token"] = token
    page = get(account, f"/2/users/{account.native_id}/tweets", asked)
    count(account, page, is_owned=True)
    return page


def _is_it(item: object, beside: Beside, account: Account, words: str, parent_id: str, since: datetime) -> bool:
    try:
        if not isinstance(item, dict) or referenced(item, "replied_to") != parent_id:
            return False
        if moment(item["created_at"]) < since.replace(microsecond=0):
            return False
        return _says(posted(item, beside, account).text, words) or _is_shortened(item["text"], words)
    except FAULTS:
        return False


def _says(found: str, wanted: str) -> bool:
    """Whether these are the words; X puts the names of those who are answered before them."""
    plain = " ".join(html.unescape(wanted).split())
    return plain in {" ".join(found.split()), " ".join(_NAMED_FIRST.sub("", found).split())}


def _is_shortened(found: str, wanted: str) -> bool:
    """Whether these are the words with each address made short, as X does also where nobody wrote https://."""
    whole, plain = " ".join(html.unescape(found).split()), " ".join(html.unescape(wanted).split())
    if not 0 < len(_SHORT.findall(whole)) <= _MOST_SHORT:
        return False
    return any(re.fullmatch(_lengthened(one), plain) for one in (whole, _NAMED_FIRST.sub("", whole)))


def _lengthened(found: str) -> str:
    return _LONG.join(re.escape(part) for part in _SHORT.split(found))


def _id(native_id: str) -> str:
    try:
        return checked_id(native_id)
    except ValueError as error:
        raise Refused("NotFound") from error

"""A status, as servers of the Mastodon kind describe it, as events of the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit

from resonanz.core import clock, text
from resonanz.networks.contract import (
    Account,
    Author,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    Quoted,
    Visibility,
)
from resonanz.networks.mastodon.media import media_of
from resonanz.networks.mastodon.plain_words import Mentioned, plain_words
from resonanz.networks.mastodon.quotes import quote_in, quoted_status, without_reference

NAME = "mastodon"
_MOST_TEXT = 20_000  # other servers of the kind allow far more than Mastodon's 500
_MOST_LINE = 1_000
_MOST_LISTED = 50
_NO = re.compile(r"#(?:no-?bots?|no-?index|no-?search)\b", re.IGNORECASE)
_PERHAPS_NO = re.compile(r"no-?(?:bot|index|search)", re.IGNORECASE)
_MOST_NOTE = 5_000
_OPEN_TO_ALL = frozenset({"public", "unlisted"})

Status = Mapping[str, Any]


class _Where(TypedDict):
    network: str
    origin: str


def events_of(status: Status, account: Account, *, root_id: str, addressed: bool = False) -> list[Event]:
    """What a status tells: that it was said and, where it was since, edited and counted. Raises ValueError."""
    events: list[Event] = [_posted(status, account, root_id, addressed)]
    if status.get("edited_at"):
        events.append(edited(status, account))
    if any(counts(status)):
        events.append(counted(status, account))
    return events


def edited(status: Status, account: Account) -> Edited:
    """The status with its new wording, and with what became of its quote. Raises ValueError."""
    quoted = _quoted(status, account)
    unedited = status.get("created_at") if quoted else clock.now().isoformat()
    return Edited(
        **_where(account),
        native_id=id_of(status),
        text=_words(status, account),
        edited_at=_moment(status.get("edited_at") or unedited),
        media=media_of(status.get("media_attachments")),
        quoted=quoted,
    )


def counted(status: Status, account: Account) -> Counted:
    """How often it was favourited, boosted and answered. Raises ValueError."""
    likes, shares, replies = counts(status)
    where = _where(account)
    return Counted(
        **where, native_id=id_of(status), counted_at=clock.now(), likes=likes, shares=shares, replies=replies
    )


def counts(status: Status) -> tuple[int | None, int | None, int | None]:
    """Favourites, boosts, replies; None where it does not say."""
    likes, shares, replies = (status.get(f"{name}_count") for name in ("favourites", "reblogs", "replies"))
    return _count(likes), _count(shares), _count(replies)


def deleted(native_id: str, account: Account) -> Deleted:
    """The status of this id is gone."""
    return Deleted(**_where(account), native_id=native_id, deleted_at=clock.now())


def as_status(value: object) -> Status:
    """Foreign JSON, if it can be a status; raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    id_of(value)
    return value


def id_of(thing: Status) -> str:
    """The id of a status, account or notification: opaque text, whatever it looks like. Raises ValueError."""
    found = thing.get("id")
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found.strip():
        raise ValueError("no id")
    return found.strip()


def parent_of(status: Status) -> str:
    """The id of the status it answers, "" for none."""
    found = status.get("in_reply_to_id")
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def boosted(status: Status) -> Status | None:
    """The status that it only passes on; a boost is no utterance of the booster's."""
    found = status.get("reblog")
    return found if isinstance(found, dict) else None


def visibility_of(status: Status) -> str:
    """In the server's word, "" where it says none."""
    found = status.get("visibility")
    return found if isinstance(found, str) else ""


def is_open_to_all(status: Status) -> bool:
    """Whether everybody can read it."""
    return visibility_of(status) in _OPEN_TO_ALL


def mentioned_in(status: Status) -> list[Status]:
    """The accounts it names, as it describes them."""
    return list(_dicts(status.get("mentions")))


def names_us(status: Status, account: Account) -> bool:
    """Whether the account is among those it mentions."""
    return any(_is_us(mention, account) for mention in mentioned_in(status))


def is_ours(status: Status, account: Account) -> bool:
    """Whether the account itself said it."""
    author = status.get("account")
    return isinstance(author, dict) and _is_us(author, account)


def may_be_found(status: Status) -> bool:
    """Whether it was said to everybody, by somebody who did not opt out of being found; only an outspoken no counts.

    Those on servers without such a setting write it into their profile. What is said in passing ("unlisted") is meant
    for nobody's search, though some of the kin show it under its hashtags, as they show us what only followers read.
    """
    author = status.get("account")
    if visibility_of(status) != "public" or not isinstance(author, dict):
        return False
    no = author.get("indexable") is False or author.get("discoverable") is False or author.get("noindex") is True
    return not no and not _says_no(author.get("note"))


def _says_no(note: object) -> bool:
    """Hashtags stand in tags of their own, so only what may hold one is read as HTML."""
    if not isinstance(note, str) or not _PERHAPS_NO.search(note):
        return False
    return bool(_NO.search(text.from_html(note, most=_MOST_NOTE)))


def handle_of(person: Status, account: Account) -> str:
    """user@server, also for those on our own server, whom it names without."""
    acct = _line(person.get("acct"), 255) or _line(person.get("username"), 255)
    return acct if "@" in acct or not acct else f"{acct}@{domain_of(account)}"


def domain_of(account: Account) -> str:
    """The name under which the account's server is known."""
    return account.origin or urlsplit(account.address).netloc


def _posted(status: Status, account: Account, root_id: str, addressed: bool) -> Posted:
    parent = parent_of(status)
    is_direct = visibility_of(status) == "direct"
    kind = PostKind.MESSAGE if is_direct else PostKind.COMMENT if parent else PostKind.POST
    return Posted(
        **_where(account),
        native_id=id_of(status),
        author=_author(status.get("account"), account),
        text=_words(status, account),
        posted_at=_moment(status.get("created_at")),
        kind=kind,
        # What we do not know ("local", "limited", a server's own) is not taken for public.
        visibility=Visibility.PUBLIC if is_open_to_all(status) else Visibility.PRIVATE,
        url=_line(status.get("url"), 2_000) or _line(status.get("uri"), 2_000),
        language=_line(status.get("language"), 8),
        parent_id=parent,
        root_id=root_id,
        mentions=_mentions(status, account),
        addressed=addressed,
        media=media_of(status.get("media_attachments")),
        quoted=_quoted(status, account),
    )


def _quoted(status: Status, account: Account) -> Quoted | None:
    """What it quotes, as far as all may read that; what that quotes in its turn is not looked at."""
    quote = quote_in(status)
    if quote is None:
        return None
    quoted = quoted_status(quote)
    if quoted is None or not is_open_to_all(quoted):
        return Quoted()
    try:
        url = _line(quoted.get("url"), 2_000)
        return Quoted(id_of(quoted), url, _author(quoted.get("account"), account), _words(quoted, account))
    except ValueError:  # no reason to lose the status that quotes it
        return Quoted()


def _where(account: Account) -> _Where:
    return {"network": NAME, "origin": account.origin or account.address.rstrip("/")}


def _author(person: object, account: Account) -> Author:
    if not isinstance(person, dict):
        raise ValueError("no author")
    return Author(
        native_id=id_of(person),
        handle=handle_of(person, account),
        name=_line(person.get("display_name"), 200) or _line(person.get("username"), 200),
        url=_line(person.get("url"), 2_000),
    )


def _mentions(status: Status, account: Account) -> tuple[str, ...]:
    """Handles; the account itself as its channel calls it, so that it is known again however it was typed there."""
    ours = account.handle or account.native_id
    mentioned = mentioned_in(status)
    named = [ours if _is_us(one, account) else handle_of(one, account) for one in mentioned]
    return tuple(name for name in named if name)


def _is_us(person: Status, account: Account) -> bool:
    if account.native_id:
        return str(person.get("id")) == account.native_id
    typed = account.handle.removeprefix("@").casefold()
    return bool(typed) and handle_of(person, account).casefold() in {typed, f"{typed}@{domain_of(account)}".casefold()}


def _words(status: Status, account: Account) -> str:
    """Content warning, words, the choices of a poll, and what pictures show for those who do not see them."""
    mentioned = [
        Mentioned(_line(one.get("username"), 255), handle_of(one, account), _line(one.get("url"), 2_000))
        for one in mentioned_in(status)
    ]
    content = status.get("content")
    if isinstance(content, str) and quote_in(status):
        content = without_reference(content)
    poll = status.get("poll")
    options = _dicts(poll.get("options")) if isinstance(poll, dict) else []
    parts = [
        _line(status.get("spoiler_text"), _MOST_LINE),
        plain_words(content, mentioned=mentioned, most=_MOST_TEXT) if isinstance(content, str) else "",
        "\n".join(f"- {title}" for one in options if (title := _line(one.get("title"), _MOST_LINE))),
        *(
            f"[{alt}]"
            for one in _dicts(status.get("media_attachments"))
            if (alt := _line(one.get("description"), 1_500))
        ),
    ]
    return text.clean("\n\n".join(part for part in parts if part), most=_MOST_TEXT)


def _line(value: object, most: int) -> str:
    """One clean line, "" for whatever is not text."""
    return " ".join(text.clean(value, most=most).split()) if isinstance(value, str) else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value[:_MOST_LISTED] if isinstance(one, dict)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("no date")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a date without offset")
    return moment

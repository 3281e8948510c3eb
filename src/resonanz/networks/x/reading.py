"""Polling X: who speaks to us, what we said elsewhere, what is said of our words, and what became of what was heard.

Lists begin with their newest post. They are read downwards to what is known already; a poll that is interrupted goes on
there, so that nothing is missed and nothing is paid for twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, AccountGone, BadEvent, Batch, Event, Missed
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.metering import BudgetUsedUp, most_affordable
from resonanz.networks.x import tariff
from resonanz.networks.x.client import WAIT_SECONDS, NotThere, get, kind_of, listed, problems_in
from resonanz.networks.x.cursor import Cursor, Place
from resonanz.networks.x.posts import (
    FAULTS,
    NAME,
    ORIGIN,
    Beside,
    counted,
    deleted,
    earlier_versions,
    id_at,
    id_of,
    is_protected,
    is_repost,
    newest_version,
    posted,
    said_at,
)
from resonanz.networks.x.stood import Stood

FIELDS: dict[str, object] = {
    "post.fields": (
        "id", "text", "created_at", "conversation_id", "entities", "lang", "attachments", "note_post", "public_metrics",
    ),
    "expansions": (
        "author_id", "in_reply_to_user_id", "referenced_posts", "edit_history_post_ids", "attachments.media_keys",
    ),
    "user.fields": ("id", "name", "username", "protected"),
    "media.fields": ("media_key", "type", "url", "preview_image_url", "alt_text", "width", "height"),
}  # fmt: skip
# What became of a post: no words, author or pictures, each of which would be charged on top.
LOOK: dict[str, object] = {"post.fields": ("id", "public_metrics")}
PAGE = 100
MOST_PAGES = 8
"""Of a list in one poll; X shows the last 800 mentions."""
LOOKED_AT = 100
_FIRST = timedelta(days=7)
_SEARCHED = timedelta(days=6, hours=23)
"""X searches a week, and refuses to be asked for more."""
_GAP = timedelta(seconds=90)
"""A search comes every minute; what was not searched for and not told for longer is on record."""
_AWAY = timedelta(seconds=120)
"""A poll comes every minute, too; where none came for longer, the house itself writes the whole gap down."""
_MOST_QUERY = 512
OPTION, AT_ONCE = "at_once", "yes"
_GONE = frozenset({"resource-not-found", "not-authorized-for-resource", "disallowed-resource", "resource-unavailable"})
_NO_ACCOUNT = "resource-not-found"


@dataclass(frozen=True, slots=True)
class _List:
    """A list of posts, the newest first. `use` is what each of them costs; `least`: as few as can be asked for."""

    name: str
    path: str
    least: int
    each: int
    use: str
    query: str = ""
    is_owned: bool = True


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`."""
    return _Poll(account, Cursor.read(cursor)).batches()


def query_of(account: Account) -> str:
    """What is searched for, as X writes it: the channel's words and hashtags, as many as it takes; "" for nothing."""
    words = [f'"{word}"' for one in account.settings.get("words", "").split() if (word := _plain_word(one))]
    tags = [f"#{tag}" for one in account.settings.get("hashtags", "").split() if (tag := _plain_tag(one))]
    behind = " -is:retweet" + (f" -from:{account.handle}" if account.handle else "")
    chosen: list[str] = []
    for term in [*words, *tags]:
        if len(" OR ".join([*chosen, term])) + len(behind) + 2 <= _MOST_QUERY:
            chosen.append(term)
    return f"({' OR '.join(chosen)}){behind}" if chosen else ""


def count(account: Account, found: dict[str, Any], *, is_owned: bool, known: frozenset[str] = frozenset()) -> None:
    """Tell the meter what came: each post, author and medium once, also those beside what was asked for."""
    beside = Beside.read(found)
    data = found.get("data")
    items = [one for one in (data if isinstance(data, list) else []) if isinstance(one, dict)]
    posts = {one["id"] for one in items if isinstance(one.get("id"), str)}
    posts = (posts | beside.posts.keys()) - known
    if not posts:
        return
    if is_owned:
        account.meter.count(tariff.OWNED_READ, len(posts) + len(beside.users) + len(beside.media))
        return
    account.meter.count(tariff.POST_READ, len(posts))
    account.meter.count(tariff.USER_READ, len(beside.users))
    account.meter.count(tariff.MEDIA_READ, len(beside.media))


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._stood = Stood.read(account.place)
        self._polled = said_at(cursor.polled) if cursor.polled else None
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []
        self._gone: set[str] = set()
        self._missed: list[Missed] = []

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: where nobody spoke, it was read, too."""
        mine = f"/2/users/{self._account.native_id}"
        yield from self._read(_List("mentions", f"{mine}/mentions", 5, 4, tariff.OWNED_READ))
        yield from self._read(_List("own", f"{mine}/tweets", 5, 4, tariff.OWNED_READ))
        is_short = False
        query = query_of(self._account)
        if query and not self._is_told():
            try:
                yield from self._search(query)
            except BudgetUsedUp:
                is_short = True
        self._look_again()
        yield self._batch()
        if is_short:  # told, and tried again soon: what is left is too little for a search, and enough for mentions
            raise BudgetUsedUp(WAIT_SECONDS, "")

    def _is_told(self) -> bool:
        """Whether a stream tells what would be searched for, and what was said before it was opened was found."""
        if self._account.settings.get(OPTION) == AT_ONCE:
            self._cursor.polled = id_at(clock.now())
        place, stood = self._cursor.place("search"), self._stood
        self._cursor.follow(stood)
        if place.top or int(self._cursor.searched or "0") < int(stood.is_whole_at or "0"):
            return False
        place.goes_on_at(stood)
        return stood.stands and self._account.settings.get(OPTION) == AT_ONCE

    def _search(self, query: str) -> Iterator[Batch]:
        begun, path = clock.now(), "/2/tweets/search/recent"
        yield from self._read(_List("search", path, 10, 5, tariff.POST_READ, query=query, is_owned=False))
        if not self._cursor.place("search").top and self._account.settings.get(OPTION) == AT_ONCE:
            if self._polled is not None and begun - self._polled <= _AWAY:
                self._missed += self._silence(begun)
            self._cursor.searched = id_at(begun)

    def _silence(self, now: datetime) -> Iterator[Missed]:
        """The time in which what is found now was neither told nor searched for, if that was a while."""
        began, ended = self._stood.silent_since(self._cursor.searched)
        if began is None or ended - began < _GAP:
            return
        shown = now - _SEARCHED
        if began < shown:
            yield Missed(began, min(shown, ended), is_filled=False)
        if ended > shown:
            yield Missed(max(began, shown), ended, is_filled=True)

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad), missed=tuple(self._missed))
        self._events, self._bad, self._missed = [], [], []
        return batch

    def _read(self, one: _List) -> Iterator[Batch]:
        place = self._cursor.place(one.name)
        for _ in range(MOST_PAGES):
            found = self._page(one)
            items = [item for item in found["data"] if isinstance(item, dict)]
            known = frozenset([*place.seen, *self._stood.seen] if one.query else place.seen)
            count(self._account, found, is_owned=one.is_owned, known=known)
            beside = Beside.read(found)
            ids = [native_id for item in items if (native_id := self._hear(item, beside, known))]
            meta = found.get("meta")
            is_last = not ids or not (isinstance(meta, dict) and meta.get("next_token"))
            place.read(ids, is_last=is_last)
            yield self._batch()
            if is_last:
                return

    def _page(self, one: _List) -> dict[str, Any]:
        place = self._cursor.place(one.name)
        affordable = most_affordable(self._account.meter, one.use, most=PAGE * one.each, least=one.least * one.each)
        asked: dict[str, object] = {"max_results": affordable // one.each, **FIELDS}
        oldest = id_at(clock.now() - (_SEARCHED if one.query else _FIRST))
        if place.below and int(place.below) <= int(self._lowest(place, oldest, one)) + 1:
            self._give_up(place)
        asked["since_id"] = self._lowest(place, oldest, one)
        if place.below:
            asked["until_id"] = place.below
        if one.query:
            asked["query"] = one.query
        try:
            found = get(self._account, one.path, asked, as_app=bool(one.query))
            return {**found, "data": listed(found)}
        except NotThere as error:  # our own account: it was closed, or renamed beyond recognition
            raise NotAuthorised(status=404) from error

    def _lowest(self, place: Place, oldest: str, one: _List) -> str:
        return max(place.begin, oldest, key=int) if place.begin and one.query else place.begin or oldest

    def _give_up(self, place: Place) -> None:
        """Reading stopped so long ago that X no longer shows what lay below, and refuses to be asked for it."""
        since, below = place.give_up()
        if since:
            self._missed.append(Missed(said_at(since), said_at(below), is_filled=False))

    def _hear(self, item: dict[str, Any], beside: Beside, known: frozenset[str]) -> str:
        """Its id, where it has one: what cannot be read besides is put aside, and the list goes on below it."""
        native_id = ""
        try:
            native_id = id_of(item)
            if native_id not in known and not is_repost(item) and not is_protected(item, beside):
                self._heard(item, beside)
        except FAULTS as error:
            self._bad.append(put_aside(item, error))
        return native_id

    def _heard(self, item: dict[str, Any], beside: Beside) -> None:
        said = posted(item, beside, self._account)
        for old in earlier_versions(item):
            self._cursor.watched.pop(old, None)
            if old not in self._gone:
                self._events.append(deleted(old))
        self._events.append(said)
        author = said.author.native_id if said.author else ""
        if author:
            self._cursor.watch(said.native_id, author)

    def _look_again(self) -> None:
        """At posts that were heard: counts, and whether they still stand there in the same words."""
        due = self._cursor.due(LOOKED_AT)
        if not due or self._account.meter.affords(tariff.POST_READ) < len(due) * 4:
            return  # what is new was read as far as the budget goes; the rest waits with it
        found = get(self._account, "/2/tweets", {"ids": tuple(due), **LOOK})
        count(self._account, found, is_owned=False)
        data = found.get("data")
        stands = {item.get("id"): item for item in (data if isinstance(data, list) else []) if isinstance(item, dict)}
        gone = _named(found, _GONE)
        self._forget_gone([native_id for native_id in due if native_id in gone and native_id not in stands])
        edited = [new for native_id in due if native_id in stands and (new := self._look(native_id, stands[native_id]))]
        if edited:
            self._read_again(edited)

    def _look(self, native_id: str, item: dict[str, Any]) -> str:
        """The id under which it stands now, if that is another one: each edit makes another post."""
        try:
            newest = newest_version(item)
            self._events.append(counted(item) if newest == native_id else deleted(native_id))
        except FAULTS as error:
            self._bad.append(put_aside(item, error))
            newest = native_id
        if newest == native_id:
            self._cursor.looked(native_id)
            return ""
        del self._cursor.watched[native_id]
        self._gone.add(native_id)
        return newest

    def _read_again(self, ids: list[str]) -> None:
        """What edited posts say now."""
        found = get(self._account, "/2/tweets", {"ids": tuple(ids), **FIELDS})
        count(self._account, found, is_owned=False)
        beside, data = Beside.read(found), found.get("data")
        for item in data if isinstance(data, list) else []:
            if isinstance(item, dict):
                self._hear(item, beside, frozenset())

    def _forget_gone(self, ids: list[str]) -> None:
        """Posts that are gone, and the accounts among their authors that are: then all they said goes with them."""
        authors = {self._cursor.watched.pop(native_id).author_id for native_id in ids} - {""}
        self._events += [deleted(native_id) for native_id in ids]
        if not authors:
            return
        try:
            found = get(self._account, "/2/users", {"ids": tuple(sorted(authors, key=int)), "user.fields": ("id",)})
        except TryLater:
            return  # the posts are gone either way
        data = found.get("data")
        self._account.meter.count(tariff.USER_READ, len(data) if isinstance(data, list) else 0)
        for native_id in authors & _named(found, frozenset({_NO_ACCOUNT})):
            gone = AccountGone(network=NAME, origin=ORIGIN, native_id=native_id, gone_at=clock.now())
            self._events.append(gone)


def _named(found: dict[str, Any], kinds: frozenset[str]) -> frozenset[str]:
    """What X names among its problems as being of one of these kinds."""
    problems = [one for one in problems_in(found) if kind_of(one) in kinds]
    return frozenset(str(one.get("resource_id") or one.get("value") or "") for one in problems)


def _plain_word(typed: str) -> str:
    """Without what would end its quotation marks; "" where nothing is left that can be searched for."""
    word = typed.replace('"', "").replace("\\", "")
    return word if any(char.isalnum() for char in word) else ""


def _plain_tag(typed: str) -> str:
    """X refuses a whole query for one tag that is none: of digits alone, or with signs in it."""
    tag = typed.lstrip("#")
    is_tag = all(char.isalnum() or char == "_" for char in tag) and any(char.isalpha() for char in tag)
    return tag if is_tag else ""

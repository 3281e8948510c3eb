"""The practice network (`memory.server`), as a connector. It has no idempotency key, so replies are read back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypedDict
from urllib.parse import urlencode

from resonanz.core import http, http_streams, text
from resonanz.core.http_held import StreamBounds
from resonanz.networks.asking import ask, failures, json_object, refuse
from resonanz.networks.contract import (
    Account,
    AccountGone,
    Author,
    BadEvent,
    Batch,
    Capability,
    Correction,
    Counted,
    Deleted,
    Edited,
    Entries,
    Entry,
    Event,
    Limits,
    Media,
    MediaKind,
    Posted,
    PostKind,
    Quoted,
    Receipt,
    ReplyOrder,
    Report,
    Visibility,
)
from resonanz.networks.errors import NoAnswer, Refused, TryLater, Unsupported
from resonanz.networks.pictures import Picture, Upload
from resonanz.networks.streams import Listening

_PAGE = 200
_BOUNDS = http.Bounds(most_bytes=4 * 1024 * 1024, connect_seconds=2.0, read_seconds=5.0, seconds=10.0)
_STREAM_BOUNDS = StreamBounds(connect_seconds=2.0, open_seconds=5.0, idle_seconds=25.0, quiet_seconds=15.0)


class MemoryNetwork:
    """Account.address is the server ("http://127.0.0.1:8099"), Account.secret the token it gave.

    The address is a private one: it must stand in RESONANZ_ALLOWED_HOSTS.
    """

    name = "memory"
    title = "Practice network"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.STREAM,
            Capability.REPLY,
            Capability.ANSWER_IN_PRIVATE,
            Capability.READ_BACK,
            Capability.PICTURES,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.LIKE,
            Capability.HIDE,
            Capability.DELETE,
            Capability.BLOCK,
            Capability.REPORT,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    limits = Limits(
        text_length=500,
        poll_seconds=2,
        settle_seconds=3,
        by_the_minute=True,
        picture_count=4,
        picture_bytes=2 * 1024 * 1024,
        picture_types=("image/png", "image/jpeg"),
        alt_length=1_500,
        fills_gap_days=None,
    )
    asks_for = Entries(address=Entry("http://127.0.0.1:8099"), handle=Entry("@nordhain"), secret=Entry())

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Batches after the number in `cursor`, page by page."""
        after, more = cursor or "0", True
        while more:
            page = self._get(account, "/events", after=after, limit=str(_PAGE))
            entries = page.get("events", [])
            if not entries:
                return
            after, more = str(entries[-1]["seq"]), bool(page.get("more"))
            yield self._batch(account, entries, after)

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """Server-sent events; they carry what `/events` tells, and a comment every ten seconds."""
        lines = http_streams.stream_lines(
            _url(account, "/stream"), headers=_token(account), stopping=listening.stopping, bounds=_STREAM_BOUNDS
        )
        with _stream_failures(), closing(lines):
            for line in lines:
                if line is None or line.startswith(":"):
                    yield Batch((), None)
                elif line.startswith("data:"):
                    yield self._told(account, line.removeprefix("data:"))

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Answers the post `order.parent_id`."""
        body = {
            "text": order.text,
            "parent_id": order.parent_id,
            "visibility": order.visibility.value,
            "pictures": list(order.picture_ids),
        }
        answer = ask("POST", _url(account, "/posts"), headers=_token(account), body=body, bounds=_BOUNDS)
        if answer.status != 201:
            raise Refused(_words(answer))
        try:
            return self._receipt(account, json_object(answer))
        except (ValueError, KeyError) as error:
            raise NoAnswer(reason="answer.unreadable") from error

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """The oldest own answer to the same post with the same words that is not yet known."""
        after, more = "0", True
        while more:
            path = f"/posts/{order.parent_id}/replies"
            page = self._get(account, path, since=since.isoformat(timespec="microseconds"), after=after)
            posts = page.get("posts", [])
            for post in posts:
                if post["id"] not in known and (post["text"], post["visibility"]) == (order.text, order.visibility):
                    return self._receipt(account, post)
            more = bool(posts and page.get("more"))
            after = posts[-1]["id"] if posts else after
        return None

    def upload(self, account: Account, picture: Picture) -> Upload:
        """Brings the picture, which is ready at once."""
        body = {"data": base64.b64encode(picture.data).decode(), "type": picture.content_type, "alt": picture.alt}
        answer = ask("POST", _url(account, "/media"), headers=_token(account), body=body, bounds=_BOUNDS)
        if answer.status != 201:
            raise Refused(_words(answer))
        try:
            return Upload(str(json_object(answer)["id"]), is_ready=True)
        except (ValueError, KeyError) as error:
            raise NoAnswer(reason="answer.unreadable") from error

    def is_ready(self, account: Account, native_id: str) -> bool:
        """Always: nothing is done to pictures there."""
        return True

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Likes the post, or no longer."""
        self._act("PUT" if on else "DELETE", account, f"/posts/{native_id}/like")

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Takes the post off the page that people look at, or puts it back."""
        self._act("PUT" if on else "DELETE", account, f"/posts/{native_id}/hidden")

    def delete(self, account: Account, native_id: str) -> None:
        """Deletes what stands below a post of ours."""
        self._act("DELETE", account, f"/posts/{native_id}", gone_is_done=True)

    def block(self, account: Account, author_id: str, *, on: bool) -> None:
        """Lets the account reach us no more, or again."""
        self._act("PUT" if on else "DELETE", account, f"/accounts/{author_id}/block")

    def report(self, account: Account, report: Report) -> None:
        """Tells those who moderate."""
        self._act("POST", account, f"/posts/{report.native_id}/reports", {"words": report.words})

    def correct(self, account: Account, correction: Correction) -> None:
        """Gives the answer other words."""
        self._act("PATCH", account, f"/posts/{correction.native_id}", {"text": correction.text})

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the answer."""
        self._act("DELETE", account, f"/posts/{native_id}", gone_is_done=True)

    def _act(
        self, method: str, account: Account, path: str, body: object = None, *, gone_is_done: bool = False
    ) -> None:
        answer = ask(method, _url(account, path), headers=_token(account), body=body, bounds=_BOUNDS, denied={401})
        if not 200 <= answer.status < 300 and not (gone_is_done and answer.status == HTTPStatus.NOT_FOUND):
            raise Refused(_words(answer))

    def _told(self, account: Account, data: str) -> Batch:
        try:
            entry = json.loads(data)
        except (ValueError, RecursionError) as error:
            return Batch((), None, (BadEvent(data, f"event.{type(error).__name__}"),))
        return self._batch(account, [entry], None)

    def _get(self, account: Account, path: str, **query: str) -> dict[str, Any]:
        answer = ask("GET", _url(account, path, **query), headers=_token(account), bounds=_BOUNDS)
        if answer.status != 200:
            raise Refused(_words(answer))
        try:
            return json_object(answer)
        except ValueError as error:
            raise TryLater(self.limits.poll_seconds, "answer.unreadable") from error

    def _receipt(self, account: Account, post: dict[str, Any]) -> Receipt:
        return Receipt(native_id=str(post["id"]), url=_page(account, post["id"]))

    def _batch(self, account: Account, entries: list[dict[str, Any]], cursor: str | None) -> Batch:
        events: list[Event] = []
        bad: list[BadEvent] = []
        for entry in entries:
            try:
                if event := _event(account, entry):
                    events.append(event)
            except (KeyError, TypeError, ValueError) as error:
                bad.append(BadEvent(json.dumps(entry), f"event.{type(error).__name__}"))
        return Batch(tuple(events), cursor, tuple(bad))


@contextmanager
def _stream_failures() -> Iterator[None]:
    """As for every network, but this one, on the same machine, is looked for again at once."""
    try:
        with failures(reads=True):
            yield
    except TryLater as error:
        refusal = error.__cause__
        if isinstance(refusal, http_streams.NotStreaming):
            refuse(refusal.answer, reads=True)
            if refusal.answer.status == HTTPStatus.NOT_FOUND:  # started from an older version
                raise Unsupported from error
            raise Refused(_words(refusal.answer)) from error
        raise TryLater(1.0, str(error.params["reason"])) from error


def _url(account: Account, path: str, **query: str) -> str:
    return account.address.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")


def _page(account: Account, native_id: str) -> str:
    """Where people see the post."""
    return _url(account, f"/#post-{native_id}")


def _token(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secret}"}


def _origin(account: Account) -> str:
    return account.origin or account.address.rstrip("/")


def _words(answer: http.Answer) -> str:
    try:
        return text.clean(str(json_object(answer)["error"]), most=200)
    except (ValueError, KeyError):
        return f"http.{answer.status}"


class _Where(TypedDict):
    network: str
    origin: str


def _event(account: Account, entry: dict[str, Any]) -> Event | None:
    at = datetime.fromisoformat(entry["at"])
    where: _Where = {"network": MemoryNetwork.name, "origin": _origin(account)}
    match entry["type"]:
        case "posted":
            return _posted(account, entry["post"])
        case "edited":
            words = text.clean(entry["text"], most=MemoryNetwork.limits.text_length)
            media = _media(account, entry["media"]) if "media" in entry else None
            return Edited(**where, native_id=entry["post_id"], text=words, edited_at=at, media=media)
        case "deleted":
            return Deleted(**where, native_id=entry["post_id"], deleted_at=at)
        case "account_gone":
            return AccountGone(**where, native_id=entry["account_id"], gone_at=at)
        case "counted":
            likes, replies = entry["likes"], entry["replies"]
            return Counted(**where, native_id=entry["post_id"], counted_at=at, likes=likes, replies=replies)
        case "withdrawn":
            return None
    raise ValueError(entry["type"])


def _posted(account: Account, post: dict[str, Any]) -> Posted:
    author, visibility = post["author"], Visibility(post["visibility"])
    return Posted(
        network=MemoryNetwork.name,
        origin=_origin(account),
        native_id=post["id"],
        author=Author(
            native_id=author["id"],
            handle=text.clean(author["handle"], most=100),
            name=text.clean(author["name"], most=100),
        ),
        text=text.clean(post["text"], most=MemoryNetwork.limits.text_length),
        posted_at=datetime.fromisoformat(post["posted_at"]),
        kind=_kind(post, visibility),
        visibility=visibility,
        url=_page(account, post["id"]),
        parent_id=post["parent_id"],
        root_id=post["root_id"],
        mentions=tuple(post["mentions"]),
        addressed=post["addressed"],
        media=_media(account, post.get("media", [])),
        quoted=_quoted(account, post.get("quoted")),
    )


def _quoted(account: Account, found: dict[str, Any] | None) -> Quoted | None:
    """What it quotes; an empty one where that is gone."""
    if found is None:
        return None
    if not found:
        return Quoted()
    author = Author(found["author"]["id"], handle=found["author"]["handle"], name=found["author"]["name"])
    return Quoted(found["id"], _page(account, found["id"]), author, found["text"])


def _media(account: Account, found: list[dict[str, Any]]) -> tuple[Media, ...]:
    return tuple(
        Media(MediaKind(one["kind"]), _url(account, one["path"]), alt=text.clean(one["alt"], most=1_500))
        for one in found
    )


def _kind(post: dict[str, Any], visibility: Visibility) -> PostKind:
    if visibility is Visibility.PRIVATE:
        return PostKind.MESSAGE
    if post.get("is_review"):
        return PostKind.REVIEW
    return PostKind.COMMENT if post["parent_id"] else PostKind.POST

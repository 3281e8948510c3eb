"""Polling an account: comments below its posts, posts that tag it, messages, and what became of some of it.

Instagram does not say when something was said below a post last, only how much: where that number is another one, the
post's comments are read. A quiet poll takes three requests and one for what is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, Batch, Posted
from resonanz.networks.errors import NotAuthorised, Refused
from resonanz.networks.instagram import posts
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.cursor import LATE
from resonanz.networks.meta.faults import NoRight, NotThere
from resonanz.networks.meta.reading import FAULTS, Found, count, identifier, link, objects, pages
from resonanz.networks.meta.rounds import Round, seconds

MOST_POSTS = 50
MOST_CHANGED = 10
_PAGE = 50
_MOST_COMMENT_PAGES = 10
_LOOKS = posts.Looks()


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`; once a day Meta is asked to bring what happens to our webhook."""
    polling = _Poll(account, cursor, _LOOKS, graph(account))
    polling.subscribe()
    return polling.batches()


class _Poll(Round):
    _links: dict[str, str]
    _counts: dict[str, int]

    def ask_for_deliveries(self) -> None:
        """Of the Page that belongs to the account. Any field will do; those that it has already are not touched."""
        app = self.account.app
        found = objects(self.graph.get("/me/subscribed_apps", fields="id,subscribed_fields"))
        if app and all(str(one.get("id")) != app.client_id for one in found):
            self.graph.post("/me/subscribed_apps", {"subscribed_fields": "messages"})

    def changed(self) -> list[str]:
        """The newest posts below which another number of comments stands than when they were read.

        Those that are read longest ago come first, so that no post is kept waiting by others that are always busy.
        """
        path, fields = f"/{self.account.native_id}/media", "id,permalink,comments_count"
        try:
            (listed,) = pages(self.graph, path, most=1, fields=fields, limit=MOST_POSTS)
        except NoRight as error:
            raise NotAuthorised(status=403) from error
        counts: dict[str, int] = {}
        self._links = {}
        for one in listed:
            try:
                native_id = identifier(one["id"])
                counts[native_id] = count(one.get("comments_count")) or 0
                self._links[native_id] = link(one.get("permalink"))
            except FAULTS as error:
                self.bad.append(put_aside(one, error))
        known = self.cursor
        known.posts = {key: at for key, at in known.posts.items() if key in counts}
        known.counts = {key: number for key, number in known.counts.items() if key in counts}
        changed = [key for key, number in counts.items() if number != known.counts.get(key, 0)]
        self._counts = counts
        return sorted(changed, key=lambda key: known.posts.get(key, 0))[:MOST_CHANGED]

    def read_post(self, post_id: str) -> Iterator[Batch]:
        """The comments that are new below it, with the answers to older ones."""
        read_until, begun = self.cursor.posts.get(post_id, self.cursor.since), int(clock.now().timestamp())
        path = f"/{post_id}/comments"
        try:
            for page in pages(self.graph, path, most=_MOST_COMMENT_PAGES, fields=posts.WITH_REPLIES, limit=_PAGE):
                self._hear_comments(page, post_id, read_until)
        except NotThere:
            return
        except Refused as error:
            if isinstance(error, NoRight) and not _LOOKS.may_read(self.graph):
                raise NotAuthorised(status=403) from error
            self.bad.append(put_aside(post_id, error))
        self.cursor.posts[post_id] = begun - LATE
        self.cursor.counts[post_id] = self._counts[post_id]
        yield self.batch()

    def read_tagged(self) -> None:
        """Posts of others in which the account is tagged."""
        path = f"/{self.account.native_id}/tags"
        self.read_list(path, posts.POST_FIELDS, "timestamp", posts.tagged, self._hear_tagged)

    def _hear_tagged(self, said: Posted, _found: Found) -> None:
        self.events.append(said)  # what others post nobody can be asked about again

    def _hear_comments(self, page: list[Any], post_id: str, read_until: int) -> None:
        """A page begins with the newest; an answer stands behind what it answers, so the house knows that first."""
        for one in reversed(page):
            self._hear_comment(one, post_id, read_until, {})
            for reply in objects(one.get("replies")) if isinstance(one, dict) else []:
                self._hear_comment(reply, post_id, read_until, {"parent_id": one.get("id")})

    def _hear_comment(self, one: Any, post_id: str, read_until: int, more: Found) -> None:
        try:
            if seconds(one["timestamp"]) >= read_until:
                found = {**more, **one}
                said = posts.commented(found, self.account, post_id=post_id, url=self._links.get(post_id, ""))
                self.hear(said, posts.counted(one), 0, is_post=False)
        except FAULTS as error:
            self.bad.append(put_aside(one, error))

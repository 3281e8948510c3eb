"""Polling a Page: its posts and what is said below them, posts that name it, messages, and what became of some of it.

A quiet poll takes three requests and one or two for what is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, Batch, Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.facebook import posts
from resonanz.networks.facebook.delivered import FIELDS
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.cursor import MOST_POSTS, settled
from resonanz.networks.meta.faults import WAIT_SECONDS, NoRight, NotThere
from resonanz.networks.meta.place import is_ours
from resonanz.networks.meta.reading import FAULTS, Found, identifier, pages
from resonanz.networks.meta.rounds import Round, seconds

MOST_CHANGED = 10
_PAGE = 100
_MOST_COMMENT_PAGES = 10
_LOOKS = posts.Looks()


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`; once a day Facebook is asked to bring what happens on this Page to our webhook."""
    polling = _Poll(account, cursor, _LOOKS, graph(account))
    polling.subscribe()
    return polling.batches()


class _Poll(Round):
    def ask_for_deliveries(self) -> None:
        """Of this Page."""
        self.graph.post(f"/{self.account.native_id}/subscribed_apps", {"subscribed_fields": ",".join(FIELDS)})

    def changed(self) -> list[str]:
        """The newest posts on which something was said since they were read, the longest waiting first."""
        try:
            (listed,) = pages(
                self.graph, f"/{self.account.native_id}/feed", most=1, fields="id,updated_time", limit=MOST_POSTS
            )
        except NoRight as error:
            raise NotAuthorised(status=403) from error
        said: dict[str, int] = {}
        for one in listed:
            try:
                said[identifier(one["id"])] = seconds(one["updated_time"])
            except FAULTS as error:
                self.bad.append(put_aside(one, error))
        self.cursor.posts = {key: at for key, at in self.cursor.posts.items() if key in said}
        changed = [key for key, at in said.items() if at > self.cursor.posts.get(key, self.cursor.since)]
        return sorted(changed, key=lambda key: said[key])[:MOST_CHANGED]

    def read_post(self, post_id: str) -> Iterator[Batch]:
        """A post, and the comments since it was read last, the oldest first; one that is refused holds up no other."""
        read_until = self.cursor.posts.get(post_id, self.cursor.since)
        try:
            found = self.graph.get(f"/{post_id}", fields=posts.POST_FIELDS)
            if "id" not in found:  # that is no word about the post
                raise TryLater(WAIT_SECONDS, "answer.unreadable")
            updated_at, said = seconds(found["updated_time"]), posts.posted(found, self.account)
            if post_id not in self.cursor.posts and seconds(found["created_time"]) > self.cursor.since:
                self._hear_post(said, found)
            is_theirs = not is_ours(said.author, self.account)
            yield from self._read_comments(post_id, read_until, updated_at, is_theirs=is_theirs)
        except NotThere:
            return  # it went meanwhile; the next look finds out
        except (Refused, *FAULTS) as error:
            if isinstance(error, NoRight) and not _LOOKS.may_read(self.graph):
                raise NotAuthorised(status=403) from error
            self.bad.append(put_aside(post_id, error))
            self.cursor.posts[post_id] = settled(int(clock.now().timestamp()))

    def _read_comments(self, post_id: str, read_until: int, updated_at: int, *, is_theirs: bool) -> Iterator[Batch]:
        number = 0
        for page in pages(
            self.graph, f"/{post_id}/comments", most=_MOST_COMMENT_PAGES, fields=posts.COMMENT_FIELDS,
            filter="stream", order="chronological", since=max(read_until - 1, 0), limit=_PAGE,
        ):  # fmt: skip
            number += 1
            newest = self._hear_comments(page, post_id, read_until, is_theirs=is_theirs)
            self.cursor.posts[post_id] = max(settled(newest), read_until)
            yield self.batch()
        if number < _MOST_COMMENT_PAGES:  # else the rest comes with the next poll
            self.cursor.posts[post_id] = max(self.cursor.posts.get(post_id, 0), settled(updated_at))

    def _hear_comments(self, page: list[Any], post_id: str, read_until: int, *, is_theirs: bool) -> int:
        newest = 0
        for one in page:
            try:
                said = posts.commented(one, self.account, post_id=post_id, begins_there=is_theirs)
                newest = max(newest, int(said.posted_at.timestamp()))
                if said.posted_at.timestamp() >= read_until - 1:
                    self.hear(said, posts.counted(one), posts.version_of(one), is_post=False)
            except FAULTS as error:
                self.bad.append(put_aside(one, error))
        return newest

    def read_tagged(self) -> None:
        """Posts of others, elsewhere, that name the Page."""
        path = f"/{self.account.native_id}/tagged"
        self.read_list(path, posts.POST_FIELDS, "created_time", posts.posted, self._hear_post)

    def _hear_post(self, said: Posted, found: Found) -> None:
        self.hear(said, posts.counted(found), posts.version_of(found), is_post=True)

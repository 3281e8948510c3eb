"""What is listened to on a server: mentions, what the account itself says, and what its channel asks for besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from resonanz.networks.contract import Account
from resonanz.networks.mastodon.client import path_id

_MOST_HASHTAGS = 20
_PUBLIC = frozenset({"local", "all"})
TO_US = ("mention", "quote")
"""The types of notifications that tell of something said to us."""


@dataclass(frozen=True, slots=True)
class Source:
    """A timeline, how it is read, and how it is streamed ("" where another stream brings it).

    `required`: without it there is nothing to listen to, so its refusal is the channel's. `by_chance`: what stands
    there was not said to us, so whoever opted out of being found is passed over. `notifies`: by notifications of this
    type it tells of what was said to us.
    """

    key: str
    path: str
    query: Mapping[str, object]
    stream: str
    tag: str = ""
    required: bool = False
    by_chance: bool = False
    notifies: str = ""


def sources_of(account: Account) -> list[Source]:
    """What is said to us first, the widest last: what a poll has no time left for, the next one reads."""
    found = [_notified(kind, required=kind == "mention") for kind in TO_US]
    if account.native_id:
        found.append(_own(account.native_id))
    found += [_hashtag(tag) for tag in hashtags_of(account)]
    if (public := str(account.settings.get("public") or "")) in _PUBLIC:
        found.append(_public(local=public == "local"))
    return found


def hashtags_of(account: Account) -> list[str]:
    """The hashtags of the channel, each once, without #."""
    typed = str(account.settings.get("hashtags") or "").replace(",", " ").split()
    return list(dict.fromkeys(tag for word in typed if (tag := word.removeprefix("#").lower())))[:_MOST_HASHTAGS]


def _notified(kind: str, *, required: bool = False) -> Source:
    """Asked for one kind at a time: some servers refuse a question with a kind that they do not know (quotes)."""
    # What the account's own filters hold back is wanted, too: most people who complain are strangers.
    query = {"types[]": kind, "include_filtered": "true"}
    stream = "user" if required else ""  # which brings both
    return Source(f"{kind}s", "/api/v1/notifications", query, stream, required=required, notifies=kind)


def _own(native_id: str) -> Source:
    """What colleagues said with other apps, for the thread it belongs to."""
    path = f"/api/v1/accounts/{path_id(native_id)}/statuses"
    return Source("own", path, {"exclude_reblogs": "true"}, "")


def _hashtag(tag: str) -> Source:
    path = f"/api/v1/timelines/tag/{path_id(tag)}"
    return Source(f"tag:{tag}", path, {}, "hashtag", tag=tag, by_chance=True)


def _public(*, local: bool) -> Source:
    query = {"local": "true"} if local else {}
    stream = "public:local" if local else "public"
    return Source(stream, "/api/v1/timelines/public", query, stream, by_chance=True)

"""What LinkedIn tells a Page, as events of the house: comments, mentions, what became of them, and our own posts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Author, Deleted, Edited, Event, Posted, PostKind

NAME = "linkedin"
ORIGIN = "linkedin.com"
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
COMMENTED, MENTIONED, EDITED, DELETED = ("COMMENT", "ADMIN_COMMENT"), "SHARE_MENTION", "COMMENT_EDIT", "COMMENT_DELETE"
ACTIONS = (*COMMENTED, MENTIONED, EDITED, DELETED)
_MOST_TEXT = 10_000
_MOST_MILLIS = 4_102_444_800_000  # the year 2100
_COMMENT = re.compile(r"urn:li:comment:\((?:urn:li:)?(activity|share|ugcPost):([0-9]{1,20}),([0-9]{1,20})\)", re.ASCII)
_POST = re.compile(r"urn:li:(?:activity|share|ugcPost):[0-9]{1,20}", re.ASCII)
_WHO = re.compile(r"urn:li:(?:person|organization|organizationBrand):[A-Za-z0-9_-]{1,80}", re.ASCII)
_NAMED = re.compile(r"@\[([^\[\]]{1,200})\]\(urn:li:[A-Za-z]{1,30}:[A-Za-z0-9_-]{1,80}\)")
_TAGGED = re.compile(r"\{hashtag\|\\?#\|([^{}|]{1,100})\}")
_PAGE = "https://www.linkedin.com/feed/update/"

Found = Mapping[str, Any]


def event_of(found: Found) -> Event:
    """What one notification tells. Raises one of FAULTS, and KeyError where its words do not stand in it."""
    action, at = found["action"], moment(found["lastModifiedAt"])
    if action == DELETED:
        return Deleted(network=NAME, origin=ORIGIN, native_id=comment_id(found["generatedActivity"]), deleted_at=at)
    decorated = found["decoratedGeneratedActivity"]
    if action == MENTIONED:
        said = decorated["share"]
        native_id = post_id(said.get("entity") or found["generatedActivity"])
        return posted(native_id, native_id, said["owner"], words(said["text"]), at)
    said = decorated["comment"]
    native_id = comment_id(said.get("entity") or found["generatedActivity"])
    if action == EDITED:
        return Edited(network=NAME, origin=ORIGIN, native_id=native_id, text=words(said["text"]), edited_at=at)
    if action not in COMMENTED:
        raise ValueError("another action")
    return posted(native_id, root_of(native_id), said["owner"], words(said["text"]), at)


def posted(native_id: str, root_id: str, who: object, said: str, at: datetime) -> Posted:
    """What somebody said to the Page. No name comes beside it, and we ask for none: it may be kept for a day alone."""
    is_comment = native_id != root_id
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=Author(native_id=who_is(who)),
        text=said,
        posted_at=at,
        kind=PostKind.COMMENT if is_comment else PostKind.POST,
        url=address_of(native_id, root_id),
        parent_id=root_id if is_comment else "",
        root_id=root_id,
        addressed=True,
    )


def own_post(root_id: str, found: Found, account: Account) -> Posted | None:
    """The Page's own post below which somebody commented; None where it is another's. Raises one of FAULTS."""
    if found["author"] != account.native_id:
        return None
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=root_id,
        author=Author(native_id=account.native_id, handle=account.handle, name=account.name),
        text=words(found.get("commentary") or ""),
        posted_at=moment(found.get("publishedAt") or found["createdAt"]),
        url=address_of(root_id, root_id),
        root_id=root_id,
    )


def comment_id(value: object) -> str:
    """A comment, always written alike: LinkedIn writes it with and without the first part. Raises one of FAULTS."""
    found = _COMMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("no comment")
    return f"urn:li:comment:(urn:li:{found[1]}:{found[2]},{found[3]})"


def root_of(native_id: str) -> str:
    """The post below which a comment stands; of a post, itself. Raises one of FAULTS."""
    found = _COMMENT.fullmatch(native_id)
    return f"urn:li:{found[1]}:{found[2]}" if found else post_id(native_id)


def number_of(native_id: str) -> str:
    """The number of a comment below its post. Raises one of FAULTS."""
    found = _COMMENT.fullmatch(native_id)
    if not found:
        raise ValueError("no comment")
    return found[3]


def post_id(value: object) -> str:
    """A post. Raises one of FAULTS."""
    if not isinstance(value, str) or not _POST.fullmatch(value):
        raise ValueError("no post")
    return value


def who_is(value: object) -> str:
    """A member or a Page. Raises one of FAULTS."""
    if not isinstance(value, str) or not _WHO.fullmatch(value):
        raise ValueError("nobody")
    return value


def words(value: object) -> str:
    """What was said, with names and hashtags as people read them. Raises one of FAULTS."""
    if not isinstance(value, str):
        raise TypeError("no words")
    return text.clean(_TAGGED.sub(r"#\1", _NAMED.sub(r"\1", value[: 2 * _MOST_TEXT])), most=_MOST_TEXT)


def moment(value: object) -> datetime:
    """A time, which LinkedIn counts in thousandths of a second since 1970. Raises one of FAULTS."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _MOST_MILLIS:
        raise ValueError("no time")
    return min(datetime.fromtimestamp(value / 1000, UTC), clock.now())


def address_of(native_id: str, root_id: str) -> str:
    """Where people read it."""
    comment = f"?commentUrn={quote(native_id, safe='')}" if native_id != root_id else ""
    return f"{_PAGE}{root_id}{comment}"

"""What stands beside a status, and bringing pictures for one of ours.

Mastodon works on a picture after it took it (202), and takes no status with one that is not ready (206). What no status
refers to it forgets after a day.
"""

from __future__ import annotations

from typing import Any

from resonanz.core import text
from resonanz.networks.asking import json_object
from resonanz.networks.contract import Account, Media, MediaKind
from resonanz.networks.errors import NoAnswer
from resonanz.networks.mastodon import client
from resonanz.networks.pictures import Picture, Upload

MOST_ALT = 1_500
_MOST = 16
_MOST_URL = 2_000
_ACCEPTED, _PARTIAL = 202, 206
_KINDS = {
    "image": MediaKind.IMAGE,
    "gifv": MediaKind.VIDEO,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
}


def media_of(found: object) -> tuple[Media, ...]:
    """The attachments of a status; one that has no address yet is passed over."""
    listed = found[:_MOST] if isinstance(found, list) else []
    return tuple(one for item in listed if isinstance(item, dict) and (one := _media(item)))


def upload(account: Account, picture: Picture) -> Upload:
    """Brings a picture with what it shows; by the older way where the server does not know the newer one."""
    suffix = picture.content_type.rpartition("/")[2]
    files = {
        "file": (f"picture.{suffix}", picture.data, picture.content_type),
        "description": (None, picture.alt.encode(), "text/plain; charset=utf-8"),
    }
    for version in ("v2", "v1"):
        address = f"{client.base(account)}/api/{version}/media"
        answer = client.ask("POST", address, token=account.secret, files=files)
        if not client.is_missing(answer):
            break
    try:
        return Upload(_id(json_object(client.accepted(answer))), is_ready=answer.status != _ACCEPTED)
    except ValueError as error:
        raise NoAnswer(reason="answer.unreadable") from error


def is_ready(account: Account, native_id: str) -> bool:
    """Whether the server is done with the picture."""
    answer = client.accepted(client.get(account, f"/api/v1/media/{client.path_id(native_id)}"))
    return answer.status != _PARTIAL


def _media(item: dict[str, Any]) -> Media | None:
    url = _url(item.get("url")) or _url(item.get("remote_url"))
    if not url:
        return None
    description = item.get("description")
    width, height = _pixels(item)
    return Media(
        kind=_KINDS.get(str(item.get("type")), MediaKind.DOCUMENT),
        url=url,
        preview_url=_url(item.get("preview_url")),
        alt=text.clean(description, most=MOST_ALT) if isinstance(description, str) else "",
        width=width,
        height=height,
    )


def _pixels(item: dict[str, Any]) -> tuple[int, int]:
    meta = item.get("meta")
    original = meta.get("original") if isinstance(meta, dict) else None
    told = original if isinstance(original, dict) else {}
    width, height = (told.get(name) for name in ("width", "height"))
    return (width if isinstance(width, int) else 0, height if isinstance(height, int) else 0)


def _url(value: object) -> str:
    found = value.strip() if isinstance(value, str) and len(value) <= _MOST_URL else ""
    return found if found.lower().startswith(("https://", "http://")) else ""


def _id(found: dict[str, Any]) -> str:
    native_id = found.get("id")
    if isinstance(native_id, int) and not isinstance(native_id, bool):
        return str(native_id)
    if not isinstance(native_id, str) or not native_id:
        raise ValueError("no id")
    return native_id

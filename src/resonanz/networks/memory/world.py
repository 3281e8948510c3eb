"""What only the demo world may do on the practice network: speak for strangers, and in the past.

POST /_world carries the word that stands in the file beside the network's own (`control_word`), so only who may read
that file has this permission. It takes {"acts": [ … ]} and answers {"done": [ … ]}, one for each act:

    {"act": "clock", "at": "2026-05-04T09:12:00+00:00"}    everything happens then, until {"at": ""}
    {"act": "token", "handle", "name"}                      an account for us, with a new token
    {"act": "say", "key", "by", "name", "text", "parent", "private", "review", "to"}    once for each key
    {"act": "edit", "key", "text"}    {"act": "delete", "key"}
    {"act": "answers", "by", "after"}                       what this account answered, after that post
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from pathlib import Path

from resonanz.networks.memory.store import Denied, Row, Store

MOST_ACTS = 50
_NAMELESS = ""


def control_word(file: Path) -> str:
    """The word for the network that lives in `file`; made at first use, readable for its owner only."""
    beside = control_file(file)
    beside.touch(mode=0o600)
    if not beside.read_text("ascii").strip():  # a new one, or one whose maker was killed before the word stood in it
        beside.write_text(secrets.token_urlsafe(24), "ascii")
    return beside.read_text("ascii").strip()


def control_file(file: Path) -> Path:
    """Where the word stands."""
    return file.with_name(file.name + ".control")


def is_permitted(given: str, word: str) -> bool:
    """Whether a request carries the word."""
    return bool(word) and hmac.compare_digest(given.encode(), f"Bearer {word}".encode())


def play(store: Store, body: Row) -> Row:
    """Do what the body asks, act by act; the first that is not possible ends it."""
    acts = body.get("acts")
    if not isinstance(acts, list) or len(acts) > MOST_ACTS or not all(isinstance(act, dict) for act in acts):
        raise Denied(422, f"acts is a list of at most {MOST_ACTS} objects.")
    return {"done": [_play(store, act) for act in acts]}


def _play(store: Store, act: Row) -> Row:
    match act.get("act"):
        case "clock":
            store.move_clock(_moment(_text(act, "at")))
            return {}
        case "token":
            return store.issue_token(handle=_text(act, "handle"), name=_text(act, "name"))
        case "say":
            return _say(store, act)
        case "edit":
            return _change(store, act, _text(act, "text"))
        case "delete":
            return _change(store, act, None)
        case "answers":
            return {"answers": store.answers(by=_text(act, "by"), after=_number(act.get("after", 0)))}
    raise Denied(422, "act is clock, token, say, edit, delete or answers.")


def _say(store: Store, act: Row) -> Row:
    key, to = _text(act, "key"), act.get("to", [])
    if not key or not isinstance(to, list) or not all(isinstance(handle, str) for handle in to):
        raise Denied(422, "say needs a key, and to is a list of handles.")
    if earlier := store.told(key):
        return {"id": str(earlier["id"])}
    me = store.ensure_account(handle=_text(act, "by"), name=_text(act, "name"))
    parent, quoted = _text(act, "parent", ""), _text(act, "quoted", "")
    said = store.create_post(
        me=me,
        text=_text(act, "text"),
        visibility="PRIVATE" if act.get("private") is True else "PUBLIC",
        parent_id=_number(parent) if parent else None,
        to=to,
        key=key,
        is_review=act.get("review") is True,
        quoted_id=_number(quoted) if quoted else None,
    )
    return {"id": said["id"]}


def _change(store: Store, act: Row, text: str | None) -> Row:
    """New words for what was said under a key, or none; what is gone already stays gone."""
    said = store.told(_text(act, "key"))
    if said is None:
        raise Denied(404, "Nothing was said under this key.")
    me = store.ensure_account(handle=said["handle"], name=_NAMELESS)
    if said["deleted_at"] is None and text is None:
        store.delete_post(me=me, post_id=said["id"])
    elif said["deleted_at"] is None and text is not None:
        store.edit_post(me=me, post_id=said["id"], text=text)
    return {"id": str(said["id"])}


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Denied(422, "at is a moment with its zone.") from error
    if moment is not None and moment.tzinfo is None:
        raise Denied(422, "at is a moment with its zone.")
    return moment


def _text(act: Row, name: str, default: str | None = None) -> str:
    value = act.get(name, default)
    if not isinstance(value, str) or "\0" in value:
        raise Denied(422, f"{name} is a text.")
    return value


def _number(value: object) -> int:
    if not str(value).isascii() or not str(value).isdigit() or len(str(value)) > 15:
        raise Denied(422, "This is not a number.")
    return int(str(value))

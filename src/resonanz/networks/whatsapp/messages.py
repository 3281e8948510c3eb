"""A message as WhatsApp brings it, as a private post. Of pictures, sounds and files their signs stand in the words.

What is beside the words has a number at Meta and no address that can be looked at, so it stays there.
"""

from __future__ import annotations

import re

from resonanz.networks.contract import Account, Author, Posted, PostKind, Visibility
from resonanz.networks.meta.reading import Found, identifier, line, moment, objects, words

NAME = "whatsapp"
ORIGIN = "whatsapp.com"
SILENT = frozenset({"reaction", "request_welcome", "system"})
_SIGNS = {"image": "🖼", "sticker": "🖼", "video": "🎬", "audio": "🎤", "document": "📎", "location": "📍"}
_UNKNOWN = "❔"
_ID = re.compile(r"[!-~]{1,255}", re.ASCII)
_MOST_TEXT = 10_000
_MOST_NAME = 200


def told(value: Found, account: Account) -> list[Posted]:
    """What a delivery's messages say; none where it is about another number. Raises one of FAULTS."""
    if not is_of(value, account):
        return []
    names = {str(one.get("wa_id") or one.get("user_id")): one for one in objects(value.get("contacts"))}
    said = [one for one in objects(value.get("messages")) if one.get("type") not in SILENT]
    return [_message(one, names.get(_speaker(one), {})) for one in said]


def is_of(value: Found, account: Account) -> bool:
    """Whether it is about our number."""
    about = value.get("metadata")
    return isinstance(about, dict) and str(about.get("phone_number_id")) == account.native_id


def talk_with(person_id: str) -> str:
    """The thread of all that is exchanged with a person."""
    return f"{NAME}:{person_id}"


def person_in(root_id: str) -> str:
    """With whom, by a thread's name; "" where it is none."""
    start = f"{NAME}:"
    return root_id.removeprefix(start) if root_id.startswith(start) else ""


def message_id(value: object) -> str:
    """The id of a message, which may hold what no part of an address may, and never becomes one. Raises ValueError."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id")
    return value


def _message(found: Found, contact: Found) -> Posted:
    person_id, above = identifier(_speaker(found)), found.get("context")
    profile = contact.get("profile")
    name = line(profile.get("name"), most=_MOST_NAME) if isinstance(profile, dict) else ""
    handle = f"+{person_id}" if person_id.isdecimal() else ""
    seconds = found["timestamp"]
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=message_id(found["id"]),
        author=Author(native_id=person_id, handle=handle, name=name),
        text=_text(found),
        posted_at=moment(int(seconds) if isinstance(seconds, str) else seconds),
        kind=PostKind.MESSAGE,
        visibility=Visibility.PRIVATE,
        parent_id=message_id(above["id"]) if isinstance(above, dict) and above.get("id") else "",
        root_id=talk_with(person_id),
        addressed=True,
    )


def _speaker(found: Found) -> str:
    """By their telephone number, or, where they hide it, by the number that WhatsApp has for them."""
    return str(found.get("from") or found.get("from_user_id") or "")


def _text(found: Found) -> str:
    kind = str(found.get("type"))
    if kind == "text":
        return words(found["text"]["body"], most=_MOST_TEXT)
    thing = found.get(kind)
    thing = thing if isinstance(thing, dict) else {}
    if kind in {"button", "interactive"}:
        return words(_chosen(thing), most=_MOST_TEXT)
    name, caption = line(thing.get("filename"), most=200), words(thing.get("caption"), most=_MOST_TEXT)
    parts = (_SIGNS.get(kind, _UNKNOWN), name, caption)
    return " ".join(part for part in parts if part)


def _chosen(thing: Found) -> object:
    """What was chosen of several things, in the words in which it was offered."""
    reply = thing.get("button_reply") or thing.get("list_reply")
    return thing.get("text") or (reply.get("title") if isinstance(reply, dict) else None) or _UNKNOWN

"""A message, as a private post: from the list of a conversation, or brought by webhook."""

from __future__ import annotations

from resonanz.networks.contract import Account, Author, Media, MediaKind, Posted, PostKind, Visibility
from resonanz.networks.meta.place import Place, author, author_of, is_ours
from resonanz.networks.meta.reading import Found, identifier, link, moment, objects, words

FIELDS = "id,created_time,from,to,message,attachments{mime_type,image_data,video_data,file_url}"
_MOST_TEXT = 20_000
_MOST_MEDIA = 10
_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO, "file": MediaKind.DOCUMENT}


def listed(found: Found, account: Account, place: Place, *, answers: str = "") -> Posted:
    """A message as its conversation lists it. `answers`: what it follows, where we said it. Raises one of FAULTS."""
    who = author_of(found)
    if who is None:
        raise ValueError("nobody said it")
    is_own = is_ours(who, account)
    person_id = _addressee(found) if is_own else who.native_id
    return _message(
        place,
        identifier(found["id"]),
        who,
        talk=place.talk_with(person_id),
        text=words(found.get("message"), most=_MOST_TEXT),
        at=found["created_time"],
        answers=answers if is_own else "",
        media=tuple(one for each in objects(found.get("attachments"))[:_MOST_MEDIA] if (one := _listed_media(each))),
    )


def brought(found: Found, place: Place) -> Posted:
    """A message to us as a webhook brings it; it does not say what the person is called. Raises one of FAULTS."""
    said, who = found["message"], author(found["sender"]["id"], None)
    above = said.get("reply_to")
    return _message(
        place,
        identifier(said["mid"]),
        who,
        talk=place.talk_with(who.native_id),
        text=words(said.get("text"), most=_MOST_TEXT),
        at=found["timestamp"],
        answers=identifier(above["mid"]) if isinstance(above, dict) and above.get("mid") else "",
        media=tuple(one for each in objects(said.get("attachments"))[:_MOST_MEDIA] if (one := _brought_media(each))),
    )


def _message(
    place: Place,
    native_id: str,
    who: Author,
    *,
    talk: str,
    text: str,
    at: object,
    answers: str,
    media: tuple[Media, ...],
) -> Posted:
    return Posted(
        network=place.network,
        origin=place.origin,
        native_id=native_id,
        author=who,
        text=text,
        posted_at=moment(at),
        kind=PostKind.MESSAGE,
        visibility=Visibility.PRIVATE,
        parent_id=answers,
        root_id=talk,
        addressed=talk == place.talk_with(who.native_id),
        media=media,
    )


def _addressee(found: Found) -> str:
    to = objects(found.get("to"))
    if not to:
        raise ValueError("said to nobody")
    return identifier(to[0]["id"])


def _listed_media(found: Found) -> Media | None:
    kind = _KINDS.get(str(found.get("mime_type") or "").partition("/")[0], MediaKind.DOCUMENT)
    for name in ("image_data", "video_data"):
        data = found.get(name)
        if isinstance(data, dict) and link(data.get("url")):
            return Media(kind, link(data["url"]), link(data.get("preview_url")))
    return Media(kind, link(found.get("file_url"))) if link(found.get("file_url")) else None


def _brought_media(found: Found) -> Media | None:
    payload, kind = found.get("payload"), _KINDS.get(str(found.get("type")), MediaKind.DOCUMENT)
    address = link(payload.get("url")) if isinstance(payload, dict) else ""
    return Media(kind, address) if address else None

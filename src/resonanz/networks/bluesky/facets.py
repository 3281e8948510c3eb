"""Facets: which bytes of a text are a link, a mention or a tag (app.bsky.richtext.facet). They count UTF-8 bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LINK = "app.bsky.richtext.facet#link"
_MENTION = "app.bsky.richtext.facet#mention"
_TAG = "app.bsky.richtext.facet#tag"
_MOST_FACETS = 100
_MOST_TAG = 64
_BEFORE = r"(?:(?<=^)|(?<=[\s(\[„“\"']))"
_ADDRESS = re.compile(_BEFORE + r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_HANDLE = re.compile(
    _BEFORE + r"@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)", re.IGNORECASE
)
_WORD = re.compile(_BEFORE + r"#([^\s#.,:;!?()\[\]{}\"'“”„<>]{1,200})")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_BEHIND_A_LINK = ".,:;!?'\"”“"


@dataclass(frozen=True, slots=True)
class Read:
    """What facets say of a text: the text with whole addresses, and the ids of the accounts it mentions."""

    text: str
    mentions: tuple[str, ...]


def read(text: str, facets: object) -> Read:
    """The text for people: an address that the app had shortened for show stands there whole.

    Facets that overlap, point outside or into a character are passed over.
    """
    raw, pieces, mentions, at = text.encode(), list[bytes](), list[str](), 0
    for start, end, feature in _features(facets, len(raw)):
        kind = feature.get("$type")
        if kind == _MENTION and isinstance(did := feature.get("did"), str):
            mentions += [did, _whole(raw[start:end]).removeprefix("@")]
        address = feature.get("uri")
        if kind != _LINK or not isinstance(address, str) or start < at or not _is_shortened(raw[start:end], address):
            continue
        pieces += [raw[at:start], address.encode()]
        at = end
    return Read(_whole(b"".join([*pieces, raw[at:]])) or text, tuple(dict.fromkeys(filter(None, mentions))))


def addresses(facets: object) -> list[str]:
    """All addresses that `read` may put into a text, and perhaps more, with little work."""
    known = facets[:_MOST_FACETS] if isinstance(facets, list) else []
    kept = [one for facet in known if isinstance(facet, dict) and isinstance(one := facet.get("features"), list)]
    found = [feature.get("uri") for features in kept for feature in features if isinstance(feature, dict)]
    return [address for address in found if isinstance(address, str)]


def written(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, object]]:
    """The facets of a text of ours; `did_of` gives the id of a handle, None where nobody bears it."""
    found: list[dict[str, object]] = []
    for match in _ADDRESS.finditer(text):
        address = _link_in(match[0])
        found.append(_facet(text, match.start(), match.start() + len(address), {"$type": _LINK, "uri": address}))
    for match in _HANDLE.finditer(text):
        if did := did_of(match[1].lower()):
            found.append(_facet(text, match.start(), match.end(), {"$type": _MENTION, "did": did}))
    for match in _WORD.finditer(text):
        if len(match[1]) <= _MOST_TAG and not match[1].isdigit():
            found.append(_facet(text, match.start(), match.end(), {"$type": _TAG, "tag": match[1]}))
    return sorted(found, key=lambda facet: facet["index"]["byteStart"])[:_MOST_FACETS]  # type: ignore[index]


def _features(facets: object, length: int) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """(first byte, byte behind the last, feature), from left to right."""
    found = []
    for facet in facets[:_MOST_FACETS] if isinstance(facets, list) else []:
        index = facet.get("index") if isinstance(facet, dict) else None
        features = facet.get("features") if isinstance(facet, dict) else None
        if not isinstance(index, dict) or not isinstance(features, list):
            continue
        start, end = index.get("byteStart"), index.get("byteEnd")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= length:
            continue
        found += [(start, end, feature) for feature in features[:_MOST_FACETS] if isinstance(feature, dict)]
    return iter(sorted(found, key=lambda one: one[:2]))


def _is_shortened(shown: bytes, address: str) -> bool:
    """Whether the words stand for the start of the address, as apps shorten them; other words stay as they are said."""
    said = _whole(shown)
    begin = said.removesuffix("...").removesuffix("…")
    if not begin or said == address:
        return False
    return address.startswith(begin) or _SCHEME.sub("", address, count=1).startswith(begin)


def _whole(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:  # a facet that cuts a character in two
        return ""


def _link_in(found: str) -> str:
    """Without what ends the sentence around it, and without a bracket that was opened before it."""
    address = found.rstrip(_BEHIND_A_LINK)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_BEHIND_A_LINK)
    return address


def _facet(text: str, start: int, end: int, feature: dict[str, object]) -> dict[str, object]:
    first = len(text[:start].encode())
    index = {"byteStart": first, "byteEnd": first + len(text[start:end].encode())}
    return {"index": index, "features": [feature]}

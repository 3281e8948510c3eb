"""What a Jetstream server tells in `resonanz bench stream`: events in the shape in which the public ones were recorded.

Of a thousand events asked for by the collection of posts, about 840 are new posts, more than half of them answers, 100
are deletions, and 60 tell of accounts and identities.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock
from resonanz.ops.benches.match import SEED, World

COLLECTION = "app.bsky.feed.post"
_LENGTHS = (15, 40, 70, 100, 140, 200, 290)  # of texts as people write them there, at most 300
_AUTHORS = 50_000
_NAMES = 20_000


class StreamWorld:
    """The same posts and topics in every run. What a topic looks for is a name that no other post holds."""

    def __init__(self) -> None:
        self._world = World(SEED)
        self._chance = random.Random(SEED)  # noqa: S311 - nothing is secret here
        self._texts = [self._world.post() for _ in range(4_000)]
        self._names = [self._name(number) for number in range(_NAMES)]
        self._now = int(clock.now().timestamp() * 1_000_000) - 3_600_000_000

    def topics(self, count: int) -> list[str]:
        """Queries of all forms, each about a name or two."""
        return [self._topic(number) for number in range(count)]

    def events(self, count: int, *, share: float, first: int = 0) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """(message, the view of its post where a topic touches it), one after the other; `share` of them are."""
        every = round(1 / share) if share else 0
        for number in range(first, first + count):
            self._now += 500
            if every and number % every == 0:
                uri, told = self._post(number, name=self._names[number * 3 % 9_999])
                yield _line(told), _view(uri, told)
            elif (chance := self._chance.random()) < 0.06:
                yield _line(self._account(number)), None
            elif chance < 0.16:
                yield _line(self._deletion()), None
            else:
                yield _line(self._post(number)[1]), None

    def _topic(self, number: int) -> str:
        first, second = self._names[number % _NAMES], self._names[(number * 7 + 1) % _NAMES]
        third, fourth = self._chance.choices(self._world.rare, cum_weights=self._world.rare_weights, k=2)
        if number % 3 == 0:  # the plain ones are the ones that posts touch
            return first
        forms = {
            f"{first} OR {second}": 30,
            f"{first} {third}": 15,
            f'"{first} {third}"': 12,
            f"{first}*": 10,
            f"({first} OR {second}) AND ({third} OR {fourth})": 12,
            f"{first} NOT {third}": 10,
            f"#{first}": 8,
            f"@{first}": 1,
            f"{first} lang:de": 2,
        }
        return self._chance.choices(list(forms), list(forms.values()))[0]

    def _name(self, number: int) -> str:
        """A name of a company or a thing: pronounceable, and in no dictionary."""
        letters = ["bdfgklmnprstvwz"[number // 5**at % 15] + "aeiou"[number // 3**at % 5] for at in range(4)]
        return "".join(letters).capitalize() + f"x{number}"

    def _post(self, number: int, *, name: str = "") -> tuple[str, dict[str, Any]]:
        did, rkey = self._did(), f"3l{number:011d}"
        text = self._chance.choice(self._texts)[: self._chance.choice(_LENGTHS)].strip()
        record: dict[str, Any] = {"$type": COLLECTION, "createdAt": _moment(self._now)}
        if self._chance.random() < 0.9:
            record["langs"] = [self._chance.choice(["en", "en", "en", "ja", "de", "pt", "es"])]
        if self._chance.random() < 0.55:
            record["reply"] = {"parent": self._reference(), "root": self._reference()}
        text = text.replace(". ", ".\n\n", 1) if self._chance.random() < 0.3 else text
        record["text"] = f"{text} {name}".strip()
        self._decorate(record)
        commit: dict[str, Any] = {"rev": "3l3qo2vutsw2b", "operation": "create", "collection": COLLECTION, "rkey": rkey}
        commit |= {"record": record, "cid": "bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi"}
        return f"at://{did}/{COLLECTION}/{rkey}", {"did": did, "time_us": self._now, "kind": "commit", "commit": commit}

    def _decorate(self, record: dict[str, Any]) -> None:
        """Facets and what stands beside the words, as often as in the network."""
        end = len(record["text"].encode())
        if self._chance.random() < 0.12:
            uri = f"https://example.com/{self._chance.random()}"
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
            record["facets"] = [{"index": {"byteStart": 0, "byteEnd": end}, "features": [feature]}]
        elif self._chance.random() < 0.05:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": self._did()}
            record["facets"] = [{"index": {"byteStart": 0, "byteEnd": end}, "features": [feature]}]
        if self._chance.random() < 0.2:
            blob = {"$type": "blob", "ref": {"$link": "bafkreib"}, "mimeType": "image/jpeg", "size": 482_133}
            alt = self._chance.choice(self._texts)[:80] if self._chance.random() < 0.3 else ""
            shown = {"alt": alt, "aspectRatio": {"height": 1500, "width": 2000}, "image": blob}
            record["embed"] = {"$type": "app.bsky.embed.images", "images": [shown]}

    def _deletion(self) -> dict[str, Any]:
        commit = {"rev": "3l3qo2vutsw2b", "operation": "delete", "collection": COLLECTION}
        commit["rkey"] = f"3k{self._chance.randrange(10**11):011d}"
        return {"did": self._did(), "time_us": self._now, "kind": "commit", "commit": commit}

    def _account(self, number: int) -> dict[str, Any]:
        did, time = self._did(), _moment(self._now)
        if number % 2:
            told = {"did": did, "handle": f"a{number}.bsky.social", "seq": number, "time": time}
            return {"did": did, "time_us": self._now, "kind": "identity", "identity": told}
        status: dict[str, object] = {"active": True}
        if number % 10 == 0:  # nobody who said anything: what they said would be gone with them
            did, status = f"did:plc:{_AUTHORS + number:024d}", {"active": False, "status": "deleted"}
        told = {**status, "did": did, "seq": number, "time": time}
        return {"did": did, "time_us": self._now, "kind": "account", "account": told}

    def _did(self) -> str:
        return f"did:plc:{self._chance.randrange(_AUTHORS):024d}"

    def _reference(self) -> dict[str, str]:
        uri = f"at://{self._did()}/{COLLECTION}/3j{self._chance.randrange(10**11):011d}"
        return {"cid": "bafyreidc6sydkkbchcyg62v77wbhzvb2mvytlmsychqgwf2xojjtirmzj4", "uri": uri}


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _view(uri: str, told: dict[str, Any]) -> dict[str, Any]:
    """The post as an app view shows it."""
    author = {"did": told["did"], "handle": f"h{told['did'][-6:]}.bsky.social", "displayName": "Somebody"}
    record = {name: value for name, value in told["commit"]["record"].items() if name != "embed"}
    at = _moment(told["time_us"])
    return {"uri": uri, "cid": "bafy", "author": author, "record": record, "indexedAt": at, "likeCount": 0}


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1_000_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

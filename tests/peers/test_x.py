"""X's own description of its interface: each request of ours fits it, and answers of its shape are read.

The description is X's and not ours to give away. It is read where it lies beside the checkout.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Account, Batch, Counted, Posted, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError, Refused
from resonanz.networks.streams import Listening
from resonanz.networks.webhooks import BROUGHT_TO, Keys
from resonanz.networks.x import XNetwork, letting_in, rules, streaming
from resonanz.networks.x.client import ask_as_app, call, get
from resonanz.networks.x.posts import id_at
from resonanz.networks.x.stood import Stood
from tests.networks.x_asking import APP, Counting
from tests.peers import prism
from tests.peers.npm_packages import PeerMissing

NAMED_BY = "RESONANZ_X_OPENAPI"
BESIDE = Path(__file__).parents[3] / "shared" / "specs" / "x-openapi.json"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = "https://edge.nordhain.example/webhooks/abc"
POST, USER, AT = id_at(NOON - timedelta(hours=2)), "2001", "2026-11-20T10:00:00.000Z"
network = XNetwork()


def description() -> dict[str, Any]:
    """The document, with examples that can be ids, dates and names: without them each of its values is "string"."""
    path = Path(os.environ.get(NAMED_BY) or BESIDE)
    if not path.is_file():
        raise PeerMissing(
            f"X's OpenAPI document is not at {BESIDE.relative_to(BESIDE.parents[3])} beside the checkout; {NAMED_BY} "
            "may name another file. X gives it away at /2/openapi.json; nothing was tested here without it."
        )
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for schema in found["components"]["schemas"].values():
        _exemplify("", schema)
    found["components"]["schemas"]["User"]["properties"]["id"]["example"] = USER
    found["components"]["schemas"]["WebhookConfig"]["properties"]["url"]["example"] = OURS
    _exemplify_rules(found["components"]["schemas"])
    return found


def _exemplify_rules(schemas: dict[str, Any]) -> None:
    """One of ours, with other words than those that are wanted, on the last page; and a yes without a no beside it."""
    rule = {"id": POST, "tag": f"resonanz:{USER}", "value": '"before"'}
    schemas["RuleTag"]["example"] = rule["tag"]
    schemas["GetRulesResponse"]["example"] = {"data": [rule], "meta": {"result_count": 1}}
    schemas["UpdateRulesResponse"]["example"] = {"data": [rule], "meta": {"sent": AT}}


def _exemplify(name: str, schema: Any) -> None:
    if not isinstance(schema, dict):
        return
    if (example := _example(name, schema)) is not None:
        schema["example"] = example
    for inner, part in schema.get("properties", {}).items():
        _exemplify(inner, part)
    for part in [schema.get("items"), *schema.get("oneOf", [])]:
        _exemplify(name.removesuffix("s"), part)


def _example(name: str, schema: dict[str, Any]) -> str | int | None:
    """Not what stands there first: a repost by a protected account, which is never heard."""
    if schema.get("type") == "integer" and "maximum" not in schema:
        return 3
    if name == "protected":
        return False
    if name == "valid":
        return True
    if schema.get("type") != "string":
        return None
    if "enum" in schema:  # the first one is what Prism answers with
        schema["enum"].sort(key=lambda one: one != "quoted")
        return None
    if name in {"author_id", "in_reply_to_user_id", "user_id"}:
        return USER
    known = {"created_at": AT, "username": "ada", "name": "Ada", "lang": "de", "type": "photo"}
    is_id = name == "id" or name.endswith("_id")
    return POST if is_id else "3_1" if name == "media_key" else known.get(name)


@dataclass
class Prism:
    """X as Prism plays it, and what our meter counted."""

    address: str
    meter: Counting = field(default_factory=Counting)

    def account(self, **more: Any) -> Account:
        known: dict[str, Any] = {"native_id": USER, "handle": "nordhain", "secret": "user-token", "app": APP} | more
        return Account(network="x", address=self.address, meter=self.meter, **known)


@pytest.fixture(scope="module")
def prism_address(tmp_path_factory: pytest.TempPathFactory, say: Any) -> Iterator[str]:
    document = description()
    with prism.serving(prism.installed(say), tmp_path_factory.mktemp("prism"), document) as address:
        yield address


@pytest.fixture
def x(prism_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prism]:
    monkeypatch.setenv(ALLOWED_VARIABLE, prism_address.removeprefix("http://"))
    with clock.moved_to(NOON):
        yield Prism(prism_address)


def order(text: str = "Danke.") -> ReplyOrder:
    return ReplyOrder(key="k", text=text, parent_id=POST, root_id=POST, visibility=Visibility.PUBLIC)


def said(batches: list[Batch]) -> list[Posted]:
    return [event for batch in batches for event in batch.events if isinstance(event, Posted)]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (f"/2/users/{USER}/mentions", {"max_results": 4}),
        (f"/2/users/{USER}/mentions", {"post.fields": ("id", "nonsense")}),
        (f"/2/users/{USER}/mentions", {"since_id": "x"}),
        ("/2/tweets/search/recent", {}),
        ("/2/tweets", {"ids": ("x",)}),
    ],
)
def test_description_refuses_what_is_wrong(x: Prism, path: str, asked: dict[str, object]) -> None:
    """Else all that follows would prove nothing."""
    with pytest.raises(Refused):
        get(x.account(), path, asked)


def test_description_refuses_a_wrong_order(x: Prism) -> None:
    with pytest.raises(Refused):
        call(x.account(), "POST", "/2/tweets", {"text": 5})
    with pytest.raises(NetworkError):
        call(x.account(), "PUT", f"/2/tweets/{POST}/hidden", {"on": True})


def test_lists_are_asked_for_as_described_and_their_posts_are_heard(x: Prism) -> None:
    found = list(network.poll(x.account(settings={"words": "rad", "hashtags": "fahrrad"}), ""))

    (post,) = {one.native_id: one for one in said(found)}.values()
    assert (post.native_id, post.author and post.author.native_id, post.url) == (
        POST,
        USER,
        f"https://x.com/ada/status/{POST}",
    )
    assert post.author is not None
    assert (post.author.handle, post.author.name, post.language) == ("ada", "Ada", "de")
    assert [one for batch in found for one in batch.bad] == []
    assert x.meter.used["owned_read"] > 0
    assert x.meter.used["post_read"] > 0


def test_reading_further_and_looking_again_are_asked_for_as_described(x: Prism) -> None:
    cursor = {
        "places": {name: [POST, "", "", [POST]] for name in ("mentions", "own", "search")},
        "watched": {POST: [USER, 0]},
    }

    found = list(network.poll(x.account(settings={"words": "rad"}), json.dumps(cursor)))

    (counted,) = [event for batch in found for event in batch.events if isinstance(event, Counted)]
    assert (counted.native_id, counted.likes, counted.views) == (POST, 3, 3)


def test_account_is_identified_as_described(x: Prism) -> None:
    found = letting_in.identified(x.account(native_id=""))

    assert (found.native_id, found.handle, found.name) == (USER, "ada", "Ada")


def test_answer_is_sent_found_hidden_and_withdrawn_as_described(x: Prism) -> None:
    assert network.reply(x.account(), order()).native_id == POST
    assert network.find_sent(x.account(), order(), since=NOON - timedelta(minutes=5), known=frozenset()) is None
    network.hide(x.account(), POST, on=True)
    network.withdraw(x.account(), POST)

    assert {use: times for use, times in x.meter.used.items() if use in {"reply", "hide", "delete"}} == {
        "reply": 1,
        "hide": 1,
        "delete": 1,
    }


def test_stream_and_its_rules_are_asked_for_as_described(x: Prism) -> None:
    settings = {"words": "rad", "hashtags": "fahrrad", "at_once": "yes"}
    batches = network.stream(x.account(settings=settings), Listening(lambda: False))

    assert Stood.read(next(batches).place or "").opened == id_at(NOON)
    rules.withdraw(x.account())


def test_what_the_stream_tells_is_read_as_described(x: Prism) -> None:
    told = ask_as_app(x.account(), "GET", "/2/tweets/search/stream")
    hearing = streaming._Hearing(x.account(), "")
    hearing.opened()

    (post,) = said(list(hearing.take(json.dumps(told))))
    assert (post.native_id, post.author and post.author.handle) == (POST, "ada")
    assert x.meter.used["post_read"] > 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/2/tweets/search/stream/rules", {"add": [{"words": "rad"}]}),
        ("POST", "/2/tweets/search/stream/rules", {"delete": {"ids": ["x"]}}),
        ("GET", "/2/tweets/search/stream/rules?pagination_token=short", None),
        ("GET", "/2/tweets/search/stream?tweet.fields=nonsense", None),
    ],
)
def test_description_refuses_rules_and_streams_that_are_wrong(
    x: Prism, method: str, path: str, body: dict[str, object] | None
) -> None:
    with pytest.raises(NetworkError):
        ask_as_app(x.account(), method, path, body)


def test_webhook_is_told_subscribed_looked_at_and_ended_as_described(x: Prism) -> None:
    """Also an address that X does not know yet."""
    for address in (OURS, "https://other.nordhain.example/webhooks/abc", ""):
        network.set_webhook(x.account(), address, Keys(""))

    assert network.webhook_health(x.account(settings={BROUGHT_TO: OURS})).is_valid
    with pytest.raises(Refused):
        call(x.account(), "POST", "/2/activity/subscriptions", {"event_type": "post.boil", "filter": {}})

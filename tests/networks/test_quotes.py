"""What posts quote, as each network tells it: in words where these may be kept, and never against anybody's will."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks import reddit_asking, x_asking
from tests.networks.atproto_server import EVA, US, AtprotoServer
from tests.networks.batches import cursor_of, events, said
from tests.networks.facebook_asking import APP
from tests.networks.kin_server import PERSON, KinServer
from tests.networks.reddit_server import RedditServer
from tests.networks.threads_server import ACCOUNT, TOKEN, ThreadsServer
from tests.networks.x_server import XServer

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.bluesky import BlueskyNetwork
from resonanz.networks.bluesky.posts import quoted_in
from resonanz.networks.contract import Account, Author, Batch, Edited, Quoted
from resonanz.networks.mastodon import MastodonNetwork
from resonanz.networks.mastodon import statuses as mastodon
from resonanz.networks.reddit import posts as reddit_posts
from resonanz.networks.threads import ThreadsNetwork
from resonanz.networks.threads import posts as threads_posts
from resonanz.networks.x import posts as x_posts
from resonanz.networks.x.posts import Beside

HIDDEN = Quoted()
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


def quotes(batches: list[Batch]) -> list[Quoted | None]:
    return [one.quoted for one in said(batches)]


class TestBluesky:
    URI = f"at://{EVA}/app.bsky.feed.post/0000000000000"
    URL = "https://bsky.app/profile/eva.test/post/0000000000000"

    @pytest.fixture
    def server(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtprotoServer]:
        with AtprotoServer() as made:
            monkeypatch.setenv(ALLOWED_VARIABLE, made.host)
            yield made

    def embed(self, kind: str = "viewRecord", **more: Any) -> dict[str, Any]:
        author = {"did": EVA, "handle": "eva.test", "displayName": "Eva"}
        whole = {"author": author, "value": {"text": "Der Sattel ist da"}} if kind == "viewRecord" else {}
        record = {"$type": f"app.bsky.embed.record#{kind}", "uri": self.URI, **whole, **more}
        return {"$type": "app.bsky.embed.record#view", "record": record}

    def quoted(self, embed: object, *, record: object = None) -> Quoted | None:
        return quoted_in({"record": {"text": "x", "embed": record}, "embed": embed})

    def test_quote_has_its_words_also_beside_pictures(self, server: AtprotoServer) -> None:
        server.post("Der Sattel ist da")
        alone, beside = server.mention("So geht das also"), server.mention("Und so")
        server.posts[alone]["embed"] = self.embed()
        whole = {"$type": "app.bsky.embed.recordWithMedia#view", "record": self.embed(), "media": {}}
        server.posts[beside]["embed"] = whole

        found = quotes(list(BlueskyNetwork().poll(server.account, "")))

        author = Author(EVA, "eva.test", "Eva", "https://bsky.app/profile/eva.test")
        assert found == [Quoted(self.URI, self.URL, author, "Der Sattel ist da")] * 2

    @pytest.mark.parametrize("kind", ["viewNotFound", "viewBlocked", "viewDetached"])
    def test_what_nobody_may_read_is_told_as_that(self, kind: str) -> None:
        assert self.quoted(self.embed(kind)) == HIDDEN

    def test_list_or_a_feed_is_no_quote(self) -> None:
        uri = f"at://{EVA}/app.bsky.feed.generator/x"
        assert self.quoted(self.embed(uri=uri)) is None
        assert self.quoted({"$type": "app.bsky.embed.external#view"}) is None

    def test_words_of_who_wants_not_to_be_shown_to_strangers_are_not_taken_along(self) -> None:
        author = {"did": EVA, "handle": "eva.test", "labels": [{"val": "!no-unauthenticated"}]}

        found = self.quoted(self.embed(author=author))

        assert found == Quoted(self.URI, f"https://bsky.app/profile/{EVA}/post/0000000000000", Author(EVA))

    def test_record_that_was_not_completed_tells_where_it_stands(self) -> None:
        record = {"$type": "app.bsky.embed.record", "record": {"uri": self.URI, "cid": "x"}}

        for told in (record, {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": {}}):
            found = self.quoted(None, record=told)
            assert found == Quoted(self.URI, f"https://bsky.app/profile/{EVA}/post/0000000000000", Author(EVA))

    def test_second_look_tells_once_that_it_is_no_longer_shown(self, server: AtprotoServer) -> None:
        uri = server.mention("So geht das also")
        server.posts[uri]["embed"] = self.embed()
        network = BlueskyNetwork()
        cursor = cursor_of(list(network.poll(server.account, "")))

        server.posts[uri]["embed"] = self.embed("viewDetached")
        found = []
        for minutes in (1, 2, 3):
            with clock.moved_to(clock.now() + timedelta(minutes=minutes)):
                batches = list(network.poll(server.account, cursor))
            cursor = cursor_of(batches)
            found += [one for one in events(batches) if isinstance(one, Edited)]

        assert [(one.native_id, one.text, one.quoted) for one in found] == [(uri, "So geht das also", HIDDEN)]

    @settings(max_examples=200, deadline=None)
    @given(JSON, JSON)
    def test_quote_of_any_shape_is_read_or_left(self, odd: Any, other: Any) -> None:
        known = {"$type": "app.bsky.embed.record#viewRecord", "uri": self.URI}
        for embed in (odd, self.embed(author=odd, value=other), self.embed(value={"text": "x", "facets": odd}),
                      {"$type": "app.bsky.embed.recordWithMedia#view", "record": odd},
                      {"$type": "app.bsky.embed.record#view", "record": {**known, "author": odd}}):  # fmt: skip
            found = self.quoted(embed, record=other)
            assert found is None or isinstance(found, Quoted)


class TestMastodon:
    def quote(self, state: str, **more: Any) -> dict[str, Any]:
        quoted = {
            "id": "77", "url": "https://a.example/77", "visibility": "public", "content": "<p>Der Sattel</p>",
            "account": PERSON, "quote": {"state": "accepted", "quoted_status": {"id": "78"}},
        } | more  # fmt: skip
        return {"state": state, "quoted_status": quoted}

    def test_quote_that_is_agreed_to_has_its_words_and_no_line_that_leads_there(self, kin: KinServer) -> None:
        line = '</p><p class="quote-inline">RE: <a href="https://a.example/77">https://a.example/77</a>'
        kin.mention(f"So geht das also{line}", quote=self.quote("accepted"))

        (found,) = said(list(MastodonNetwork().poll(kin.account(), "")))

        assert found.text == "So geht das also"
        assert found.quoted == Quoted(
            "77", "https://a.example/77", Author(PERSON["id"], PERSON["acct"], PERSON["username"]), "Der Sattel"
        )

    @pytest.mark.parametrize(
        "state", ["pending", "rejected", "revoked", "deleted", "unauthorized", "muted_account", "new"]
    )
    def test_quote_that_is_not_agreed_to_is_not_taken_along(self, kin: KinServer, state: str) -> None:
        kin.mention("So geht das also", quote=self.quote(state))
        kin.mention("Nur für Freunde", quote=self.quote("accepted", visibility="private"))
        kin.mention("Ohne alles", quote={"state": "accepted", "quoted_status": None})
        kin.mention("Anders gemeint", quote=self.quote("accepted")["quoted_status"])  # as Akkoma has it

        assert quotes(list(MastodonNetwork().poll(kin.account(), ""))) == [HIDDEN, HIDDEN, HIDDEN, None]

    def test_second_look_tells_once_that_it_was_taken_back(self, kin: KinServer) -> None:
        status = kin.mention("So geht das also", quote=self.quote("accepted"))
        network = MastodonNetwork()
        cursor = cursor_of(list(network.poll(kin.account(), "")))

        status["quote"] = {"state": "revoked", "quoted_status": None}
        first = list(network.poll(kin.account(), cursor))
        second = list(network.poll(kin.account(), cursor_of(first)))

        (edit,) = [one for one in events(first) if isinstance(one, Edited)]
        assert (edit.native_id, edit.text, edit.quoted) == (status["id"], "So geht das also", HIDDEN)
        assert edit.edited_at.isoformat() == status["created_at"].replace("Z", "+00:00")
        assert not any(isinstance(one, Edited) for one in events(second))

    def test_whoever_quotes_us_speaks_to_us_also_without_our_name(self, kin: KinServer) -> None:
        kin.quote("So geht das also")
        kin.mention("Und das?")

        found = said(list(MastodonNetwork().poll(kin.account(), "")))

        assert {(one.text, one.addressed) for one in found} == {("So geht das also", True), ("Und das?", True)}
        assert len(found) == 2

    def test_server_that_knows_no_quotes_brings_mentions_all_the_same(self, kin: KinServer) -> None:
        kin.unknown_kinds = {"quote"}
        kin.mention("Und das?")

        assert [one.text for one in said(list(MastodonNetwork().poll(kin.account(), "")))] == ["Und das?"]

    def test_quote_that_quotes_itself_is_followed_no_further(self, kin: KinServer) -> None:
        status = kin.status("Ich")
        status["quote"] = {"state": "accepted", "quoted_status": status}

        (found, *_) = mastodon.events_of(status, kin.account(), root_id=status["id"])

        assert mastodon.id_of(status) == found.native_id == found.quoted.native_id  # type: ignore[union-attr]

    @settings(max_examples=150, deadline=None)
    @given(JSON, JSON)
    def test_quote_of_any_shape_loses_no_status(self, odd: Any, other: Any) -> None:
        account = Account(network="mastodon", address="http://127.0.0.1:1", native_id="9")
        status = {"id": "5", "created_at": "2026-03-01T12:00:00Z", "account": PERSON, "content": "x"}
        wrong = self.quote("accepted", account=odd, content=other, mentions=odd, poll=other, media_attachments=odd)
        for quote in (odd, wrong, self.quote("accepted", id=odd, url=other), {"state": odd, "quoted_status": other}):
            assert mastodon.events_of({**status, "quote": quote}, account, root_id="5")[0].native_id == "5"


class TestX:
    def test_quote_is_told_without_its_words(self, x: XServer) -> None:
        quoted = x.say("bob", "Ein Satz, der X gehört")
        x.say("ada", "@nordhain So geht das also", quoting=quoted)

        (found,) = [one.quoted for one in said(x_asking.poll(x)) if one.quoted]

        assert found.native_id == quoted["id"]
        assert found.url.startswith("https://x.com/")
        assert found.url.endswith(f"/status/{quoted['id']}")
        assert (found.text, found.author and found.author.name) == ("", "")

    def test_quote_of_somebody_protected_is_not_told(self) -> None:
        beside = Beside(users={"7": {"id": "7", "protected": True}}, posts={"5": {"id": "5", "author_id": "7"}})
        found = {"referenced_posts": [{"type": "quoted", "id": "5"}]}

        assert x_posts._quoted(found, beside) == HIDDEN
        assert x_posts._quoted(found, Beside()) == Quoted("5", "https://x.com/i/status/5")
        assert x_posts._quoted({}, beside) is None

    @given(JSON, JSON)
    def test_quote_of_any_shape_is_read_or_left(self, odd: Any, other: Any) -> None:
        beside = Beside(users={"7": {"id": "7", "username": odd, "name": other}}, posts={"5": {"author_id": "7"}})
        for found in ({"referenced_posts": odd}, {"referenced_posts": [{"type": "quoted", "id": "5"}]}):
            quoted = x_posts._quoted(found, beside)
            assert quoted is None or quoted.text == ""


class TestThreads:
    def test_quote_is_known_by_its_number_alone(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Unser Sattel")
        threads.post("ada", "So geht das also", below=post)["quoted_post"] = {"id": "1234"}
        account = Account(
            network="threads", address=threads.url, origin="threads.com", native_id=ACCOUNT, handle="nordhain",
            secret=TOKEN, app=APP,
        )  # fmt: skip

        found = {one.text: one.quoted for one in said(list(ThreadsNetwork().poll(account, "")))}

        assert found["So geht das also"] == Quoted("1234")
        assert found.get("Unser Sattel") is None

    @given(JSON)
    def test_quote_of_any_shape_is_read_or_left(self, odd: Any) -> None:
        found = threads_posts._quoted(odd)
        assert found is None or (found.author, found.text) == (None, "")


class TestReddit:
    def crosspost(self, reddit: RedditServer) -> tuple[dict[str, Any], dict[str, Any]]:
        original = reddit.post("Eva", "Der Sattel", "Er ist da")
        told = {"crosspost_parent": original["name"], "crosspost_parent_list": [dict(original)]}
        return original, reddit.post("ada", "u/nordhain So geht das also", **told)

    def test_post_that_is_passed_on_has_its_words(self, reddit: RedditServer) -> None:
        original, passing_on = self.crosspost(reddit)

        found = reddit_posts.heard({"data": passing_on}, reddit_asking.account(reddit))

        assert found.quoted is not None
        assert found.quoted.author == reddit_posts.person("Eva")
        assert replace(found.quoted, author=None) == Quoted(
            original["name"], f"https://www.reddit.com{original['permalink']}", None, "Der Sattel\n\nEr ist da"
        )

    def test_what_became_of_it_is_told_and_makes_no_edit_of_the_post(self, reddit: RedditServer) -> None:
        _, passing_on = self.crosspost(reddit)
        before = reddit_posts.heard({"data": passing_on}, reddit_asking.account(reddit))
        gone = {"title": "[deleted]", "selftext": "[deleted]", "author": "[deleted]"}
        passing_on["crosspost_parent_list"][0] |= gone

        now = reddit_posts.heard({"data": passing_on}, reddit_asking.account(reddit))
        states = {reddit_posts.state_of({"data": passing_on}, one).version for one in (before, now)}
        edit = reddit_posts.edited({"data": passing_on}, now)

        assert len(states) == 2
        assert (edit.quoted, edit.edited_at, edit.text) == (HIDDEN, now.posted_at, before.text)

    @given(JSON)
    def test_what_is_passed_on_in_any_shape_loses_no_post(self, odd: Any) -> None:
        whole = {"name": "t3_abc", "title": "Der Sattel", "author": "eva"}
        for carried in (
            odd,
            [odd],
            [{**whole, "title": odd}],
            [{**whole, "author": odd}],
            [{**whole, "selftext": odd}],
        ):
            found = reddit_posts._passed_on({"crosspost_parent": "t3_abc", "crosspost_parent_list": carried})
            assert isinstance(found, Quoted)


def test_our_own_words_are_quoted_like_those_of_others() -> None:
    """Bluesky tells them, and they are ours."""
    view = TestBluesky().embed(author={"did": US, "handle": "werke.test"})
    found = quoted_in({"record": {}, "embed": view})

    assert found is not None
    assert (found.author and found.author.native_id, found.text) == (US, "Der Sattel ist da")

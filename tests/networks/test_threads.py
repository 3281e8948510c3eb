"""Threads against an account on the loopback: what is heard, answered and hidden, brought, and what bad answers do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.batches import cursor_of, said
from tests.networks.facebook_asking import APP
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import APP_SECRET, EXPIRED, VERIFY, Said, as_json, lacking, no, signed
from tests.networks.threads_server import ACCOUNT, CODE, TOKEN, ThreadsServer

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Batch, Deleted, Posted, PostKind, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.meta.reading import FAULTS
from resonanz.networks.threads import ThreadsNetwork, delivered, posts
from resonanz.networks.threads.cursor import Cursor
from resonanz.networks.webhooks import Delivery, Keys, Told

network = ThreadsNetwork()
KEYS = Keys(VERIFY, APP_SECRET)
BACK = "https://resonanz.example/channels/connected"
SOMEWHERE = Account(network="threads", address="https://graph.threads.net", native_id=ACCOUNT, handle="nordhain")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
OFTEN = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def account(threads: ThreadsServer, **more: Any) -> Account:
    """Our account."""
    known: dict[str, Any] = {
        "origin": "threads.com", "native_id": ACCOUNT, "handle": "nordhain", "name": "Nordhain", "secret": TOKEN,
        "app": APP,
    } | more  # fmt: skip
    return Account(network="threads", address=threads.url, **known)


def poll(threads: ThreadsServer, cursor: str = "") -> list[Batch]:
    """All that one poll brings."""
    return list(network.poll(account(threads), cursor))


def brought(threads: ThreadsServer, delivery: tuple[dict[str, str], bytes]) -> Told:
    """What a delivery tells our account."""
    return network.read(account(threads), Delivery(*delivery, clock.now()))


def order(parent: Said, text: str = "Das tut uns leid.") -> ReplyOrder:
    """An answer."""
    return ReplyOrder(key="k", text=text, parent_id=parent["id"], root_id="", visibility=Visibility.PUBLIC)


class TestConnecting:
    def test_account_lets_us_in_for_sixty_days_and_its_token_is_renewed(self, threads: ThreadsServer) -> None:
        url = network.authorize_url("https://graph.threads.net", APP, redirect_uri=BACK, state="s", challenge="c")
        (found,) = network.sign_in(threads.url, APP, redirect_uri=BACK, code=CODE, verifier="v")
        renewed = network.renew(found)

        assert url.startswith("https://threads.com/oauth/authorize?")
        assert APP.client_secret not in url
        assert (found.native_id, found.handle, found.secret, found.renewal) == (ACCOUNT, "nordhain", TOKEN, TOKEN)
        assert found.expires_at is not None
        assert abs(found.expires_at - clock.now() - timedelta(days=60)) < timedelta(minutes=1)
        assert (renewed.secret, renewed.renewal, renewed.native_id) == ("THAAnext", "THAAnext", ACCOUNT)

    def test_code_that_was_used_and_token_that_ended_are_told_apart(self, threads: ThreadsServer) -> None:
        with pytest.raises(Refused):
            network.sign_in(threads.url, APP, redirect_uri=BACK, code="used", verifier="v")
        with pytest.raises(NotAuthorised):
            network.renew(account(threads, renewal="ended"))
        with pytest.raises(NotAuthorised):
            network.identify(account(threads, secret="wrong"))

    def test_renewal_that_cannot_be_read_is_tried_again(self, threads: ThreadsServer) -> None:
        threads.faulty = lambda _request: (200, {}, b"<html>")

        with pytest.raises(TryLater):
            network.renew(account(threads, renewal=TOKEN))

    def test_token_is_not_shown(self, threads: ThreadsServer) -> None:
        found = network.identify(account(threads, renewal=TOKEN))

        assert TOKEN not in repr(found)


class TestHearing:
    def test_answer_to_our_post_begins_a_thread_and_what_answers_it_belongs_there(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Neue Räder", ago=timedelta(hours=1))
        first = threads.post("ada", "Wann?", below=post)
        ours = threads.post("nordhain", "Morgen", below=first, ago=timedelta(minutes=4))
        threads.post("ada", "Danke", below=ours, ago=timedelta(minutes=3))

        question, answer, thanks = said(poll(threads))

        assert (question.native_id, question.parent_id, question.root_id) == (first["id"], post["id"], first["id"])
        assert (question.kind, question.addressed, question.url) == (PostKind.COMMENT, True, first["permalink"])
        assert question.author is not None
        assert (question.author.handle, question.author.native_id) == ("ada", "name:ada")
        assert (answer.parent_id, answer.root_id, answer.addressed) == (first["id"], "", False)
        assert answer.author is not None
        assert answer.author.native_id == ACCOUNT
        assert (thanks.parent_id, thanks.root_id, thanks.addressed) == (ours["id"], "", True)

    def test_what_names_us_elsewhere_is_heard(self, threads: ThreadsServer) -> None:
        threads.post("bob", "Hat @nordhain auf?")

        (found,) = said(poll(threads))

        assert (found.mentions, found.addressed, found.root_id) == ((ACCOUNT,), True, found.native_id)

    def test_quiet_poll_brings_nothing_twice_and_asks_little(self, threads: ThreadsServer) -> None:
        for number in range(12):
            threads.post("ada", "Wann?", below=threads.post("nordhain", "Da", ago=timedelta(hours=number + 1)))
        cursor, found = "", list[str]()
        for _ in range(4):
            batches = poll(threads, cursor)
            cursor = cursor_of(batches)
            found += [one.native_id for one in said(batches)]
        threads.asked.clear()

        assert said(poll(threads, cursor)) == []
        assert (len(found), len(set(found)), len(threads.asked)) == (12, 12, 8)

    def test_thousand_answers_of_a_gap_are_read_as_far_as_they_are_shown(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Da", ago=timedelta(hours=2))
        for number in range(450):
            threads.post("ada", f"Nummer {number}", below=post, ago=timedelta(seconds=7000 - number))

        assert len(said(poll(threads))) == 450

    def test_answer_that_cannot_be_read_hides_none_that_is_listed_after_it(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Da", ago=timedelta(hours=2))
        for number in range(150):
            threads.post("ada", f"Nummer {number}", below=post, ago=timedelta(seconds=7000 - number))
        threads.post("ada", "Wann war das?", below=post)["timestamp"] = "gestern"

        assert len(said(poll(threads))) == 150

    @pytest.mark.parametrize("names_us", [False, True])
    def test_what_is_listed_late_is_heard(self, threads: ThreadsServer, names_us: bool) -> None:
        post = threads.post("nordhain", "Da")
        threads.post("ada", "eins", below=post)
        cursor = cursor_of(poll(threads))
        with clock.moved_to(clock.now() + timedelta(minutes=2)):
            late = threads.post(
                "bob", "@nordhain zwei", below=None if names_us else post, ago=timedelta(minutes=3, seconds=20)
            )

            assert late["id"] in {one.native_id for one in said(poll(threads, cursor))}

    def test_first_poll_looks_a_week_back(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Da", ago=timedelta(days=30))
        threads.post("ada", "alt", below=post, ago=timedelta(days=8))
        threads.post("ada", "neu", below=post, ago=timedelta(days=6))

        assert [one.text for one in said(poll(threads))] == ["neu"]

    @pytest.mark.parametrize("right", ["threads_read_replies", "threads_manage_mentions"])
    def test_right_that_was_not_given_costs_only_what_needs_it(self, threads: ThreadsServer, right: str) -> None:
        threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))
        threads.post("bob", "Hat @nordhain auf?")
        threads.rights.remove(right)

        assert len(said(poll(threads))) == 1

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [((200, {}, b"<html>"), TryLater), ((502, {}, b""), TryLater), ((200, {}, b'{"data": 7}'), TryLater),
         ((429, {"Retry-After": "7"}, b""), TryLater), (as_json({"error": {"message": "x", "code": 4}}), TryLater),
         (EXPIRED, NotAuthorised), (lacking("threads_basic"), NotAuthorised)],
    )  # fmt: skip
    def test_bad_answer_says_whether_later_or_never(
        self, threads: ThreadsServer, answer: Answer, failure: type[NetworkError]
    ) -> None:
        threads.faulty = lambda request: answer if request.path.endswith("/me/threads") else None

        with pytest.raises(failure):
            poll(threads)

    def test_unreadable_answer_is_put_aside_and_the_others_are_heard(self, threads: ThreadsServer) -> None:
        post = threads.post("nordhain", "Da")
        threads.post("ada", "eins", below=post)["replied_to"] = {"id": "../me"}
        threads.post("ada", "zwei", below=post)

        batches = poll(threads)

        assert [one.text for one in said(batches)] == ["zwei"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.ValueError"]

    @given(st.text(max_size=100) | JSON.map(json.dumps))
    @settings(deadline=None)
    def test_any_cursor_is_read(self, text: str) -> None:
        assert Cursor.of(text).since >= 0


class TestAnswering:
    def test_answer_is_brought_and_published_and_found_again(self, threads: ThreadsServer) -> None:
        question = threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))
        since = clock.now() - timedelta(seconds=1)
        asked: dict[str, Any] = {"since": since, "known": frozenset()}
        before = network.find_sent(account(threads), order(question), **asked)
        receipt = network.reply(account(threads), order(question))
        found = network.find_sent(account(threads), order(question), **asked)

        assert before is None
        assert found is not None
        assert found.native_id == receipt.native_id
        assert threads.posts[receipt.native_id]["replied_to"] == {"id": question["id"]}
        known = frozenset({receipt.native_id})
        assert network.find_sent(account(threads), order(question), since=since, known=known) is None
        other = threads.post("bob", "Und meins?", below=threads.posts[question["root_post"]["id"]])
        assert network.find_sent(account(threads), order(other), **asked) is None

    def test_answer_is_found_again_although_we_gave_many_since(self, threads: ThreadsServer) -> None:
        question = threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))
        since = clock.now() - timedelta(seconds=1)
        receipt = network.reply(account(threads), order(question))
        with clock.moved_to(clock.now() + timedelta(minutes=1)):
            for number in range(120):
                threads.post("nordhain", f"Nummer {number}", below=question, ago=timedelta(0))

            found = network.find_sent(account(threads), order(question), since=since, known=frozenset())

        assert found is not None
        assert found.native_id == receipt.native_id

    def test_what_was_only_brought_is_tried_again_and_what_may_be_published_is_not(
        self, threads: ThreadsServer
    ) -> None:
        question = threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))
        for path, failure in (("/me/threads", TryLater), ("/me/threads_publish", NoAnswer)):
            threads.faulty = lambda request, path=path: (500, {}, b"") if request.path.endswith(path) else None  # type: ignore[misc]
            with pytest.raises(failure):
                network.reply(account(threads), order(question))

    def test_no_of_threads_comes_in_its_words(self, threads: ThreadsServer) -> None:
        threads.faulty = lambda _request: no(368, "The action attempted has been deemed abusive")

        with pytest.raises(Refused) as refused:
            network.reply(account(threads), order({"id": "7"}))

        assert refused.value.words == "The action attempted has been deemed abusive"

    @pytest.mark.parametrize("parent_id", ["", "../me", "1/replies", "x" * 300, "1?a=b"])
    def test_what_is_no_id_is_never_asked_for(self, threads: ThreadsServer, parent_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(threads), order({"id": parent_id}))
        with pytest.raises(Refused):
            network.hide(account(threads), parent_id, on=True)
        assert threads.asked == []

    def test_answer_to_our_post_is_hidden_and_shown_and_deeper_ones_are_refused(self, threads: ThreadsServer) -> None:
        first = threads.post("ada", "Unsinn", below=threads.post("nordhain", "Da"))
        deeper = threads.post("bob", "Ja", below=first)

        for on in (True, True, False):
            network.hide(account(threads), first["id"], on=on)
            assert (first["id"] in threads.hidden) is on
        with pytest.raises(Refused):
            network.hide(account(threads), deeper["id"], on=True)


class TestBrought:
    def test_delivery_is_genuine_by_the_applications_secret_alone(self, threads: ThreadsServer) -> None:
        headers, body = threads.told(threads.post("ada", "Wann?", below=threads.post("nordhain", "Da")))
        now = clock.now()

        assert network.is_genuine(Delivery(headers, body, now), KEYS)
        assert not network.is_genuine(Delivery(headers, body + b" ", now), KEYS)
        assert not network.is_genuine(Delivery(signed(body, secret=VERIFY), body, now), KEYS)
        assert not network.is_genuine(Delivery({}, body, now), KEYS)
        assert network.name_of(Delivery(headers, body, now)) == "replies"

    def test_answer_is_the_same_as_if_it_was_asked_for(self, threads: ThreadsServer) -> None:
        answer = threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))

        told = brought(threads, threads.told(answer))

        assert list(told.events) == said(poll(threads))
        assert brought(threads, threads.told(answer)) == told

    def test_delivery_is_for_who_is_named_and_for_whose_post_it_stands_below(self, threads: ThreadsServer) -> None:
        answer = threads.post("ada", "Wann?", below=threads.post("nordhain", "Da"))
        delivery = threads.told(answer, target="78901", owner=ACCOUNT)

        assert network.addressees(Delivery(*delivery, clock.now())) == {"78901", ACCOUNT}
        assert len(brought(threads, delivery).events) == 1
        assert brought(threads, threads.told(answer, target="78901")) == Told()

    def test_mention_of_another_account_below_our_post_names_that_one_alone(self, threads: ThreadsServer) -> None:
        answer = threads.post("ada", "Fragt @andere", below=threads.post("nordhain", "Da"))

        (found,) = brought(threads, threads.told(answer, "mentions", target="78901", owner=ACCOUNT)).events

        assert isinstance(found, Posted)
        assert (found.mentions, found.addressed) == ((), True)

    def test_mention_and_deletion_are_told_and_what_came_later_is_unknown(self, threads: ThreadsServer) -> None:
        post = threads.post("bob", "Hat @nordhain auf?")

        (mention,) = brought(threads, threads.told(post, "mentions")).events
        (gone,) = brought(threads, threads.told({"id": post["id"]}, "delete")).events

        assert isinstance(mention, Posted)
        assert mention.mentions == (ACCOUNT,)
        assert isinstance(gone, Deleted)
        assert gone.native_id == post["id"]
        assert brought(threads, threads.told(post, "publish")) == Told()
        assert brought(threads, threads.told(post, "telepathy")) == Told(is_unknown=True)

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"values": 3, "target_id": "9000"}', b"[" * 90_000])
    def test_garbled_delivery_tells_nothing(self, threads: ThreadsServer, body: bytes) -> None:
        assert brought(threads, ({}, body)).events == ()
        assert network.name_of(Delivery({}, body, clock.now())) == ""

    @given(st.fixed_dictionaries({"target_id": st.just(ACCOUNT)}, optional={"values": JSON}) | JSON)
    @OFTEN
    def test_any_delivery_is_read_or_put_aside(self, told: Any) -> None:
        found = delivered.read(SOMEWHERE, Delivery({}, json.dumps(told).encode(), clock.now()))

        assert all(isinstance(one, BadEvent) for one in found.bad)
        delivered.addressees(Delivery({}, json.dumps(told).encode(), clock.now()))

    @given(
        st.fixed_dictionaries(
            {"id": st.just("17"), "timestamp": st.just("2026-11-20T10:00:00+0000")},
            optional=dict.fromkeys(["text", "username", "replied_to", "root_post", "media_type", "media_url"], JSON),
        )
    )
    @OFTEN
    def test_any_post_is_read_or_refused(self, found: dict[str, Any]) -> None:
        try:
            post = posts.posted(found, SOMEWHERE)
        except FAULTS:
            return
        assert post.native_id == "17"
        assert all(media.url.startswith("https://") for media in post.media)

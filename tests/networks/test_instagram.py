"""Instagram against an account on the loopback: what is heard by asking, and what bad answers do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.facebook_asking import APP
from tests.networks.instagram_asking import account, network, poll
from tests.networks.instagram_server import ACCOUNT, CODE, PERSON, TOKEN, InstagramServer
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import EXPIRED, GONE, Request, as_json, lacking, no

from resonanz.core import clock
from resonanz.networks.contract import Account, Counted, Deleted, PostKind, Visibility
from resonanz.networks.errors import NetworkError, NotAuthorised, Refused, TryLater
from resonanz.networks.instagram.posts import ELSEWHERE, PLACE

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Sorry</body></html>")
BACK = "https://resonanz.example/channels/connected"


class TestConnecting:
    def test_page_for_letting_in_asks_for_what_is_needed_and_tells_no_secret(self) -> None:
        url = network.authorize_url("https://graph.facebook.com", APP, redirect_uri=BACK, state="s", challenge="c")

        assert url.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
        assert "instagram_manage_comments" in url
        assert APP.client_secret not in url

    def test_accounts_of_pages_that_a_person_moderates_let_us_in(self, instagram: InstagramServer) -> None:
        (found,) = network.sign_in(instagram.url, APP, redirect_uri=BACK, code=CODE, verifier="v")

        assert (found.native_id, found.handle, found.secret, found.expires_at) == (ACCOUNT, "nordhain", TOKEN, None)
        told = [f"{one.path}{one.asked}" for one in instagram.asked]
        assert not any(secret in one for one in told for secret in (TOKEN, PERSON, CODE, APP.client_secret))

    def test_code_that_was_used_is_refused(self, instagram: InstagramServer) -> None:
        with pytest.raises(Refused):
            network.sign_in(instagram.url, APP, redirect_uri=BACK, code="used", verifier="v")

    def test_account_is_known_by_the_token_of_its_page_and_a_person_has_none(self, instagram: InstagramServer) -> None:
        typed = Account(network="instagram", address=instagram.url, secret=TOKEN, app=APP)

        assert network.identify(typed) == account(instagram)
        for secret in (PERSON, "wrong"):
            with pytest.raises(NotAuthorised):
                network.identify(account(instagram, secret=secret))

    def test_page_without_an_account_is_refused(self, instagram: InstagramServer) -> None:
        instagram.pages = [{"id": "1000"}]

        with pytest.raises(Refused):
            network.identify(account(instagram))


class TestHearing:
    def test_comment_below_our_post_begins_a_thread_and_its_answers_belong_there(
        self, instagram: InstagramServer
    ) -> None:
        post = instagram.post()
        comment = instagram.comment("11", "Wann?", post)
        ours = instagram.comment(ACCOUNT, "Morgen", comment, ago=timedelta(minutes=3))
        instagram.comment("12", "Super", comment, ago=timedelta(minutes=2))

        first, second, third = said(poll(instagram))

        assert (first.native_id, first.parent_id, first.root_id) == (comment["id"], post["id"], comment["id"])
        assert (first.kind, first.visibility, first.addressed) == (PostKind.COMMENT, Visibility.PUBLIC, True)
        assert first.author is not None
        assert (first.author.native_id, first.author.handle, first.url) == ("11", "ada", post["permalink"])
        assert (second.native_id, second.addressed) == (ours["id"], False)
        assert second.author is not None
        assert second.author.native_id == ACCOUNT
        assert (third.parent_id, third.root_id, third.text) == (comment["id"], comment["id"], "Super")

    def test_post_that_tags_us_is_heard_once(self, instagram: InstagramServer) -> None:
        post = instagram.post("Danke @nordhain", who="12")

        batches = poll(instagram)
        (found,) = said(batches)

        assert (found.native_id, found.root_id) == (post["id"], f"{ELSEWHERE}{post['id']}")
        assert (found.addressed, found.mentions, found.url) == (True, (ACCOUNT,), post["permalink"])
        assert found.author is not None
        assert found.author.handle == "bob"
        assert [media.url for media in found.media] == [post["media_url"]]
        assert events(poll(instagram, cursor_of(batches))) == []

    def test_message_is_private_and_ours_answers_it(self, instagram: InstagramServer) -> None:
        instagram.write("11", "Meine Nummer ist 4711", ago=timedelta(minutes=3))
        instagram.write(ACCOUNT, "Danke", to="11", ago=timedelta(minutes=2))

        theirs, ours = said(poll(instagram))

        assert (theirs.visibility, theirs.kind, theirs.addressed) == (Visibility.PRIVATE, PostKind.MESSAGE, True)
        assert theirs.root_id == ours.root_id == PLACE.talk_with("11")
        assert (ours.parent_id, ours.addressed) == (theirs.native_id, False)

    def test_answer_to_an_old_comment_is_heard_and_the_old_ones_are_not_again(self, instagram: InstagramServer) -> None:
        post = instagram.post(ago=timedelta(days=3))
        old = instagram.comment("11", "alt", post, ago=timedelta(days=2))
        cursor = cursor_of(poll(instagram))
        with clock.moved_to(clock.now() + timedelta(hours=1)):
            instagram.comment("12", "neu", old, ago=timedelta(minutes=1))

            assert [one.text for one in said(poll(instagram, cursor))] == ["neu"]

    def test_posts_that_are_always_busy_keep_no_other_one_waiting(self, instagram: InstagramServer) -> None:
        posts = [instagram.post(ago=timedelta(hours=number + 1)) for number in range(15)]
        now, cursor, heard = clock.now(), "", set[str]()
        for turn in range(3):
            with clock.moved_to(now + timedelta(minutes=turn * 5)):
                for number, post in enumerate(posts):
                    instagram.comment("11", f"Unter {number}", post, ago=timedelta(0))
                batches = poll(instagram, cursor)
            cursor = cursor_of(batches)
            heard |= {one.text for one in said(batches)}

        assert heard == {f"Unter {number}" for number in range(15)}

    def test_comment_that_is_listed_late_is_heard(self, instagram: InstagramServer) -> None:
        post = instagram.post()
        instagram.comment("11", "eins", post)
        cursor = cursor_of(poll(instagram))
        with clock.moved_to(clock.now() + timedelta(minutes=2)):
            instagram.comment("12", "zwei", post, ago=timedelta(minutes=3))

            assert "zwei" in {one.text for one in said(poll(instagram, cursor))}

    def test_first_poll_looks_a_week_back_and_asks_for_deliveries_once(self, instagram: InstagramServer) -> None:
        post = instagram.post(ago=timedelta(days=30))
        instagram.comment("11", "alt", post, ago=timedelta(days=8))
        instagram.comment("11", "neu", post, ago=timedelta(days=6))

        batches = poll(instagram)
        with clock.moved_to(clock.now() + timedelta(days=2)):
            poll(instagram, cursor_of(batches))

        assert [one.text for one in said(batches)] == ["neu"]
        assert instagram.count("POST /v25.0/me/subscribed_apps") == 1

    def test_quiet_poll_asks_little(self, instagram: InstagramServer) -> None:
        for _ in range(15):
            instagram.comment("11", "Hallo", instagram.post())
        cursor = ""
        for _ in range(3):
            cursor = cursor_of(poll(instagram, cursor))
        instagram.asked.clear()

        poll(instagram, cursor)

        assert len(instagram.asked) == 4

    def test_many_comments_below_many_posts_are_all_read_by_turns(self, instagram: InstagramServer) -> None:
        for number in range(25):
            post = instagram.post(ago=timedelta(hours=number + 1))
            for turn in range(60 if number == 0 else 2):
                instagram.comment("11", f"{number}-{turn}", post, ago=timedelta(seconds=600 - turn))
        cursor, found = "", set[str]()
        for _ in range(4):
            batches = poll(instagram, cursor)
            cursor = cursor_of(batches)
            found |= {one.text for one in said(batches)}

        assert len(found) == 60 + 24 * 2

    def test_count_and_deletion_are_noticed_at_the_next_look(self, instagram: InstagramServer) -> None:
        post = instagram.post()
        first, second = instagram.comment("11", "eins", post), instagram.comment("11", "zwei", post)
        cursor = cursor_of(poll(instagram))
        first["like_count"] = 4
        instagram.remove(second)

        found = [one for one in events(poll(instagram, cursor)) if isinstance(one, Counted | Deleted)]

        assert {(type(one), one.native_id) for one in found} == {(Counted, first["id"]), (Deleted, second["id"])}

    def test_right_that_was_lost_deletes_nothing_here(self, instagram: InstagramServer) -> None:
        instagram.comment("11", "eins", instagram.post())
        cursor = cursor_of(poll(instagram))

        def lost(request: Request) -> Answer | None:
            if request.path == "/v25.0/":
                return GONE
            return lacking("instagram_manage_comments") if "comments.limit" in request.asked.get("fields", "") else None

        instagram.faulty = lost

        assert not any(isinstance(one, Deleted) for one in events(poll(instagram, cursor)))


class TestFailing:
    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            (HTML, TryLater),
            ((502, {}, b"bad"), TryLater),
            ((200, {}, b'{"data": 7}'), TryLater),
            ((200, {}, b"[" * 90_000), TryLater),
            (as_json({"error": {"message": "busy", "code": 4}}), TryLater),
            ((429, {"Retry-After": "7"}, b""), TryLater),
            (no(80002, "(#80002) too many calls"), TryLater),
            (EXPIRED, NotAuthorised),
            (lacking("instagram_basic"), NotAuthorised),
        ],
    )
    def test_bad_answer_says_whether_later_or_never(
        self, instagram: InstagramServer, answer: Answer, failure: type[NetworkError]
    ) -> None:
        instagram.faulty = lambda request: answer if request.path.endswith("/media") else None

        with pytest.raises(failure):
            poll(instagram)

    @pytest.mark.parametrize("right", ["instagram_manage_messages", "pages_manage_metadata"])
    def test_right_that_was_not_given_costs_only_what_needs_it(self, instagram: InstagramServer, right: str) -> None:
        instagram.comment("11", "Hallo", instagram.post())
        instagram.write("11", "privat")
        instagram.rights.remove(right)

        assert "Hallo" in {one.text for one in said(poll(instagram))}

    def test_token_that_is_revoked_in_the_middle_loses_nothing_that_was_read(self, instagram: InstagramServer) -> None:
        instagram.comment("11", "eins", instagram.post())
        instagram.faulty = lambda request: EXPIRED if request.path.endswith("/tags") else None
        batches = network.poll(account(instagram), "")

        found = [next(batches)]
        with pytest.raises(NotAuthorised):
            found += list(batches)

        assert [one.text for one in said(found)] == ["eins"]

    def test_unreadable_comment_is_put_aside_and_the_others_are_heard(self, instagram: InstagramServer) -> None:
        post = instagram.post()
        instagram.comment("11", "eins", post)["timestamp"] = "gestern"
        instagram.comment("11", "zwei", post)

        batches = poll(instagram)

        assert [one.text for one in said(batches)] == ["zwei"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.ValueError"]

    def test_reading_leaves_the_last_of_the_limits_to_answers(self, instagram: InstagramServer) -> None:
        instagram.comment("11", "eins", instagram.post())
        instagram.usage = {"X-App-Usage": '{"call_count": 91, "total_time": 3, "total_cputime": 3}'}

        with pytest.raises(TryLater):
            poll(instagram)

"""Facebook against a Page on the loopback: what is heard by asking, and what bad answers do."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.facebook_asking import APP, account, network, order, poll, poll_failing
from tests.networks.facebook_server import CODE, PAGE, PEOPLE, PERSON, TOKEN, FacebookServer
from tests.networks.loopback_server import Answer
from tests.networks.meta_server import EXPIRED, GONE, Request, as_json, lacking, no

from resonanz.core import clock
from resonanz.networks.contract import (
    Account,
    App,
    Counted,
    Deleted,
    Edited,
    MediaKind,
    PostKind,
    Visibility,
)
from resonanz.networks.errors import ApplicationRefused, NotAuthorised, Refused, TryLater
from resonanz.networks.facebook.posts import PLACE

HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><body>Sorry, something went wrong</body></html>")
BACK = "https://resonanz.example/channels/connected"


class TestConnecting:
    def test_page_for_letting_in_asks_for_what_is_needed_and_tells_no_secret(self, facebook: FacebookServer) -> None:
        url = network.authorize_url(
            "https://graph.facebook.com", APP, redirect_uri=BACK, state="s" * 8, challenge="c" * 8
        )

        assert url.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
        assert "pages_read_user_content" in url
        assert APP.client_secret not in url

    def test_pages_that_a_person_moderates_let_us_in(self, facebook: FacebookServer) -> None:
        (page,) = network.sign_in(facebook.url, APP, redirect_uri=BACK, code=CODE, verifier="v")

        assert (page.native_id, page.name, page.handle, page.secret) == (PAGE, "Nordhain", "nordhain", TOKEN)
        assert (page.origin, page.expires_at) == ("facebook.com", None)
        assert not any(secret in f"{one.path}{one.asked}" for one in facebook.asked for secret in (TOKEN, PERSON, CODE))

    def test_hundred_pages_are_all_offered(self, facebook: FacebookServer) -> None:
        facebook.pages = [{"id": str(n), "name": f"Filiale {n}", "access_token": f"t{n}"} for n in range(150)]

        found = network.sign_in(facebook.url, APP, redirect_uri=BACK, code=CODE, verifier="v")

        assert len({page.native_id for page in found}) == 150

    def test_code_that_was_used_is_refused(self, facebook: FacebookServer) -> None:
        with pytest.raises(Refused):
            network.sign_in(facebook.url, APP, redirect_uri=BACK, code="used", verifier="v")

    def test_wrong_application_lets_nobody_in(self, facebook: FacebookServer) -> None:
        with pytest.raises(ApplicationRefused):
            network.sign_in(facebook.url, App("x", "y"), redirect_uri=BACK, code=CODE, verifier="v")

    def test_page_is_known_by_its_token_and_a_person_is_not_taken_for_one(self, facebook: FacebookServer) -> None:
        typed = Account(network="facebook", address=facebook.url, secret=TOKEN, app=APP)

        assert network.identify(typed) == account(facebook, name="Nordhain")
        with pytest.raises(NotAuthorised):
            network.identify(account(facebook, secret=PERSON))
        with pytest.raises(NotAuthorised):
            network.identify(account(facebook, secret="wrong"))

    def test_token_is_not_shown_by_the_account(self, facebook: FacebookServer) -> None:
        assert TOKEN not in repr(account(facebook))
        assert APP.client_secret not in repr(account(facebook))

    def test_without_the_proof_a_token_is_good_for_nothing(self, facebook: FacebookServer) -> None:
        with pytest.raises(NotAuthorised):
            list(network.poll(account(facebook, app=None), "{}"))


class TestHearing:
    def test_comment_below_our_post_begins_a_thread_and_is_addressed_to_us(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Neue Räder sind da")
        comment = facebook.comment("11", "Wann kommt meins?", post)

        ours, found = said(poll(facebook))

        assert (ours.addressed, ours.kind) == (False, PostKind.POST)
        assert (found.native_id, found.parent_id, found.root_id) == (comment["id"], post["id"], comment["id"])
        assert (found.kind, found.visibility, found.addressed) == (PostKind.COMMENT, Visibility.PUBLIC, True)
        assert found.author is not None
        assert (found.author.native_id, found.author.name) == ("11", "Ada Lovelace")
        assert (found.origin, found.url) == ("facebook.com", f"https://www.facebook.com/{comment['id']}")

    def test_answer_to_a_comment_belongs_where_that_does(self, facebook: FacebookServer) -> None:
        first = facebook.comment("11", "Wann?", facebook.post(PAGE, "Da"), ago=timedelta(minutes=4))
        facebook.comment("12", "Bald", first, ago=timedelta(minutes=3))

        found = said(poll(facebook))[-1]

        assert (found.parent_id, found.root_id) == (first["id"], "")

    def test_what_is_said_below_a_visitors_post_is_one_thread_with_it(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "Mein Rad ist kaputt")
        facebook.comment("12", "Meins auch", post)

        theirs, comment = said(poll(facebook))

        assert (theirs.root_id, theirs.addressed) == (post["id"], True)
        assert comment.root_id == post["id"]

    def test_post_elsewhere_that_names_us_is_heard(self, facebook: FacebookServer) -> None:
        facebook.post("12", "Danke Nordhain", tags=True, message_tags=[{"id": PAGE, "name": "Nordhain"}])

        (found,) = said(poll(facebook))

        assert (found.mentions, found.addressed) == ((PAGE,), True)

    def test_message_is_private_and_carries_no_address_of_mail(self, facebook: FacebookServer) -> None:
        facebook.write("11", "Meine Nummer ist 4711", ago=timedelta(minutes=3))
        facebook.write(PAGE, "Danke", to="11", ago=timedelta(minutes=2))

        theirs, ours = said(poll(facebook))

        assert (theirs.visibility, theirs.kind, theirs.addressed) == (Visibility.PRIVATE, PostKind.MESSAGE, True)
        assert theirs.root_id == ours.root_id == PLACE.talk_with("11")
        assert (ours.parent_id, ours.addressed) == (theirs.native_id, False)
        assert "@facebook.com" not in repr(theirs)

    def test_conversations_that_change_by_turns_lose_nothing(self, facebook: FacebookServer) -> None:
        for number in range(30):
            facebook.write("11", f"A{number}", ago=timedelta(minutes=100 - number * 3))
            facebook.write("12", f"B{number}", ago=timedelta(minutes=99 - number * 3))
        cursor, found = "", set()
        for _ in range(3):
            batches = poll(facebook, cursor)
            cursor = cursor_of(batches)
            found |= {one.text for one in said(batches)}

        # Of older messages than the last twenty of a conversation Meta tells nothing.
        assert found == {f"{who}{number}" for who in "AB" for number in range(10, 30)}

    def test_what_was_read_is_not_read_again_but_for_the_last_second(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        facebook.comment("11", "null", post, ago=timedelta(minutes=5))
        facebook.comment("11", "eins", post)
        facebook.write("11", "privat")
        cursor = cursor_of(poll(facebook))
        facebook.comment("12", "zwei", post, ago=timedelta(0))
        facebook.write("11", "noch privat", ago=timedelta(0))

        found = {one.text for one in said(poll(facebook, cursor))}

        assert found == {"eins", "zwei", "noch privat"}

    def test_quiet_poll_asks_little(self, facebook: FacebookServer) -> None:
        for number in range(20):
            facebook.comment("11", f"Nummer {number}", facebook.post(PAGE, "Da"))
        cursor = ""
        for _ in range(3):
            cursor = cursor_of(poll(facebook, cursor))
        facebook.asked.clear()

        poll(facebook, cursor)

        assert len(facebook.asked) == 4

    def test_first_poll_looks_a_week_back_and_asks_for_deliveries(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da", ago=timedelta(days=30))
        facebook.comment("11", "alt", post, ago=timedelta(days=8))
        facebook.comment("11", "neu", post, ago=timedelta(days=6))

        assert [one.text for one in said(poll(facebook))] == ["neu"]
        assert facebook.subscribed == {"feed", "mention", "messages", "message_edits"}

    def test_deliveries_are_asked_for_again_a_day_later(self, facebook: FacebookServer) -> None:
        cursor = cursor_of(poll(facebook))
        poll(facebook, cursor)
        assert facebook.count("POST /v25.0/1000/subscribed_apps") == 1

        with clock.moved_to(clock.now() + timedelta(days=1, minutes=1)):
            poll(facebook, cursor)

        assert facebook.count("POST /v25.0/1000/subscribed_apps") == 2

    def test_what_is_said_in_the_second_in_which_it_was_asked_is_heard_later(self, facebook: FacebookServer) -> None:
        now = clock.now().replace(microsecond=0)
        with clock.moved_to(now):
            comment = facebook.comment("11", "eins", facebook.post(PAGE, "Da"), ago=timedelta(0))
            facebook.write("11", "drei", ago=timedelta(0))
            cursor = cursor_of(poll(facebook))
            facebook.comment("12", "zwei", comment, ago=timedelta(0))
            facebook.write("11", "vier", ago=timedelta(0))
            facebook.write("12", "fünf", ago=timedelta(0))

        with clock.moved_to(now + timedelta(minutes=2)):
            found = {one.text for one in said(poll(facebook, cursor))}

        assert found >= {"zwei", "vier", "fünf"}

    def test_many_conversations_of_one_second_are_all_read(self, facebook: FacebookServer) -> None:
        now = clock.now()
        with clock.moved_to(now):
            for number in range(25):
                PEOPLE[str(100 + number)] = "Somebody"
                facebook.write(str(100 + number), f"Nummer {number}", ago=timedelta(hours=1))
            cursor, found = "", set[str]()
            for _ in range(3):
                batches = poll(facebook, cursor)
                cursor = cursor_of(batches)
                found |= {one.text for one in said(batches)}

        assert found == {f"Nummer {number}" for number in range(25)}

    def test_what_meta_gives_to_nobody_any_more_keeps_nothing_else_away(self, facebook: FacebookServer) -> None:
        facebook.write("11", "privat")
        facebook.faulty = lambda request: (
            no(12, "(#12) tagged is deprecated") if request.path.endswith("/tagged") else None
        )

        assert [one.text for one in said(poll(facebook))] == ["privat"]

    def test_thousand_comments_of_a_gap_are_all_read_by_turns(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da", ago=timedelta(hours=2))
        for number in range(1200):
            facebook.comment("11", f"Nummer {number}", post, ago=timedelta(seconds=7000 - number * 2))

        cursor, found = "", set[str]()
        for _ in range(3):
            batches = poll(facebook, cursor)
            cursor = cursor_of(batches)
            found |= {one.native_id for one in said(batches)}

        assert len(found) == 1201

    def test_many_changed_posts_are_read_by_turns_and_none_is_lost(self, facebook: FacebookServer) -> None:
        for number in range(35):
            facebook.comment("11", f"Nummer {number}", facebook.post(PAGE, "Da", ago=timedelta(hours=number + 1)))
        cursor, found = "", set[str]()
        for _ in range(5):
            batches = poll(facebook, cursor)
            cursor = cursor_of(batches)
            found |= {one.text for one in said(batches)}

        assert found == {"Da", *(f"Nummer {number}" for number in range(35))}

    def test_without_the_right_to_names_somebody_unknown_speaks(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        facebook.comment("11", "Hallo", post)
        next(one for one in facebook.things.values() if one["root"])["from"] = None

        found = said(poll(facebook))[-1]

        assert (found.author, found.text, found.addressed) == (None, "Hallo", True)

    def test_pictures_and_films_stand_beside_the_words(self, facebook: FacebookServer) -> None:
        image = {"src": "https://scontent.example/r.jpg", "width": 720, "height": 540}
        picture = {"media_type": "photo", "description": "Ein Rad", "media": {"image": image}}
        film = {"media_type": "video", "media": {"image": {"src": "https://scontent.example/v.jpg"},
                                                 "source": "https://video.example/v.mp4"}}  # fmt: skip
        preview = {"media_type": "link", "media": {"image": {"src": "https://external.example/x.jpg"}}}
        album = {"media_type": "album", "subattachments": {"data": [picture, film]}}
        facebook.post("11", "Schau", attachments={"data": [album, preview]})

        (found,) = said(poll(facebook))

        photo, video = found.media
        assert (photo.kind, photo.url, photo.alt, photo.width, photo.height) == (
            MediaKind.IMAGE, "https://scontent.example/r.jpg", "Ein Rad", 720, 540,
        )  # fmt: skip
        assert (video.kind, video.url, video.preview_url) == (
            MediaKind.VIDEO, "https://video.example/v.mp4", "https://scontent.example/v.jpg",
        )  # fmt: skip

    @pytest.mark.parametrize("right", ["pages_messaging", "pages_manage_metadata"])
    def test_right_that_was_not_given_costs_only_what_needs_it(self, facebook: FacebookServer, right: str) -> None:
        facebook.post("11", "Hallo")
        facebook.write("11", "privat")
        facebook.rights.remove(right)

        assert "Hallo" in {one.text for one in said(poll(facebook))}


class TestChanges:
    def test_edit_count_and_deletion_are_noticed_at_the_next_look(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        first, second = facebook.comment("11", "eins", post), facebook.comment("11", "zwei", post)
        cursor = cursor_of(poll(facebook))
        first |= {"message": "eins, aber anders", "like_count": 4}
        facebook.remove(second)

        batches = poll(facebook, cursor)

        edited, counted, deleted = events(batches)
        assert isinstance(edited, Edited)
        assert (edited.native_id, edited.text) == (first["id"], "eins, aber anders")
        assert isinstance(counted, Counted)
        assert (counted.likes, counted.replies) == (4, 0)
        assert isinstance(deleted, Deleted)
        assert deleted.native_id == second["id"]
        assert events(poll(facebook, cursor_of(batches))) == []

    def test_deletion_of_a_visitors_post_is_noticed(self, facebook: FacebookServer) -> None:
        post = facebook.post("11", "eins")
        cursor = cursor_of(poll(facebook))
        facebook.remove(post)

        (gone,) = events(poll(facebook, cursor))

        assert isinstance(gone, Deleted)

    def test_where_all_are_gone_each_is_found_out(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        comments = [facebook.comment("11", f"Nummer {number}", post) for number in range(9)]
        cursor = cursor_of(poll(facebook))
        for comment in comments:
            facebook.remove(comment)

        assert {event.native_id for event in events(poll(facebook, cursor))} == {one["id"] for one in comments}

    def test_right_that_was_lost_deletes_nothing_here(self, facebook: FacebookServer) -> None:
        facebook.comment("11", "eins", facebook.post(PAGE, "Da"))
        cursor = cursor_of(poll(facebook))

        def lost(request: Request) -> Answer | None:
            """As Meta answers to who may read the Page, and no longer what people say there."""
            if request.path == "/v25.0/":
                return GONE
            return lacking("pages_read_user_content") if "comments" in request.asked.get("fields", "") else None

        facebook.faulty = lost

        assert events(poll(facebook, cursor)) == []
        facebook.faulty = lambda _request: None
        facebook.remove(next(one for one in facebook.things.values() if one["root"]))
        assert len(events(poll(facebook, cursor))) == 1

    def test_page_that_is_not_facebooks_deletes_nothing(self, facebook: FacebookServer) -> None:
        facebook.comment("11", "eins", facebook.post(PAGE, "Da"))
        cursor = cursor_of(poll(facebook))
        facebook.faulty = lambda request: (404, {}, b"<html>nginx") if request.path == "/v25.0/" else None

        assert events(poll_failing(facebook, cursor, TryLater)) == []


class TestFailing:
    def test_limit_is_waited_for_as_long_as_meta_asks(self, facebook: FacebookServer) -> None:
        facebook.requests_left = 0

        with pytest.raises(TryLater) as limited:
            poll(facebook)

        assert limited.value.seconds == 7 * 60

    def test_what_was_read_before_the_limit_is_not_lost(self, facebook: FacebookServer) -> None:
        for number in range(3):
            facebook.comment("11", f"Nummer {number}", facebook.post(PAGE, "Da", ago=timedelta(hours=number + 1)))
        facebook.requests_left = 5  # subscribing, the list, two of a post, one of the next

        found = poll_failing(facebook, "", TryLater)
        facebook.requests_left = 100

        assert [one.text for one in said(found)] == ["Da", "Nummer 0", "Da"]
        again = said(poll(facebook, cursor_of(found)))
        assert {one.text for one in again} == {"Da", "Nummer 1", "Nummer 2"}

    def test_reading_leaves_the_last_of_the_limits_to_answers(self, facebook: FacebookServer) -> None:
        comment = facebook.comment("11", "eins", facebook.post(PAGE, "Da"))
        facebook.usage = {"X-App-Usage": '{"call_count": 91, "total_time": 3, "total_cputime": 3}'}

        poll_failing(facebook, "", TryLater)

        assert network.reply(account(facebook), order(comment)).native_id in facebook.things

    @pytest.mark.parametrize("answer", [EXPIRED, no(190, "The user has changed the password", subcode=460)])
    def test_lost_token_stops_the_channel(self, facebook: FacebookServer, answer: Answer) -> None:
        facebook.faulty = lambda _request: answer

        with pytest.raises(NotAuthorised):
            poll(facebook)

    def test_lost_right_to_read_the_page_stops_the_channel(self, facebook: FacebookServer) -> None:
        facebook.rights.clear()

        with pytest.raises(NotAuthorised):
            poll(facebook)

    def test_token_that_is_revoked_in_the_middle_loses_nothing_that_was_read(self, facebook: FacebookServer) -> None:
        facebook.comment("11", "eins", facebook.post(PAGE, "Da"))
        facebook.faulty = lambda request: EXPIRED if request.path.endswith("/tagged") else None
        batches = network.poll(account(facebook), "")

        found = next(batches)
        with pytest.raises(NotAuthorised):
            list(batches)

        assert [one.text for one in said([found])] == ["Da", "eins"]

    @pytest.mark.parametrize(
        "answer",
        [HTML, (200, {}, b"[]"), (200, {}, b'{"data": 7}'), (502, {}, b"bad"), (200, {}, b'{"data":'),
         (404, {}, b"<html>"), (200, {}, b"[" * 90_000), no(2, "Unavailable", status=500), no(1, "Unknown"),
         as_json({"error": {"message": "busy", "code": 4}}), no(368, "The action has been deemed abusive")],
    )  # fmt: skip
    def test_what_is_no_answer_of_graph_is_asked_again(self, facebook: FacebookServer, answer: Answer) -> None:
        facebook.faulty = lambda request: answer if request.path.endswith("/feed") else None

        with pytest.raises(TryLater):
            poll(facebook)

    def test_unreadable_comment_is_put_aside_and_the_others_are_heard(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        facebook.comment("11", "eins", post)["from"]["id"] = "../me"
        facebook.comment("11", "zwei", post)

        batches = poll(facebook)

        assert [one.text for one in said(batches)] == ["Da", "zwei"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.ValueError"]

    def test_post_whose_comments_are_refused_holds_up_no_other(self, facebook: FacebookServer) -> None:
        odd = facebook.post(PAGE, "Da", ago=timedelta(hours=1))
        facebook.comment("11", "zwei", facebook.post(PAGE, "Dort"))
        facebook.faulty = lambda request: (
            lacking("something") if request.path.endswith(f"/{odd['id']}/comments") else None
        )

        batches = poll(facebook)

        assert [one.text for one in said(batches)] == ["Da", "Dort", "zwei"]
        assert [bad.reason for batch in batches for bad in batch.bad] == ["event.NoRight"]

    def test_right_to_read_comments_that_is_missing_stops_the_channel(self, facebook: FacebookServer) -> None:
        facebook.post(PAGE, "Da")
        facebook.faulty = lambda request: (
            lacking("pages_read_user_content") if "comments" in f"{request.path}{request.asked.get('fields')}" else None
        )

        with pytest.raises(NotAuthorised):
            poll(facebook)

    @pytest.mark.parametrize("cursor", ["x", "[]", "{}", '{"watched": 3}', '{"watched": {"a": 1}}', "[" * 9_000])
    def test_broken_cursor_begins_anew(self, facebook: FacebookServer, cursor: str) -> None:
        facebook.post("11", "eins")

        assert len(said(poll(facebook, cursor))) == 1

    def test_address_of_the_next_page_is_never_followed(self, facebook: FacebookServer) -> None:
        facebook.pages = [{"id": str(n), "name": "x", "access_token": f"t{n}"} for n in range(101)]

        network.sign_in(facebook.url, APP, redirect_uri=BACK, code=CODE, verifier="v")

        assert {one.path for one in facebook.asked} == {"/v25.0/me/accounts", "/v25.0/oauth/access_token"}

    def test_clock_of_facebook_that_is_ahead_puts_nothing_into_the_time_to_come(self, facebook: FacebookServer) -> None:
        facebook.post("11", "morgen", ago=timedelta(days=-1))

        (found,) = said(poll(facebook))

        assert found.posted_at <= clock.now()

    def test_cursor_stays_small(self, facebook: FacebookServer) -> None:
        post = facebook.post(PAGE, "Da")
        for number in range(300):
            facebook.comment("11", f"Nummer {number}", post)

        cursor = cursor_of(poll(facebook))

        assert len(json.loads(cursor)["watched"]) == 200
        assert len(cursor) < 20_000

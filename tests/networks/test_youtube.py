"""YouTube against a server on the loopback: what is heard by asking, what became of it, and what bad answers do."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.youtube_asking import NOON, Counting, account, later, network, poll, poll_failing
from tests.networks.youtube_server import US, YouTubeServer, as_json, fault

from resonanz.core import clock
from resonanz.networks.contract import Counted, Deleted, Edited, MediaKind, Posted, PostKind
from resonanz.networks.errors import TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.youtube.cursor import MOST_COMMENTS, Cursor
from resonanz.networks.youtube.films import query_of
from resonanz.networks.youtube.posts import State


class TestHearing:
    def test_comment_below_our_film_is_addressed_and_begins_its_thread(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Lastenrad", ago=timedelta(days=400))
        comment = youtube.say("ada", "Bremse <quietscht> & nervt, @nordhain.", on=film)

        (found,) = said(poll(youtube))

        assert found.text == "Bremse <quietscht> & nervt, @nordhain."
        assert (found.network, found.origin, found.native_id) == ("youtube", "", comment["id"])
        assert (found.kind, found.addressed) == (PostKind.COMMENT, True)
        assert (found.parent_id, found.root_id) == (film, comment["id"])
        assert found.author is not None
        assert (found.author.native_id, found.author.handle) == (youtube.channels["ada"], "ada")
        assert found.url == f"https://www.youtube.com/watch?v={film}&lc={comment['id']}"
        assert found.mentions == ("nordhain",)
        assert found.posted_at == NOON - timedelta(minutes=10)

    def test_answers_stand_in_the_thread_of_their_comment_and_ours_is_not_addressed(
        self, youtube: YouTubeServer
    ) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        theirs = youtube.say("bob", "Frage ich mich auch", below=top)
        ours = youtube.say("nordhain", "Morgen", below=top, ago=timedelta(minutes=2))

        found = {one.native_id: one for one in said(poll(youtube))}

        assert {found[one["id"]].root_id for one in (top, theirs, ours)} == {top["id"]}
        assert {found[one["id"]].parent_id for one in (theirs, ours)} == {top["id"]}
        assert (found[theirs["id"]].addressed, found[ours["id"]].addressed) == (True, False)

    def test_more_answers_than_stand_beside_the_thread_are_asked_for(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        below = [youtube.say("bob", f"{number}", below=top) for number in range(7)]
        youtube.page = 3

        found = [one.native_id for one in said(poll(youtube)) if "." in one.native_id]

        assert sorted(found) == sorted(one["id"] for one in below)

    def test_answer_below_a_known_comment_is_heard_at_the_next_look(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        answer = youtube.say("bob", "Gestern", below=top, ago=timedelta())

        with later(3):
            found = poll(youtube, cursor)
            again = poll(youtube, cursor_of(found))

        assert [one.native_id for one in said(found)] == [answer["id"]]
        (counted,) = [one for one in events(found) if isinstance(one, Counted)]
        assert (counted.native_id, counted.replies) == (top["id"], 1)
        assert events(again) == []

    def test_list_is_read_down_to_what_is_known_and_nothing_twice(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        youtube.page = 2
        for number in range(5):
            youtube.say("ada", f"{number}", on=film, ago=timedelta(minutes=50 - number))
        first = poll(youtube)
        assert sorted(one.text for one in said(first) if one.kind is PostKind.COMMENT) == list("01234")
        youtube.say("bob", "neu", on=film, ago=timedelta())
        youtube.asked.clear()

        with later(3):
            second = poll(youtube, cursor_of(first))

        assert [one.text for one in said(second)] == ["neu"]
        assert len([one for one in youtube.asked if "allThreads" in one]) == 2

    def test_interrupted_poll_loses_nothing(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        youtube.page = 2
        for number in range(5):
            youtube.say("ada", f"{number}", on=film, ago=timedelta(minutes=50 - number))
        youtube.faulty = lambda _method, path: (500, {}, b"") if "pageToken=2" in path else None
        first = poll_failing(youtube, "", TryLater)
        youtube.faulty = lambda _method, _path: None

        second = poll(youtube, cursor_of(first))

        heard = [one.text for one in said(first + second) if one.kind is PostKind.COMMENT]
        assert sorted(heard) == list("01234")

    @pytest.mark.parametrize("is_known", [False, True])
    def test_answers_that_could_not_be_asked_for_are_asked_for_again(
        self, youtube: YouTubeServer, is_known: bool
    ) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube)) if is_known else ""
        below = [youtube.say("bob", f"{number}", below=top) for number in range(7)]
        youtube.faulty = lambda _method, path: (500, {}, b"") if "parentId=" in path else None
        with later(3):
            failed = poll_failing(youtube, cursor, TryLater)
            youtube.faulty = lambda _method, _path: None
            found = poll(youtube, cursor_of(failed) if failed[-1].cursor else cursor)

        assert {one["id"] for one in below} <= {one.native_id for one in said(found)}

    def test_comment_that_was_held_back_is_heard_when_it_is_let_through(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        held = youtube.say("ada", "mit Link", on=film, ago=timedelta(hours=5), status="heldForReview")
        youtube.say("bob", "schnell", on=film, ago=timedelta(hours=1))
        first = poll(youtube)
        assert [one.text for one in said(first) if one.kind is PostKind.COMMENT] == ["schnell"]
        held["snippet"]["moderationStatus"] = "published"

        with later(3):
            assert [one.text for one in said(poll(youtube, cursor_of(first)))] == ["mit Link"]

    def test_first_poll_looks_a_week_back(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Alt", ago=timedelta(days=90))
        youtube.say("ada", "uralt", on=film, ago=timedelta(days=8))
        youtube.say("ada", "alt", on=film, ago=timedelta(days=6))

        assert [one.text for one in said(poll(youtube))] == ["alt"]

    def test_author_who_is_no_longer_named_is_nobody(self, youtube: YouTubeServer) -> None:
        comment = youtube.say("ada", "Weg", on=youtube.show("Neu", ago=timedelta(days=90)))
        thread = {"id": comment["id"], "snippet": {"topLevelComment": comment, "totalReplyCount": 0}}
        del comment["snippet"]["authorChannelId"]
        listed = as_json({"kind": "youtube#commentThreadListResponse", "items": [thread]})
        youtube.faulty = lambda _method, path: listed if "allThreads" in path else None

        (found,) = said(poll(youtube))

        assert (found.author, found.parent_id, found.url) == (None, "", "")


class TestFilms:
    def test_our_film_is_a_post_with_its_picture_and_its_counts(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Das Lastenrad")

        found = events(poll(youtube))

        post, counted = found
        assert isinstance(post, Posted)
        assert isinstance(counted, Counted)
        assert (post.native_id, post.root_id, post.kind, post.addressed) == (film, film, PostKind.POST, False)
        assert (post.text, post.language) == ("Das Lastenrad\n\nÜber Das Lastenrad", "de")
        assert post.author is not None
        assert post.author.native_id == US
        assert [(one.kind, one.url) for one in post.media] == [
            (MediaKind.VIDEO, f"https://www.youtube.com/watch?v={film}")
        ]
        assert (counted.likes, counted.replies, counted.views) == (7, 2, 120)

    @pytest.mark.parametrize("privacy", ["private", "unlisted"])
    def test_film_that_nobody_shall_see_yet_is_not_heard_and_one_that_is_taken_away_is_gone(
        self, youtube: YouTubeServer, privacy: str
    ) -> None:
        youtube.show("Geheim", privacy=privacy)
        shown = youtube.show("Offen")
        first = poll(youtube)
        assert [one.native_id for one in said(first)] == [shown]
        youtube.films[shown]["status"]["privacyStatus"] = privacy

        with later(31):
            second = events(poll(youtube, cursor_of(first)))

        assert [(type(one), one.native_id) for one in second] == [(Deleted, shown)]

    def test_films_are_looked_at_every_half_hour(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Das Lastenrad")
        cursor = cursor_of(poll(youtube))
        youtube.films[film]["snippet"]["title"] = "Das E-Lastenrad"
        youtube.films[film]["statistics"]["viewCount"] = "9000000000"
        with later(3):
            assert events(poll(youtube, cursor)) == []

        with later(31):
            edited, counted = events(poll(youtube, cursor))

        assert isinstance(edited, Edited)
        assert edited.text.startswith("Das E-Lastenrad")
        assert isinstance(counted, Counted)
        assert counted.views == 9_000_000_000

    def test_films_of_others_are_searched_for_once_an_hour(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Test: Nordhain Rad", who="ada")
        youtube.show("Ganz anderes", who="bob")
        chosen = {"words": "nordhain", "hashtags": "#rad"}

        found = poll(youtube, settings=chosen)

        assert [(one.native_id, one.addressed) for one in said(found)] == [(film, False)]
        with later(31):
            poll(youtube, cursor_of(found), settings=chosen)
        assert youtube.searches == 99
        with later(61):
            poll(youtube, cursor_of(found), settings=chosen)
        assert youtube.searches == 98

    def test_without_words_nothing_is_searched_and_signs_do_not_get_into_the_question(
        self, youtube: YouTubeServer
    ) -> None:
        poll(youtube)
        assert youtube.searches == 100
        assert query_of(account(youtube, settings={"words": '-a "b|" |', "hashtags": "##c"})) == "a|b|#c"
        assert len(query_of(account(youtube, settings={"words": " ".join(["wort" * 10] * 90)}))) <= 500

    def test_searches_that_are_used_up_stop_nothing_else(self, youtube: YouTubeServer) -> None:
        youtube.searches = 0
        film = youtube.show("Unser Nordhain")

        found = poll(youtube, settings={"words": "nordhain"})

        assert [one.native_id for one in said(found)] == [film]


class TestWhatBecameOfIt:
    def test_edit_is_told_with_its_words(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "schlecht", on=youtube.show("Neu"))
        answer = youtube.say("bob", "eins", below=top)
        cursor = cursor_of(poll(youtube))
        with later(3):
            youtube.edit(top, "doch gut")
            youtube.edit(answer, "zwei")

            found = events(poll(youtube, cursor))

        assert [(one.native_id, one.text, one.edited_at) for one in found if isinstance(one, Edited)] == [
            (top["id"], "doch gut", NOON + timedelta(minutes=3)),
            (answer["id"], "zwei", NOON + timedelta(minutes=3)),
        ]

    def test_deleted_comment_goes_with_all_that_stands_below_it(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "schlecht", on=youtube.show("Neu"))
        answer = youtube.say("bob", "eins", below=top)
        kept = youtube.say("bob", "bleibt", on=youtube.show("Alt"))
        cursor = cursor_of(poll(youtube))
        youtube.delete(top)

        with later(3):
            found = poll(youtube, cursor)
            again = events(poll(youtube, cursor_of(found)))

        gone = {one.native_id for one in events(found) if isinstance(one, Deleted)}
        assert gone == {top["id"], answer["id"]}
        assert kept["id"] not in gone
        assert again == []

    def test_answer_alone_goes_alone(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "schlecht", on=youtube.show("Neu"))
        answer = youtube.say("bob", "eins", below=top)
        cursor = cursor_of(poll(youtube))
        youtube.delete(answer)

        with later(3):
            found = events(poll(youtube, cursor))

        assert [one.native_id for one in found if isinstance(one, Deleted)] == [answer["id"]]

    def test_rejected_comment_is_gone_and_a_held_one_is_not(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Neu")
        rejected, held = youtube.say("ada", "Beleidigung", on=film), youtube.say("bob", "Link", on=film)
        cursor = cursor_of(poll(youtube))
        network.delete(account(youtube), rejected["id"])
        network.hide(account(youtube), held["id"], on=True)

        with later(3):
            found = events(poll(youtube, cursor))

        assert [one.native_id for one in found if isinstance(one, Deleted)] == [rejected["id"]]

    def test_missing_in_one_answer_but_there_when_asked_for_alone_is_not_gone(self, youtube: YouTubeServer) -> None:
        youtube.say("ada", "da", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        empty = as_json({"kind": "youtube#commentThreadListResponse", "items": []})
        youtube.faulty = lambda _method, path: empty if "commentThreads" in path and "&id=" in path else None

        with later(3):
            assert events(poll(youtube, cursor)) == []

    def test_likes_are_told_when_they_change(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "gut", on=youtube.show("Neu"))
        cursor = cursor_of(poll(youtube))
        top["snippet"]["likeCount"] = 5

        with later(3):
            (counted,) = events(poll(youtube, cursor))

        assert isinstance(counted, Counted)
        assert (counted.likes, counted.views) == (5, None)

    def test_after_a_month_nothing_is_looked_at_and_of_many_the_oldest_are_let_go(self) -> None:
        with clock.moved_to(NOON):
            cursor = Cursor()
            for number in range(MOST_COMMENTS + 5):
                cursor.watch_comment(f"c{number:05d}", State(int(NOON.timestamp()) - 10_000 + number, 0, 0, 0))
            assert len(cursor.comments) == MOST_COMMENTS
            assert "c00004" not in cursor.comments
        with clock.moved_to(NOON + timedelta(days=31)):
            cursor.watch_comment("new", State(int(clock.now().timestamp()), 0, 0, 0))
            assert list(cursor.comments) == ["new"]

    def test_all_get_their_turn_and_young_threads_each_time(self) -> None:
        with clock.moved_to(NOON):
            cursor = Cursor()
            for number in range(230):
                cursor.watch_comment(f"c{number:03d}", State(int(NOON.timestamp()) - 1_000 + number, 0, 0, 0))
            rounds = [cursor.turns() for _ in range(5)]

        assert {key for one in rounds for key in one} == set(cursor.comments)
        assert all({f"c{number}" for number in range(180, 230)} <= set(one) for one in rounds)


class TestUnits:
    def test_quiet_poll_takes_three_units_and_its_films_two_more(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "gut", on=youtube.show("Neu"))
        youtube.say("bob", "ja", below=top)
        cursor = cursor_of(poll(youtube))
        quiet, with_films = Counting(), Counting()

        with later(3):
            poll(youtube, cursor, meter=quiet)
        with later(31):
            poll(youtube, cursor, meter=with_films)

        assert quiet.used == Counter(read=3)
        assert with_films.used == Counter(read=5)
        assert network.tariff.budget / 4 > 24 * 60 // 3 * 3 + 48 * 2

    def test_reading_stops_before_the_units_for_answers(self, youtube: YouTubeServer) -> None:
        asked = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        meter = Counting(left=501)

        found = poll_failing(youtube, "", BudgetUsedUp, meter=meter)

        assert [one.native_id for one in said(found)] == [asked["id"]]
        assert meter.left == 500
        with pytest.raises(BudgetUsedUp) as failure:
            poll(youtube, cursor_of(found), meter=meter)
        assert failure.value.seconds == 20 * 3600

    def test_units_that_google_says_are_used_up_are_waited_for(self, youtube: YouTubeServer) -> None:
        youtube.units = 0

        with pytest.raises(BudgetUsedUp) as failure:
            poll(youtube)

        assert failure.value.seconds == 20 * 3600

    def test_too_quick_is_no_end_of_the_units(self, youtube: YouTubeServer) -> None:
        youtube.faulty = lambda _method, _path: fault(403, "rateLimitExceeded", domain="usageLimits")
        with pytest.raises(TryLater) as failure:
            poll(youtube)
        assert not isinstance(failure.value, BudgetUsedUp)

    def test_day_begins_in_california_and_all_channels_share_it(self) -> None:
        assert (network.tariff.zone, network.tariff.is_shared) == ("America/Los_Angeles", True)
        assert network.limits.keep_days == 30

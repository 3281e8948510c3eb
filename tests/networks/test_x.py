"""X against a server on the loopback: what is heard by asking, what it costs, and what bad answers do."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.batches import cursor_of, events, said
from tests.networks.x_asking import APP, NOON, Counting, account, network, poll, poll_failing
from tests.networks.x_server import US, XServer, as_json, id_at

from resonanz.core import clock
from resonanz.networks.contract import AccountGone, Counted, Deleted, MediaKind, Posted, PostKind
from resonanz.networks.errors import TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.x import posts, reading
from resonanz.networks.x.cursor import MOST_WATCHED, Cursor


class TestHearing:
    def test_mention_is_a_post_that_is_addressed_to_us(self, x: XServer) -> None:
        post = x.say("ada", "Wo bleibt mein Rad, @nordhain &amp; Co.?")

        (found,) = said(poll(x))

        assert found.text == "Wo bleibt mein Rad, @nordhain & Co.?"
        assert (found.network, found.origin, found.native_id) == ("x", "", post["id"])
        assert (found.kind, found.addressed, found.parent_id, found.root_id) == (PostKind.POST, True, "", post["id"])
        assert found.author is not None
        assert (found.author.native_id, found.author.handle, found.author.name) == ("2001", "ada", "Ada")
        assert found.url == f"https://x.com/ada/status/{post['id']}"
        assert (found.mentions, found.language) == (("nordhain",), "de")

    def test_answer_is_a_comment_in_its_conversation(self, x: XServer) -> None:
        ours = x.say("nordhain", "Heute neu", ago=timedelta(minutes=9))
        answer = x.say("bob", "@nordhain Und wann?", below=ours, ago=timedelta(minutes=5))

        found = {one.native_id: one for one in said(poll(x))}

        assert (found[answer["id"]].kind, found[answer["id"]].parent_id) == (PostKind.COMMENT, ours["id"])
        assert found[answer["id"]].root_id == ours["id"]
        assert found[ours["id"]].addressed is False

    def test_account_that_was_renamed_is_addressed_all_the_same(self, x: XServer) -> None:
        x.say("ada", "Wo bleibt mein Rad, @nordhain?")

        (found,) = said(poll(x, handle="nordhain_alt"))

        assert found.addressed

    def test_quote_of_ours_is_addressed_and_a_repost_is_no_post(self, x: XServer) -> None:
        ours = x.say("nordhain", "Unser Rad der Woche")
        x.say("ada", "Na ja", quoting=ours)
        x.say("bob", "RT @nordhain: Unser Rad der Woche", passing_on=ours)

        found = said(poll(x, settings={"words": "Na Rad"}))

        assert [(one.text, one.addressed) for one in found if one.author and one.author.native_id != US] == [
            ("Na ja", True)
        ]

    def test_what_is_searched_for_is_not_addressed(self, x: XServer) -> None:
        x.say("ada", "Nordhain baut schöne Räder")

        assert said(poll(x)) == []
        (found,) = said(poll(x, settings={"words": "nordhain"}))
        assert found.addressed is False

    def test_picture_has_its_words_and_its_address_leaves_the_text(self, x: XServer) -> None:
        links = [
            {"url": "https://t.co/a", "expanded_url": "https://nordhain.example/?a=1&copy=2", "display_url": "n…"},
            {"url": "https://t.co/b", "expanded_url": "https://x.com/a/photo/1", "display_url": "pic.x.com/b"},
        ]  # fmt: skip
        x.say("ada", "@nordhain siehe https://t.co/a https://t.co/b", **x.picture(),
              entities={"mentions": [{"username": "nordhain", "id": US}], "urls": links})  # fmt: skip

        (found,) = said(poll(x))

        assert found.text == "@nordhain siehe https://nordhain.example/?a=1&copy=2"
        (picture,) = found.media
        assert (picture.kind, picture.alt, picture.width) == (MediaKind.IMAGE, "Ein Rad", 800)
        assert picture.url == "https://pbs.example/3_1.jpg"

    def test_film_is_shown_by_its_picture(self, x: XServer) -> None:
        x.say("ada", "@nordhain", **x.picture(kind="video"))

        (found,) = said(poll(x))

        assert [(one.kind, one.url) for one in found.media] == [(MediaKind.VIDEO, "https://pbs.example/3_1_s.jpg")]

    def test_long_post_is_read_whole(self, x: XServer) -> None:
        x.say("ada", "@nordhain Es begann…", note_post={"text": "@nordhain Es begann " + "so " * 200 + "&lt;Ende&gt;"})

        (found,) = said(poll(x))

        assert found.text.endswith("so <Ende>")

    def test_protected_accounts_are_not_kept(self, x: XServer) -> None:
        x.protected.add("2001")
        x.say("ada", "@nordhain unter uns")

        assert said(poll(x)) == []

    def test_language_that_x_does_not_know_is_none(self, x: XServer) -> None:
        x.say("ada", "@nordhain", lang="und")
        x.say("bob", "@nordhain", lang="qme")

        assert {one.language for one in said(poll(x))} == {""}


class TestGoingOn:
    def test_what_was_read_is_not_read_again(self, x: XServer) -> None:
        x.say("ada", "eins @nordhain")
        first = poll(x)
        x.say("bob", "zwei @nordhain", ago=timedelta(minutes=1))

        assert [one.text for one in said(poll(x, cursor_of(first)))] == ["zwei @nordhain"]

    def test_pages_are_read_down_to_what_is_known_and_each_is_paid_once(self, x: XServer) -> None:
        x.page = 3
        wanted = [x.say("ada", f"{number} @nordhain", ago=timedelta(minutes=50 - number)) for number in range(10)]
        meter = Counting()

        found = poll(x, meter=meter)

        assert {one.native_id for one in said(found)} == {one["id"] for one in wanted}
        assert len([one for one in x.asked if "/mentions?" in one]) == 4
        assert poll(x, cursor_of(found), meter=meter)[-1].events == ()
        assert meter.used == Counter(owned_read=10 + 4)  # the posts, and their author once a page

    def test_interrupted_reading_goes_on_where_it_stopped(self, x: XServer) -> None:
        x.page = 3
        wanted = {x.say("ada", f"{number} @nordhain", ago=timedelta(minutes=50 - number))["id"] for number in range(10)}
        x.requests_left = 2
        first = poll_failing(x, "", TryLater)
        x.requests_left = 100
        late = x.say("bob", "inzwischen @nordhain", ago=timedelta(seconds=1))["id"]

        second = poll(x, cursor_of(first))
        third = poll(x, cursor_of(second))

        ids = [one.native_id for one in said(first) + said(second) + said(third)]
        assert set(ids) == wanted | {late}
        assert len(ids) == len(set(ids))

    def test_post_that_x_shows_late_is_heard(self, x: XServer) -> None:
        x.say("ada", "eins @nordhain", ago=timedelta(seconds=5))
        first = poll(x)
        x.say("bob", "früher gesagt @nordhain", ago=timedelta(seconds=30))

        assert [one.text for one in said(poll(x, cursor_of(first)))] == ["früher gesagt @nordhain"]

    def test_newest_post_is_not_asked_for_for_ever(self, x: XServer) -> None:
        x.say("ada", "eins @nordhain", ago=timedelta(seconds=5))
        first = poll(x)
        x.asked.clear()
        with clock.moved_to(NOON + timedelta(minutes=10)):
            meter = Counting()
            poll(x, cursor_of(first), meter=meter)
        assert meter.used == {}

    def test_first_poll_looks_a_week_back(self, x: XServer) -> None:
        x.say("ada", "alt @nordhain", ago=timedelta(days=8))
        x.say("ada", "neu @nordhain", ago=timedelta(days=6))

        assert [one.text for one in said(poll(x))] == ["neu @nordhain"]

    def test_search_goes_on_after_a_fortnight_away(self, x: XServer) -> None:
        with clock.moved_to(NOON - timedelta(days=14)):
            x.say("ada", "Räder von Nordhain")
            first = poll(x, settings={"words": "nordhain"})
        x.say("bob", "Nordhain schon wieder")

        assert [one.text for one in said(poll(x, cursor_of(first), settings={"words": "nordhain"}))] == [
            "Nordhain schon wieder"
        ]

    @pytest.mark.parametrize("options", [{}, {"words": "nordhain"}])
    def test_reading_that_stopped_longer_ago_than_x_shows_goes_on_above_and_says_what_is_missing(
        self, x: XServer, options: dict[str, str]
    ) -> None:
        x.say("ada", "erster bei @nordhain", ago=timedelta(hours=3))
        first = poll(x, settings=options)
        x.page = 2
        for number in range(6):
            x.say("ada", f"{number} @nordhain", ago=timedelta(minutes=50 - number))
        x.requests_left = 5 if options else 1
        cursor = cursor_of(poll_failing(x, cursor_of(first), TryLater, settings=options))
        x.requests_left = 100

        with clock.moved_to(NOON + timedelta(days=14)):
            x.say("bob", "neu bei @nordhain", ago=timedelta(minutes=3))
            found = poll(x, cursor, settings=options)
            found += poll(x, cursor_of(found), settings=options)
            again = poll(x, cursor_of(found), settings=options)

        assert "neu bei @nordhain" in {one.text for one in said(found)}
        assert said(again) == []
        missed = [one for batch in found for one in batch.missed]
        assert [one.is_filled for one in missed] == ([False] if options else [])

    @pytest.mark.parametrize(
        ("typed", "query"),
        [
            ({"words": 'a\\ " !!! \\', "hashtags": "#2026 rad2026"}, '("a" OR #rad2026) -is:retweet -from:nordhain'),
            ({"words": '!! "', "hashtags": "2026"}, ""),
        ],
    )
    def test_word_for_which_x_would_refuse_the_whole_query_is_left_out(
        self, x: XServer, typed: dict[str, str], query: str
    ) -> None:
        assert reading.query_of(account(x, settings=typed)) == query

    def test_bearer_that_x_takes_no_more_does_not_cost_the_account_its_connection(self, x: XServer) -> None:
        x.say("ada", "Nordhain ist weit")
        app = replace(APP, bearer="gone")

        assert [one.text for one in said(poll(x, app=app, settings={"words": "nordhain"}))] == ["Nordhain ist weit"]

    def test_search_is_asked_as_the_application(self, x: XServer) -> None:
        poll(x, settings={"words": 'rad "nordhain', "hashtags": "fahrrad #böse!"})

        assert reading.query_of(account(x, settings={"words": 'rad "nordhain', "hashtags": "fahrrad #böse!"})) == (
            '("rad" OR "nordhain" OR #fahrrad) -is:retweet -from:nordhain'
        )

    def test_query_is_never_longer_than_x_takes(self, x: XServer) -> None:
        words = " ".join(f"wort{number:03}" for number in range(200))

        query = reading.query_of(account(x, settings={"words": words}))

        assert 480 < len(query) <= 512
        assert query.startswith('("wort000" OR ')

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "[]",
            '{"places": {"mentions": ["a", "", "", []]}, "watched": {}}',
            '{"places": {}, "watched": {"5": ["7", 9]}}',
            '{"places": {}, "watched": {"5": ["7", -1]}}',
            "9" * 500,
        ],
    )
    def test_cursor_that_is_none_begins_anew(self, x: XServer, cursor: str) -> None:
        x.say("ada", "@nordhain")

        assert len(said(poll(x, cursor))) == 1


class TestWhatBecomesOfPosts:
    def test_counts_are_told_and_each_look_is_rarer(self, x: XServer) -> None:
        post = x.say("ada", "@nordhain", ago=timedelta(minutes=5))
        cursor = cursor_of(poll(x))
        looks = 0
        for hours in range(0, 31 * 24, 6):
            with clock.moved_to(NOON + timedelta(hours=hours, minutes=1)):
                found = poll(x, cursor)
                cursor = cursor_of(found)
                looks += sum(isinstance(event, Counted) for event in events(found))
                last = next((event for event in events(found) if isinstance(event, Counted)), None)
                if last:
                    assert (last.native_id, last.likes, last.shares, last.replies, last.views) == (
                        post["id"],
                        3,
                        5,
                        2,
                        60,
                    )

        assert looks == 4
        assert json.loads(cursor)["watched"] == {}

    def test_looking_again_pays_for_the_post_alone(self, x: XServer) -> None:
        x.say("ada", "@nordhain", ago=timedelta(hours=2), **x.picture())
        cursor = cursor_of(poll(x))
        meter = Counting()
        with clock.moved_to(NOON + timedelta(days=1)):
            poll(x, cursor, meter=meter)

        assert +meter.used == {"post_read": 1}

    def test_deleted_post_is_gone_and_its_author_stays(self, x: XServer) -> None:
        post = x.say("ada", "@nordhain", ago=timedelta(hours=2))
        cursor = cursor_of(poll(x))
        x.delete(post)
        with clock.moved_to(NOON + timedelta(days=1)):
            found = events(poll(x, cursor))

        assert [(type(event), event.native_id) for event in found] == [(Deleted, post["id"])]

    def test_account_that_was_closed_is_gone_with_all_it_said(self, x: XServer) -> None:
        posts = [x.say("ada", f"{number} @nordhain", ago=timedelta(hours=2)) for number in range(2)]
        other = x.say("bob", "@nordhain", ago=timedelta(hours=2))
        cursor = cursor_of(poll(x))
        x.closed.add("2001")
        x.delete(other)
        with clock.moved_to(NOON + timedelta(days=1)):
            found = events(poll(x, cursor))

        assert {event.native_id for event in found if isinstance(event, Deleted)} == {
            one["id"] for one in [*posts, other]
        }
        assert [event.native_id for event in found if isinstance(event, AccountGone)] == ["2001"]

    def test_edited_post_is_another_one_and_its_old_words_go(self, x: XServer) -> None:
        first = x.say("ada", "Ihr seid schlimm @nordhain", ago=timedelta(minutes=30))
        cursor = cursor_of(poll(x))
        second = x.edit(first, "Ihr seid nett @nordhain")

        found = events(poll(x, cursor))

        assert [(type(event), event.native_id) for event in found] == [(Deleted, first["id"]), (Posted, second["id"])]
        assert said(poll(x, cursor))[0].root_id == first["id"]

    def test_edit_that_no_longer_speaks_to_us_is_found_by_looking_again(self, x: XServer) -> None:
        first = x.say("ada", "Schlimm, @nordhain", ago=timedelta(minutes=30))
        cursor = cursor_of(poll(x))
        second = x.edit(first, "Schlimm, alle", ago=timedelta(minutes=10))
        second["entities"] = {}
        with clock.moved_to(NOON + timedelta(hours=1)):
            found = events(poll(x, cursor))

        assert [(type(event), event.native_id) for event in found] == [(Deleted, first["id"]), (Posted, second["id"])]

    def test_version_between_two_does_not_take_the_newer_one_away(self, x: XServer) -> None:
        first = x.say("ada", "eins @nordhain")
        second = x.edit(first, "zwei @nordhain")
        third = x.edit(second, "drei @nordhain")

        assert posts.earlier_versions(
            {**second, "edit_history_post_ids": [first["id"], second["id"], third["id"]]}
        ) == (first["id"],)

    def test_post_of_which_x_says_nothing_stays(self, x: XServer) -> None:
        x.say("ada", "@nordhain", ago=timedelta(hours=2))
        cursor = cursor_of(poll(x))
        x.faulty = lambda _method, path: as_json({"meta": {}}) if path.startswith("/2/tweets?") else None
        with clock.moved_to(NOON + timedelta(days=1)):
            found = poll(x, cursor)

        assert events(found) == []
        assert len(json.loads(cursor_of(found))["watched"]) == 1

    def test_watched_posts_are_bounded_and_the_oldest_are_given_up(self) -> None:
        cursor = Cursor()
        for number in range(MOST_WATCHED + 5):
            cursor.watch(id_at(NOON, number), "7")

        assert len(cursor.watched) == MOST_WATCHED
        assert id_at(NOON, 4) not in cursor.watched
        assert Cursor.read(cursor.write()) == cursor


class TestBudget:
    def test_search_costs_more_than_what_is_ours(self, x: XServer) -> None:
        x.say("ada", "@nordhain", **x.picture())
        mine, searched = Counting(), Counting()

        poll(x, meter=mine)
        poll(x, meter=searched, settings={"words": "nordhain"})

        assert mine.used == {"owned_read": 3}
        assert searched.used - mine.used == {"post_read": 1, "user_read": 1, "media_read": 1}

    def test_no_more_is_asked_for_than_the_budget_affords(self, x: XServer) -> None:
        for number in range(30):
            x.say("ada", f"{number} @nordhain", ago=timedelta(minutes=60 - number))
        meter = Counting(left=40_000)

        found = poll_failing(x, "", BudgetUsedUp, meter=meter)

        assert len(said(found)) >= 10
        assert meter.left is not None
        assert meter.left >= 0
        assert "max_results=10&" in x.asked[0]

    def test_what_is_too_little_for_a_search_is_still_spent_on_mentions(self, x: XServer) -> None:
        x.say("ada", "eins @nordhain")
        meter = Counting(left=200_000)
        first = poll_failing(x, "", BudgetUsedUp, meter=meter, settings={"words": "nordhain"})
        x.say("bob", "zwei @nordhain", ago=timedelta(minutes=1))
        account_asked = account(x, meter=meter, settings={"words": "nordhain"})

        with pytest.raises(BudgetUsedUp) as short:
            list(network.poll(account_asked, cursor_of(first)))

        assert [one.text for one in said(first)] == ["eins @nordhain"]
        assert short.value.seconds == 60
        assert len([one for one in x.asked if "/mentions?" in one]) == 2
        assert not [one for one in x.asked if "/search/" in one]

    def test_used_up_budget_reads_nothing_and_says_until_when(self, x: XServer) -> None:
        with pytest.raises(BudgetUsedUp) as used_up:
            poll(x, meter=Counting(left=19_000))

        assert used_up.value.seconds == timedelta(days=10).total_seconds()
        assert x.asked == []

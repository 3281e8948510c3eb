"""YouTube against a server on the loopback: answering, finding it again, moderating, and being let in."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.networks.loopback_server import Answer
from tests.networks.youtube_asking import APP, NOON, Counting, account, network, order
from tests.networks.youtube_server import QUOTA, TOKEN, US, YouTubeServer, as_json

from resonanz.core import clock
from resonanz.networks.contract import Correction, Visibility
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.metering import AnswersStopped, BudgetUsedUp
from resonanz.networks.youtube import writing

SINCE = NOON - timedelta(minutes=1)


class TestAnswering:
    def test_answer_stands_in_the_thread_also_below_an_answer(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        below = youtube.say("bob", "Ja, wann?", below=top)
        meter = Counting()

        receipt = network.reply(account(youtube, meter=meter), order(below, "Morgen & bald."))

        assert youtube.sent == [{"snippet": {"parentId": top["id"], "textOriginal": "Morgen & bald."}}]
        assert receipt.native_id.startswith(f"{top['id']}.")
        assert meter.used == Counter(reply=1)
        assert network.tariff.prices["reply"] == 50

    def test_film_is_answered_by_a_comment_below_it(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Test", who="ada")

        receipt = network.reply(account(youtube), order(film, "Danke!"))

        assert youtube.comments[receipt.native_id]["film"] == film
        assert receipt.url == f"https://www.youtube.com/watch?v={film}&lc={receipt.native_id}"

    def test_answer_to_what_is_gone_is_refused_in_the_words_of_youtube(self, youtube: YouTubeServer) -> None:
        with pytest.raises(Refused) as refused:
            network.reply(account(youtube), order("Ug000009AaABAg"))
        assert refused.value.words == "The specified parent comment could not be found."

    def test_answers_stop_with_the_budget_where_somebody_wants_that(self, youtube: YouTubeServer) -> None:
        with pytest.raises(AnswersStopped):
            network.reply(account(youtube, meter=Counting(answers=False)), order("Ug000009AaABAg"))
        assert youtube.asked == []

    def test_units_that_are_used_up_let_the_answer_wait_for_the_next_day(self, youtube: YouTubeServer) -> None:
        youtube.faulty = lambda _method, _path: QUOTA
        with pytest.raises(BudgetUsedUp) as failure:
            network.reply(account(youtube), order("Ug000009AaABAg"))
        assert failure.value.seconds == 20 * 3600

    @pytest.mark.parametrize(
        "answer", [(500, {}, b""), (200, {}, b"<html>"), as_json({"id": "../x"}), as_json({"kind": "youtube#comment"})]
    )
    def test_answer_that_perhaps_stands_there_is_found_again(self, youtube: YouTubeServer, answer: Answer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        youtube.faulty = lambda method, _path: answer if method == "POST" else None
        with pytest.raises(NoAnswer):
            network.reply(account(youtube), order(top, "Morgen <3 & bald."))
        youtube.faulty = lambda _method, _path: None
        sent = youtube.say("nordhain", "Morgen <3 & bald.", below=top, ago=timedelta())

        found = network.find_sent(
            account(youtube, meter=Counting(left=100)), order(top, "Morgen <3 & bald."), since=SINCE, known=frozenset()
        )

        assert found is not None
        assert found.native_id == sent["id"]

    def test_answer_below_a_film_is_found_again(self, youtube: YouTubeServer) -> None:
        film = youtube.show("Test", who="ada")
        sent = youtube.say("nordhain", "Danke!", on=film, ago=timedelta())

        found = network.find_sent(account(youtube), order(film, "Danke!"), since=SINCE, known=frozenset())

        assert found is not None
        assert (found.native_id, found.url.startswith("https://www.youtube.com/watch?v=")) == (sent["id"], True)

    @pytest.mark.parametrize("words", ["Cafe\u0301 am Platz", "a\x00b"])
    def test_answer_is_found_in_whichever_signs_it_was_typed(self, youtube: YouTubeServer, words: str) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        sent = network.reply(account(youtube), order(top, words))

        found = network.find_sent(account(youtube), order(top, words), since=SINCE, known=frozenset())

        assert found is not None
        assert found.native_id == sent.native_id

    def test_where_more_stands_there_than_is_read_nobody_guesses(
        self, youtube: YouTubeServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        for number in range(3):
            youtube.say("bob", f"{number}", below=top)
        youtube.say("nordhain", "Morgen.", below=top, ago=timedelta())
        youtube.page = 1
        monkeypatch.setattr(writing, "_MOST_PAGES", 3)

        with pytest.raises(Refused):
            network.find_sent(account(youtube), order(top, "Morgen."), since=SINCE, known=frozenset())
        monkeypatch.setattr(writing, "_MOST_PAGES", 4)
        assert network.find_sent(account(youtube), order(top, "Morgen."), since=SINCE, known=frozenset()) is not None

    def test_nothing_that_is_meant_for_one_person_is_said_to_everybody(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        with pytest.raises(Unsupported):
            network.reply(account(youtube), replace(order(top), visibility=Visibility.PRIVATE))
        assert youtube.sent == []

    def test_what_others_said_or_is_known_or_older_is_not_our_answer(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        youtube.say("bob", "Morgen.", below=top, ago=timedelta())
        youtube.say("nordhain", "Morgen.", below=top, ago=timedelta(hours=1))
        known = youtube.say("nordhain", "Morgen.", below=top, ago=timedelta())
        youtube.say("nordhain", "Übermorgen.", below=top, ago=timedelta())

        sought = order(top, "Morgen.")

        assert network.find_sent(account(youtube), sought, since=SINCE, known=frozenset({known["id"]})) is None

    def test_answer_of_ours_is_corrected_and_withdrawn_and_twice_is_no_error(self, youtube: YouTubeServer) -> None:
        top = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        ours = youtube.say("nordhain", "Morgen.", below=top)
        meter = Counting()

        network.correct(
            account(youtube, meter=meter), Correction(native_id=ours["id"], parent_id=top["id"], text="Heute.")
        )
        assert youtube.comments[ours["id"]]["snippet"]["textDisplay"] == "Heute."
        network.withdraw(account(youtube, meter=meter), ours["id"])
        network.withdraw(account(youtube, meter=meter), ours["id"])

        assert ours["id"] not in youtube.comments
        assert meter.used == Counter(correct=1, delete=2)

    def test_what_others_said_is_neither_corrected_nor_withdrawn(self, youtube: YouTubeServer) -> None:
        theirs = youtube.say("ada", "Wann?", on=youtube.show("Neu"))
        with pytest.raises(Refused):
            network.withdraw(account(youtube), theirs["id"])
        with pytest.raises(Refused):
            network.correct(account(youtube), Correction(native_id=theirs["id"], parent_id="", text="Nie."))

    def test_comment_is_held_and_shown_again_and_rejected_for_good(self, youtube: YouTubeServer) -> None:
        comment = youtube.say("ada", "Unsinn", on=youtube.show("Neu"))

        network.hide(account(youtube), comment["id"], on=True)
        assert comment["snippet"]["moderationStatus"] == "heldForReview"
        network.hide(account(youtube), comment["id"], on=False)
        assert comment["snippet"]["moderationStatus"] == "published"
        network.delete(account(youtube), comment["id"])
        assert comment["snippet"]["moderationStatus"] == "rejected"
        network.delete(account(youtube), "Ug000009AaABAg")

    def test_comment_below_the_film_of_somebody_else_is_theirs_to_moderate(self, youtube: YouTubeServer) -> None:
        comment = youtube.say("ada", "Unsinn", on=youtube.show("Test", who="bob"))
        comment["snippet"]["channelId"] = youtube.channels["bob"]
        with pytest.raises(Refused) as refused:
            network.hide(account(youtube), comment["id"], on=True)
        assert refused.value.words == "The comment cannot be moderated."

    @pytest.mark.parametrize("native_id", ["", "a b", "../x", "a.b.c", "x" * 300, "ä"])
    def test_id_that_is_none_goes_into_no_address(self, youtube: YouTubeServer, native_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(youtube), order(native_id))
        with pytest.raises(Refused):
            network.withdraw(account(youtube), native_id)
        with pytest.raises(Refused):
            network.hide(account(youtube), native_id, on=True)
        with pytest.raises(Refused):
            network.delete(account(youtube), native_id)
        assert youtube.asked == []

    def test_film_is_not_moderated_as_a_comment(self, youtube: YouTubeServer) -> None:
        with pytest.raises(Refused):
            network.delete(account(youtube), youtube.show("Test", who="ada"))


class TestConnecting:
    def sign_in(self, youtube: YouTubeServer, code: str = "good-code") -> list[str]:
        found = network.sign_in(youtube.url, APP, redirect_uri="https://we.example/", code=code, verifier="v")
        return [f"{one.native_id} {one.handle} {one.name} {one.renewal}" for one in found]

    def test_channel_lets_us_in(self, youtube: YouTubeServer) -> None:
        assert self.sign_in(youtube) == [f"{US} nordhain Nordhain Räder 1//renewal"]

    def test_page_asks_for_a_renewal_and_one_right(self) -> None:
        page = network.authorize_url(
            "https://www.googleapis.com", APP, redirect_uri="https://we.example/", state="s", challenge="c"
        )
        asked = parse_qs(urlsplit(page).query)
        assert page.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
        assert (asked["access_type"], asked["prompt"]) == (["offline"], ["consent"])
        assert asked["scope"] == ["https://www.googleapis.com/auth/youtube.force-ssl"]
        assert asked["code_challenge_method"] == ["S256"]

    def test_person_without_a_channel_brings_none(self, youtube: YouTubeServer) -> None:
        del youtube.channels["nordhain"]
        assert self.sign_in(youtube) == []

    def test_right_that_the_person_took_away_is_no_connection(self, youtube: YouTubeServer) -> None:
        youtube.granted = "openid"
        with pytest.raises(NotAuthorised):
            self.sign_in(youtube)

    def test_code_that_is_not_good_is_told_as_that(self, youtube: YouTubeServer) -> None:
        with pytest.raises(NotAuthorised):
            self.sign_in(youtube, "bad")

    @pytest.mark.parametrize(
        "items", [[5], [{}], [{"id": "a b", "snippet": {"title": "x"}}], [{"id": "UCx", "snippet": 5}]]
    )
    def test_channel_that_cannot_be_read_is_asked_for_again(self, youtube: YouTubeServer, items: list[object]) -> None:
        listed = as_json({"kind": "youtube#channelListResponse", "items": items})
        youtube.faulty = lambda _method, path: listed if "channels" in path else None
        with pytest.raises(TryLater):
            self.sign_in(youtube)

    def test_token_gets_a_successor_and_the_renewal_stays_until_it_is_taken_back(self, youtube: YouTubeServer) -> None:
        found = network.renew(account(youtube, secret="ended", renewal="1//renewal"))

        assert (found.secret, found.renewal) == (TOKEN, "1//renewal")
        assert found.expires_at == pytest.approx(clock.now() + timedelta(seconds=3599), abs=timedelta(seconds=5))
        youtube.renewals.clear()
        with pytest.raises(NotAuthorised):
            network.renew(account(youtube, renewal="1//renewal"))
        with pytest.raises(NotAuthorised):
            network.renew(account(youtube, renewal="1//renewal", app=None))

"""Reddit against a server on the loopback: answering, finding it again, voting, reporting, and being let in."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.networks.loopback_server import Answer
from tests.networks.reddit_asking import APP, NOON, account, network, order
from tests.networks.reddit_server import TOKEN, RedditServer, as_json, fault, wrong

from resonanz.core import clock, http
from resonanz.networks.contract import Correction, Report
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.reddit import writing
from resonanz.networks.reddit.writing import written

SINCE = NOON - timedelta(minutes=1)


class TestAnswering:
    def test_answer_stands_below_its_parent(self, reddit: RedditServer) -> None:
        post = reddit.post("ada", "Welches Rad?")

        receipt = network.reply(account(reddit), order(post, "Unser *Lastenrad*."))

        made = reddit.things[receipt.native_id]
        assert (made["parent_id"], made["body"]) == (post["name"], r"Unser \*Lastenrad\*.")
        assert receipt.url == f"https://www.reddit.com{made['permalink']}"

    def test_message_is_answered_in_private_and_nothing_else_is(self, reddit: RedditServer) -> None:
        message, post = reddit.write("ada", "Frage", "Wann?"), reddit.post("ada", "Frage")

        receipt = network.reply(account(reddit), order(message, "Morgen.", private=True))

        assert reddit.things[receipt.native_id]["dest"] == "ada"
        with pytest.raises(Unsupported):
            network.reply(account(reddit), order(post, "Geheim.", private=True))
        with pytest.raises(Unsupported):
            network.reply(account(reddit), order(message, "Öffentlich."))
        assert len([one for one in reddit.asked if one.startswith("POST")]) == 1

    @pytest.mark.parametrize(
        ("words", "there"),
        [
            ("eins\nzwei\n\ndrei", "eins  \nzwei\n\ndrei"),
            ("# 1", r"\# 1"),
            ("- Punkt", r"\- Punkt"),
            ("1. Punkt", r"1\. Punkt"),
            ("> so", r"\> so"),
            ("    Code", "Code"),
            ("a_b_c https://x.example/a_b_c d_e", r"a\_b\_c https://x.example/a_b_c d\_e"),
            ("[x](y) ~~z~~ ^a `b`", r"\[x\](y) \~\~z\~\~ \^a \`b\`"),
            ("Q&A, AT&T &amp; &#x263a;", r"Q&A, AT&T \&amp; \&#x263a;"),
            ("2026 war gut - wirklich.", "2026 war gut - wirklich."),
        ],
    )
    def test_words_look_there_as_they_were_typed(self, words: str, there: str) -> None:
        assert written(words) == there

    @pytest.mark.parametrize(
        ("code", "words"),
        [("THREAD_LOCKED", "Comments are locked."), ("TOO_OLD", "that's a piece of history now"), ("X", "Nein.")],
    )
    def test_no_behind_a_200_is_a_no(self, reddit: RedditServer, code: str, words: str) -> None:
        reddit.faulty = lambda method, _path: wrong(code, words) if method == "POST" else None
        with pytest.raises(Refused) as refused:
            network.reply(account(reddit), order("t3_abc"))
        assert refused.value.words == words

    def test_what_was_deleted_is_not_answered(self, reddit: RedditServer) -> None:
        comment = reddit.say("ada", "weg", reddit.post("bob", "x"))
        reddit.delete(comment)
        with pytest.raises(Refused):
            network.reply(account(reddit), order(comment))

    @pytest.mark.parametrize(("told", "seconds"), [({"ratelimit": 540.0}, 540), ({}, 600), ({"ratelimit": "x"}, 600)])
    def test_too_quick_is_waited_for(self, reddit: RedditServer, told: dict[str, object], seconds: int) -> None:
        answer = wrong("RATELIMIT", "you are doing that too much. try again in 9 minutes.", **told)
        reddit.faulty = lambda _method, _path: answer
        with pytest.raises(TryLater) as failure:
            network.reply(account(reddit), order("t3_abc"))
        assert failure.value.seconds == seconds

    def test_subreddit_that_bans_us_refuses(self, reddit: RedditServer) -> None:
        reddit.faulty = lambda _method, _path: fault(403, "Forbidden", reason="banned")
        with pytest.raises(Refused) as refused:
            network.reply(account(reddit), order("t3_abc"))
        assert refused.value.words == "banned"

    @pytest.mark.parametrize("answer", [(500, {}, b""), (200, {}, b"<html>"), as_json({"json": {"errors": []}})])
    @pytest.mark.parametrize("private", [False, True])
    def test_answer_that_perhaps_stands_there_is_found_again(
        self, reddit: RedditServer, answer: Answer, private: bool
    ) -> None:
        parent = reddit.write("ada", "Frage", "Wann?") if private else reddit.post("ada", "Wann?")
        sought = order(parent, "Morgen_früh <3 & bald.\nGruß", private=private)
        reddit.faulty = lambda method, _path: answer if method == "POST" else None
        with pytest.raises(NoAnswer):
            network.reply(account(reddit), sought)
        reddit.faulty = lambda _method, _path: None
        assert network.find_sent(account(reddit), sought, since=SINCE, known=frozenset()) is None
        sent = network.reply(account(reddit), sought)

        found = network.find_sent(account(reddit), sought, since=SINCE, known=frozenset())

        assert found is not None
        assert found.native_id == sent.native_id
        known = frozenset({sent.native_id})
        assert network.find_sent(account(reddit), sought, since=SINCE, known=known) is None

    @pytest.mark.parametrize("words", ["Cafe\u0301 am Platz", "a\x00b", "x &amp; y"])
    def test_answer_is_found_in_whichever_signs_it_was_typed(self, reddit: RedditServer, words: str) -> None:
        sought = order(reddit.post("ada", "Wann?"), words)
        sent = network.reply(account(reddit), sought)

        found = network.find_sent(account(reddit), sought, since=SINCE, known=frozenset())

        assert found is not None
        assert found.native_id == sent.native_id

    def test_answer_is_found_below_many_others_and_never_guessed_at(
        self, reddit: RedditServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parent = reddit.post("ada", "Wann?")
        sent = reddit.say("Nordhain", "Morgen.", parent, ago=timedelta(seconds=9))
        for number in range(4):
            reddit.say("Nordhain", f"{number}", parent, ago=timedelta(seconds=number))
        reddit.page = 2
        sought = order(parent, "Morgen.")

        found = network.find_sent(account(reddit), sought, since=SINCE, known=frozenset())
        assert found is not None
        assert found.native_id == sent["name"]
        monkeypatch.setattr(writing, "_MOST_PAGES", 2)
        with pytest.raises(Refused):
            network.find_sent(account(reddit), sought, since=SINCE, known=frozenset())

    def test_answer_of_ours_is_corrected_and_withdrawn_and_twice_is_no_error(self, reddit: RedditServer) -> None:
        ours = reddit.say("Nordhain", "Morgen.", reddit.post("ada", "x"))

        network.correct(account(reddit), Correction(native_id=ours["name"], parent_id="", text="Heute."))
        assert ours["body"] == "Heute."
        network.withdraw(account(reddit), ours["name"])
        network.withdraw(account(reddit), ours["name"])

        assert ours["body"] == "[deleted]"

    def test_what_others_said_is_not_corrected(self, reddit: RedditServer) -> None:
        theirs = reddit.post("ada", "x", "y")
        with pytest.raises(Refused):
            network.correct(account(reddit), Correction(native_id=theirs["name"], parent_id="", text="Nein."))

    def test_vote_and_report(self, reddit: RedditServer) -> None:
        post = reddit.post("ada", "x")

        network.like(account(reddit), post["name"], on=True)
        assert reddit.votes == {post["name"]: "1"}
        network.like(account(reddit), post["name"], on=False)
        assert reddit.votes == {post["name"]: "0"}
        network.report(account(reddit), Report(native_id=post["name"], author_id="ada", words="Spam " * 50))
        assert reddit.reports == [(post["name"], ("Spam " * 50)[:100])]

    @pytest.mark.parametrize("native_id", ["", "x", "t2_abc", "t1_", "t1_a b", "t1_../x", "t1_" + "9" * 40, "t1_É"])
    def test_id_that_is_none_goes_into_no_address(self, reddit: RedditServer, native_id: str) -> None:
        with pytest.raises(Refused):
            network.reply(account(reddit), order(native_id))
        with pytest.raises(Refused):
            network.withdraw(account(reddit), native_id)
        with pytest.raises(Refused):
            network.like(account(reddit), native_id, on=True)
        assert reddit.asked == []

    def test_message_is_neither_voted_for_nor_withdrawn(self, reddit: RedditServer) -> None:
        with pytest.raises(Refused):
            network.like(account(reddit), "t4_a", on=True)
        with pytest.raises(Refused):
            network.withdraw(account(reddit), "t4_a")
        assert reddit.asked == []


class TestConnecting:
    def test_account_lets_us_in(self, reddit: RedditServer) -> None:
        (found,) = network.sign_in(reddit.url, APP, redirect_uri="https://we.example/", code="good-code", verifier="v")

        assert (found.native_id, found.handle, found.renewal) == ("nordhain", "Nordhain", "renewal")
        assert found.expires_at == pytest.approx(clock.now() + timedelta(days=1), abs=timedelta(seconds=5))
        assert reddit.agents[-1] == f"server:client:{http.USER_AGENT}"

    def test_page_asks_for_a_connection_that_lasts(self) -> None:
        page = network.authorize_url(
            "https://oauth.reddit.com", APP, redirect_uri="https://we.example/", state="s", challenge="c"
        )
        asked = parse_qs(urlsplit(page).query)
        assert page.startswith("https://www.reddit.com/api/v1/authorize?")
        assert asked["duration"] == ["permanent"]
        assert "privatemessages" in asked["scope"][0].split()

    def test_code_that_is_not_good_is_told_behind_a_200(self, reddit: RedditServer) -> None:
        with pytest.raises(NotAuthorised):
            network.sign_in(reddit.url, APP, redirect_uri="https://we.example/", code="bad", verifier="v")

    @pytest.mark.parametrize("answer", [as_json({}), as_json({"name": "a b"}), as_json({"name": 5})])
    def test_account_that_cannot_be_read_is_asked_for_again(self, reddit: RedditServer, answer: Answer) -> None:
        reddit.faulty = lambda _method, path: answer if "/me" in path else None
        with pytest.raises(TryLater):
            network.sign_in(reddit.url, APP, redirect_uri="https://we.example/", code="good-code", verifier="v")

    def test_token_gets_a_successor_and_the_renewal_stays_until_it_is_taken_back(self, reddit: RedditServer) -> None:
        found = network.renew(account(reddit, secret="ended", renewal="renewal"))

        assert (found.secret, found.renewal) == (TOKEN, "renewal")
        reddit.renewals.clear()
        with pytest.raises(NotAuthorised):
            network.renew(account(reddit, renewal="renewal"))
        with pytest.raises(NotAuthorised):
            network.renew(account(reddit, renewal="renewal", app=None))

"""X's filtered stream against a server on the loopback: what is told, by which rules, at what cost, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.conftest import reachable
from tests.networks.loopback_server import Answer
from tests.networks.x_asking import APP, NOON, Counting, account, poll
from tests.networks.x_listening import AT_ONCE, Heard, Time
from tests.networks.x_server import PROBLEMS, as_json, problem
from tests.networks.x_stream_server import XStreamServer, connection_exception

from resonanz.core import clock
from resonanz.networks.contract import Account, Deleted, Posted
from resonanz.networks.errors import NetworkError, TryLater, Unsupported
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.x import streaming
from resonanz.networks.x.posts import said_at
from resonanz.networks.x.reading import query_of
from resonanz.networks.x.stood import Stood

OURS = "resonanz:1001"
RULE = '("nordhain") -is:retweet -from:nordhain'


@pytest.fixture
def time() -> Iterator[Time]:
    found = Time()
    with clock.moved_to(found):
        yield found


@pytest.fixture
def x(time: Time, monkeypatch: pytest.MonkeyPatch) -> Iterator[XStreamServer]:
    monkeypatch.setattr(streaming, "BOUNDS", replace(streaming.BOUNDS, quiet_seconds=0.05))
    with reachable(XStreamServer(), monkeypatch) as server:
        yield server
        server.cut()


def failure_of(x: XStreamServer, **more: Any) -> NetworkError:
    """How it does not begin."""
    with pytest.raises(NetworkError) as raised:
        Heard(x, **more).begin()
    return raised.value


class TestWhatIsTold:
    def test_post_that_fits_is_told_as_a_search_would_find_it(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        post = x.say("ada", "Das neue Rad von Nordhain", **x.picture())
        x.tell(post)
        heard.until(lambda: heard.events)

        (told,) = heard.events
        (found,) = [one for batch in poll(x, settings={"words": "nordhain"}) for one in batch.events]
        assert told == found
        assert isinstance(told, Posted)
        assert (told.author and told.author.handle, told.addressed, len(told.media)) == ("ada", False, 1)

    def test_edited_post_takes_its_old_words_away(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        old = x.say("ada", "Nordhain ist gut")
        x.tell(x.edit(old, "Nordhain ist schlecht"))
        heard.until(lambda: heard.events)

        assert [event.native_id for event in heard.events if isinstance(event, Deleted)] == [old["id"]]
        assert heard.texts() == ["Nordhain ist schlecht"]

    def test_what_only_the_rule_of_another_fits_is_left_alone_and_charged_all_the_same(self, x: XStreamServer) -> None:
        x.add_rule('"anderes"', "of another program")
        heard = Heard(x).begin()
        x.tell(x.say("ada", "Etwas anderes"))
        x.tell(x.say("bob", "Nordhain und etwas anderes"))
        heard.until(lambda: heard.events)
        heard.end()

        assert heard.texts() == ["Nordhain und etwas anderes"]
        assert +heard.meter.used == {"post_read": 2, "user_read": 2}

    def test_post_that_comes_twice_is_told_and_counted_once(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        once, after = x.say("ada", "Nordhain einmal"), x.say("bob", "Nordhain danach")
        for said in (once, once, after):
            x.tell(said)
        heard.until(lambda: len(heard.events) == 2)
        heard.end()

        assert heard.texts() == ["Nordhain einmal", "Nordhain danach"]
        assert +heard.meter.used == {"post_read": 2, "user_read": 2}

        again = Heard(x, heard.place).begin()
        x.tell(once)
        x.tell(x.say("bob", "Nordhain später"))
        again.until(lambda: again.events)
        assert again.texts() == ["Nordhain später"]

    def test_what_was_not_handed_on_is_not_counted(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        x.tell(x.say("ada", "Nordhain einmal"))
        heard.until(lambda: heard.events)  # the batch is taken, and nobody came back for another one

        assert +heard.meter.used == {}

    def test_protected_accounts_are_not_kept(self, x: XStreamServer) -> None:
        x.protected.add("2001")
        heard = Heard(x).begin()
        x.tell(x.say("ada", "Nordhain, aber unter uns"))
        x.tell(x.say("bob", "Nordhain"))
        heard.until(lambda: heard.events)

        assert heard.texts() == ["Nordhain"]

    def test_place_moves_with_signs_of_life_and_vouches_for_a_minute_ago(
        self, x: XStreamServer, time: Time, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(streaming, "_PLACE_SECONDS", 0.0)
        heard = Heard(x).begin()
        opened = Stood.read(heard.place)
        time.pass_by(minutes=10)
        x.beat()
        heard.until(lambda: heard.place != opened.write())

        stood = Stood.read(heard.place)
        assert abs(said_at(stood.until) - (NOON + timedelta(minutes=9))) < timedelta(seconds=1)
        assert stood.opened == opened.opened
        assert stood.stands
        time.pass_by(minutes=2)
        assert not stood.stands


class TestRules:
    def test_rule_is_the_search_and_stands_while_somebody_listens(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        assert [(one["value"], one["tag"]) for one in x.rules.values()] == [(RULE, OURS)]
        assert query_of(account(x, settings=AT_ONCE)) == RULE

        heard.end()
        assert x.rules == {}

    def test_rule_that_stands_is_not_set_again(self, x: XStreamServer) -> None:
        x.add_rule(RULE, OURS)
        Heard(x).begin()

        assert x.sent == []

    def test_other_words_are_added_before_the_old_ones_end(self, x: XStreamServer) -> None:
        foreign = [x.add_rule('"anderes"', "of another program"), x.add_rule('"rad"', "resonanz:1002")]
        old = x.add_rule('("früher") -is:retweet', OURS)
        x.page = 2  # ours is on the second page
        heard = Heard(x).begin()

        assert x.sent == [{"add": [{"value": RULE, "tag": OURS}]}, {"delete": {"ids": [old]}}]
        heard.end()
        assert list(x.rules) == foreign

    @pytest.mark.parametrize(
        ("refused", "reason"),
        [
            ({"title": "DuplicateRule", "details": []}, "x.rule_twice"),
            ({"title": "Rule cap", "type": f"{PROBLEMS}rule-cap", "detail": "Too many"}, "x.too_many_rules"),
            ({"title": "Invalid Rule", "details": ["Reference to invalid operator 'is'."]},
             "Reference to invalid operator 'is'."),
        ],
    )  # fmt: skip
    def test_rule_that_x_does_not_take_is_told_in_clear_words(
        self, x: XStreamServer, refused: dict[str, Any], reason: str
    ) -> None:
        x.refused_rules = [refused]
        kept = x.add_rule('("früher") -is:retweet', OURS)
        failure = failure_of(x)

        assert isinstance(failure, Unsupported)
        assert failure.params["reason"] == reason
        assert list(x.rules) == [kept]
        assert x.opened == 0

    def test_rule_of_the_same_words_by_another_program_is_not_taken_for_ours(self, x: XStreamServer) -> None:
        x.add_rule(RULE, "of another program")

        assert failure_of(x).params["reason"] == "x.rule_twice"


class TestWhoMayListen:
    @pytest.mark.parametrize("settings", [{"words": "nordhain"}, {"at_once": "yes"}, {**AT_ONCE, "at_once": "other"}])
    def test_nothing_is_told_unasked(self, x: XStreamServer, settings: dict[str, str]) -> None:
        failure = failure_of(x, settings=settings)

        assert isinstance(failure, Unsupported)
        assert failure.params == {}
        assert x.asked == []

    def test_without_the_bearer_token_it_is_said(self, x: XStreamServer) -> None:
        failure = failure_of(x, app=replace(APP, bearer=""))

        assert isinstance(failure, Unsupported)
        assert failure.params["reason"] == "x.no_bearer"
        assert x.asked == []

    def test_second_channel_waits_for_its_turn_and_the_first_goes_on(
        self, x: XStreamServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(streaming, "_LET_GO_SECONDS", 0.1)
        first = Heard(x).begin()
        asked = len(x.asked)
        failure = failure_of(x, native_id="1002", handle="nordhain_service")

        assert isinstance(failure, TryLater)
        assert (failure.seconds, failure.params["reason"]) == (300.0, "x.connection_taken")
        assert len(x.asked) == asked  # nothing of it stands there, so nothing of it is charged
        x.tell(x.say("ada", "Nordhain"))
        first.until(lambda: first.events)
        first.end()
        Heard(x, native_id="1002", handle="nordhain_service").begin().end()

    def test_connection_that_another_program_holds_is_left_to_it(self, x: XStreamServer) -> None:
        x.add_rule('"anderes"', "of another program")
        x.listeners = 1
        failure = failure_of(x)

        assert isinstance(failure, TryLater)
        assert (failure.seconds, failure.params["reason"]) == (300.0, "x.connection_taken")
        assert [one["tag"] for one in x.rules.values()] == ["of another program"]

    def test_rule_by_which_another_copy_of_us_listens_is_left_to_it(self, x: XStreamServer) -> None:
        kept = x.add_rule(RULE, OURS)
        x.listeners = 1
        failure_of(x)

        assert list(x.rules) == [kept]


LIMIT = {"x-rate-limit-reset": str(int((NOON + timedelta(minutes=15)).timestamp()))}


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "kind", "reason", "seconds"),
        [
            (problem(401, "unauthorized", "Unauthorized"), Unsupported, "x.bearer_refused", 0),
            (problem(403, "client-forbidden", "Not for you."), Unsupported, "Not for you.", 0),
            (problem(402, "credits-depleted", "None left.", "CreditsDepleted"), TryLater, "x.no_credits", 900),
            (as_json({"title": "Too Many Requests", "type": "about:blank"}, 429, **LIMIT), TryLater, "http.429", 900),
            (as_json({"title": "Service Unavailable", "type": "about:blank"}, 503), TryLater, "http.503", 60),
            ((503, {"Retry-After": "120"}, b"<html>"), TryLater, "http.503", 120),
            ((200, {"Content-Type": "text/html"}, b"<html>"), TryLater, "answer.unreadable", 60),
            ((404, {"Content-Type": "text/html"}, b"<html>"), TryLater, "answer.unreadable", 60),
            (connection_exception("RuleConfigurationIssue", "No rules.", 409), TryLater, "No rules.", 60),
            (connection_exception("TooManyConnections", "Too many.", 429), TryLater, "x.connection_taken", 300),
        ],
    )  # fmt: skip
    def test_stream_that_x_refuses_is_told_as_what_it_means(
        self, x: XStreamServer, answer: Answer, kind: type[NetworkError], reason: str, seconds: int
    ) -> None:
        x.faulty = lambda _method, path: answer if path.startswith("/2/tweets/search/stream?") else None
        failure = failure_of(x)

        assert isinstance(failure, kind)
        assert failure.params["reason"] == reason
        assert getattr(failure, "seconds", 0) == seconds

    @pytest.mark.parametrize(
        ("answer", "kind", "reason"),
        [
            (problem(401, "unauthorized", "Unauthorized"), Unsupported, "x.bearer_refused"),
            (problem(403, "client-forbidden", "Not for this application."), Unsupported, "Not for this application."),
            (problem(402, "credits-depleted", "None left.", "CreditsDepleted"), TryLater, "x.no_credits"),
            (as_json({}, 429), TryLater, "http.429"),
            ((200, {}, b"<html>"), TryLater, "answer.unreadable"),
            ((500, {}, b"<html>"), TryLater, "http.500"),
            (as_json({"data": "none"}), TryLater, "answer.unreadable"),
        ],
    )
    def test_rules_that_x_refuses_are_told_as_what_it_means(
        self, x: XStreamServer, answer: Answer, kind: type[NetworkError], reason: str
    ) -> None:
        x.faulty = lambda _method, path: answer if path.startswith("/2/tweets/search/stream/rules") else None
        failure = failure_of(x)

        assert isinstance(failure, kind)
        assert failure.params["reason"] == reason

    def test_order_that_was_perhaps_taken_is_looked_up_the_next_time(self, x: XStreamServer) -> None:
        x.faulty = lambda method, _path: (502, {}, b"") if method == "POST" else None
        assert isinstance(failure_of(x), TryLater)

        x.faulty = lambda _method, _path: None
        Heard(x).begin().end()


class TestHowItEnds:
    @pytest.mark.parametrize(
        ("told", "kind", "reason", "seconds"),
        [
            ({"errors": [{"title": "operational-disconnect", "disconnect_type": "UpstreamOperationalDisconnect",
                          "detail": "Disconnected upstream.", "type": f"{PROBLEMS}operational-disconnect"}]},
             TryLater, "operational-disconnect", 1),
            ({"title": "ConnectionException", "detail": "At the limit.", "connection_issue": "TooManyConnections",
              "type": f"{PROBLEMS}streaming-connection"}, TryLater, "x.connection_taken", 300),
            ({"errors": [{"title": "ConnectionException", "detail": "At the limit.",
                          "connection_issue": "TooManyConnections"}]}, TryLater, "x.connection_taken", 300),
            ({"errors": [{"title": "UsageCapExceeded", "type": f"{PROBLEMS}usage-capped", "detail": "No more."}]},
             TryLater, "x.no_credits", 900),
            ({"errors": [{"title": "Forbidden", "type": f"{PROBLEMS}client-forbidden", "detail": "Not you."}]},
             Unsupported, "Not you.", 0),
            ({"errors": []}, TryLater, "answer.unreadable", 1),
            ({}, TryLater, "answer.unreadable", 1),
            ({"data": None}, TryLater, "answer.unreadable", 1),
        ],
    )  # fmt: skip
    def test_why_x_lets_go_is_told(
        self, x: XStreamServer, told: object, kind: type[NetworkError], reason: str, seconds: int
    ) -> None:
        heard = Heard(x).begin()
        x.tell_object(told)
        with pytest.raises(kind) as raised:
            heard.go_on()

        assert raised.value.params["reason"] == reason
        assert getattr(raised.value, "seconds", 0) == seconds

    def test_problem_beside_a_post_is_none_of_the_stream(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        x.tell(x.say("ada", "Nordhain"), errors=[{"type": f"{PROBLEMS}resource-not-found", "title": "Not Found"}])
        heard.until(lambda: heard.events)

        assert heard.texts() == ["Nordhain"]

    @pytest.mark.parametrize("line", [b"{", b"nonsense", b"[1]", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000])
    def test_line_that_is_no_post_is_put_aside_and_the_next_one_is_heard(self, x: XStreamServer, line: bytes) -> None:
        heard = Heard(x).begin()
        x.tell_bytes(line + b"\r\n")
        x.tell(x.say("ada", "Nordhain"))
        heard.until(lambda: heard.events)

        assert len(heard.bad) == 1
        assert heard.texts() == ["Nordhain"]

    def test_broken_post_is_put_aside_and_the_next_one_is_heard(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        for broken in ({}, {"id": 5}, {"id": "1", "text": None}, {"id": "12", "text": "Nordhain", "author_id": "x"}):
            x.tell_object({"data": broken, "matching_rules": [{"id": "1", "tag": OURS}]})
        x.tell(x.say("ada", "Nordhain"))
        heard.until(lambda: heard.events)

        assert len(heard.bad) == 4

    def test_line_in_pieces_is_one_and_one_without_end_ends_the_stream(
        self, x: XStreamServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(streaming, "BOUNDS", replace(streaming.BOUNDS, most_bytes=20_000))
        heard = Heard(x).begin()
        said = x.say("ada", "Nordhain")
        whole = json.dumps({"data": said, "matching_rules": [{"id": "1", "tag": OURS}]}).encode() + b"\r\n"
        for piece in (whole[:9], whole[9:50], whole[50:]):
            x.tell_bytes(piece)
        heard.until(lambda: heard.events)
        x.tell_bytes(b"x" * 30_000)
        with pytest.raises(TryLater) as raised:
            heard.go_on()

        assert (raised.value.seconds, raised.value.params["reason"]) == (1.0, "http.too_large")

    def test_stream_without_a_sign_of_life_is_left(self, x: XStreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(streaming, "BOUNDS", replace(streaming.BOUNDS, idle_seconds=0.4))
        heard = Heard(x).begin()
        with pytest.raises(TryLater) as raised:
            heard.go_on()

        assert (raised.value.seconds, raised.value.params["reason"]) == (1.0, "http.too_slow")

    def test_cut_ends_it_and_its_rule_waits_for_the_next_one(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        x.cut()
        heard.go_on()

        assert len(x.rules) == 1
        Heard(x, heard.place).begin()
        assert len(x.sent) == 1

    def test_bearer_that_is_revoked_in_the_middle_costs_the_account_nothing(self, x: XStreamServer) -> None:
        heard = Heard(x).begin()
        x.cut()
        heard.go_on()
        revoked = replace(APP, bearer="revoked")
        x.say("ada", "Nordhain")

        assert failure_of(x, app=revoked).params["reason"] == "x.bearer_refused"
        assert [one.text for batch in poll(x, app=revoked, settings=AT_ONCE) for one in batch.events
                if isinstance(one, Posted)] == ["Nordhain"]  # fmt: skip


class TestBudget:
    def test_stream_stops_before_the_budget_is_exceeded_and_its_rule_goes(self, x: XStreamServer) -> None:
        meter = Counting(left=streaming._RESERVE * 5_000 + 40_000)
        heard = Heard(x, meter=meter).begin()
        for number in range(8):
            x.tell(x.say("ada", f"{number} bei Nordhain"))
        with pytest.raises(BudgetUsedUp) as raised:
            heard.go_on()

        assert raised.value.seconds == timedelta(days=10).total_seconds()
        assert heard.texts() == ["0 bei Nordhain", "1 bei Nordhain", "2 bei Nordhain"]
        assert meter.left is not None
        assert 0 < meter.left < streaming._RESERVE * 5_000
        assert x.rules == {}

    def test_used_up_budget_asks_x_for_nothing(self, x: XStreamServer) -> None:
        assert isinstance(failure_of(x, meter=Counting(left=0)), BudgetUsedUp)
        assert x.asked == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(OURS) | st.just("1"),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["data", "includes", "matching_rules", "errors", "id", "tag", "text", "author_id", "users",
                         "media", "media_key", "tweets", "created_at", "title", "type", "entities"]),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


def hearing() -> streaming._Hearing:
    found = streaming._Hearing(Account(network="x", address="", native_id="1001"), "")
    found.opened()
    return found


@given(JSON)
def test_line_of_any_shape_is_read_put_aside_or_the_end(told: object) -> None:
    try:
        batches = list(hearing().take(json.dumps(told)))
    except NetworkError:
        return
    assert len(batches) == 1


@given(st.text())
def test_line_of_any_text_is_put_aside_or_nothing(told: str) -> None:
    try:
        assert len(list(hearing().take(told))) == 1
    except NetworkError:
        assert isinstance(json.loads(told), dict)


@given(st.text() | JSON.map(json.dumps))
def test_place_of_any_shape_is_read(place: str) -> None:
    stood = Stood.read(place)

    assert Stood.read(stood.write()) == stood
    assert isinstance(stood.opens().stands, bool)

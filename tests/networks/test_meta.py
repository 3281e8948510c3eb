"""What Facebook, Instagram and Threads have in common: what errors mean, what is used up, how foreign JSON is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.core import clock
from resonanz.networks.errors import (
    ApplicationRefused,
    NetworkError,
    NoAnswer,
    NotAuthorised,
    Refused,
    TryLater,
    Unsupported,
)
from resonanz.networks.meta import reading
from resonanz.networks.meta.faults import LIMIT_SECONDS, NoRight, NotThere, OutsideWindow, failure
from resonanz.networks.meta.windows import check_private_reply, terms_of_message
from resonanz.networks.rates import Used, used

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANY = st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.lists(st.integers(), max_size=3)


class TestFaults:
    @pytest.mark.parametrize(
        ("error", "reading", "writing"),
        [
            ({"code": 190, "error_subcode": 460}, NotAuthorised, NotAuthorised),
            ({"code": 102}, NotAuthorised, NotAuthorised),
            ({"code": 100, "message": "Invalid appsecret_proof provided"}, ApplicationRefused, ApplicationRefused),
            ({"code": 101, "message": "Error validating application."}, ApplicationRefused, ApplicationRefused),
            ({"code": 1, "message": "Error validating client secret."}, ApplicationRefused, ApplicationRefused),
            ({"code": 1, "message": "An unknown error occurred"}, TryLater, NoAnswer),
            ({"code": 4}, TryLater, TryLater),
            ({"code": 17}, TryLater, TryLater),
            ({"code": 32}, TryLater, TryLater),
            ({"code": 613}, TryLater, TryLater),
            ({"code": 80001}, TryLater, TryLater),
            ({"code": 10}, NoRight, NoRight),
            ({"code": 200}, NoRight, NoRight),
            ({"code": 283}, NoRight, NoRight),
            ({"code": 100}, Refused, Refused),
            ({"code": 100, "error_subcode": 33}, NotThere, NotThere),
            ({"code": 803}, NotThere, NotThere),
            ({"code": 368}, TryLater, Refused),
            ({"code": 1}, TryLater, NoAnswer),
            ({"code": 2}, TryLater, NoAnswer),
            ({"code": 99, "is_transient": True}, TryLater, NoAnswer),
            ({"code": 506}, Refused, Refused),
            ({"code": 10, "error_subcode": 2018278}, OutsideWindow, OutsideWindow),
            ({"code": 999_999}, Refused, Refused),
            ({}, Refused, Refused),
        ],
    )
    def test_code_says_what_to_do(
        self, error: dict[str, Any], reading: type[NetworkError], writing: type[NetworkError]
    ) -> None:
        assert type(failure(error, reads=True)) is reading
        assert type(failure(error, reads=False)) is writing

    def test_limit_is_waited_for_as_told(self) -> None:
        told, untold = failure({"code": 4}, reads=True, seconds=300), failure({"code": 4}, reads=True)

        assert isinstance(told, TryLater)
        assert isinstance(untold, TryLater)
        assert (told.seconds, untold.seconds) == (300, LIMIT_SECONDS)

    def test_words_for_people_come_first(self) -> None:
        error = failure({"code": 100, "message": "(#100) x", "error_user_msg": "Too long"}, reads=False)

        assert isinstance(error, Refused)
        assert error.words == "Too long"

    def test_token_that_an_error_repeats_is_not_told(self) -> None:
        error = failure({"code": 100, "message": "Malformed access token EAAGm0PX4ZCpsBAJkz27qwertz given"}, reads=True)

        assert isinstance(error, Refused)
        assert error.words == "Malformed access token … given"

    def test_what_is_outside_of_the_window_goes_by_hand(self) -> None:
        assert issubclass(OutsideWindow, Unsupported)

    @given(
        st.dictionaries(st.sampled_from(["code", "error_subcode", "message", "error_user_msg", "is_transient"]), ANY)
    )
    @settings(deadline=None)
    def test_any_error_means_something(self, error: dict[str, Any]) -> None:
        assert isinstance(failure(error, reads=False), NetworkError)


class TestUsed:
    def test_fullest_of_all_limits_counts(self) -> None:
        accounts = {"1": [{"type": "pages", "call_count": 40, "total_time": 97, "estimated_time_to_regain_access": 3}],
                    "2": [{"type": "messenger", "call_count": 12}]}  # fmt: skip
        headers = {"x-app-usage": '{"call_count": 20}', "x-business-use-case-usage": json.dumps(accounts)}

        assert used(headers) == Used(97, 180.0)
        assert used({"x-page-usage": '{"call_count": 55.5}'}) == Used(55)
        assert used({}) == Used()

    def test_waiting_is_never_longer_than_a_day(self) -> None:
        header = json.dumps({"1": [{"estimated_time_to_regain_access": 10**7}]})

        assert used({"x-business-use-case-usage": header}).seconds == 86_400

    @given(st.text(max_size=80), ANY)
    @settings(deadline=None)
    def test_any_header_is_borne(self, text: str, value: Any) -> None:
        for header in (text, json.dumps({"call_count": value, "1": [{"call_count": value}, value]}), "[" * 15_000):
            found = used({"x-app-usage": header, "x-business-use-case-usage": header})
            assert found.percent >= 0
            assert 0 <= found.seconds <= 86_400


class TestReading:
    @pytest.mark.parametrize("value", ["1000_1", 1000, "m_AG5H.z-9=", "mid.$cAAE", "t:1"])
    def test_ids_are_words_or_numbers(self, value: object) -> None:
        assert reading.identifier(value) == str(value)

    @pytest.mark.parametrize("value", ["", None, True, 1.5, "a/b", "a?b", "a b", "..", ".", "ü", "x" * 256, {}, "a\n"])
    def test_what_could_lead_elsewhere_is_no_id(self, value: object) -> None:
        with pytest.raises(ValueError, match="no id"):
            reading.identifier(value)

    def test_times_are_words_seconds_or_milliseconds(self) -> None:
        expected = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        seconds = int(expected.timestamp())

        with clock.moved_to(NOON):
            written = [reading.moment(one) for one in ("2026-11-20T10:00:00+0000", seconds, seconds * 1000)]

        assert written == [expected] * 3

    def test_time_to_come_is_now(self) -> None:
        with clock.moved_to(NOON):
            assert reading.moment("2026-11-21T12:00:00+0000") == NOON

    @pytest.mark.parametrize(
        "value", [None, "", "gestern", "2026-11-20T10:00:00", -1, 0, True, 10**20, 10**30, [], "x" * 99]
    )
    def test_what_is_no_time_is_told(self, value: object) -> None:
        with pytest.raises(reading.FAULTS):
            reading.moment(value)


class TestWindows:
    @pytest.mark.parametrize(
        ("age", "terms"),
        [
            (timedelta(0), {"messaging_type": "RESPONSE"}),
            (timedelta(hours=23, minutes=57), {"messaging_type": "RESPONSE"}),
            (timedelta(hours=24), {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
            (timedelta(days=6, hours=23), {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        ],
    )
    def test_message_is_answered_freely_for_a_day_and_by_a_person_for_a_week(
        self, age: timedelta, terms: dict[str, str]
    ) -> None:
        with clock.moved_to(NOON):
            assert terms_of_message(NOON - age) == terms

    def test_after_that_it_is_answered_by_hand(self) -> None:
        with clock.moved_to(NOON):
            check_private_reply(NOON - timedelta(days=6, hours=23))
            for check in (terms_of_message, check_private_reply):
                with pytest.raises(OutsideWindow):
                    check(NOON - timedelta(days=7))

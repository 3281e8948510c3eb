"""Every network that is polled over HTTP, and every bad answer: nothing is lost, and nothing is said to be gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.networks.bad_answers import BAD, always
from tests.networks.polled_worlds import WITH_TOKENS, WORLDS, WRONG, Standing, standing
from tests.networks.spoiling_front import DROPPED, altered

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import AccountGone, Deleted, Edited, Event, Posted, Reads
from resonanz.networks.errors import NetworkError, NotAuthorised, TryLater

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANYWHERE = ("503", "html", WRONG, "empty object", "cut in half", "redirect inside")
"""Those that differ by where in a poll they come; all of them are answers to its first question below."""
VALUES = st.one_of(
    st.sampled_from(
        [DROPPED, None, True, -1, 0, 2**70, 1e308, float("nan"), "", "x" * 70_000, "\x00\ud800", [], {}, [None], [[]]]
    ),
    st.text(max_size=20),
    st.integers(),
)
_MOST_QUESTIONS, _DAY = 60, 24 * 60
LATEST = NOON + timedelta(hours=1)


class Polling:
    """A channel that is polled; what was brought so far."""

    def __init__(self, place: Standing) -> None:
        self.place = place
        self.cursor, self.failure = "", NetworkError()
        self.events: list[Event] = []
        self.minutes = 0
        self._reading: Reads = registry.connector(place.network)  # type: ignore[assignment] # all of them poll

    def poll(self, minutes: float = 0) -> bool:
        """Whether all was read, so long after noon; else `failure` says why not."""
        with clock.moved_to(NOON + timedelta(minutes=minutes)):
            try:
                for batch in self._reading.poll(self.place.account(), self.cursor):
                    self.events += batch.events
                    self.cursor = self.cursor if batch.cursor is None else batch.cursor
            except NetworkError as error:
                self.failure = error
                return False
        return True

    def say(self, minutes: float) -> str:
        """Somebody says something to us, so long after noon; its id."""
        with clock.moved_to(NOON + timedelta(minutes=minutes)):
            return self.place.world.say(f"Wann kommt Rad {minutes}?")

    def heard(self) -> set[str]:
        """Ids of what was said."""
        return {event.native_id for event in self.events if isinstance(event, Posted)}

    def changed(self) -> list[Event]:
        """What is told of posts that nobody touched."""
        return [event for event in self.events if isinstance(event, Deleted | AccountGone | Edited)]


@pytest.fixture(params=WORLDS)
def polling(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Polling]:
    with clock.moved_to(NOON), standing(request.param, monkeypatch) as place:
        yield Polling(place)


@pytest.mark.parametrize("name", ANYWHERE)
def test_bad_answer_anywhere_in_a_poll_loses_nothing(polling: Polling, name: str) -> None:
    front, bad = polling.place.front, polling.place.bad(name)
    said = {polling.say(0)}
    assert polling.poll()

    for spares in range(_MOST_QUESTIONS):
        said.add(polling.say(10 * spares + 9))
        front.begin(bad.spoiling, spares=spares)
        polling.poll(10 * spares + 10)
        if front.asked <= spares:
            break
    front.begin()
    well = [polling.poll(10 * spares + later) for later in (20, 30, 40)]

    assert all(well), polling.failure
    assert said - polling.heard() == set()
    assert polling.changed() == []


def test_every_bad_answer_is_waited_out(polling: Polling) -> None:
    front = polling.place.front
    polling.say(0)
    assert polling.poll()
    polling.events.clear()
    before = polling.cursor
    said = {polling.say(5)}
    for number, name in enumerate([*BAD, WRONG]):
        bad = polling.place.bad(name)
        front.begin(bad.spoiling)

        if name == polling.place.world.reads:
            continue

        assert not polling.poll(10 + number), name

        assert isinstance(polling.failure, TryLater), (name, polling.failure)
        assert bad.seconds in {None, polling.failure.seconds}, name
        assert (polling.events, polling.cursor) == ([], before), name
    front.begin()

    assert all(polling.poll(later) for later in (60, 70, 80))
    assert said <= polling.heard()
    assert polling.changed() == []


@pytest.mark.parametrize("polling", WITH_TOKENS, indirect=True)
def test_token_that_is_revoked_anywhere_in_a_poll_loses_nothing(polling: Polling) -> None:
    """It stops the channel; once it is connected again, what was hidden meanwhile is read."""
    front, refusal = polling.place.front, polling.place.world.revoked
    said = {polling.say(0)}
    assert polling.poll()

    failures = list[NetworkError]()
    for spares in range(_MOST_QUESTIONS):
        said.add(polling.say(10 * spares + 9))
        front.begin(always(*refusal), spares=spares)
        failures += [] if polling.poll(10 * spares + 10) else [polling.failure]
        if front.asked <= spares:
            break
    front.begin()
    well = [polling.poll(10 * spares + later) for later in (20, 30, 40)]

    assert NotAuthorised in {type(one) for one in failures} <= {NotAuthorised, TryLater}
    assert all(well), polling.failure
    assert said - polling.heard() == set()
    assert polling.changed() == []


@given(st.integers(0, 12), st.integers(0, 500), VALUES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_answer_that_lies_in_one_place_ends_in_words_of_the_contract(
    polling: Polling, spares: int, place: int, value: object
) -> None:
    """However it lies, what is said afterwards is heard."""
    front = polling.place.front
    if not polling.cursor:
        polling.say(0)
        assert polling.poll(5)
    polling.minutes += 30
    at = polling.minutes
    polling.say(at)
    front.begin(altered(place, value), spares=spares)
    polling.poll(at + 3)
    front.begin()
    said = polling.say(at + 5)

    well = [polling.poll(at + later) for later in (10, 20, 25)]

    assert all(well), polling.failure
    assert said in polling.heard()


@pytest.mark.parametrize("days", [1, -1])
def test_clock_of_ours_that_was_off_by_a_day_hides_nothing(polling: Polling, days: int) -> None:
    """What is said before, while and after it is off; it is put right between two polls."""
    said = {polling.say(0)}
    assert polling.poll(1)
    said.add(polling.say(5))

    assert polling.poll(10 + days * _DAY), polling.failure
    said.add(polling.say(15))
    assert polling.poll(20 + days * _DAY), polling.failure
    said.add(polling.say(25))
    assert all(polling.poll(later) for later in (30, 40, 50)), polling.failure
    said.add(polling.say(55))
    assert all(polling.poll(later) for later in (60, 70)), polling.failure

    assert said - polling.heard() == set()
    assert [one for one in polling.events if isinstance(one, Posted) and one.posted_at > LATEST] == []
    assert polling.changed() == []

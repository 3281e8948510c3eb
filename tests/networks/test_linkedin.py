"""LinkedIn: what a Page hears, what of it is not kept, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.batches import cursor_of, events
from tests.networks.linkedin_server import ACTIVITY, ADA, BOB, SHARE, US, LinkedInServer, no
from tests.networks.review_asking import NOON
from tests.networks.review_server import as_json, html
from tests.networks.test_google_play import JSON

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks.contract import Batch, Deleted, Edited, Posted, PostKind
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.linkedin import LinkedInNetwork, reading
from resonanz.networks.linkedin.client import OLD_VERSION
from resonanz.networks.linkedin.posts import FAULTS, comment_id, event_of, words

network = LinkedInNetwork()


@pytest.fixture
def linkedin(monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkedInServer]:
    """LinkedIn, which the client may reach, at noon."""
    with clock.moved_to(NOON), LinkedInServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def poll(server: LinkedInServer, cursor: str = "") -> list[Batch]:
    return list(network.poll(server.account(), cursor))


def test_comment_is_heard_with_the_own_post_above_it(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment("Wie lang ist die Lieferzeit?")

    own, said = events(poll(linkedin))

    assert isinstance(own, Posted)
    assert own.author is not None
    assert (own.native_id, own.author.native_id, own.text) == (ACTIVITY, US, "Neu: Ada fährt #Rad")
    assert isinstance(said, Posted)
    assert said.author is not None
    assert (said.native_id, said.parent_id, said.root_id) == (urn, ACTIVITY, ACTIVITY)
    assert (said.author.native_id, said.author.name, said.kind, said.addressed) == (ADA, "", PostKind.COMMENT, True)
    assert said.posted_at == NOON - timedelta(minutes=30)
    assert said.url.startswith(f"https://www.linkedin.com/feed/update/{ACTIVITY}?commentUrn=urn%3Ali%3Acomment")


def test_own_post_is_brought_once(linkedin: LinkedInServer) -> None:
    linkedin.comment("Eins")
    first = poll(linkedin)
    linkedin.comment("Zwei", ago=timedelta(0))

    assert [type(event).__name__ for event in events(poll(linkedin, cursor_of(first)))] == ["Posted"]


def test_comment_whose_words_do_not_come_beside_it_is_asked_for(linkedin: LinkedInServer) -> None:
    linkedin.comment("Ohne Beiwerk", decorated=False)

    said = events(poll(linkedin))[-1]

    assert isinstance(said, Posted)
    assert said.text == "Ohne Beiwerk"


def test_comment_that_went_before_it_was_asked_for_is_no_fault(linkedin: LinkedInServer) -> None:
    linkedin.comment(decorated=False)
    linkedin.comments.clear()

    [batch] = poll(linkedin)

    assert (batch.events, batch.bad) == ((), ())


def test_mention_in_a_post_of_others_is_heard(linkedin: LinkedInServer) -> None:
    linkedin.notify("SHARE_MENTION", "urn:li:share:7001", "Danke an @[Nordhain](urn:li:organization:96072893)!", BOB)

    [said] = events(poll(linkedin))

    assert isinstance(said, Posted)
    assert (said.native_id, said.root_id, said.parent_id, said.kind) == (
        "urn:li:share:7001", "urn:li:share:7001", "", PostKind.POST,
    )  # fmt: skip
    assert said.text == "Danke an Nordhain!"


def test_comment_of_a_colleague_as_the_page_is_ours(linkedin: LinkedInServer) -> None:
    linkedin.comment("Zwei Wochen.", US)

    said = events(poll(linkedin))[-1]

    assert isinstance(said, Posted)
    assert said.author is not None
    assert said.author.native_id == linkedin.account().native_id


def test_edits_and_deletions_are_told(linkedin: LinkedInServer) -> None:
    urn = linkedin.comment("Alt")
    cursor = cursor_of(poll(linkedin))
    linkedin.notify("COMMENT_EDIT", urn, "Neu", ADA)
    linkedin.notify("COMMENT_DELETE", urn, "", ADA, decorated=False)

    edited, deleted = events(poll(linkedin, cursor))

    assert isinstance(edited, Edited)
    assert (edited.native_id, edited.text) == (urn, "Neu")
    assert isinstance(deleted, Deleted)
    assert deleted.native_id == urn


def test_what_came_late_and_in_disorder_is_told_once_oldest_first(linkedin: LinkedInServer) -> None:
    linkedin.comment("Erstens", ago=timedelta(minutes=2))
    first = poll(linkedin)
    linkedin.comment("Drittens", ago=timedelta(minutes=1))
    linkedin.comment("Zweitens", ago=timedelta(minutes=10))  # LinkedIn tells it only now

    second = poll(linkedin, cursor_of(first))
    third = poll(linkedin, cursor_of(second))

    assert [event.text for event in events(second) if isinstance(event, Posted)] == ["Zweitens", "Drittens"]
    assert events(third) == []


def test_many_pages_are_read(linkedin: LinkedInServer) -> None:
    for number in range(120):
        linkedin.comment(f"Nummer {number}", ago=timedelta(minutes=200 - number))

    found = [
        event for event in events(poll(linkedin)) if isinstance(event, Posted) and event.root_id != event.native_id
    ]

    assert [event.text for event in found] == [f"Nummer {number}" for number in range(120)]


def test_more_than_is_read_at_once_is_read_piece_by_piece_and_nothing_is_lost(
    linkedin: LinkedInServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_PAGES", 2)
    said = [linkedin.comment(f"Nummer {number}", ago=timedelta(minutes=2000 - 8 * number)) for number in range(250)]

    batches = poll(linkedin)

    heard = [event.native_id for event in events(batches) if event.native_id != ACTIVITY]
    assert heard == said
    assert events(poll(linkedin, cursor_of(batches))) == []


def test_more_than_is_shown_for_half_an_hour_does_not_hold_the_channel_up(
    linkedin: LinkedInServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_PAGES", 1)
    for number in range(60):
        linkedin.comment(f"Nummer {number}", ago=timedelta(minutes=5))
    first = poll(linkedin)
    with clock.moved_to(NOON + timedelta(hours=1)):
        later = linkedin.comment("Danach", ago=timedelta(minutes=1))

        heard = [event.native_id for event in events(poll(linkedin, cursor_of(first)))]

    assert later in heard


def test_what_is_put_aside_holds_no_words_of_members(linkedin: LinkedInServer) -> None:
    linkedin.comment("Geheim")
    linkedin.notes[0]["lastModifiedAt"] = "Geheim?"
    listed = as_json({"elements": [linkedin.notes[0], "Geheim!", {"action": {"text": "Geheim."}}]})
    linkedin.faulty = lambda method, path: listed if "Notifications" in path else None

    [batch] = poll(linkedin)

    assert len(batch.bad) == 3
    assert not any("Geheim" in one.raw for one in batch.bad)
    assert str(linkedin.notes[0]["notificationId"]) in batch.bad[1].raw + batch.bad[2].raw


def test_nothing_is_heard_that_may_not_be_kept(linkedin: LinkedInServer) -> None:
    linkedin.comment(ago=timedelta(days=3))

    assert events(poll(linkedin)) == []
    assert network.limits.keep_days == 2


def test_likes_and_shares_are_not_even_asked_for(linkedin: LinkedInServer) -> None:
    linkedin.notify("LIKE", "urn:li:reaction:1", "", ADA)
    poll(linkedin)

    [asked] = [one for one in linkedin.asked if "Notifications" in one]
    assert "LIKE" not in asked
    assert "List(COMMENT," in asked


def test_cursor_that_is_none_begins_anew_and_holds_no_words(linkedin: LinkedInServer) -> None:
    linkedin.comment("Geheim")

    for cursor in ("{", "[]", '{"since": "x"}', '{"since": 1, "seen": 3, "roots": []}'):
        assert len(events(poll(linkedin, cursor))) == 2
    kept = json.loads(cursor_of(poll(linkedin)))
    assert "Geheim" not in json.dumps(kept)


def test_what_cannot_be_read_is_put_aside_and_the_rest_goes_on(linkedin: LinkedInServer) -> None:
    linkedin.comment("Gut")
    good = linkedin.notes[0]
    bad: list[Any] = [
        7,
        {},
        {**good, "notificationId": 1, "action": "DANCE"},
        {**good, "notificationId": 2, "action": []},
        {**good, "notificationId": 3, "generatedActivity": "urn:li:comment:(x)", "action": "COMMENT_DELETE"},
    ]
    linkedin.faulty = lambda method, path: as_json({"elements": [*bad, good]}) if "Notifications" in path else None

    [batch] = poll(linkedin)

    assert (len(batch.events), len(batch.bad)) == (2, len(bad))


def test_own_post_that_cannot_be_read_holds_nothing_up(linkedin: LinkedInServer) -> None:
    linkedin.comment()
    linkedin.faulty = lambda method, path: no(403, "ACCESS_DENIED", "No") if "/posts/" in path else None

    assert len(events(poll(linkedin))) == 1


def test_token_that_was_revoked_stops_the_channel(linkedin: LinkedInServer) -> None:
    linkedin.is_revoked = True

    with pytest.raises(NotAuthorised):
        poll(linkedin)


def test_role_that_was_taken_away_stops_the_channel(linkedin: LinkedInServer) -> None:
    linkedin.is_admin = False

    with pytest.raises(NotAuthorised):
        poll(linkedin)


def test_version_that_is_sunset_says_so_and_waits(linkedin: LinkedInServer) -> None:
    linkedin.versions = {"202712"}

    with pytest.raises(TryLater) as waits:
        poll(linkedin)

    assert waits.value.params["reason"] == OLD_VERSION


@pytest.mark.parametrize(("headers", "seconds"), [({}, 900), ({"Retry-After": "42"}, 42)])
def test_too_many_questions_wait(linkedin: LinkedInServer, headers: dict[str, str], seconds: float) -> None:
    told = {"status": 429, "code": "TOO_MANY_REQUESTS", "message": "Resource level throttle limit reached"}
    linkedin.faulty = lambda method, path: as_json(told, 429, **headers)

    with pytest.raises(TryLater) as waits:
        poll(linkedin)

    assert waits.value.seconds == seconds


@pytest.mark.parametrize("status", [200, 401, 403, 404, 500, 502])
def test_page_of_somebody_between_us_stops_nothing(linkedin: LinkedInServer, status: int) -> None:
    linkedin.faulty = lambda method, path: html(status)

    with pytest.raises(TryLater):
        poll(linkedin)


@pytest.mark.parametrize("found", [{"status": 500, "message": "Internal"}, {"elements": 7}, {}, [1]])
def test_error_behind_a_200_is_one(linkedin: LinkedInServer, found: object) -> None:
    linkedin.faulty = lambda method, path: as_json(found)

    with pytest.raises(TryLater):
        poll(linkedin)


def test_comment_with_a_status_is_no_error(linkedin: LinkedInServer) -> None:
    linkedin.comment("Ohne Beiwerk", decorated=False)
    for comment in linkedin.comments.values():
        comment["status"] = "PUBLISHED"

    assert len(events(poll(linkedin))) == 2


def test_both_ways_in_which_linkedin_writes_a_comment_are_one() -> None:
    assert comment_id("urn:li:comment:(activity:1,2)") == comment_id("urn:li:comment:(urn:li:activity:1,2)")


def test_names_and_hashtags_are_words() -> None:
    written = "Mit @[Ada Berg](urn:li:person:a-1) auf {hashtag|\\#|Tour} @[x](y)"

    assert words(written) == "Mit Ada Berg auf #Tour @[x](y)"


@given(JSON | st.fixed_dictionaries({
    "action": st.sampled_from(["COMMENT", "SHARE_MENTION", "COMMENT_EDIT", "COMMENT_DELETE"]) | JSON,
    "lastModifiedAt": st.integers() | JSON,
    "generatedActivity": st.just(f"urn:li:comment:({ACTIVITY},1)") | st.just(SHARE) | JSON,
    "decoratedGeneratedActivity": JSON | st.fixed_dictionaries(
        {"comment": JSON | st.fixed_dictionaries({"owner": st.just(ADA) | JSON, "text": st.text() | JSON})},
        optional={"share": JSON | st.fixed_dictionaries({"owner": st.just(ADA) | JSON, "text": st.text()})},
    ),
}))  # fmt: skip
def test_any_json_is_read_or_put_aside(found: Any) -> None:
    try:
        read = event_of(found)
    except FAULTS:
        return
    assert read.native_id.startswith("urn:li:")

"""What holds for every network of reviews, tried against a server of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.networks.app_store_server import AppStoreServer
from tests.networks.batches import cursor_of, events
from tests.networks.google_business_server import GoogleBusinessServer
from tests.networks.google_play_server import GooglePlayServer
from tests.networks.review_asking import NOON, ReviewNetwork, order, poll, told
from tests.networks.review_server import ReviewServer, html
from tests.networks.trustpilot_server import TrustpilotServer

from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Correction, Edited, Posted, PostKind, able
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.reviews.answering import AlreadyAnswered
from resonanz.networks.reviews.cursor import MOST_WATCHED
from resonanz.networks.reviews.reading import LOOKS

SERVERS: dict[str, type[ReviewServer]] = {
    "app_store": AppStoreServer,
    "google_business": GoogleBusinessServer,
    "google_play": GooglePlayServer,
    "trustpilot": TrustpilotServer,
}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewServer]:
    """A network of reviews that the client may reach, at noon."""
    with clock.moved_to(NOON), SERVERS[request.param]() as made:
        monkeypatch.setenv(ALLOWED_VARIABLE, made.host)
        yield made


@pytest.fixture
def network(server: ReviewServer) -> ReviewNetwork:
    """Its connector."""
    found: ReviewNetwork = registry.connector(server.account().network)  # type: ignore[assignment] # all of them can
    return found


def answer_id(review_id: str) -> str:
    return f"{review_id}/reply"


def test_review_is_heard_with_its_stars_and_is_addressed_to_us(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say("Stürzt ab.", 2, name="Ada Berg")

    [said] = events(poll(network, server))

    assert isinstance(said, Posted)
    assert (said.native_id, said.root_id, said.kind) == (review_id, review_id, PostKind.REVIEW)
    assert (said.rating, said.addressed, said.origin) == (2, True, server.account().origin)
    assert "Stürzt ab." in said.text
    assert said.posted_at == NOON - timedelta(hours=1)
    assert said.author is not None
    assert said.author.name == "Ada Berg"


def test_new_channel_hears_a_week_and_not_all_of_the_past(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say(ago=timedelta(days=8))
    young = server.say(ago=timedelta(days=6))

    assert told(poll(network, server)) == [("posted", young)]


def test_the_same_is_told_once(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say()
    first = poll(network, server)

    assert told(poll(network, server, cursor_of(first))) == []


def test_what_came_meanwhile_is_told_oldest_first_over_many_pages(server: ReviewServer, network: ReviewNetwork) -> None:
    server.page = 2
    cursor = cursor_of(poll(network, server))
    said = [server.say(f"Nummer {number}", ago=timedelta(minutes=50 - number)) for number in range(7)]

    assert told(poll(network, server, cursor)) == [("posted", one) for one in said]


def test_review_that_moved_to_the_next_page_meanwhile_is_told_once(
    server: ReviewServer, network: ReviewNetwork
) -> None:
    server.page = 2
    said = [server.say(f"Nummer {number}", ago=timedelta(minutes=50 - number)) for number in range(4)]
    lists: list[str] = []

    def one_more(method: str, path: str) -> None:
        lists.append(path)
        if len(lists) == 4:  # between the pages
            server.say("Dazwischen", ago=timedelta(minutes=1))

    server.faulty = one_more

    assert sorted(told(poll(network, server)))[:4] == [("posted", one) for one in said]


def test_changed_review_is_an_edit_with_its_stars(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say("Stürzt ab.", 1)
    cursor = cursor_of(poll(network, server))
    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        server.change(review_id, "Geht wieder.", 5)

        batches = poll(network, server, cursor)

        [edit] = events(batches)
        assert isinstance(edit, Edited)
        assert (edit.native_id, edit.rating) == (review_id, 5)
        assert "Geht wieder." in edit.text
        assert told(poll(network, server, cursor_of(batches))) == []


def test_other_stars_alone_are_an_edit(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say("Na ja.", 3)
    cursor = cursor_of(poll(network, server))
    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        server.change(review_id, "Na ja.", 4)

        assert told(poll(network, server, cursor)) == [("edited", review_id)]


def test_review_that_is_gone_is_told_when_the_network_says_so(server: ReviewServer, network: ReviewNetwork) -> None:
    gone, stays = server.say("Weg"), server.say("Bleibt")
    cursor = cursor_of(poll(network, server))
    del server.reviews[gone]

    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        batches = poll(network, server, cursor)

    assert told(batches) == [("deleted", gone)]
    assert stays in cursor_of(batches)


def test_empty_list_by_mistake_deletes_nothing(server: ReviewServer, network: ReviewNetwork) -> None:
    said = [server.say(f"Nummer {number}") for number in range(3)]
    cursor = cursor_of(poll(network, server))
    listed, server.newest = server.newest, lambda *, changed: []  # type: ignore[method-assign] # a fault of theirs

    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        batches = poll(network, server, cursor)

    assert told(batches) == []
    assert all(one in cursor_of(batches) for one in said)
    server.newest = listed  # type: ignore[method-assign] # likewise


def test_review_that_cannot_be_read_any_more_stays_and_holds_nothing_up(
    server: ReviewServer, network: ReviewNetwork
) -> None:
    odd = server.say("Gut.")
    cursor = cursor_of(poll(network, server))
    server.reviews[odd] = replace(server.reviews[odd], stars=9)

    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        fresh = server.say("Neu")
        batches = poll(network, server, cursor)
        later = poll(network, server, cursor_of(batches))

    assert told(batches) == [("posted", fresh)]
    assert odd in cursor_of(batches)
    assert told(later) == []


def test_comparison_with_a_list_that_cannot_be_read_is_made_up_for_at_once(
    server: ReviewServer, network: ReviewNetwork
) -> None:
    gone = server.say("Gut.")
    cursor = cursor_of(poll(network, server))
    server.spoil = gone
    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        cursor = cursor_of(poll(network, server, cursor))
    server.spoil = ""
    del server.reviews[gone]

    with clock.moved_to(NOON + timedelta(days=1, hours=1, minutes=10)):
        assert told(poll(network, server, cursor)) == [("deleted", gone)]


def test_review_that_fails_alone_holds_up_nothing_new(server: ReviewServer, network: ReviewNetwork) -> None:
    hidden = server.say("Gut.")
    cursor = cursor_of(poll(network, server))
    listed = server.newest
    server.newest = lambda *, changed: [one for one in listed(changed=changed) if one.review_id != hidden]  # type: ignore[method-assign] # a fault of theirs
    server.faulty = lambda method, path: html(500) if path.split("?")[0].endswith(hidden) else None

    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        fresh = server.say("Neu")
        batches = poll(network, server, cursor)

    assert told(batches) == [("posted", fresh)]
    assert hidden in cursor_of(batches)


def test_deleted_review_is_noticed_though_many_others_are_only_hidden(
    server: ReviewServer, network: ReviewNetwork
) -> None:
    said = [server.say(f"Nummer {number}", ago=timedelta(minutes=number + 1)) for number in range(LOOKS + 2)]
    found = poll(network, server)
    del server.reviews[said[-1]]
    server.newest = lambda *, changed: []  # type: ignore[method-assign] # what remains is there, but not in the list

    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        found = poll(network, server, cursor_of(found))
        found += poll(network, server, cursor_of(found))
        asked = len(server.asked)
        found += poll(network, server, cursor_of(found))

    assert ("deleted", said[-1]) in told(found)
    assert len(server.asked) - asked <= 2  # a token and the list: the comparison is done


def test_answer_by_a_colleague_elsewhere_is_ours(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    cursor = cursor_of(poll(network, server))
    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        server.answer_by_hand(review_id, "Danke!")
        found = poll(network, server, cursor)

    [said] = events(found)
    assert isinstance(said, Posted)
    assert said.author is not None
    assert (said.native_id, said.parent_id, said.author.native_id, said.text) == (
        answer_id(review_id), review_id, server.account().native_id, "Danke!",
    )  # fmt: skip


def test_answer_that_changes_or_goes_is_told(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    server.answer_by_hand(review_id, "Danke!")
    cursor = cursor_of(poll(network, server))
    with clock.moved_to(NOON + timedelta(days=1, hours=1)):
        server.answer_by_hand(review_id, "Vielen Dank!")
        changed = poll(network, server, cursor)
    with clock.moved_to(NOON + timedelta(days=2, hours=2)):
        server.answer_by_hand(review_id, "")
        gone = poll(network, server, cursor_of(changed))

    assert told(changed) == [("edited", answer_id(review_id))]
    assert told(gone) == [("deleted", answer_id(review_id))]


def test_cursor_that_is_none_begins_anew(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()

    for cursor in ("{", "[]", '{"since": 1}', '{"since": "x", "swept": 0, "watched": {"a": 1}}', "null"):
        assert told(poll(network, server, cursor)) == [("posted", review_id)]


def test_cursor_holds_no_words_and_no_more_than_a_thousand(server: ReviewServer, network: ReviewNetwork) -> None:
    for number in range(3):
        server.say(f"Geheim {number}")
    kept = json.loads(cursor_of(poll(network, server)))

    assert "Geheim" not in json.dumps(kept)
    assert len(kept["watched"]) <= MOST_WATCHED


def test_what_cannot_be_read_is_told_once_by_its_shape(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say("Gut.")
    server.reviews["odd"] = replace(
        server.reviews[server.id_of(1)], review_id="odd", name="Geheim Mallory", text="Geheim"
    )
    server.spoil = "odd"

    first = poll(network, server)
    second = poll(network, server, cursor_of(first))

    assert [len(first[0].bad), len(second[0].bad)] == [1, 0]
    assert "odd" in first[0].bad[0].raw
    assert "Geheim" not in first[0].bad[0].raw
    assert told(first) == [("posted", server.id_of(1))]


def test_answer_stands_below_the_review(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()

    receipt = network.reply(server.account(), order(review_id))

    assert receipt.native_id == answer_id(review_id)
    assert server.reviews[review_id].answer == "Danke, das freut uns."


def test_answer_is_not_said_twice(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()

    first, second = (network.reply(server.account(), order(review_id)) for _ in range(2))

    assert first == second
    assert len(server.orders()) == 1


def test_answer_of_a_colleague_is_not_overwritten(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    server.answer_by_hand(review_id, "Von Hand beantwortet.")

    with pytest.raises(AlreadyAnswered):
        network.reply(server.account(), order(review_id))

    assert server.reviews[review_id].answer == "Von Hand beantwortet."


def test_answer_to_what_was_said_before_an_edit_is_replaced(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    server.answer_by_hand(review_id, "Danke!")
    with clock.moved_to(NOON + timedelta(hours=1)):
        server.change(review_id, "Stürzt doch ab.", 1)
    if not server.tells_changes:  # then nobody knows which came first, and a person decides
        with pytest.raises(AlreadyAnswered):
            network.reply(server.account(), order(review_id, "Das sehen wir uns an."))
        return
    with clock.moved_to(NOON + timedelta(hours=2)):
        network.reply(server.account(), order(review_id, "Das sehen wir uns an."))

    assert server.reviews[review_id].answer == "Das sehen wir uns an."


def test_private_answer_is_refused(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()

    with pytest.raises(Refused):
        network.reply(server.account(), order(review_id, private=True))

    assert server.orders() == []


def test_review_that_is_gone_is_not_answered(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    del server.reviews[review_id]

    with pytest.raises(Refused):
        network.reply(server.account(), order(review_id))
    assert network.find_sent(server.account(), order(review_id), since=NOON, known=frozenset()) is None


def test_answer_whose_sending_brought_no_reply_is_found(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    server.hangs_up = True

    with pytest.raises(NoAnswer):
        network.reply(server.account(), order(review_id))

    found = network.find_sent(server.account(), order(review_id), since=NOON, known=frozenset())
    assert found is not None
    assert found.native_id == answer_id(review_id)


def test_answer_that_never_arrived_is_not_found(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()

    assert network.find_sent(server.account(), order(review_id), since=NOON, known=frozenset()) is None


def test_answer_is_corrected(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    network.reply(server.account(), order(review_id))
    correction = Correction(native_id=answer_id(review_id), parent_id=review_id, text="Danke, das hilft uns.")

    network.correct(server.account(), correction)  # type: ignore[attr-defined] # all of them can

    assert server.reviews[review_id].answer == "Danke, das hilft uns."
    assert told(poll(network, server))[-1] == ("posted", answer_id(review_id))


def test_answer_that_is_gone_is_not_corrected(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    correction = Correction(native_id=answer_id(review_id), parent_id=review_id, text="Anders")

    with pytest.raises(Refused):
        network.correct(server.account(), correction)  # type: ignore[attr-defined] # all of them can


def test_answer_is_withdrawn_where_that_can_be(server: ReviewServer, network: ReviewNetwork) -> None:
    if not able(network, Capability.WITHDRAW):
        assert not hasattr(network, "withdraw")
        return
    review_id = server.say()
    network.reply(server.account(), order(review_id))

    for _ in range(2):  # done twice is done once
        network.withdraw(server.account(), answer_id(review_id))  # type: ignore[attr-defined] # it declares it

    assert server.reviews[review_id].answer == ""


def test_token_that_was_taken_back_stops_the_channel(server: ReviewServer, network: ReviewNetwork) -> None:
    server.is_revoked = True

    with pytest.raises(NotAuthorised):
        poll(network, server)
    with pytest.raises(NotAuthorised):
        network.reply(server.account(), order("x"))


def test_too_many_questions_wait(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say()
    server.faulty = lambda method, path: None if server.is_signing_in(path) else server.too_many()

    with pytest.raises(TryLater) as waits:
        poll(network, server)

    assert waits.value.seconds >= 1


@pytest.mark.parametrize("status", [200, 403, 404, 500, 502, 503])
def test_page_of_somebody_between_us_deletes_and_stops_nothing(
    server: ReviewServer, network: ReviewNetwork, status: int
) -> None:
    server.say()
    cursor = cursor_of(poll(network, server))
    server.faulty = lambda method, path: html(status)

    with clock.moved_to(NOON + timedelta(days=1, hours=1)), pytest.raises(TryLater):
        poll(network, server, cursor)


def test_error_behind_a_200_is_one(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say()
    cursor = cursor_of(poll(network, server))
    server.faulty = lambda method, path: None if server.is_signing_in(path) else server.error_in_a_200()

    with clock.moved_to(NOON + timedelta(days=1, hours=1)), pytest.raises(TryLater):
        poll(network, server, cursor)


def test_words_of_strangers_are_kept_as_text(server: ReviewServer, network: ReviewNetwork) -> None:
    server.say("<b>Toll</b>\x00 \u202e & 😀", 5, name="<script>\x07Eve\n\nMallory")

    [said] = events(poll(network, server))

    assert isinstance(said, Posted)
    assert "<b>Toll</b>" in said.text
    assert "\x00" not in said.text
    assert said.author is not None
    assert "\n" not in said.author.name


def test_nothing_secret_is_part_of_an_address(server: ReviewServer, network: ReviewNetwork) -> None:
    review_id = server.say()
    poll(network, server)
    network.reply(server.account(), order(review_id))

    assert not any("ya29" in one or "secret" in one.lower() for one in server.asked)

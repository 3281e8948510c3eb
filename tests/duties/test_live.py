from __future__ import annotations

import pytest

from resonanz.accounts.models import User
from resonanz.duties import live
from resonanz.duties.models import Responsibility
from resonanz.duties.responsibilities import NobodyNamed, OwnDeputy, holes, set_responsibility
from resonanz.networks.connections import channels
from resonanz.networks.models import Channel, ChannelState
from tests.duties.conftest import Say

pytestmark = pytest.mark.django_db


def state(channel: Channel) -> str:
    channel.refresh_from_db()
    return channel.state


def test_new_channel_waits_and_is_refused_until_owner_and_deputy_are_named(people: dict[str, User], say: Say) -> None:
    lead = people["dora"]
    made = channels.connect(network="feeds", name="Forum", address="https://forum.example/feed", actor=lead)
    assert state(made) == ChannelState.WAITING
    for missing in ("responsibility.no_catch_all", "responsibility.no_deputy"):
        with pytest.raises(live.NotCovered) as refused:
            live.go_live(channel_id=made.pk, actor=lead)
        assert refused.value.params["hole"] == missing
        assert [hole.code for hole in holes()] == [missing]
        say(made, "anna")
    say(made, "anna", intent="PRAISE", deputy="ben")
    assert state(made) == ChannelState.WAITING

    say(made, "anna", "ben")

    assert state(made) == ChannelState.ACTIVE
    assert holes() == []


def test_catch_all_of_the_company_covers_channels_that_come_later(people: dict[str, User], say: Say) -> None:
    say(None, "anna", "ben")
    made = channels.connect(network="feeds", name="Forum", actor=people["dora"])

    assert live.go_live_where_covered(actor=people["dora"]) == [made]


def test_paused_channel_stays_paused_and_does_not_resume_when_its_owner_is_gone(
    channel: Channel, people: dict[str, User], say: Say
) -> None:
    say(channel, "anna", "ben")
    channels.pause(channel_id=channel.pk, actor=people["dora"])
    say(channel, "anna", "cleo")
    assert state(channel) == ChannelState.PAUSED
    User.objects.filter(pk=people["anna"].pk).update(is_active=False)

    with pytest.raises(live.NotCovered) as refused:
        live.go_live(channel_id=channel.pk, actor=people["dora"])

    assert refused.value.params["hole"] == "responsibility.owner_gone"


def test_practice_has_nobody_to_wait_for(people: dict[str, User]) -> None:
    made = channels.connect(network="memory", name="P", settings={channels.PRACTICE: "yes"}, actor=people["dora"])

    live.go_live(channel_id=made.pk, actor=people["dora"])

    assert state(made) == ChannelState.ACTIVE


def test_row_replaces_the_one_on_the_same_and_the_one_it_was_made_of(channel: Channel, say: Say) -> None:
    first = say(channel, "anna", "ben", times={"5": [["00:00", "24:00"]]})
    other = say(channel, "anna", "ben")

    say(channel, "ben", "anna", times={"5": [["00:00", "24:00"]]})
    say(channel, "cleo", "anna", intent="PRAISE", instead_of=other.pk)

    rows = Responsibility.objects.order_by("pk")
    assert [(str(row.owner), row.intent, bool(row.times)) for row in rows] == [
        ("Ben", "", True),
        ("Cleo", "PRAISE", False),
    ]
    assert first.pk not in {row.pk for row in rows}


@pytest.mark.parametrize(
    ("names", "error"),
    [
        ({"owner_id": 1, "deputy_id": 1}, OwnDeputy),
        ({}, NobodyNamed),
        ({"owner_id": 1, "nobody": True}, NobodyNamed),
    ],
)
def test_row_that_names_nobody_or_somebody_twice_is_refused(
    names: dict[str, object], error: type[Exception], people: dict[str, User]
) -> None:
    asked: dict[str, object] = {"owner_id": None, "deputy_id": None, "team_id": None} | names

    with pytest.raises(error):
        set_responsibility(channel_id=None, topic_id=None, intent="", actor=people["dora"], **asked)  # type: ignore[arg-type]

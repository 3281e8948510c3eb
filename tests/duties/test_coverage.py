from __future__ import annotations

from datetime import date

import pytest

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.duties import coverage, presence, weekly
from resonanz.duties.holes import Hole, Lack
from resonanz.listening.models import Post, Topic
from resonanz.networks.models import Channel
from tests.duties.conftest import Say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

SATURDAY = (5 * weekly.DAY_MINUTES, 6 * weekly.DAY_MINUTES)
WORKING_DAYS = {str(day): [["00:00", "24:00"]] for day in (0, 1, 2, 3, 4, 6)}


@pytest.fixture
def said(db: None) -> None:
    """People write in German and in English, and one of them in French."""
    for number, language in enumerate(["de"] * 9 + ["en"] * 9 + ["fr"]):
        Post.objects.create(
            network="files", native_id=str(number), kind="POST", visibility="PUBLIC", speaker="OUTSIDER", text="?",
            language=language, root_native_id=str(number), posted_at=clock.now(), received_at=clock.now(),
            purpose="SERVICE", source="files", delete_on=date(2099, 1, 1),
        )  # fmt: skip


@pytest.mark.usefixtures("said")
def test_planted_hole_is_found_in_one_sentence(
    channel: Channel, people: dict[str, User], topic: Topic, say: Say
) -> None:
    say(channel, "anna", "ben")
    for name in ("anna", "ben"):
        presence.set_capacity(user_id=people[name].pk, most_open=None, languages=["de"], actor=people["dora"])
    say(channel, "cleo", "anna", language="en")
    say(channel, "anna", "ben", language="en", intent="COMPLAINT", topic_id=topic.pk)
    say(channel, "cleo", "anna", language="en", intent="COMPLAINT", topic_id=topic.pk, times=WORKING_DAYS)

    found = coverage.weekly_holes()

    assert found == [
        Hole(lack=Lack.LANGUAGE, spans=(SATURDAY,), topic_ids=(topic.pk,), intents=("COMPLAINT",), languages=("en",))
    ]
    assert coverage.weekly_holes(rows=[]) == [Hole(lack=Lack.NO_ROW, spans=((0, weekly.WEEK_MINUTES),))]


def test_channel_without_any_row_is_one_hole_beside_another_that_has_all(
    channel: Channel, people: dict[str, User], say: Say
) -> None:
    other = Channel.objects.create(network="files", name="Other", created_at=clock.now())
    say(channel, "anna", "ben")

    found = coverage.weekly_holes()

    assert [(hole.lack, hole.channel_ids, hole.is_always) for hole in found] == [(Lack.NO_ROW, (other.pk,), True)]
    User.objects.filter(name__in=["Anna", "Ben"]).update(is_active=False)
    assert {hole.lack for hole in coverage.weekly_holes()} == {Lack.NO_ROW, Lack.GONE}


def test_network_of_the_minute_needs_somebody_on_the_weekend_or_the_word_that_nobody_does(
    people: dict[str, User], say: Say
) -> None:
    by_the_minute = Channel.objects.create(network="mastodon", name="Masto", created_at=clock.now())
    row = say(by_the_minute, "anna", "ben")

    found = coverage.weekly_holes()

    assert [hole.lack for hole in found] == [Lack.TOO_LATE]
    friday_evening = 4 * weekly.DAY_MINUTES + 17 * 60
    assert found[0].spans == ((friday_evening, weekly.WEEK_MINUTES),)
    say(
        by_the_minute,
        nobody=True,
        times={"4": [["17:00", "24:00"]], "5": [["0:00", "24:00"]], "6": [["0:00", "24:00"]]},
    )
    assert coverage.weekly_holes() == []
    say(by_the_minute, "anna", "ben", on_call_id=people["cleo"].pk, instead_of=row.pk)
    assert coverage.weekly_holes() == []


def test_absences_make_holes_where_nobody_stands_in(
    channel: Channel, people: dict[str, User], team: Team, say: Say
) -> None:
    say(channel, "anna", "ben")
    say(channel, "anna", "ben", intent="PRAISE", team_id=team.pk)
    lead = people["dora"]
    presence.set_absence(
        user_id=people["anna"].pk, first_date=date(2026, 11, 18), last_date=date(2026, 11, 27), actor=lead
    )
    assert coverage.absence_holes() == []
    presence.set_absence(
        user_id=people["ben"].pk, first_date=date(2026, 11, 16), last_date=date(2026, 11, 20), actor=lead
    )

    found = coverage.absence_holes()

    spans = [(str(hole.owner), hole.first, hole.last, [row.intent for row in hole.rows]) for hole in found]
    assert spans == [("Anna", date(2026, 11, 18), date(2026, 11, 20), [""])]

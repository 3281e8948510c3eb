from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from resonanz.accounts.models import Team, User
from resonanz.duties import presence
from resonanz.duties.directory import Directory
from resonanz.networks.models import Channel
from tests.duties.conftest import Say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


def who(channel: Channel, at: datetime = MONDAY, language: str = "", **more: object) -> str:
    """Who answers, by name; "-" for nobody in particular."""
    directory = Directory(channel_id=channel.pk, **more)  # type: ignore[arg-type] # what tests name
    _, person = directory.who_answers(topic_ids=[], intent="QUESTION", language=language, at=at)
    return str(person) if person else "-"


def away(user: User, first: date = date(2026, 11, 16), last: date = date(2026, 11, 20)) -> None:
    presence.set_absence(user_id=user.pk, first_date=first, last_date=last, actor=user)


def test_absent_owner_gives_way_to_deputy_team_and_catch_all(
    channel: Channel, people: dict[str, User], team: Team, say: Say
) -> None:
    say(channel, "anna", "ben", team_id=team.pk, intent="QUESTION")
    say(channel, "dora", "anna")

    assert who(channel) == "Anna"
    away(people["anna"])
    assert who(channel) == "Ben"
    away(people["ben"])
    assert who(channel) == "Cleo"
    assert who(channel, at=MONDAY + timedelta(days=7)) == "Anna"
    away(people["cleo"])
    team.members.remove(people["dora"])
    assert who(channel) == "Dora"
    away(people["dora"])
    assert who(channel) == "-"


def test_nobody_who_is_gone_ever_answers(channel: Channel, people: dict[str, User], team: Team, say: Say) -> None:
    say(channel, "anna", "ben", team_id=team.pk, on_call_id=people["dora"].pk)
    User.objects.update(is_active=False)

    assert who(channel) == "-"


def test_shift_on_saturday_comes_before_an_owner_who_is_off(
    channel: Channel, people: dict[str, User], team: Team, say: Say
) -> None:
    say(channel, "anna", "ben", team_id=team.pk)
    presence.plan_shifts(
        user_ids=[people["cleo"].pk], starts_at=SATURDAY - timedelta(hours=3), ends_at=SATURDAY + timedelta(hours=3),
        on_call=False, weeks=1, actor=people["dora"],
    )  # fmt: skip

    assert who(channel, at=SATURDAY) == "Cleo"
    assert who(channel, at=SATURDAY + timedelta(days=1)) == "Anna"
    assert presence.on_duty(user_ids=[user.pk for user in people.values()], at=SATURDAY) == {people["cleo"].pk}


def test_who_is_on_call_answers_while_nobody_is_at_work(channel: Channel, people: dict[str, User], say: Say) -> None:
    say(channel, "anna", "ben", on_call_id=people["cleo"].pk)

    assert who(channel, at=MONDAY) == "Anna"
    assert who(channel, at=SATURDAY) == "Cleo"
    away(people["cleo"], last=date(2026, 11, 22))
    assert who(channel, at=SATURDAY) == "Anna"


def test_team_answers_by_language_and_room_and_by_turns(
    channel: Channel, people: dict[str, User], team: Team, say: Say
) -> None:
    say(channel, "anna", "ben", team_id=team.pk)
    for name in ("anna", "ben"):
        away(people[name])
    presence.set_capacity(user_id=people["cleo"].pk, most_open=3, languages=["de"], actor=people["dora"])
    has = {people["cleo"].pk: 1, people["dora"].pk: 9}

    assert who(channel, language="de", open_cases=lambda _: has) == "Cleo"
    assert who(channel, language="en", open_cases=lambda _: has) == "Dora"
    directory = Directory(channel_id=channel.pk, open_cases=lambda _: has)
    given = [directory.who_answers(topic_ids=[], intent="OTHER", at=MONDAY)[1] for _ in range(3)]
    assert [str(user) for user in given] == ["Cleo", "Cleo", "Dora"]


def test_row_of_a_team_leaves_it_to_whoever_takes_the_next_case(channel: Channel, team: Team, say: Say) -> None:
    say(channel, "anna", "ben")
    say(channel, intent="QUESTION", team_id=team.pk)

    found = Directory(channel_id=channel.pk).answer(topic_ids=[], intent="QUESTION", at=MONDAY)

    assert (found.team_id, found.person) == (team.pk, None)


def test_nobody_on_saturday_means_whoever_answers_on_monday(
    channel: Channel, people: dict[str, User], say: Say
) -> None:
    say(channel, "anna", "ben")
    say(channel, nobody=True, times={"5": [["00:00", "24:00"]], "6": [["00:00", "24:00"]]})
    away(people["anna"], first=date(2026, 11, 21), last=date(2026, 11, 22))

    found = Directory(channel_id=channel.pk).answer(topic_ids=[], intent="QUESTION", at=SATURDAY)

    assert (found.row and found.row.nobody, str(found.person), found.later) == (True, "Anna", True)


def test_row_for_all_channels_and_one_for_a_network(channel: Channel, say: Say) -> None:
    say(None, "anna", "ben")
    assert who(channel) == "Anna"
    say(None, "ben", "anna", network="files")
    assert who(channel) == "Ben"
    say(channel, "cleo", "anna")
    assert who(channel) == "Cleo"


def test_row_for_a_language_at_the_time_on_the_companys_wall(channel: Channel, say: Say) -> None:
    say(channel, "anna", "ben")
    say(channel, "ben", "anna", language="en", times={"0": [["09:30", "10:30"]]})

    assert who(channel, language="en", at=MONDAY) == "Ben"  # 10:00 in Berlin
    assert who(channel, language="en", at=MONDAY + timedelta(minutes=30)) == "Anna"
    assert who(channel, language="de", at=MONDAY) == "Anna"

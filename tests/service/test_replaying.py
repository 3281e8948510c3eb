from __future__ import annotations

from datetime import date, timedelta

import pytest

from resonanz.accounts.models import Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars, weekly
from resonanz.duties.matrix import Row, changed
from resonanz.listening.models import Post, PostTopic, Topic
from resonanz.networks.models import Channel
from resonanz.service.answers.replaying import Receiver, replay
from resonanz.service.models import Case, CaseEvent, CasePost

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


@pytest.fixture
def anna(db: None) -> User:
    calendars.ensure_defaults()
    return User.objects.create_user("anna@n.example", name="Anna", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def ben(anna: User) -> User:
    return User.objects.create_user("ben@n.example", name="Ben", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def topic(db: None) -> Topic:
    return Topic.objects.create(name="B", query="b", created_at=clock.now(), changed_at=clock.now())


@pytest.fixture
def channel(db: None) -> Channel:
    return Channel.objects.create(network="memory", name="Nordhain", created_at=clock.now())


def opened(channel: Channel, number: int, topic: Topic | None = None, *, days: int = 1, language: str = "de") -> Case:
    at = clock.now() - timedelta(days=days)
    post = Post.objects.create(
        network="memory", native_id=str(number), kind="POST", visibility="PUBLIC", speaker="OUTSIDER", text="?",
        language=language, root_native_id=str(number), posted_at=at, received_at=at, purpose="SERVICE", source="memory",
        delete_on=date(2099, 1, 1),
    )  # fmt: skip
    case = Case.objects.create(
        channel=channel, network=channel.network, root_native_id=str(number), visibility="PUBLIC", intent="QUESTION",
        opened_at=at,
        last_post_at=at, state="RESOLVED", resolved_at=at,
    )  # fmt: skip
    CasePost.objects.create(case=case, post=post, state="ANSWERED")
    if topic is not None:
        PostTopic.objects.create(post=post, topic=topic)
    return case


def test_replay_names_what_moves_and_changes_nothing(channel: Channel, topic: Topic, anna: User, ben: User) -> None:
    about = [opened(channel, number, topic) for number in (1, 2)]
    opened(channel, 3)
    english = opened(channel, 4, topic, language="en")
    opened(channel, 5, topic, days=31)
    before = [Row(id=1, owner_id=anna.pk), Row(id=2, topic_id=topic.pk, language="en", owner_id=ben.pk)]
    after = changed(before, new=Row(id=0, topic_id=topic.pk, owner_id=ben.pk))

    found = replay(before=before, after=after)

    assert (found.looked_at, found.count) == (4, 2)
    assert {one.case for one in found.moved} == set(about)
    assert found.shares == [(Receiver(anna), Receiver(ben), 2)]
    without = changed(after, new=None, instead_of=2)
    assert {one.case for one in replay(before=after, after=without).moved} == set()
    assert {one.case for one in replay(before=before, after=without[:1]).moved} == {english}
    assert not CaseEvent.objects.exists()


def test_replay_knows_nobody_teams_and_the_hour(channel: Channel, anna: User) -> None:
    team = Team.objects.create(name="Weekend")
    saturday = opened(channel, 1, days=2)  # the clock stands on a Monday
    opened(channel, 2, days=3)
    before = [Row(id=1, owner_id=anna.pk)]
    times = weekly.read({"5": [["00:00", "24:00"]]})

    to_team = replay(before=before, after=[*before, Row(id=2, times=times, team_id=team.pk)])
    to_nobody = replay(before=before, after=[*before, Row(id=2, times=times, nobody=True)])

    assert [(one.case, one.after) for one in to_team.moved] == [(saturday, Receiver(None, team))]
    assert [(one.case, one.after) for one in to_nobody.moved] == [(saturday, Receiver(anna, later=True))]
    assert replay(before=before, after=[]).shares == [(Receiver(anna), Receiver(), 2)]


def test_replay_asks_the_database_as_often_for_many_as_for_one(
    channel: Channel, topic: Topic, anna: User, django_assert_num_queries: object
) -> None:
    rows = [Row(id=1, owner_id=anna.pk)]
    for number in range(5):
        opened(channel, number, topic)

    with django_assert_num_queries(6):  # type: ignore[operator] # pytest-django's context manager
        replay(before=rows, after=[])

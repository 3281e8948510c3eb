from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.models import Responsibility
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.listening.models import Post, PostChannel
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, BadEvent
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.pipeline import channel_removal
from resonanz.pipeline.channel_removal import AnswersOnTheirWay
from resonanz.pipeline.models import PutAside
from resonanz.pipeline.take_in import take_in
from resonanz.privacy.models import AuditRecord, KeepReason, Tombstone
from resonanz.service.models import Case, CaseEvent, Outgoing
from resonanz.triage.models import Evaluation
from tests.privacy import holdings

from .events import NETWORK, ORIGIN, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that five posts need several."""
    monkeypatch.setattr(channel_removal, "BATCH", 2)


@pytest.fixture
def nora() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def channel(nora: User) -> Channel:
    calendars.ensure_defaults()
    made = connect(
        network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", is_live=True, actor=nora
    )
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=nora.pk, deputy_id=None, team_id=None, actor=nora
    )
    return made


def hear(channel: Channel, *ids: str) -> None:
    events = [posted(name, addressed=True, author=Author(native_id=f"id-of-{name}", name=name)) for name in ids]
    take_in(channel=channel, events=events, bad=[BadEvent(f"broken {name}", "bad") for name in ids])


def answer(channel: Channel, to: str, state: str = "SENT") -> Outgoing:
    post = Post.objects.get(native_id=to)
    return holdings.answer(post, Case.objects.get(case_posts__post=post), f"Guten Tag {to}", state, channel=channel)


def test_channel_goes_with_everything_that_came_only_through_it(channel: Channel, nora: User) -> None:
    hear(channel, "anna", "bert", "cleo", "dora", "emil")
    answer(channel, "anna")
    answer(channel, "bert", "UNKNOWN")
    answer(channel, "cleo", "DRAFT")

    gone = channel_removal.remove(channel_id=channel.pk, actor=nora)

    assert (gone.posts, gone.shared, gone.cases, gone.sent) == (5, 0, 5, 1)
    assert not Channel.objects.filter(pk=channel.pk).exists()
    for model in (Post, PostChannel, Evaluation, Case, CaseEvent, Outgoing, Identity, Person, PutAside,
                  Responsibility, Tombstone):  # fmt: skip
        assert not model.objects.exists(), model
    assert AuditRecord.objects.filter(act="channel.removed", thing_id=channel.pk, actor_id=nora.pk).count() == 1


def test_post_that_came_through_another_channel_stays_with_its_author(channel: Channel, nora: User) -> None:
    other = connect(network=NETWORK, name="Other", origin=ORIGIN, handle="nordhain_it", native_id="us2", actor=nora)
    hear(channel, "anna", "bert")
    hear(other, "anna")

    gone = channel_removal.remove(channel_id=channel.pk, actor=nora)

    assert (gone.posts, gone.shared) == (1, 1)
    assert [post.native_id for post in Post.objects.all()] == ["anna"]
    assert [case.channel_id for case in Case.objects.all()] == [other.pk]
    assert [identity.native_id for identity in Identity.objects.all()] == ["id-of-anna"]
    assert Person.objects.count() == 1


def test_stranger_without_any_post_left_goes_with_the_last_channel_there(channel: Channel, nora: User) -> None:
    hear(channel, "anna")
    Post.objects.all().delete()

    channel_removal.remove(channel_id=channel.pk, actor=nora)

    assert not Identity.objects.exists()


@pytest.mark.parametrize("state", ["QUEUED", "SENDING"])
def test_channel_stays_while_an_answer_is_on_its_way(channel: Channel, nora: User, state: str) -> None:
    hear(channel, "anna")
    answer(channel, "anna", state)

    with pytest.raises(AnswersOnTheirWay):
        channel_removal.remove(channel_id=channel.pk, actor=nora)

    channel.refresh_from_db()
    assert (channel.state, Post.objects.count()) == ("ACTIVE", 1)


def test_post_that_a_duty_keeps_stays_and_goes_as_soon_as_it_may(channel: Channel, nora: User) -> None:
    hear(channel, "anna", "bert")
    Post.objects.filter(native_id="anna").update(
        keep_until_at_least=date(2031, 1, 1), keep_reason=KeepReason.LEGAL_HOLD
    )

    channel_removal.remove(channel_id=channel.pk, actor=nora)

    assert list(Post.objects.values_list("native_id", "delete_on")) == [("anna", date(2026, 11, 16))]
    assert not Channel.objects.exists()


def test_topics_and_other_channels_stay(channel: Channel, nora: User) -> None:
    topics.create(name="Bikes", query="Rad", opens_cases=True, actor=nora)
    other = connect(network="feeds", name="News", address="https://news.example/feed", actor=nora)
    hear(channel, "anna")

    channel_removal.remove(channel_id=channel.pk, actor=nora)

    assert list(Channel.objects.values_list("pk", flat=True)) == [other.pk]
    assert not Post.objects.exists()


def test_batch_for_a_channel_that_was_removed_meanwhile_is_dropped(channel: Channel, nora: User) -> None:
    channel_removal.remove(channel_id=channel.pk, actor=nora)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit, which this test never reaches

    taken = take_in(channel=channel, events=[posted("late", addressed=True)], cursor="9")

    assert (taken.stored, Post.objects.count(), PutAside.objects.count()) == (0, 0, 0)

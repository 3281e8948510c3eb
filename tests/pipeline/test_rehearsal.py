from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Channel
from resonanz.pipeline.rehearsal import MOST_CHARACTERS, MOST_TEXTS, Gap, Outcome, rehearse
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case

from .events import ORIGIN, at, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]
COMPLAINT = "Seit drei Wochen warte ich auf meine Bestellung, eine Frechheit! Wann kommt sie endlich?"


def colleague(name: str) -> User:
    return User.objects.create_user(f"{name}@nordhain.example", name=name, role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def nora() -> User:
    return colleague("Nora")


@pytest.fixture
def account(nora: User) -> Channel:
    calendars.ensure_defaults()
    return connect(network="memory", name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=nora)


@pytest.fixture
def feed(nora: User) -> Channel:
    calendars.ensure_defaults()
    return connect(network="feeds", name="News", address="https://news.example/feed", actor=nora)


def answers(channel: Channel, owner: User, deputy: User | None = None) -> None:
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=owner.pk, team_id=None, actor=owner,
        deputy_id=deputy.pk if deputy else None,
    )  # fmt: skip


def row_counts() -> dict[str, int]:
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def test_rehearsal_stores_nothing(account: Channel, nora: User) -> None:
    answers(account, nora)
    topics.create(name="Orders", query="Bestellung", opens_cases=True, actor=nora)
    before = row_counts()

    rehearse(channel_id=account.pk, texts=[COMPLAINT, "Danke!", "<b>x</b>", "\x00\ud800", ""] * 10)

    assert row_counts() == before


def test_rehearsed_text_meets_the_person_and_the_due_time_of_the_real_one(account: Channel, nora: User) -> None:
    answers(account, nora, colleague("Deniz"))
    topic = topics.create(name="Orders", query="Bestellung", opens_cases=False, actor=nora)

    (one,) = rehearse(channel_id=account.pk, texts=[COMPLAINT])
    take_in(channel=account, events=[posted("1", COMPLAINT, addressed=True, posted_at=clock.now())])

    case = Case.objects.get()
    assert (one.outcome, one.person, one.due_at) == (Outcome.CASE, case.assignee, case.answer_due_at)
    assert one.due_at == at(4)
    assert (list(one.topics), one.gap) == ([topic], None)
    assert one.post.language == "de"
    assert one.post.evaluation.is_complaint


def test_first_gap_of_an_account(account: Channel, nora: User) -> None:
    def gap() -> Gap | None:
        return rehearse(channel_id=account.pk, texts=[COMPLAINT])[0].gap

    assert gap() == Gap.NOBODY
    answers(account, nora)
    assert gap() == Gap.NO_DEPUTY
    answers(account, nora, colleague("Deniz"))
    assert gap() is None
    User.objects.update(is_active=False)
    assert gap() == Gap.OWNER_GONE


def test_complaint_of_a_saturday_night_waits_long(account: Channel, nora: User) -> None:
    answers(account, nora, colleague("Deniz"))
    saturday = datetime(2026, 11, 14, 22, 0, tzinfo=UTC)

    (one,) = rehearse(channel_id=account.pk, texts=[COMPLAINT], at=saturday)

    # The practice network lives by the minute: twenty hours, whatever the calendar says.
    assert (one.due_at, one.gap) == (datetime(2026, 11, 15, 18, 0, tzinfo=UTC), Gap.LONG_WAIT)


def test_feed_hears_only_what_a_topic_asks_for(feed: Channel, nora: User) -> None:
    def outcome() -> tuple[Outcome, Gap | None]:
        (one,) = rehearse(channel_id=feed.pk, texts=[COMPLAINT])
        return one.outcome, one.gap

    assert outcome() == (Outcome.DROPPED, Gap.NO_TOPIC)
    topics.create(name="Orders", query="Bestellung", opens_cases=False, actor=nora)
    assert outcome() == (Outcome.LISTENING, Gap.OPENS_NO_CASE)
    topics.create(name="Anger", query="Frechheit", opens_cases=True, actor=nora)
    assert outcome() == (Outcome.CASE, Gap.NOBODY)


def test_small_talk_wants_nothing(account: Channel) -> None:
    (one,) = rehearse(channel_id=account.pk, texts=["Sitze gerade im Zug nach Lübeck, draußen scheint die Sonne."])

    assert (one.outcome, one.gap) == (Outcome.NO_ANSWER, None)


def test_rehearsal_is_bounded(account: Channel) -> None:
    found = rehearse(channel_id=account.pk, texts=["x" * 100_000] * (MOST_TEXTS + 5))

    assert len(found) == MOST_TEXTS
    assert len(found[0].post.text) <= MOST_CHARACTERS
    assert rehearse(channel_id=account.pk, texts=[]) == []

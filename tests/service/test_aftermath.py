from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from resonanz.core import clock
from resonanz.listening.models import Post, PostChannel
from resonanz.people.models import Identity, Person
from resonanz.privacy.models import Purpose
from resonanz.service import aftermath
from resonanz.service.aftermath import SILENT_DAYS, Ended, Said, ended
from resonanz.service.models import Aftermath, Case, Outcome, Outgoing
from resonanz.service.tasks import read_aftermath
from resonanz.triage.afterwords import afterwords
from resonanz.triage.models import Evaluation

from .conftest import MovingClock

SENT = datetime(2026, 5, 4, 12, tzinfo=UTC)
SOON = SENT + timedelta(days=1)
LATE = SENT + timedelta(days=SILENT_DAYS)


def says(post_id: int, text: str, mood: str = "", *, is_question: bool = False) -> Said:
    return Said(post_id, SENT + timedelta(hours=post_id), afterwords(text), mood, is_question)


def judged(*after: Said, before: tuple[Said, ...] = (), now: datetime = SOON) -> Ended | None:
    return ended(before=before, after=after, answered_at=SENT, now=now)


ANGRY = (Said(0, SENT - timedelta(hours=1), afterwords("Schon wieder kaputt!"), "negative"),)


def test_thanks_after_a_question_are_thanks() -> None:
    assert judged(says(1, "Ah, danke!")) == Ended(Outcome.THANKED, SENT + timedelta(hours=1), 1)


def test_thanks_or_a_friendly_word_after_anger_are_a_turn() -> None:
    assert judged(says(1, "Danke, läuft wieder"), before=ANGRY) == Ended(Outcome.TURNED, SENT + timedelta(hours=1), 1)
    assert judged(says(1, "Ihr seid die Besten", "positive"), before=ANGRY) == Ended(
        Outcome.TURNED, SENT + timedelta(hours=1), 1
    )


def test_friendly_word_without_anger_before_tells_nothing() -> None:
    assert judged(says(1, "Schönes Wochenende", "positive")) is None


def test_who_cancels_or_is_angry_again_and_again_has_left() -> None:
    assert judged(says(1, "Ich kündige.")) == Ended(Outcome.LEFT, SENT + timedelta(hours=1), 1)
    assert judged(says(1, "Unmöglich", "negative"), says(2, "Unverschämt", "negative")) == Ended(
        Outcome.LEFT, SENT + timedelta(hours=2), 2
    )
    assert judged(says(1, "Unmöglich", "negative")) is None


def test_newest_word_counts_and_a_question_behind_it_opens_it_again() -> None:
    assert judged(says(1, "Ich kündige."), says(2, "Hat sich geklärt, danke!")) == Ended(
        Outcome.THANKED, SENT + timedelta(hours=2), 2
    )
    assert judged(says(1, "Danke!"), says(2, "ok")) == Ended(Outcome.THANKED, SENT + timedelta(hours=1), 1)
    assert judged(says(1, "Danke!"), says(2, "Und wann kommt der Sattel?", is_question=True)) is None


def test_silence_begins_after_a_week_and_only_where_nothing_was_said() -> None:
    assert judged(now=LATE - timedelta(seconds=1)) is None
    assert judged(now=LATE) == Ended(Outcome.SILENT, LATE)
    assert judged(says(1, "Aha"), now=LATE) is None


def answered(case: Case) -> Outgoing:
    asked = Post.objects.get(native_id="1")
    person = Person.objects.create(
        name="Jonas", created_at=clock.now(), purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1)
    )
    case.identity = Identity.objects.create(
        network="memory", native_id="jonas", person=person, first_seen_at=clock.now(), last_seen_at=clock.now(),
        purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
    )  # fmt: skip
    case.first_reply_at = clock.now()
    case.save()
    return Outgoing.objects.create(
        key=uuid4(), channel=case.channel, case=case, in_reply_to=asked, parent_native_id="1", root_native_id="1",
        visibility="PUBLIC", text="Morgen.", state="SENT", created_at=clock.now(), sent_at=clock.now(),
        native_id="ours", delete_on=date(2099, 1, 1),
    )  # fmt: skip


def later(case: Case, text: str, *, author: str = "jonas", sentiment: str = "neutral", unsure: bool = False) -> Post:
    post = Post.objects.create(
        network="memory", native_id=str(uuid4()), kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER", text=text,
        author_native_id=author, root_native_id="1", parent_native_id="ours", received_at=clock.now(),
        posted_at=clock.now() + timedelta(minutes=1), purpose=Purpose.SERVICE, source="memory",
        delete_on=date(2099, 1, 1),
    )  # fmt: skip
    PostChannel.objects.create(post=post, channel=case.channel)
    labels = {"sentiment": {"value": sentiment, "unsure": unsure}}
    Evaluation.objects.create(post=post, sentiment=sentiment, labels=labels, evaluated_at=clock.now())
    return post


def test_thanks_to_our_answer_are_kept_though_the_case_is_resolved_and_they_open_none(quiet_case: Case) -> None:
    answered(quiet_case)
    Case.objects.update(state="RESOLVED", resolved_at=clock.now())
    thanks = later(quiet_case, "Super, danke!")

    read_aftermath(post_ids=str(thanks.pk))

    kept = Aftermath.objects.get(case=quiet_case)
    assert (kept.outcome, kept.post_id, kept.at) == (Outcome.THANKED, thanks.pk, thanks.posted_at)
    text, words = aftermath.words_of(aftermath=kept)
    assert words is not None
    assert text[words.start : words.end] == "danke"


def test_thanks_of_somebody_else_are_not_theirs(quiet_case: Case) -> None:
    answered(quiet_case)
    thanks = later(quiet_case, "Danke, das wollte ich auch wissen", author="birte")

    read_aftermath(post_ids=str(thanks.pk))

    assert not Aftermath.objects.exists()


def test_what_the_judges_are_unsure_of_is_no_anger(quiet_case: Case) -> None:
    answered(quiet_case)
    posts = [later(quiet_case, text, sentiment="negative", unsure=True) for text in ("Naja", "Hm")]

    aftermath.read(case_ids=aftermath.cases_after(post_ids=[post.pk for post in posts]))

    assert not Aftermath.objects.exists()


def test_daily_job_notes_silence_once_and_a_later_word_replaces_it(quiet_case: Case, moving_clock: MovingClock) -> None:
    answered(quiet_case)
    moving_clock.forward(days=SILENT_DAYS, minutes=5)

    assert aftermath.read_due() == 1
    assert Aftermath.objects.get().outcome == Outcome.SILENT
    assert aftermath.read_due() == 0

    read_aftermath(post_ids=str(later(quiet_case, "Nach dem Urlaub: vielen Dank!").pk))
    assert Aftermath.objects.get().outcome == Outcome.THANKED


def test_what_was_concluded_goes_with_the_post(quiet_case: Case) -> None:
    answered(quiet_case)
    thanks = later(quiet_case, "Danke!")
    read_aftermath(post_ids=str(thanks.pk))

    thanks.delete()

    assert not Aftermath.objects.exists()
    assert Case.objects.filter(pk=quiet_case.pk).exists()


def test_reading_takes_few_queries_however_many_posts(
    quiet_case: Case, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    answered(quiet_case)
    for number in range(3):
        later(quiet_case, f"Danke {number}")

    with django_assert_num_queries(10):  # type: ignore[operator]
        aftermath.read(case_ids=[quiet_case.pk])

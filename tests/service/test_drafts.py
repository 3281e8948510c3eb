from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.privacy import retention
from resonanz.privacy.models import AuditRecord
from resonanz.service import cases
from resonanz.service.answers import drafts, outbox, replies
from resonanz.service.answers.replies import AlreadySent, NotAllowed, UnderWay, cancel, queue_reply
from resonanz.service.conversation import conversation
from resonanz.service.models import Case, CaseEvent, CasePost, NoneNeeded, Outgoing, OutgoingState
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def post_id(case: Case) -> int:
    return CasePost.objects.get(case=case).post_id


def words(case: Case, author: User) -> str | None:
    draft = drafts.of(case_id=case.pk, author=author)
    return draft.text if draft else None


def test_draft_is_one_per_case_and_author_and_tells_nobody(
    case: Case, post_id: int, agent: User, colleague: User
) -> None:
    events, audited = CaseEvent.objects.count(), AuditRecord.objects.count()
    key = uuid4()
    for text in ("Mor", "Morgen fr", "Morgen früh"):
        drafts.keep(case_id=case.pk, post_id=post_id, text=text, author=agent, key=key)
    drafts.keep(case_id=case.pk, post_id=post_id, text="Heute?", author=colleague, key=uuid4())

    assert (words(case, agent), words(case, colleague)) == ("Morgen früh", "Heute?")
    assert Outgoing.objects.count() == 2
    assert (CaseEvent.objects.count(), AuditRecord.objects.count()) == (events, audited)
    assert not any(entry.outgoing for entry in conversation(case=case).entries)


def test_keeping_again_costs_few_queries_and_locks_no_case(case: Case, post_id: int, agent: User) -> None:
    key = uuid4()
    drafts.keep(case_id=case.pk, post_id=post_id, text="Mor", author=agent, key=key)

    with CaptureQueriesContext(connection) as asked:
        drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen", author=agent, key=key)

    assert len(asked) == 6  # of which two begin and end the savepoint
    assert not any(" FOR " in query["sql"] for query in asked)


def test_empty_words_remove_the_draft(case: Case, post_id: int, agent: User) -> None:
    drafts.keep(case_id=case.pk, post_id=post_id, text="Mor", author=agent, key=uuid4())

    assert drafts.keep(case_id=case.pk, post_id=post_id, text=" \n", author=agent, key=uuid4()) is None
    assert words(case, agent) is None


def test_draft_becomes_the_reply_of_its_form_and_does_not_come_back(case: Case, post_id: int, agent: User) -> None:
    key = uuid4()
    kept = drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen", author=agent, key=key)
    sent = queue_reply(case_id=case.pk, post_id=post_id, text="Morgen früh.", author=agent, key=key)
    late = drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen frü", author=agent, key=key)

    assert kept is not None
    assert (sent.pk, late, words(case, agent)) == (kept.pk, None, None)
    assert (sent.state, Outgoing.objects.get(pk=sent.pk).text) == (OutgoingState.QUEUED, "Morgen früh.")


def test_draft_of_another_form_leaves_only_when_the_reply_says_it_all(case: Case, post_id: int, agent: User) -> None:
    drafts.keep(case_id=case.pk, post_id=post_id, text="Ganz anders", author=agent, key=uuid4())
    queue_reply(case_id=case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    assert words(case, agent) == "Ganz anders"

    queue_reply(case_id=case.pk, post_id=post_id, text="Ganz anders als gestern.", author=agent, key=uuid4())
    assert words(case, agent) is None


def test_outbox_never_picks_up_a_draft(case: Case, post_id: int, agent: User, moving_clock: MovingClock) -> None:
    kept = drafts.keep(case_id=case.pk, post_id=post_id, text="Noch nicht", author=agent, key=uuid4())
    moving_clock.forward(days=2)

    assert kept is not None
    assert list(outbox.waiting()) == []
    outbox.send_due(outgoing_id=kept.pk)
    outbox.distrust()
    assert words(case, agent) == "Noch nicht"


def test_draft_expires_a_month_after_its_last_change(case: Case, post_id: int, agent: User) -> None:
    begun, key = clock.now(), uuid4()
    with clock.moved_to(begun):
        drafts.keep(case_id=case.pk, post_id=post_id, text="Mor", author=agent, key=key)
    with clock.moved_to(begun + timedelta(days=20)):
        drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen", author=agent, key=key)
    with clock.moved_to(begun + timedelta(days=49)):
        retention.delete_everything_due()
        assert words(case, agent) == "Morgen"
    with clock.moved_to(begun + timedelta(days=50)):
        retention.delete_everything_due()
        assert words(case, agent) is None


def test_closing_the_case_keeps_the_draft(case: Case, post_id: int, agent: User) -> None:
    drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen", author=agent, key=uuid4())
    cases.needs_no_answer(case_id=case.pk, post_id=post_id, reason=NoneNeeded.PRAISE, actor=agent)
    cases.resolve(case_id=case.pk, actor=agent)

    assert words(case, agent) == "Morgen"


def test_reply_taken_back_is_the_draft_again_under_its_key(case: Case, post_id: int, agent: User) -> None:
    key = uuid4()
    queue_reply(case_id=case.pk, post_id=post_id, text="Morgen?", author=agent, key=key)
    cancel(outgoing_id=Outgoing.objects.get().pk, actor=agent)
    assert words(case, agent) == "Morgen?"

    again = queue_reply(case_id=case.pk, post_id=post_id, text="Morgen.", author=agent, key=key)
    assert (again.state, again.key, Outgoing.objects.count()) == (OutgoingState.QUEUED, key, 1)


def test_reply_taken_back_stands_above_what_was_begun_since(case: Case, post_id: int, agent: User) -> None:
    sent = queue_reply(case_id=case.pk, post_id=post_id, text="Erstens.", author=agent, key=uuid4())
    drafts.keep(case_id=case.pk, post_id=post_id, text="Zweitens.", author=agent, key=uuid4())
    cancel(outgoing_id=sent.pk, actor=agent)

    assert words(case, agent) == "Erstens.\n\nZweitens."


def test_reply_that_was_tried_leaves_its_words_to_a_draft_with_another_key(
    case: Case, post_id: int, agent: User
) -> None:
    sent = queue_reply(case_id=case.pk, post_id=post_id, text="Morgen.", author=agent, key=uuid4())
    Outgoing.objects.filter(pk=sent.pk).update(state=OutgoingState.FAILED, attempt=1, due_at=None)
    cancel(outgoing_id=sent.pk, actor=agent)

    draft = drafts.of(case_id=case.pk, author=agent)
    assert draft is not None
    assert (draft.text, draft.attempt) == ("Morgen.", 0)
    assert draft.key != sent.key
    stale = drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen früh.", author=agent, key=sent.key)
    assert stale is not None
    assert stale.text == "Morgen früh."
    assert stale.key != sent.key


def test_two_people_answering_one_post_lose_no_word(case: Case, post_id: int, agent: User, colleague: User) -> None:
    drafts.keep(case_id=case.pk, post_id=post_id, text="Von Miriam", author=agent, key=uuid4())
    key = uuid4()
    drafts.keep(case_id=case.pk, post_id=post_id, text="Von O", author=colleague, key=key)
    drafts_of_miriam = drafts.of(case_id=case.pk, author=agent)
    assert drafts_of_miriam is not None
    queue_reply(case_id=case.pk, post_id=post_id, text="Von Miriam.", author=agent, key=drafts_of_miriam.key)

    with pytest.raises(UnderWay):
        queue_reply(case_id=case.pk, post_id=post_id, text="Von Ole.", author=colleague, key=key)

    assert words(case, colleague) == "Von Ole."
    assert Outgoing.objects.get(state=OutgoingState.QUEUED).text == "Von Miriam."


def test_words_that_the_guideline_refuses_stay(case: Case, post_id: int, agent: User) -> None:
    agent.role = Role.ANALYST
    with pytest.raises(NotAllowed):
        queue_reply(case_id=case.pk, post_id=post_id, text="Darf nicht", author=agent, key=uuid4())

    assert words(case, agent) == "Darf nicht"


def test_words_for_a_case_or_post_that_is_gone_are_refused(case: Case, post_id: int, agent: User) -> None:
    with pytest.raises(cases.NotInCase):
        drafts.keep(case_id=case.pk, post_id=post_id + 1, text="Hallo", author=agent, key=uuid4())
    gone = case.pk
    case.delete()

    with pytest.raises(cases.CaseGone):
        drafts.keep(case_id=gone, post_id=post_id, text="Hallo", author=agent, key=uuid4())


def test_key_of_somebody_elses_form_changes_nothing(case: Case, post_id: int, agent: User, colleague: User) -> None:
    key = uuid4()
    drafts.keep(case_id=case.pk, post_id=post_id, text="Von Miriam", author=agent, key=key)

    assert drafts.keep(case_id=case.pk, post_id=post_id, text="Von Ole", author=colleague, key=key) is None
    assert replies.queue_reply(case_id=case.pk, post_id=post_id, text="Von Ole", author=colleague, key=key).text == (
        "Von Miriam"
    )
    assert words(case, agent) == "Von Miriam"


def test_another_tab_with_the_same_form_loses_no_word(case: Case, post_id: int, agent: User) -> None:
    key = uuid4()
    sent = queue_reply(case_id=case.pk, post_id=post_id, text="Morgen früh.", author=agent, key=key)
    kept = drafts.keep(case_id=case.pk, post_id=post_id, text="Erst am Montag", author=agent, key=key)
    assert kept is not None
    assert (kept.text, kept.key == key) == ("Erst am Montag", False)

    with pytest.raises(AlreadySent):
        queue_reply(case_id=case.pk, post_id=post_id, text="Erst am Montag.", author=agent, key=key)

    assert words(case, agent) == "Erst am Montag."
    assert queue_reply(case_id=case.pk, post_id=post_id, text="Morgen früh.", author=agent, key=key).pk == sent.pk


def test_form_whose_reply_was_taken_back_can_be_sent_from_another_tab(case: Case, post_id: int, agent: User) -> None:
    key = uuid4()
    sent = queue_reply(case_id=case.pk, post_id=post_id, text="Erstens.", author=agent, key=key)
    drafts.keep(case_id=case.pk, post_id=post_id, text="Zweitens.", author=agent, key=uuid4())
    cancel(outgoing_id=sent.pk, actor=agent)

    again = queue_reply(case_id=case.pk, post_id=post_id, text="Erstens!", author=agent, key=key)

    assert (again.state, again.text) == (OutgoingState.QUEUED, "Erstens!")
    assert words(case, agent) == "Erstens.\n\nZweitens."

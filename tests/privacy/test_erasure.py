"""What goes, what stays and what is masked when somebody is erased."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from resonanz.core import clock
from resonanz.listening.models import EarlierWording, Post
from resonanz.people.models import Identity, Person
from resonanz.pipeline.models import PutAside, RejectedFile
from resonanz.privacy import audit, erasure, retention, tombstones
from resonanz.privacy.models import AuditRecord, KeepReason, Tombstone, TombstoneKind
from resonanz.service.erasure import take_from_cases
from resonanz.service.models import Case, Moderation, Outgoing
from resonanz.triage.models import Evaluation
from tests.privacy import holdings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_folder")]

Captured = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


def erase(author: str = "anna", *, suppress: bool = True) -> erasure.Erased:
    return erasure.erase_account(
        network="memory", origin="", native_id=f"id-of-{author}", actor=audit.SYSTEM, suppress=suppress
    )


def test_erase_account_leaves_nothing_but_a_masked_answer_and_a_tombstone() -> None:
    question = holdings.post("p1")
    holdings.wording(question, "before")
    Evaluation.objects.create(post=question, evaluated_at=clock.now())
    holdings.identity()
    sent = holdings.answer(question, holdings.case(question), "Guten Tag, Frau Bolwieser! @anna: Es geht los, Anna.")

    erased = erase()

    sent.refresh_from_db()
    assert sent.text == "Guten Tag, Frau █████! █████: Es geht los, █████."
    assert [model.objects.count() for model in (Post, EarlierWording, Evaluation, Identity, Person, Case)] == [0] * 6
    assert erased.held == 0
    stone = tombstones.account_hash("memory", "", "id-of-anna")
    assert tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=[stone, bytes(32)]) == {stone}
    record = AuditRecord.objects.get(act="privacy.account_erased")
    assert "anna" not in f"{record.actor_name} {record.thing} {record.details}".lower()


def test_erase_account_keeps_other_people() -> None:
    one, other = holdings.post("p1"), holdings.post("p2", author="bert", name="Bert Kahl")
    shared = holdings.case(one, other)
    holdings.identity("bert", "Bert Kahl")
    sent = holdings.answer(other, shared, "Guten Tag, Bert Kahl")

    erase()

    sent.refresh_from_db()
    assert sent.text == "Guten Tag, Bert Kahl"
    assert list(Post.objects.values_list("native_id", flat=True)) == ["p2"]
    assert Case.objects.get().case_posts.get().post == other
    assert Person.objects.get().name == "Bert Kahl"


def test_erase_account_masks_mentions_by_others_and_by_us() -> None:
    question = holdings.post("p1")
    holdings.post("p2", author="bert", name="Bert", text="@Anna hat recht, Anna Bolwieser auch; @annabel nicht. Anna!")
    ours = holdings.post("p3", author="us", name="Us", speaker="OWN", is_context=True, text="Danke, Anna!")
    Post.objects.filter(pk=ours.pk).update(parent_native_id=question.native_id)

    erase()

    texts = dict(Post.objects.values_list("native_id", "text"))
    assert texts == {"p2": "█████ hat recht, █████ auch; @annabel nicht. Anna!", "p3": "Danke, █████!"}


def test_ledger_keeps_that_something_was_hidden_and_by_which_rule_but_not_whose_words() -> None:
    said = holdings.post("p1", text="Ihr Idioten, sagt Anna Bolwieser")
    case = holdings.case(said)
    row = holdings.moderation(said, case, words="Anna Bolwieser beschimpft uns", url="https://n.example/anna")
    waiting = holdings.moderation(said, case, act="REPORT", state="QUEUED", due_at=clock.now(), done_at=None)

    erase()

    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.act, row.rule, row.state) == ("HIDE", "17.1", "DONE")
    assert (row.excerpt, row.url, row.author_native_id, row.target_native_id) == ("", "", "", "")
    assert "Anna" not in row.words
    assert waiting.state == "CANCELLED"


def test_what_is_being_done_to_an_account_is_held_and_erased_the_next_time() -> None:
    said = holdings.post("p1", text="Ihr Idioten, sagt Anna Bolwieser")
    row = holdings.moderation(said, holdings.case(said), state="UNKNOWN", done_at=None)

    first = erase()

    row.refresh_from_db()
    assert (first.held, row.excerpt, row.target_native_id) == (1, "", "p1")
    Moderation.objects.update(state="DONE", done_at=clock.now())
    erasure.erase_what_tombstones_name()
    row.refresh_from_db()
    assert (row.author_native_id, row.target_native_id) == ("", "")


def test_excerpt_goes_with_a_post_unless_we_deleted_it_ourselves() -> None:
    hidden, deleted = holdings.post("p1"), holdings.post("p2")
    case = holdings.case(hidden, deleted)
    rows = [holdings.moderation(hidden, case), holdings.moderation(deleted, case, act="DELETE")]

    take_from_cases([hidden.pk, deleted.pk])

    for row in rows:
        row.refresh_from_db()
    assert [row.excerpt for row in rows] == ["", "p2 by anna"]


def test_notes_name_nobody_who_is_erased_or_left_the_case() -> None:
    anna, bert = holdings.post("p1"), holdings.post("p2", author="bert", name="Bert Kahl")
    shared = holdings.note(holdings.case(anna, bert), "Anna rief an, Bert Kahl nicht.")
    elsewhere = holdings.note(holdings.case(bert, root_native_id="p2"), "Wie bei Anna Bolwieser; Anna ist ein Name.")

    erase()

    shared.refresh_from_db()
    elsewhere.refresh_from_db()
    assert shared.text == "█████ rief an, Bert Kahl nicht."
    assert elsewhere.text == "Wie bei █████; Anna ist ein Name."


def test_draft_to_one_names_nobody_else_who_left_the_case() -> None:
    anna, bert = holdings.post("p1"), holdings.post("p2", author="bert", name="Bert Kahl")
    draft = holdings.answer(bert, holdings.case(anna, bert), "Anna, wir prüfen.\n\nHerr Kahl, wir auch.", "DRAFT")

    erase()

    draft.refresh_from_db()
    assert (draft.text, draft.state) == ("█████, wir prüfen.\n\nHerr Kahl, wir auch.", "DRAFT")


def test_note_names_the_author_while_another_post_of_hers_stays_in_the_case() -> None:
    first, second, other = holdings.post("p1"), holdings.post("p2"), holdings.post("p3", author="bert", name="Bert")
    note = holdings.note(holdings.case(first, second, other), "Anna rief an.")

    take_from_cases([first.pk])
    note.refresh_from_db()
    assert note.text == "Anna rief an."

    take_from_cases([second.pk])
    note.refresh_from_db()
    assert note.text == "█████ rief an."


def test_person_with_another_account_stays_without_the_erased_name() -> None:
    first = holdings.identity()
    holdings.identity("anna.b", "A. B.", person=first.person)

    erase()

    assert Identity.objects.get().handle == "anna.b"
    assert Person.objects.get().name == ""


def test_context_leaves_with_its_case_unless_another_one_needs_it() -> None:
    question = holdings.post("p1")
    alone = holdings.post("c1", author="bert", is_context=True)
    shared = holdings.post("c2", author="bert", is_context=True)
    holdings.case(question, alone, shared)
    holdings.case(shared, holdings.post("p9", author="cora", root_native_id="p9"), root_native_id="p9")

    erasure.erase_posts([("memory", "", "p1")])

    assert set(Post.objects.values_list("native_id", flat=True)) == {"c2", "p9"}
    stones = {name: tombstones.post_hash("memory", "", name) for name in ("p1", "c1")}
    assert tombstones.raised(kind=TombstoneKind.POST, hashes=stones.values()) == {stones["p1"]}


def test_legal_hold_keeps_until_it_ends_and_then_the_daily_job_erases() -> None:
    last_day = retention.today() + timedelta(days=30)
    hold: dict[str, Any] = {"keep_until_at_least": last_day, "keep_reason": KeepReason.LEGAL_HOLD}
    held = holdings.post("p1", **hold)
    sent = holdings.answer(held, holdings.case(held), "Guten Tag, Anna Bolwieser")

    erased = erase()

    assert erased.held == 1
    assert Case.objects.count() == Post.objects.count() == 1
    assert Outgoing.objects.get().text == sent.text
    for days, left in ((30, 1), (31, 0)):
        with clock.moved_to(clock.now() + timedelta(days=days)):
            retention.delete_everything_due()
        assert Post.objects.count() == Case.objects.count() == left
    assert Outgoing.objects.get().text == "Guten Tag, █████"


def test_answer_that_has_not_left_is_cancelled_and_one_on_its_way_is_waited_for() -> None:
    first, second = holdings.post("p1"), holdings.post("p2")
    both = holdings.case(first, second)
    queued = holdings.answer(first, both, "Liebe Anna", "QUEUED")
    sending = holdings.answer(second, both, "Liebe Anna", "SENDING")

    erased = erase()

    queued.refresh_from_db()
    sending.refresh_from_db()
    assert (queued.state, queued.text) == ("CANCELLED", "Liebe █████")
    assert (sending.state, sending.text, sending.in_reply_to) == ("SENDING", "Liebe Anna", second)
    assert erased.held == 1

    Outgoing.objects.filter(pk=sending.pk).update(state="SENT", sent_at=clock.now(), native_id="there")
    retention.delete_everything_due()

    sending.refresh_from_db()
    assert sending.text == "Liebe █████"
    assert not Post.objects.exists()


def test_ids_that_contain_the_account_are_replaced_alike_wherever_they_are_referred_to() -> None:
    telling = "at://id-of-anna/post/1"
    root = holdings.post(telling, root_native_id=telling)
    reply = holdings.post("p2", author="bert", root_native_id=telling, parent_native_id=telling)
    shared = holdings.case(root, reply)

    erase()

    reply.refresh_from_db()
    shared.refresh_from_db()
    assert reply.root_native_id == reply.parent_native_id == shared.root_native_id
    assert reply.root_native_id.startswith("erased:")
    assert "anna" not in reply.root_native_id


def test_raw_deliveries_and_rejected_lines_that_name_the_account_go(
    data_folder: Path, django_capture_on_commit_callbacks: Captured
) -> None:
    holdings.identity("ann", "Änne Bolwieser")
    common = {"channel": holdings.channel(), "reason": "bad", "at": clock.now(), "delete_on": holdings.FAR}
    for raw in ('{"by": "\\u00c4nne Bolwieser"}', '{"id":"id-of-ann"}', '{"by": "Susannah", "id": "id-of-anna"}'):
        PutAside.objects.create(raw=raw, **common)
    file = data_folder / "old.jsonl.rejected.jsonl"
    file.write_text('{"line":"Änne Bolwieser"}\n{"line":"Susannah"}\n', "utf-8")
    RejectedFile.objects.create(path=str(file), delete_on=holdings.FAR)

    with django_capture_on_commit_callbacks(execute=True):
        erase("ann")

    assert PutAside.objects.get().raw == '{"by": "Susannah", "id": "id-of-anna"}'
    assert file.read_text("utf-8") == '{"line":"Susannah"}\n'


def test_deletions_of_what_was_never_stored_leave_no_trace() -> None:
    erasure.erase_posts([("memory", "", "unknown")])
    erase("nobody", suppress=False)

    assert not AuditRecord.objects.exists()
    assert not tombstones.any_raised(kind=TombstoneKind.POST)


def test_replay_erases_again_what_a_restored_backup_brings_back(
    django_capture_on_commit_callbacks: Captured,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        holdings.post("p1")
        erasure.erase_posts([("memory", "", "p1")])
        erase("bert")
    Tombstone.objects.all().delete()
    holdings.post("p1")
    holdings.post("p2", author="bert")
    holdings.post("p3", author="cora")
    holdings.identity("bert")

    erased = erasure.replay()

    assert erased == 2
    assert Post.objects.get().native_id == "p3"
    assert not Identity.objects.exists()


def test_erase_account_takes_everything_back_when_a_part_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    holdings.post("p1")

    def fail(_subject: erasure.Subject) -> erasure.Removed:
        raise RuntimeError

    monkeypatch.setitem(erasure._parts, "lowest", erasure.Part(room="lowest", erase_account=fail))
    with pytest.raises(RuntimeError):
        erase()

    assert Post.objects.count() == 1
    assert not tombstones.any_raised(kind=TombstoneKind.ACCOUNT)


def test_a_post_without_author_belongs_to_no_account() -> None:
    holdings.post("p1", author_native_id="", author_handle="", author_name="")

    erasure.erase_account(network="memory", origin="", native_id="", actor=audit.SYSTEM, suppress=False)

    assert Post.objects.count() == 1

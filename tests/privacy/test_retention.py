"""How long things are kept, and that the daily job deletes them and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from resonanz.accounts.models import SignInLink, User
from resonanz.core import clock
from resonanz.listening.models import EarlierWording, Post
from resonanz.people.models import Identity, Person
from resonanz.pipeline.models import PutAside, RejectedFile
from resonanz.privacy import audit, retention
from resonanz.privacy.models import AuditRecord, KeepReason, Purpose, Tombstone
from resonanz.service.models import Case, CaseNote, Outgoing
from tests.privacy import holdings

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.usefixtures("moved_clock")
@pytest.mark.parametrize(
    ("purpose", "network", "since", "day"),
    [
        (Purpose.SERVICE, "mastodon", NOW, date(2028, 11, 15)),
        (Purpose.REPUTATION, "mastodon", NOW, date(2027, 5, 15)),
        (Purpose.SERVICE, "youtube", NOW, date(2026, 12, 16)),
        (Purpose.SERVICE, "linkedin", NOW, date(2026, 11, 18)),
        (Purpose.REPUTATION, "mastodon", datetime(9999, 12, 31, tzinfo=UTC), date(2027, 5, 15)),
        # Half past eleven at night in London is the next day at the company's.
        (Purpose.RESEARCH, "mastodon", datetime(2026, 11, 1, 23, 30, tzinfo=UTC), date(2027, 1, 31)),
    ],
)
def test_delete_on_is_the_earlier_day_of_purpose_and_network(
    purpose: Purpose, network: str, since: datetime, day: date
) -> None:
    assert retention.delete_on(purpose=purpose, network=network, since=since) == day


@pytest.mark.django_db
@pytest.mark.usefixtures("moved_clock", "data_folder")
class TestDailyJob:
    """`delete_everything_due` on 16 November 2026."""

    def test_posts_go_on_their_day_unless_they_must_be_kept(self) -> None:
        reason = KeepReason.CLAIM
        holdings.post("due", delete_on=TODAY)
        holdings.post("tomorrow", delete_on=TODAY + timedelta(days=1))
        holdings.post("held", delete_on=YESTERDAY, keep_until_at_least=TODAY, keep_reason=reason)
        holdings.post("no longer held", delete_on=YESTERDAY, keep_until_at_least=YESTERDAY, keep_reason=reason)

        deleted = retention.delete_everything_due()

        assert set(Post.objects.values_list("native_id", flat=True)) == {"tomorrow", "held"}
        assert deleted["posts"] == 2
        assert not Tombstone.objects.exists()

    def test_cases_go_with_their_last_post_and_take_their_context_along(self) -> None:
        due, later = holdings.post("due", delete_on=TODAY), holdings.post("later")
        holdings.case(due, holdings.post("context", is_context=True))
        holdings.case(later, holdings.post("also due", delete_on=TODAY), root_native_id="p2")

        retention.delete_everything_due()

        assert set(Post.objects.values_list("native_id", flat=True)) == {"later"}
        assert [one.post for one in Case.objects.get().case_posts.all()] == [later]

    def test_more_than_one_batch_goes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        for number in range(5):
            holdings.case(holdings.post(f"p{number}", delete_on=TODAY), root_native_id=f"p{number}")

        retention.delete_everything_due()

        assert not Post.objects.exists()
        assert not Case.objects.exists()

    def test_answers_go_on_their_day_but_not_while_on_their_way(self) -> None:
        about = holdings.case(holdings.post("p1"))
        for state in ("SENT", "CANCELLED", "DRAFT", "QUEUED", "SENDING"):
            holdings.answer(holdings.post(state), about, "text", state, delete_on=TODAY)

        retention.delete_everything_due()

        assert set(Outgoing.objects.values_list("state", flat=True)) == {"QUEUED", "SENDING"}

    def test_notes_go_on_their_day_and_with_their_case(self) -> None:
        due, staying = holdings.case(holdings.post("p1", delete_on=TODAY)), holdings.post("p2")
        about = holdings.case(staying, root_native_id="p2")
        holdings.note(due, "goes with its case")
        holdings.note(about, "is due itself", delete_on=TODAY)
        left = holdings.note(about, "stays")

        retention.delete_everything_due()

        assert list(CaseNote.objects.all()) == [left]

    def test_wordings_stay_while_a_case_on_the_post_is_open(self) -> None:
        with_open, with_resolved, alone = holdings.post("p1"), holdings.post("p2"), holdings.post("p3")
        holdings.case(with_open)
        holdings.case(with_resolved, state="RESOLVED", resolved_at=clock.now())
        for one in (with_open, with_resolved, alone):
            holdings.wording(one, "before")

        retention.delete_everything_due()

        assert EarlierWording.objects.get().post == with_open

    def test_people_go_with_their_last_identity_and_held_identities_are_not_taken_along(self) -> None:
        holdings.identity("anna", delete_on=TODAY)
        hold: dict[str, Any] = {
            "keep_until_at_least": TODAY,
            "keep_reason": KeepReason.LEGAL_HOLD,
            "delete_on": YESTERDAY,
        }
        held = holdings.identity("bert", "Bert Kahl", **hold)
        Person.objects.update(delete_on=TODAY)

        retention.delete_everything_due()

        assert Identity.objects.get() == held
        assert Person.objects.get().name == ""

    def test_raw_deliveries_and_rejected_files_go(self, data_folder: Path) -> None:
        for day in (TODAY, holdings.FAR):
            PutAside.objects.create(channel=holdings.channel(), raw="x", reason="bad", at=clock.now(), delete_on=day)
        due, later = data_folder / "a.rejected.jsonl", data_folder / "b.rejected.jsonl"
        foreign = data_folder / "not-ours.txt"
        for file, day in {due: TODAY, later: holdings.FAR, foreign: TODAY}.items():
            file.write_text("x", "utf-8")
            RejectedFile.objects.create(path=str(file), delete_on=day)
        RejectedFile.objects.create(path=str(data_folder / "gone.rejected.jsonl"), delete_on=TODAY)

        retention.delete_everything_due()

        assert PutAside.objects.get().delete_on == holdings.FAR
        assert RejectedFile.objects.get().path == str(later)
        assert [due.exists(), later.exists(), foreign.exists()] == [False, True, True]

    def test_links_and_sessions_that_open_nothing_go(self) -> None:
        user = User.objects.create_user("eva@example.org", name="Eva", created_at=NOW)
        ends = {"old": NOW, "used": NOW + timedelta(hours=1), "valid": NOW + timedelta(hours=1)}
        for name, at in ends.items():
            used_at = NOW if name == "used" else None
            SignInLink.objects.create(user=user, token_hash=name.encode(), expires_at=at, used_at=used_at)
            Session.objects.create(session_key=name, session_data="", expire_date=at)

        retention.delete_everything_due()

        assert bytes(SignInLink.objects.get().token_hash) == b"valid"
        assert set(Session.objects.values_list("pk", flat=True)) == {"used", "valid"}

    def test_finished_jobs_go_a_week_after_their_last_event(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
                " SELECT 'q', name, status::procrastinate_job_status, '{}'"
                " FROM (VALUES ('old', 'failed'), ('new', 'failed'), ('open', 'todo')) AS job (name, status)"
            )
            cursor.execute("DELETE FROM procrastinate_events")
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at)"
                " SELECT id, 'failed', CASE task_name WHEN 'new' THEN %s ELSE %s END FROM procrastinate_jobs",
                [NOW - timedelta(days=6), NOW - timedelta(days=8)],
            )

            retention.delete_everything_due()

            cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")
            assert cursor.fetchall() == [("new",), ("open",)]

    def test_audit_goes_after_its_span(self) -> None:
        for days in (audit.KEEP_DAYS + 1, audit.KEEP_DAYS - 1):
            with clock.moved_to(NOW - timedelta(days=days)):
                audit.record(act=f"test.{days}", actor=audit.SYSTEM, thing="post", thing_id=1)

        retention.delete_everything_due()

        assert AuditRecord.objects.get().act == f"test.{audit.KEEP_DAYS - 1}"


@pytest.mark.django_db
def test_young_audit_cannot_be_deleted_whatever_the_application_asks() -> None:
    audit.record(act="test.young", actor=audit.SYSTEM, thing="post", thing_id=1)

    with clock.moved_to(clock.now() + timedelta(days=3 * audit.KEEP_DAYS)):
        deleted = audit.delete_old(limit=10)

    assert deleted == 0
    assert AuditRecord.objects.count() == 1

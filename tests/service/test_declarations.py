"""Declarations: found, told to whoever is named, and no case resolved without a decision."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties.appointments import CannotLookAfter, appoint
from resonanz.duties.models import Charge
from resonanz.listening.models import Intent, Post
from resonanz.privacy import audit, erasure
from resonanz.service import cases, intake
from resonanz.service.lists import inbox
from resonanz.service.lists.filtering import meant
from resonanz.service.lists.inbox import Filters, View
from resonanz.service.models import Case, CaseEvent, CasePost, CaseWarning, Declaration
from resonanz.service.tasks import look_for_declarations
from resonanz.service.times import warnings
from resonanz.service.work import crises, declarations, undoing
from resonanz.service.work.acting import NotOpen, act_on_all
from resonanz.service.work.closing import Resolve
from resonanz.service.work.declarations import Undecided
from resonanz.service.work.merging import merge
from resonanz.service.work.splitting import split
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.models import Evaluation, Feedback

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)  # ten o'clock in Berlin
LABEL = {"value": True, "probability": 0.6, "unsure": True, "because": [], "version": "de-1"}


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


def said(case: Case, thread: str = "", **more: object) -> Post:
    """Somebody writes what may be a declaration, in the thread of the case or another one."""
    native_id = f"declared-{uuid4().hex[:8]}"
    post = Post.objects.create(
        network="memory", native_id=native_id, kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER",
        author_native_id="jonas", author_handle="jonas", author_name="Jonas Bolwieser", text="Hiermit kündige ich.",
        root_native_id=thread or case.root_native_id, purpose="SERVICE", source="memory", delete_on=date(2099, 1, 1),
        **{"posted_at": clock.now(), "received_at": clock.now()} | more,
    )  # fmt: skip
    labels = {"declaration": LABEL, "crisis": {**LABEL, "value": False}}
    Evaluation.objects.create(post=post, labels=labels, evaluated_at=clock.now())
    arrive(case, post)
    return post


def arrive(case: Case, post: Post, *, declared: float = 0.6, is_crisis: bool = False) -> list[int]:
    arrival = intake.Arrival(
        post_id=post.pk, network=post.network, origin="", root_id=post.root_native_id, visibility="PUBLIC",
        posted_at=post.posted_at,
        topic_ids=[], identity_id=None, wanted=True, intent=Intent.OTHER, urgency=0.3, author_id="jonas",
        declared=declared, is_crisis=is_crisis,
    )  # fmt: skip
    return intake.take(channel=case.channel, arrivals=[arrival])


@pytest.fixture
def declared(quiet_case: Case) -> Declaration:
    """Found on a Tuesday at ten, received an hour before."""
    with clock.moved_to(TUESDAY):
        said(quiet_case, posted_at=TUESDAY - timedelta(hours=1), received_at=TUESDAY)
    return Declaration.objects.get()


def test_chance_looks_at_what_may_be_one_whatever_the_judge_decided() -> None:
    def chance(value: bool, probability: float) -> float:
        found = {"declaration": Judgement(value, probability, unsure=True)}
        return declarations.chance(evaluated=Evaluated("de", found, 0.1, {}))

    assert chance(True, 0.3) == 0.3
    assert chance(False, 0.7) == pytest.approx(0.3)
    assert chance(True, 0.05) == chance(False, 0.95) == 0
    assert declarations.chance(evaluated=None) == 0


def test_nobody_is_rung_for_what_is_hardly_a_crisis() -> None:
    def is_one(probability: float) -> bool:
        found = {"crisis": Judgement(True, probability, unsure=True)}
        return crises.is_one(evaluated=Evaluated("de", found, 0.1, {}))

    assert (is_one(0.07), is_one(0.5)) == (False, True)


def test_its_clock_begins_when_the_network_says_it_was_posted(declared: Declaration) -> None:
    assert (declared.state, declared.kind, declared.probability) == ("FOUND", "", 0.6)
    assert (declared.received_at, declared.by_network) == (TUESDAY - timedelta(hours=1), True)
    assert declared.due_at == TUESDAY + timedelta(hours=4)


def test_a_moment_that_lies_ahead_of_us_is_not_believed(quiet_case: Case) -> None:
    now = clock.now()
    said(quiet_case, posted_at=now + timedelta(days=900), received_at=now)

    found = Declaration.objects.get()
    assert (found.received_at, found.by_network) == (now, False)


def test_a_post_that_comes_twice_is_one_declaration(quiet_case: Case, declared: Declaration) -> None:
    arrive(quiet_case, declared.post)

    assert Declaration.objects.count() == 1
    assert CaseEvent.objects.filter(act="declaration.found").count() == 1


def test_no_way_of_resolving_leads_past_it(quiet_case: Case, declared: Declaration, agent: User) -> None:
    CasePost.objects.filter(case=quiet_case).update(state="ANSWERED")

    with pytest.raises(Undecided):
        cases.resolve(case_id=quiet_case.pk, actor=agent)
    with pytest.raises(Undecided):
        cases.resolve(case_id=quiet_case.pk, actor=agent, reason="SPAM")
    outcome = act_on_all(act=Resolve("SPAM"), case_ids=[quiet_case.pk], actor=agent, batch=uuid4())

    assert [one.code for one in outcome.refused] == ["declaration.undecided"]
    assert Case.objects.get().state == "OPEN"


def test_none_is_one_act_and_the_judge_hears_of_it(quiet_case: Case, declared: Declaration, agent: User) -> None:
    declarations.decide_none(declaration_id=declared.pk, actor=agent)

    declared.refresh_from_db()
    assert (declared.state, declared.decided_by, declared.decided_at is not None) == ("NONE", agent, True)
    assert Feedback.objects.values_list("label", "value", "by").get() == ("declaration", "false", agent.pk)
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="SPAM")
    assert Case.objects.get().state == "RESOLVED"


def test_its_kind_sets_its_time_and_only_what_was_done_frees_the_case(
    quiet_case: Case, declared: Declaration, agent: User
) -> None:
    declarations.decide_kind(declaration_id=declared.pk, kind="DATA_REQUEST", actor=agent)
    declared.refresh_from_db()

    assert declared.due_at == datetime(2026, 12, 17, 22, 59, tzinfo=UTC)
    with pytest.raises(Undecided):
        cases.resolve(case_id=quiet_case.pk, actor=agent, reason="SPAM")
    declarations.decide_done(declaration_id=declared.pk, done="Sent by letter", actor=agent)
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="ANSWERED_ELSEWHERE")
    assert Declaration.objects.values_list("state", "done").get() == ("DONE", "Sent by letter")
    assert Feedback.objects.values_list("value", flat=True).get() == "true"


@pytest.mark.parametrize("kind", ["", "MARRIAGE"])
def test_a_declaration_is_of_a_kind_that_is_known(declared: Declaration, agent: User, kind: str) -> None:
    with pytest.raises(declarations.NoKind):
        declarations.decide_kind(declaration_id=declared.pk, kind=kind, actor=agent)
    with pytest.raises(declarations.NoKind):
        declarations.decide_done(declaration_id=declared.pk, done="x", actor=agent)


@pytest.mark.parametrize("day", [None, date(2026, 11, 16), date(9999, 12, 31)])
def test_a_deadline_names_a_day_after_its_receipt(declared: Declaration, agent: User, day: date | None) -> None:
    with pytest.raises(declarations.NoDay):
        declarations.decide_kind(declaration_id=declared.pk, kind="DEADLINE", named_day=day, actor=agent)


def test_something_has_to_have_been_done(declared: Declaration, agent: User) -> None:
    declarations.decide_kind(declaration_id=declared.pk, kind="OBJECTION", actor=agent)

    with pytest.raises(declarations.NothingDone):
        declarations.decide_done(declaration_id=declared.pk, done=" \n\t", actor=agent)


def test_a_decision_is_taken_back_within_ten_seconds(declared: Declaration, agent: User) -> None:
    due_at = declared.due_at
    declarations.decide_kind(declaration_id=declared.pk, kind="WITHDRAWAL", actor=agent)

    undoing.undo(event_id=CaseEvent.objects.get(act="declaration.is_one").pk, actor=agent)

    declared.refresh_from_db()
    assert (declared.state, declared.kind, declared.due_at, declared.decided_by) == ("FOUND", "", due_at, None)
    assert not Feedback.objects.exists()
    assert Post.objects.get(pk=declared.post_id).keep_until_at_least is None


def test_no_none_taken_back_teaches_the_judge_again_what_was_said_before(declared: Declaration, agent: User) -> None:
    declarations.decide_kind(declaration_id=declared.pk, kind="WITHDRAWAL", actor=agent)
    declarations.decide_none(declaration_id=declared.pk, actor=agent)

    undoing.undo(event_id=CaseEvent.objects.get(act="declaration.none").pk, actor=agent)

    assert Declaration.objects.get().state == "RUNNING"
    assert Feedback.objects.get().value == "true"


def test_no_clock_begins_in_a_resolved_case(quiet_case: Case, declared: Declaration, agent: User) -> None:
    declarations.decide_none(declaration_id=declared.pk, actor=agent)
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="SPAM")

    with pytest.raises(NotOpen):
        declarations.decide_kind(declaration_id=declared.pk, kind="WITHDRAWAL", actor=agent)

    assert Declaration.objects.get().state == "NONE"


def test_it_goes_with_its_post_into_the_case_that_is_merged_into_and_split_off(
    quiet_case: Case, declared: Declaration, agent: User
) -> None:
    other = Case.objects.exclude(pk=quiet_case.pk).get(pk=arrive(quiet_case, said(quiet_case, "2"), declared=0.0)[0])
    Declaration.objects.exclude(pk=declared.pk).delete()
    merge(case_id=quiet_case.pk, into_id=other.pk, actor=agent)

    assert Declaration.objects.get().case == other
    with pytest.raises(Undecided):
        cases.resolve(case_id=other.pk, actor=agent, reason="SPAM")
    part = split(case_id=other.pk, post_ids=[declared.post_id], actor=agent)
    assert Declaration.objects.get().case == part
    cases.resolve(case_id=other.pk, actor=agent, reason="SPAM")


def test_a_withdrawal_outlives_the_wish_of_its_author_and_a_data_request_does_not(
    quiet_case: Case, declared: Declaration, agent: User
) -> None:
    request = said(quiet_case)
    declarations.decide_kind(declaration_id=declared.pk, kind="WITHDRAWAL", actor=agent)
    declarations.decide_done(declaration_id=declared.pk, done="Money sent to Jonas Bolwieser", actor=agent)
    second = Declaration.objects.get(post=request)
    declarations.decide_kind(declaration_id=second.pk, kind="DATA_REQUEST", actor=agent)

    erasure.erase_account(network="memory", origin="", native_id="jonas", actor=audit.SYSTEM, suppress=True)

    left = Declaration.objects.get()
    assert (left.pk, left.post.keep_reason) == (declared.pk, "CLAIM")
    assert "Bolwieser" not in left.done
    declarations.decide_none(declaration_id=left.pk, actor=agent)
    assert Post.objects.get(pk=left.post_id).keep_until_at_least is None


def test_words_that_come_into_a_post_afterwards_are_looked_at(quiet_case: Case) -> None:
    post = Post.objects.get()
    labels = {"declaration": LABEL, "crisis": LABEL}
    Evaluation.objects.create(post=post, labels=labels, urgency=0.8, evaluated_at=clock.now())

    look_for_declarations(post_ids=str(post.pk))

    case = Case.objects.get()
    assert Declaration.objects.get().post == post
    assert case.crisis_at is not None
    assert case.urgency == pytest.approx(0.8)


def test_a_resolved_case_opens_for_what_was_written_into_its_post(quiet_case: Case, agent: User) -> None:
    post = Post.objects.get()
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="NOT_OURS")
    evaluation = Evaluation.objects.create(post=post, labels={}, evaluated_at=clock.now())
    look_for_declarations(post_ids=str(post.pk))
    quiet_case.refresh_from_db()
    assert quiet_case.state == "RESOLVED"

    Evaluation.objects.filter(pk=evaluation.pk).update(labels={"declaration": LABEL})
    look_for_declarations(post_ids=str(post.pk))

    found = Declaration.objects.get()
    quiet_case.refresh_from_db()
    assert (quiet_case.state, found.post, found.case) == ("OPEN", post, quiet_case)
    declarations.decide_none(declaration_id=found.pk, actor=agent)
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="NOT_OURS")
    look_for_declarations(post_ids=str(post.pk))
    quiet_case.refresh_from_db()
    assert quiet_case.state == "RESOLVED"


def test_beside_an_open_case_of_the_thread_a_resolved_one_stays_so_and_the_open_one_holds_it(
    quiet_case: Case, agent: User
) -> None:
    post = Post.objects.get()
    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="NOT_OURS")
    other = Case.objects.get(pk=quiet_case.pk)
    other.pk, other.state, other.resolved_at, other.closed_because = None, "OPEN", None, ""
    other.save(force_insert=True)
    Evaluation.objects.create(post=post, labels={"declaration": LABEL}, evaluated_at=clock.now())

    look_for_declarations(post_ids=str(post.pk))

    quiet_case.refresh_from_db()
    assert quiet_case.state == "RESOLVED"
    assert Declaration.objects.get().case == other


def test_what_was_written_into_a_post_afterwards_reached_us_when_it_was_written(quiet_case: Case) -> None:
    post = Post.objects.get()
    Evaluation.objects.create(post=post, labels={"declaration": LABEL}, evaluated_at=clock.now())
    written = post.received_at + timedelta(days=20)
    Post.objects.update(edited_at=written)

    with clock.moved_to(written + timedelta(hours=1)):
        look_for_declarations(post_ids=str(post.pk))

    found = Declaration.objects.get()
    assert (found.received_at, found.by_network) == (written, True)


def test_the_list_is_narrowed_to_what_waits_for_a_decision(
    quiet_case: Case, declared: Declaration, agent: User
) -> None:
    def found(typed: str) -> list[int]:
        filters = Filters(conditions=meant(text=typed, user=agent).conditions)
        return [case.pk for case in inbox.cases(user=agent, view=View.ALL, filters=filters)]

    assert found("is:declaration") == found("ist:erklärung") == [quiet_case.pk]
    declarations.decide_none(declaration_id=declared.pk, actor=agent)
    assert found("is:declaration") == []


def rung() -> list[tuple[str, str, str]]:
    rows = CaseWarning.objects.filter(rung_at__isnull=False).order_by("id").select_related("user")
    return [(row.user.name, row.matter, row.stage) for row in rows]


def warn(at: datetime) -> int:
    with clock.moved_to(at):
        return warnings.warn()


@pytest.fixture
def nothing_else_due(declared: Declaration) -> None:
    CasePost.objects.update(state="ANSWERED")
    Case.objects.update(answer_due_at=None)


@pytest.mark.usefixtures("nothing_else_due")
def test_the_leads_hear_of_it_at_once_and_only_once(lead: User) -> None:
    counts = [warn(TUESDAY + timedelta(minutes=minutes)) for minutes in (1, 2, 60)]

    assert counts == [1, 0, 0]
    assert rung() == [("Lea", "DECLARED", "OWNER")]


@pytest.mark.usefixtures("nothing_else_due")
def test_whoever_is_named_hears_of_it_at_once_and_the_leads_when_nobody_looked(lead: User, colleague: User) -> None:
    appoint(charge=Charge.DECLARATIONS, user_id=colleague.pk, role="", actor=lead)

    assert [warn(TUESDAY + timedelta(minutes=minutes)) for minutes in (1, 239, 240, 241)] == [1, 0, 1, 0]
    assert rung() == [("Ole", "DECLARED", "OWNER"), ("Lea", "DECLARED", "LEAD")]


@pytest.mark.usefixtures("nothing_else_due")
def test_what_runs_is_told_again_a_day_before_its_end(declared: Declaration, lead: User, agent: User) -> None:
    declarations.decide_kind(declaration_id=declared.pk, kind="WITHDRAWAL", actor=agent)
    declared.refresh_from_db()

    assert [warn(declared.due_at - timedelta(hours=hours)) for hours in (200, 10, 9)] == [0, 1, 0]
    assert [row.matter for row in warnings.unseen(user=lead)] == ["DECLARED"]
    declarations.decide_done(declaration_id=declared.pk, done="Paid back", actor=agent)
    assert warnings.unseen(user=lead) == []


def test_it_stands_in_the_work_of_whoever_looks_after_it(
    declared: Declaration, lead: User, agent: User, colleague: User
) -> None:
    def work(user: User) -> list[Declaration]:
        return list(declarations.looked_after_by(user=user))

    assert (work(lead), work(agent)) == ([declared], [])
    appoint(charge=Charge.DECLARATIONS, user_id=None, role=Role.AGENT, actor=lead)
    assert (work(lead), work(agent)) == ([], [declared])
    appoint(charge=Charge.DECLARATIONS, user_id=colleague.pk, role="", actor=lead)
    assert (work(agent), work(colleague)) == ([], [declared])
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert work(lead) == [declared]


def test_nobody_is_named_who_may_not_decide(lead: User) -> None:
    analyst = User.objects.create_user("a@x.example", role=Role.ANALYST, created_at=clock.now())

    with pytest.raises(CannotLookAfter):
        appoint(charge=Charge.DECLARATIONS, user_id=analyst.pk, role="", actor=lead)
    with pytest.raises(CannotLookAfter):
        appoint(charge=Charge.DECLARATIONS, user_id=None, role=Role.ANALYST, actor=lead)


def test_of_a_crisis_the_lead_hears_at_once_and_once_for_each_case(quiet_case: Case, lead: User, agent: User) -> None:
    with clock.moved_to(TUESDAY):
        post = said(quiet_case)
        Declaration.objects.all().delete()
        arrive(quiet_case, post, declared=0.0, is_crisis=True)
        CasePost.objects.update(state="ANSWERED")
        Case.objects.update(answer_due_at=None)
        told = [warnings.warn(), warnings.warn()]
    with clock.moved_to(TUESDAY + timedelta(minutes=5)):
        arrive(quiet_case, post, declared=0.0, is_crisis=True)
        told.append(warnings.warn())

    assert told == [1, 0, 0]
    assert rung() == [("Lea", "CRISIS", "LEAD")]
    assert CaseEvent.objects.filter(act="case.crisis").count() == 1


def test_who_says_that_it_is_no_crisis_puts_it_back_in_line_and_teaches_the_judge(
    quiet_case: Case, agent: User
) -> None:
    post = said(quiet_case)
    Evaluation.objects.filter(post=post).update(labels={"crisis": LABEL})
    arrive(quiet_case, post, is_crisis=True)

    crises.no_crisis(case_id=quiet_case.pk, actor=agent)

    assert Case.objects.get().crisis_at is None
    assert Feedback.objects.values_list("post", "label", "value").get() == (post.pk, "crisis", "false")
    undoing.undo(event_id=CaseEvent.objects.get(act="case.no_crisis").pk, actor=agent)
    assert Case.objects.get().crisis_at is not None
    assert not Feedback.objects.exists()

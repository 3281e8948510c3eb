"""The inbox as a workplace: claims that end, snoozing, closing with a reason, tags, and acts on many cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Team, User
from resonanz.core import clock
from resonanz.duties.targets import Calendar
from resonanz.service import cases
from resonanz.service.conversation import conversation
from resonanz.service.lists import inbox, views
from resonanz.service.lists.filtering import meant
from resonanz.service.lists.inbox import Filters, View
from resonanz.service.models import Audience, Case, CaseEvent, CasePost, TagColour
from resonanz.service.work import acting, closing, leases, linking, snoozing, tagging, undoing
from resonanz.service.work.acting import CaseAct
from resonanz.service.work.handover import HandOver
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db
WEEKDAYS = {str(day): [["09:00", "17:00"]] for day in range(5)}


@pytest.fixture
def many(quiet_case: Case) -> Callable[[int], list[int]]:
    """So many cases like the quiet one, each with an open post."""

    def make(count: int) -> list[int]:
        post = CasePost.objects.get(case=quiet_case).post
        fields = {
            name: getattr(quiet_case, name) for name in ("channel", "network", "visibility", "intent", "opened_at")
        }
        made = Case.objects.bulk_create(
            [
                Case(**fields, root_native_id=f"made-{n}", last_post_at=clock.now(), answer_due_at=clock.now())
                for n in range(count)
            ]
        )
        CasePost.objects.bulk_create([CasePost(case=case, post=post, due_at=clock.now()) for case in made])
        return [case.pk for case in made]

    return make


def held_by(case: Case) -> User | None:
    case.refresh_from_db()
    return case.claimed_by if case.is_held else None


def test_claim_leaves_who_is_responsible_alone_and_tells_who_was_first(
    quiet_case: Case, agent: User, colleague: User
) -> None:
    cases.assign(case_id=quiet_case.pk, assignee_id=agent.pk, actor=agent)
    cases.claim(case_id=quiet_case.pk, actor=colleague)
    cases.claim(case_id=quiet_case.pk, actor=colleague)

    with pytest.raises(cases.AlreadyClaimed) as refused:
        cases.claim(case_id=quiet_case.pk, actor=agent)

    assert refused.value.params == {"name": "Ole"}
    assert held_by(quiet_case) == colleague
    assert quiet_case.assignee == agent
    assert CaseEvent.objects.filter(case=quiet_case, act="case.claimed").count() == 1


def test_claim_is_taken_from_whom_the_reader_saw_there(quiet_case: Case, agent: User, colleague: User) -> None:
    cases.claim(case_id=quiet_case.pk, actor=colleague)

    cases.claim(case_id=quiet_case.pk, actor=agent, instead_of=colleague.pk)

    assert held_by(quiet_case) == agent


def test_claim_ends_by_itself_and_the_case_is_free_again(
    quiet_case: Case, agent: User, colleague: User, moving_clock: MovingClock
) -> None:
    cases.claim(case_id=quiet_case.pk, actor=agent)
    moving_clock.forward(minutes=16)
    assert held_by(quiet_case) is None  # on reading, before anything swept

    assert leases.end_what_ended() == [quiet_case.pk]

    quiet_case.refresh_from_db()
    assert quiet_case.claimed_by is None
    assert quiet_case.is_free_again
    cases.claim(case_id=quiet_case.pk, actor=colleague)


def test_claim_goes_on_while_its_holder_is_at_work(
    quiet_case: Case, agent: User, colleague: User, moving_clock: MovingClock
) -> None:
    cases.claim(case_id=quiet_case.pk, actor=agent)
    for _ in range(3):
        moving_clock.forward(minutes=10)
        leases.work_on(case_id=quiet_case.pk, user=agent, writes=False)
        leases.work_on(case_id=quiet_case.pk, user=colleague, writes=True)

    assert held_by(quiet_case) == agent


def test_whoever_writes_in_a_free_case_holds_it_and_whoever_looks_does_not(
    quiet_case: Case, agent: User, colleague: User
) -> None:
    leases.work_on(case_id=quiet_case.pk, user=colleague, writes=False)
    assert held_by(quiet_case) is None

    leases.work_on(case_id=quiet_case.pk, user=agent, writes=True)

    assert held_by(quiet_case) == agent


def test_whoever_lets_go_does_not_hold_it_again_by_an_echo_of_their_writing(
    quiet_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    leases.work_on(case_id=quiet_case.pk, user=agent, writes=True)
    leases.release(case_id=quiet_case.pk, actor=agent)
    moving_clock.forward(seconds=9)
    leases.work_on(case_id=quiet_case.pk, user=agent, writes=True)
    assert held_by(quiet_case) is None

    moving_clock.forward(seconds=2)
    leases.work_on(case_id=quiet_case.pk, user=agent, writes=True)

    assert held_by(quiet_case) == agent


@pytest.mark.parametrize("way", ["leaves", "closed", "off duty"])
def test_whoever_goes_holds_nothing(quiet_case: Case, agent: User, way: str, moving_clock: MovingClock) -> None:
    cases.claim(case_id=quiet_case.pk, actor=agent)
    assert leases.end_what_ended(off_duty=[agent.pk]) == []  # whoever works on after hours is still at it
    moving_clock.forward(minutes=6)

    if way == "leaves":
        leases.leave(user=agent)
    else:
        User.objects.filter(pk=agent.pk).update(is_active=way != "closed")
        leases.end_what_ended(off_duty=[agent.pk] if way == "off duty" else [])

    assert held_by(quiet_case) is None


def test_snoozed_case_leaves_the_lists_and_returns_at_the_top(
    quiet_case: Case, agent: User, many: Callable[[int], list[int]], moving_clock: MovingClock
) -> None:
    sooner = many(2)
    snoozing.snooze(case_id=quiet_case.pk, until=clock.now() + timedelta(hours=2), actor=agent)
    assert [case.pk for case in inbox.cases(user=agent, view=View.TEAM)] == sooner
    assert inbox.cases(user=agent, view=View.SNOOZED) == [quiet_case]

    moving_clock.forward(hours=2, minutes=1)
    assert snoozing.wake_due() == [quiet_case.pk]

    assert [case.pk for case in inbox.cases(user=agent, view=View.TEAM)] == [quiet_case.pk, *sooner]
    cases.assign(case_id=quiet_case.pk, assignee_id=agent.pk, actor=agent)  # whoever acts on it has seen it
    assert [case.pk for case in inbox.cases(user=agent, view=View.TEAM)] == [*sooner, quiet_case.pk]


def test_snoozing_past_the_due_time_says_so_and_the_case_is_late_all_the_same(
    quiet_case: Case, agent: User, moving_clock: MovingClock
) -> None:
    snoozing.snooze(case_id=quiet_case.pk, until=clock.now() + timedelta(days=2), actor=agent)
    moving_clock.forward(hours=5)

    assert CaseEvent.objects.get(case=quiet_case, act="case.snoozed").details["past_due"] is True
    assert inbox.cases(user=agent, view=View.LATE) == [quiet_case]


@pytest.mark.parametrize(
    ("now", "due_at", "expected"),
    [
        # Sunday, 22 November 2026 12:00 in Berlin: nobody works in three hours, and Monday is tomorrow.
        ("2026-11-22T11:00", None, [("TOMORROW", "2026-11-23T08:00", False), ("ANSWER", None, False)]),
        # Tuesday at ten: all of them, and what lies behind the due time says so.
        (
            "2026-11-24T09:00",
            "2026-11-24T14:00",
            [
                ("IN_HOURS", "2026-11-24T12:00", False),
                ("TOMORROW", "2026-11-25T08:00", True),
                ("MONDAY", "2026-11-30T08:00", True),
                ("ANSWER", None, True),
            ],
        ),
        # The day before Christmas: the next working day is Monday.
        ("2026-12-24T15:30", None, [("TOMORROW", "2026-12-28T08:00", False), ("ANSWER", None, False)]),
    ],
)
def test_moments_offered_are_those_at_which_somebody_works(
    now: str, due_at: str | None, expected: list[tuple[str, str | None, bool]]
) -> None:
    def moment(written: str | None) -> datetime | None:
        return datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None

    calendar = Calendar.of(time_zone="Europe/Berlin", land="BW", periods=WEEKDAYS)
    offered = snoozing.choices(now=moment(now) or clock.now(), calendar=calendar, due_at=moment(due_at))

    assert [(one.code, one.until, one.past_due) for one in offered] == [
        (code, moment(until), past_due) for code, until, past_due in expected
    ]


def test_case_without_an_answer_is_closed_with_its_reason(quiet_case: Case, agent: User) -> None:
    with pytest.raises(closing.OpenPosts):
        cases.resolve(case_id=quiet_case.pk, actor=agent)
    with pytest.raises(closing.NothingAnswered):
        cases.resolve(case_id=quiet_case.pk, actor=agent, reason="ANSWERED")

    cases.resolve(case_id=quiet_case.pk, actor=agent, reason="PRAISE")

    quiet_case.refresh_from_db()
    assert (quiet_case.state, quiet_case.closed_because) == ("RESOLVED", "PRAISE")
    assert CasePost.objects.get(case=quiet_case).reason == "PRAISE"


def test_case_of_nothing_but_context_asks_for_a_reason(quiet_case: Case, agent: User) -> None:
    CasePost.objects.filter(case=quiet_case).update(state="NONE_NEEDED", reason="CONTEXT")

    with pytest.raises(closing.NoReason):
        cases.resolve(case_id=quiet_case.pk, actor=agent)


ACTS: dict[str, Callable[[User], CaseAct]] = {
    "assign": lambda user: cases.Assign(user.pk),
    "claim": leases.Claim,
    "snooze": lambda _user: snoozing.Snooze(clock.now() + timedelta(hours=1)),
    "resolve": lambda _user: closing.Resolve("SPAM"),
    "tag": lambda user: tagging.Retag(add=[tagging.create(name="X", colour=TagColour.PLAIN, actor=user).pk]),
    "hand over": lambda user: HandOver(actor=user, assignee_id=user.pk, team_id=None, text="Bitte."),
}


def as_they_are(ids: list[int]) -> list[object]:
    rows = Case.objects.filter(pk__in=ids).order_by("pk").values()
    return [*rows, *CasePost.objects.filter(case__in=ids).order_by("pk").values(), sum(
        case.case_tags.count() + case.notes.count() for case in Case.objects.filter(pk__in=ids)
    )]  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_act_on_five_hundred_cases_takes_few_queries_and_is_taken_back_as_one(
    name: str, agent: User, many: Callable[[int], list[int]]
) -> None:
    few, all_of_them = many(3), None
    act = ACTS[name](agent)
    with CaptureQueriesContext(connection) as for_few:
        acting.act_on_all(act=act, case_ids=few, actor=agent, batch=uuid4())
    Case.objects.filter(pk__in=few).delete()
    all_of_them = many(500)
    before = as_they_are(all_of_them)
    again = tagging.Retag(add=act._add) if isinstance(act, tagging.Retag) else ACTS[name](agent)

    with CaptureQueriesContext(connection) as for_many:
        outcome = acting.act_on_all(act=again, case_ids=all_of_them, actor=agent, batch=uuid4())

    assert (len(outcome.done), outcome.refused) == (500, [])
    # Some statements are cut into pieces of a few hundred rows; none is made for each row.
    assert len(for_many) <= len(for_few) + 12
    (event,) = [one for one in undoing.latest(user=agent) if one.case_id in set(all_of_them)]
    assert undoing.size_of(event=event) == 500
    with CaptureQueriesContext(connection) as for_undoing:
        undoing.undo(event_id=event.pk, actor=agent)
    assert len(for_undoing) <= 40
    assert as_they_are(all_of_them) == before


def test_act_on_many_names_each_it_refused_and_does_the_others_wholly(
    agent: User, colleague: User, many: Callable[[int], list[int]]
) -> None:
    free, held, resolved = many(3)
    cases.claim(case_id=held, actor=colleague)
    cases.resolve(case_id=resolved, actor=colleague, reason="SPAM")

    outcome = acting.act_on_all(
        act=leases.Claim(agent), case_ids=[resolved, held, free, 10**9], actor=agent, batch=uuid4()
    )

    assert outcome.done == [free]
    assert [(one.case_id, one.code) for one in outcome.refused] == [
        (held, "case.already_claimed"),
        (resolved, "case.not_open"),
        (10**9, "case.gone"),
    ]
    with pytest.raises(acting.TooMany):
        acting.act_on_all(act=leases.Claim(agent), case_ids=range(501), actor=agent, batch=uuid4())


def test_what_was_done_to_many_stays_where_one_of_them_was_changed_since(
    agent: User, colleague: User, many: Callable[[int], list[int]]
) -> None:
    ids = many(3)
    acting.act_on_all(act=cases.Assign(agent.pk), case_ids=ids, actor=agent, batch=uuid4())
    cases.assign(case_id=ids[1], assignee_id=colleague.pk, actor=colleague)

    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo(event_id=undoing.latest(user=agent)[0].pk, actor=agent)

    assert list(Case.objects.filter(pk__in=ids).order_by("pk").values_list("assignee", flat=True)) == [
        agent.pk, colleague.pk, agent.pk,
    ]  # fmt: skip


def test_linked_cases_lead_to_each_other(quiet_case: Case, agent: User, many: Callable[[int], list[int]]) -> None:
    (other,) = many(1)

    linking.link(case_id=quiet_case.pk, other_id=other, actor=agent)
    linking.link(case_id=other, other_id=quiet_case.pk, actor=agent)
    assert [case.pk for case in linking.linked(case_id=quiet_case.pk)] == [other]
    assert linking.linked(case_id=other) == [quiet_case]

    linking.unlink(case_id=other, other_id=quiet_case.pk, actor=agent)
    assert linking.linked(case_id=quiet_case.pk) == []
    with pytest.raises(linking.ItsOwn):
        linking.link(case_id=other, other_id=other, actor=agent)


def listed(user: User, text: str, view: View = View.ALL) -> list[Case]:
    wanted = meant(text=text, user=user)
    assert wanted.problems == ()
    return inbox.cases(user=user, view=view, filters=Filters(conditions=wanted.conditions))


@pytest.mark.usefixtures("colleague")
def test_typed_filters_find_what_they_say(quiet_case: Case, agent: User) -> None:
    tag = tagging.create(name="Rückruf", colour=TagColour.LATE, actor=agent)
    tagging.retag(case_id=quiet_case.pk, add=[tag.pk], actor=agent)
    Team.objects.create(name="Technik")

    for text in ("tag:rück", "-is:late", "assignee:nobody", "netz:memory", "art:frage", "vor:2099-01-01", "is:free"):
        assert listed(agent, text) == [quiet_case], text
    for text in ("-tag:Rückruf", "is:late", "zuständig:ich", "assignee:technik", "after:2099-01-01", "is:private"):
        assert listed(agent, text) == [], text


def test_lists_know_no_other_colleague_by_name(agent: User, colleague: User) -> None:
    (problem,) = meant(text=f"is:open assignee:{colleague.name}", user=agent).problems

    assert (problem.code, problem.start) == ("filter.colleague", 8)


def test_view_is_seen_by_those_it_is_for_and_changed_by_its_owner(agent: User, colleague: User) -> None:
    team = Team.objects.create(name="Ours")
    team.members.add(agent)
    shows = views.Listed(listed="team", asked="is:late", narrowed={})
    own = views.save(name="Spät", shows=shows, audience=Audience.OWN, team_id=None, owner=agent)
    ours = views.save(name="Team", shows=shows, audience=Audience.TEAM, team_id=team.pk, owner=agent)
    all_ = views.save(name="Alle", shows=shows, audience=Audience.EVERYBODY, team_id=None, owner=agent)

    assert views.in_order(user=agent) == [own, ours, all_]
    assert views.in_order(user=colleague) == [all_]
    for refused in (own, ours, all_):
        with pytest.raises(views.NotYours):
            views.remove(view_id=refused.pk, actor=colleague)
    with pytest.raises(views.NotYourTeam):
        views.save(name="X", shows=shows, audience=Audience.TEAM, team_id=team.pk, owner=colleague)
    about = views.Listed(listed="all", asked="von:jonas", narrowed={})
    with pytest.raises(views.AboutOnePerson):
        views.save(name="Jonas", shows=about, audience=Audience.OWN, team_id=None, owner=agent)

    second = views.save(name="Zweite", shows=shows, audience=Audience.OWN, team_id=None, owner=agent)
    views.move(view_id=second.pk, up=True, actor=agent)
    assert views.in_order(user=agent) == [second, own, ours, all_]


def test_private_case_shows_the_public_thread_as_context_and_never_the_other_way_round(
    quiet_case: Case, agent: User
) -> None:
    post = CasePost.objects.get(case=quiet_case).post
    private = Case.objects.create(
        channel=quiet_case.channel, network=quiet_case.channel.network, root_native_id="1", visibility="PRIVATE",
        private_with="jonas", intent="OTHER",
        opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip
    post.pk, post.native_id, post.visibility, post.text = None, "2", "PRIVATE", "Meine Nummer ist 4711."
    post.save()
    CasePost.objects.create(case=private, post=post)

    def said(case: Case) -> list[tuple[str, str]]:
        return [(e.said.post.text, e.said.reason) for e in conversation(case=case).entries if e.said]

    assert said(private) == [("Wann?", "CONTEXT"), ("Meine Nummer ist 4711.", "")]
    assert said(quiet_case) == [("Wann?", "")]

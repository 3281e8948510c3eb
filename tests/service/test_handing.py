from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from resonanz.accounts import colleagues
from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars, escalation, presence
from resonanz.duties.models import StepTo
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.service import cases
from resonanz.service.models import Case, CaseEvent, CasePost, Outgoing
from resonanz.service.work import escalating, handing, leases, undoing
from tests.service.beside import Beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2099, 1, 1)}
People = dict[str, User]
Make = Callable[..., Case]


@pytest.fixture
def people(db: None) -> People:
    calendars.ensure_defaults()
    roles = {"anna": Role.AGENT, "ben": Role.AGENT, "cleo": Role.AGENT, "dora": Role.LEAD, "root": Role.ADMIN}
    found = {
        name: User.objects.create_user(f"{name}@n.example", name=name.title(), role=role, created_at=clock.now())
        for name, role in roles.items()
    }
    team = Team.objects.create(name="Service")
    Membership.objects.bulk_create([Membership(team=team, user=found[name]) for name in ("anna", "ben", "cleo")])
    return found


@pytest.fixture
def team(people: People) -> Team:
    return Team.objects.get()


@pytest.fixture
def make(people: People) -> Make:
    """An open case due in so many minutes; `who` wrote in `language`."""
    channel = Channel.objects.create(network="memory", name="Quiet", created_at=clock.now())

    def made(number: int, *, due: int = 60, who: str = "jonas", language: str = "de", **more: object) -> Case:
        now = clock.now()
        person, _ = Person.objects.get_or_create(name=who, defaults={"created_at": now, **KEPT})
        seen = {"person": person, "first_seen_at": now, "last_seen_at": now, **KEPT}
        identity, _ = Identity.objects.get_or_create(network="memory", native_id=who, defaults=seen)
        post = Post.objects.create(
            network="memory", native_id=str(number), kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER", text="?",
            language=language, root_native_id=str(number), posted_at=now, received_at=now, **KEPT,
        )  # fmt: skip
        case = Case.objects.create(
            channel=channel, network=channel.network, root_native_id=str(number), visibility="PUBLIC",
            intent="QUESTION", identity=identity,
            opened_at=now, last_post_at=now, answer_due_at=now + timedelta(minutes=due), **more,
        )  # fmt: skip
        CasePost.objects.create(case=case, post=post, due_at=case.answer_due_at)
        return case

    return made


def answered(case: Case, author: User) -> None:
    """Somebody answered there before, and the case is over."""
    Outgoing.objects.create(
        key=uuid4(), case=case, channel=case.channel, author=author, text="!", state="SENT", kind="REPLY",
        native_id=f"r{case.pk}", sent_at=clock.now(), created_at=clock.now(), delete_on=date(2099, 1, 1),
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(
        state="RESOLVED", resolved_at=clock.now(), answer_due_at=None, assignee=author
    )


def away(user: User) -> None:
    presence.set_absence(user_id=user.pk, first_date=date(2026, 11, 16), last_date=date(2026, 11, 20), actor=user)


def with_whom(*found: Case) -> list[str]:
    return [str(Case.objects.get(pk=case.pk).assignee or "-") for case in found]


def test_next_case_is_ones_own_before_one_of_the_team(people: People, team: Team, make: Make) -> None:
    own, later = make(1, due=90, assignee=people["anna"]), make(2, due=95, assignee=people["anna"])
    late = make(3, due=-5, team=team)

    assert handing.next_case(user=people["anna"]) == own
    assert handing.next_case(user=people["anna"], besides=own.pk) == later
    assert handing.next_case(user=people["anna"], besides=later.pk) == own
    assert with_whom(late) == ["-"]
    cases.assign(case_id=later.pk, assignee_id=people["ben"].pk, actor=people["ben"])
    assert handing.next_case(user=people["anna"], besides=own.pk) == late
    assert with_whom(late) == ["Anna"]
    assert Case.objects.get(pk=late.pk).claimed_by == people["anna"]


def test_next_case_is_a_crisis_before_what_is_due_sooner(people: People, team: Team, make: Make) -> None:
    soon, calm = make(1, due=1, assignee=people["anna"]), make(2, due=1, team=team)
    crisis = make(3, due=90, assignee=people["anna"], crisis_at=clock.now())
    make(4, due=90, team=team, crisis_at=clock.now())

    assert handing.next_case(user=people["anna"]) == crisis
    assert handing.next_case(user=people["anna"], besides=crisis.pk) == soon
    assert handing.next_case(user=people["ben"]) != calm


def test_next_case_goes_by_due_time_language_and_earlier_contact(people: People, team: Team, make: Make) -> None:
    answered(make(1, who="kurt"), people["anna"])
    answered(make(2, who="lena"), people["ben"])
    presence.set_capacity(user_id=people["anna"].pk, most_open=None, languages=["de"], actor=people["dora"])
    english = make(3, due=1, language="en", team=team)
    of_ben, strange = make(4, due=61, who="lena", team=team), make(5, due=62, team=team)
    known = make(6, due=63, who="kurt")
    of_others = make(7, due=2, team=Team.objects.create(name="Presse"))
    snoozed = make(8, due=2, team=team, is_snoozed=True)

    for expected in (known, strange, of_ben, None):
        assert handing.next_case(user=people["anna"]) == expected
        Case.objects.filter(assignee=people["anna"], state="OPEN").update(assignee=people["cleo"])

    assert with_whom(english, of_others, snoozed) == ["-", "-", "-"]
    assert handing.next_case(user=people["ben"]) == english


def test_next_case_is_refused_at_capacity_and_can_be_taken_back(people: People, team: Team, make: Make) -> None:
    first, _second = make(1, due=10, team=team), make(2, due=20, team=team)
    presence.set_capacity(user_id=people["anna"].pk, most_open=1, languages=[], actor=people["dora"])
    assert handing.next_case(user=people["anna"]) == first

    with pytest.raises(handing.AtCapacity):
        handing.next_case(user=people["anna"], besides=first.pk)

    undoing.undo(event_id=undoing.latest(user=people["anna"])[0].pk, actor=people["anna"])
    assert with_whom(first) == ["-"]
    assert not Case.objects.get(pk=first.pk).is_held


def test_case_that_somebody_holds_is_handed_to_nobody_else(people: People, team: Team, make: Make) -> None:
    held = make(1, team=team)
    leases.claim(case_id=held.pk, actor=people["ben"])

    assert handing.next_case(user=people["anna"]) is None
    assert handing.next_case(user=people["ben"]) == held


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_two_cases(people: People, team: Team, make: Make) -> None:
    first, second = make(1, due=10, team=team), make(2, due=300, team=team)
    given: list[Case | None] = []

    with transaction.atomic():
        assert handing.next_case(user=people["anna"]) == first
        Beside(lambda: given.append(handing.next_case(user=people["ben"]))).finished()

    assert given == [second]
    assert with_whom(first, second) == ["Anna", "Ben"]


def test_work_of_who_is_ill_is_spread_over_those_there_and_taken_back_at_once(
    people: People, team: Team, make: Make
) -> None:
    answered(make(90, who="kurt"), people["cleo"])
    hers = {"team": team, "assignee": people["anna"]}
    open_ones = [make(number, due=number, who=f"p{number}", **hers) for number in range(1, 5)]
    known = make(9, due=9, who="kurt", **hers)
    make(20, assignee=people["ben"])
    alone = make(21, assignee=people["anna"])
    away(people["anna"])
    set_responsibility(
        channel_id=alone.channel_id, topic_id=None, intent="", owner_id=people["anna"].pk, deputy_id=people["dora"].pk,
        team_id=None, actor=people["dora"],
    )  # fmt: skip
    plan = handing.plan_spread(user_id=people["anna"].pk)

    outcome = handing.spread(user_id=people["anna"].pk, actor=people["dora"])

    assert len(outcome.done) == len(plan.to) == 6
    assert sorted(with_whom(*open_ones)) == ["Ben", "Ben", "Cleo", "Cleo"]
    assert with_whom(known, alone) == ["Cleo", "Dora"]
    assert {case.pk: case.assignee_id for case in Case.objects.filter(pk__in=plan.to)} == plan.to
    undoing.undo(event_id=undoing.latest(user=people["dora"])[0].pk, actor=people["dora"])
    assert with_whom(*open_ones, known, alone) == ["Anna"] * 6


def test_work_goes_to_the_teams_queue_where_nobody_is_there(people: People, team: Team, make: Make) -> None:
    case = make(1, team=team, assignee=people["anna"])
    for name in ("anna", "ben", "cleo"):
        away(people[name])

    handing.spread(user_id=people["anna"].pk, actor=people["dora"])

    assert with_whom(case) == ["-"]


def test_nothing_stays_with_a_colleague_who_is_removed(people: People, team: Team, make: Make) -> None:
    case, free = make(1, team=team, assignee=people["anna"]), make(2)
    leases.claim(case_id=free.pk, actor=people["anna"])
    set_responsibility(
        channel_id=case.channel_id, topic_id=None, intent="", owner_id=people["anna"].pk, deputy_id=people["ben"].pk,
        team_id=None, actor=people["dora"],
    )  # fmt: skip

    colleagues.change(
        user_id=people["anna"].pk, name="Anna", role=Role.AGENT, team_ids=[team.pk], is_active=False,
        actor=people["root"],
    )  # fmt: skip

    assert with_whom(case)[0] in {"Ben", "Cleo"}
    assert Case.objects.get(pk=free.pk).claimed_by is None
    event = CaseEvent.objects.get(case=case, act="case.passed_on")
    assert (event.actor, event.details["previous"]) == (people["root"], people["anna"].pk)


def test_case_given_to_somebody_in_the_moment_they_went_is_found_by_the_sweep(people: People, make: Make) -> None:
    case = make(1, assignee=people["anna"])
    User.objects.filter(pk=people["anna"].pk).update(is_active=False)

    assert handing.pass_on_from_the_gone() == 1
    assert handing.pass_on_from_the_gone() == 0
    assert with_whom(case) == ["-"]


@pytest.fixture
def steps(people: People) -> None:
    for minutes, to in ((30, StepTo.DEPUTY), (60, StepTo.TEAM), (90, StepTo.LEAD)):
        escalation.set_step(team_id=None, after_minutes=minutes, to=to, actor=people["dora"])


@pytest.mark.usefixtures("steps")
def test_case_that_nobody_takes_goes_from_step_to_step_each_once(people: People, team: Team, make: Make) -> None:
    waiting, taken = make(1, team=team, assignee=people["anna"]), make(2, team=team, assignee=people["anna"])
    set_responsibility(
        channel_id=waiting.channel_id, topic_id=None, intent="", owner_id=people["anna"].pk,
        deputy_id=people["ben"].pk, team_id=team.pk, actor=people["dora"],
    )  # fmt: skip
    began = clock.now()
    seen = []
    for minutes in (29, 31, 32, 61, 91, 300):
        with clock.moved_to(began + timedelta(minutes=minutes)):
            if minutes == 29:
                leases.claim(case_id=taken.pk, actor=people["anna"])
            escalating.escalate()
        seen += with_whom(waiting)

    assert seen == ["Anna", "Ben", "Ben", "-", "Dora", "Dora"]
    assert with_whom(taken) == ["Anna"]
    done = CaseEvent.objects.filter(case=waiting, act="case.escalated").order_by("pk")
    assert [event.details["to"] for event in done] == ["DEPUTY", "TEAM", "LEAD"]


@pytest.mark.usefixtures("steps")
def test_minutes_of_escalation_are_those_of_business(people: People, team: Team, make: Make) -> None:
    with clock.moved_to(clock.now() + timedelta(hours=6, minutes=50)):  # ten minutes before the day ends
        case = make(1, team=team)
    opens = clock.now() + timedelta(hours=23)

    for minutes, expected in ((19, 0), (21, 1)):
        with clock.moved_to(opens + timedelta(minutes=minutes)):
            escalating.escalate()
        assert CaseEvent.objects.filter(case=case, act="case.escalated").count() == expected


@pytest.mark.usefixtures("steps")
def test_steps_of_a_team_replace_those_of_all(people: People, team: Team, make: Make) -> None:
    escalation.set_step(team_id=team.pk, after_minutes=5, to=StepTo.LEAD, actor=people["dora"])
    ours, others = make(1, team=team), make(2)
    with clock.moved_to(clock.now() + timedelta(minutes=31)):
        escalating.escalate()

    assert [event.details["to"] for event in CaseEvent.objects.filter(case=ours)] == ["LEAD"]
    assert [event.details["to"] for event in CaseEvent.objects.filter(case=others)] == ["DEPUTY"]

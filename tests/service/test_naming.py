"""Cases in which somebody names an employee: who gets them, and how soon they leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Intent, Post
from resonanz.networks.models import Channel
from resonanz.privacy import retention
from resonanz.service import intake, naming
from resonanz.service.models import Case, CaseEvent, CaseNote, CaseState
from resonanz.service.retention import shorten_naming

pytestmark = pytest.mark.django_db
KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2030, 1, 1)}


def arrive(channel: Channel, native_id: str, text: str, *, root: str = "") -> Case:
    """A post as the pipeline brings it, and the case it stands in."""
    now = clock.now()
    post = Post.objects.create(
        network="memory", native_id=native_id, kind="POST", visibility="PUBLIC", speaker="OUTSIDER", text=text,
        author_name="Jonas", root_native_id=root or native_id, posted_at=now, received_at=now, **KEPT,
    )  # fmt: skip
    arrival = intake.Arrival(
        post_id=post.pk, network=post.network, origin="", root_id=root or native_id, visibility="PUBLIC",
        posted_at=now, topic_ids=[],
        identity_id=None, wanted=True, intent=Intent.COMPLAINT, urgency=0.5, names_employee=bool(naming.pieces(text)),
    )  # fmt: skip
    return Case.objects.get(pk=intake.take(channel=channel, arrivals=[arrival])[0])


@pytest.fixture
def channel(agent: User, colleague: User) -> Channel:
    naming.take_for_granted(["Petra Zwickel"])
    return Channel.objects.create(network="memory", name="Nordhain", handle="nordhain", created_at=clock.now())


@pytest.fixture
def neutral(colleague: User) -> User:
    colleague.reads_employee_names = True
    colleague.save()
    return colleague


def test_only_a_neutral_person_may_read_names_whatever_the_role(agent: User, neutral: User) -> None:
    agent.role = Role.ADMIN

    assert not may(agent, Act.READ_EMPLOYEE_NAMES)
    assert may(neutral, Act.READ_EMPLOYEE_NAMES)


def test_a_case_that_names_an_employee_goes_to_a_neutral_person(channel: Channel, neutral: User) -> None:
    other = arrive(channel, "q", "Die Kasse war zu")
    case = arrive(channel, "p", "Frau Zwickel war unhöflich")

    assert (case.names_employees, case.assignee) == (True, neutral)
    assert (other.names_employees, other.assignee) == (False, None)
    event = CaseEvent.objects.get(act=naming.GIVEN)
    assert (event.case, event.details["assignee"]) == (case, neutral.pk)


def test_whoever_works_on_it_keeps_a_case_that_names_somebody_later(
    channel: Channel, neutral: User, agent: User
) -> None:
    case = arrive(channel, "p", "Die Kasse war zu")
    until = clock.now() + timedelta(minutes=5)
    Case.objects.filter(pk=case.pk).update(assignee=agent, claimed_by=agent, claimed_until=until)

    case = arrive(channel, "p2", "wegen Frau Zwickel", root="p")

    assert (case.names_employees, case.assignee) == (True, agent)


def test_without_a_neutral_person_nobody_gets_it_and_it_is_marked(channel: Channel, agent: User) -> None:
    case = arrive(channel, "p", "Frau Zwickel war unhöflich")

    assert (case.names_employees, case.assignee) == (True, None)
    assert naming.masked("Frau Zwickel war da", mask="[name]") == "[name] war da"


def test_a_closed_case_that_names_somebody_leaves_early(channel: Channel, agent: User) -> None:
    named, other = arrive(channel, "p", "Frau Zwickel war unhöflich"), arrive(channel, "q", "Die Kasse war zu")
    CaseNote.objects.create(case=named, author=agent, text="x", created_at=clock.now(), delete_on=date(2030, 1, 1))
    Case.objects.update(state=CaseState.RESOLVED, resolved_at=clock.now() - timedelta(days=91))
    kept = arrive(channel, "p3", "Frau Zwickel war nett")

    retention.delete_everything_due()

    assert set(Case.objects.values_list("pk", flat=True)) == {other.pk, kept.pk}
    assert set(Post.objects.values_list("native_id", flat=True)) == {"q", "p3"}
    assert not CaseNote.objects.exists()
    assert shorten_naming(retention.today(), 10) == 0

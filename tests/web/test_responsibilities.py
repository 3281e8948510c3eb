from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Membership, Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.models import Absence, Capacity, EscalationStep, Responsibility, Shift
from resonanz.listening.models import Topic
from resonanz.networks.models import Channel, ChannelState
from resonanz.service.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]
HOSTILE = '<b onmouseover="x()">Ü'


@pytest.fixture(autouse=True)
def defaults(db: None) -> None:
    calendars.ensure_defaults()


@pytest.fixture
def ole() -> User:
    return User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def waiting() -> Channel:
    return Channel.objects.create(network="feeds", name=HOSTILE, state=ChannelState.WAITING, created_at=clock.now())


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def row(**said: object) -> dict[str, object]:
    return {"channel": "", "topic": "", "intent": "", "language": "", "network": "", "owner": "", "deputy": "",
            "team": "", "on_call": ""} | said  # fmt: skip


def test_channel_waits_with_its_hole_named_until_a_catch_all_is_saved(
    signed_in: Client, waiting: Channel, miriam: User, ole: User
) -> None:
    before = page(signed_in, "/responsibilities/")
    assert "Nobody gets what no rule speaks of." in before
    assert HOSTILE not in before
    refused = signed_in.post(f"/channels/{waiting.pk}/resume/", follow=True).content.decode()
    assert "another one stands in" in refused
    waiting.refresh_from_db()
    assert waiting.state == ChannelState.WAITING

    form = row(channel=waiting.pk, owner=miriam.pk, deputy=ole.pk)
    assert signed_in.post("/responsibilities/", form).headers["Location"] == "/responsibilities/"

    waiting.refresh_from_db()
    assert waiting.state == ChannelState.ACTIVE
    assert "Nobody gets what no rule speaks of." not in page(signed_in, "/responsibilities/")


def test_hole_is_told_in_words_and_its_link_fills_the_form(
    signed_in: Client, waiting: Channel, miriam: User, ole: User
) -> None:
    topic = Topic.objects.create(name="Product B", query="b", created_at=clock.now(), changed_at=clock.now())
    for user in (miriam, ole):
        Capacity.objects.create(user=user, languages=["de"])
    kim = User.objects.create_user("kim@nordhain.example", name="Kim", role=Role.AGENT, created_at=clock.now())
    Responsibility.objects.create(owner=miriam, deputy=ole)
    Responsibility.objects.create(language="en", owner=kim)
    for times, owner in (({}, miriam), ({str(day): [["00:00", "24:00"]] for day in (0, 1, 2, 3, 4, 6)}, kim)):
        Responsibility.objects.create(topic=topic, intent="COMPLAINT", language="en", owner=owner, times=times)

    shown = page(signed_in, "/responsibilities/")

    told = "Saturday, complaints in English about Product B: nobody who answers in this language"
    assert told in shown
    link = f"topic={topic.pk}&amp;intent=COMPLAINT&amp;language=en&amp;days=5#new"
    assert link in shown
    form = page(signed_in, f"/responsibilities/?topic={topic.pk}&intent=COMPLAINT&language=en&days=5")
    assert f'<option value="{topic.pk}" selected>' in form
    assert 'value="5" id="id_days_5" checked' in form


def test_row_is_tried_on_the_last_month_before_it_is_saved(
    signed_in: Client, new_case: Callable[..., Case], channel: Channel, miriam: User, ole: User
) -> None:
    Responsibility.objects.create(owner=miriam, deputy=ole)
    new_case("1", text=HOSTILE)
    new_case("2")

    tried = signed_in.post("/responsibilities/", row(intent="QUESTION", owner=ole.pk, act="replay")).content.decode()

    assert "2 of 2 cases of the last month would have gone to somebody else" in tried
    assert HOSTILE not in tried
    assert Responsibility.objects.count() == 1
    same = signed_in.post("/responsibilities/", row(intent="PRAISE", owner=ole.pk, act="replay")).content.decode()
    assert "None of 2 cases" in same


def test_row_is_changed_and_removed(signed_in: Client, waiting: Channel, miriam: User, ole: User) -> None:
    stored = Responsibility.objects.create(
        channel=waiting, owner=miriam, deputy=ole, times={"5": [["09:00", "13:30"]]}, intent="PRAISE"
    )
    shown = page(signed_in, f"/responsibilities/?row={stored.pk}")
    assert "Saturday, 09:00–13:30" in shown
    assert 'value="13:30"' in shown

    signed_in.post("/responsibilities/", row(row=stored.pk, channel=waiting.pk, nobody="on", days=["5", "6"]))

    changed = Responsibility.objects.get()
    assert (changed.nobody, changed.intent, sorted(changed.times)) == (True, "", ["5", "6"])
    assert "nobody, next business day" in page(signed_in, "/responsibilities/")
    signed_in.post(f"/responsibilities/{changed.pk}/remove/")
    assert not Responsibility.objects.exists()


@pytest.mark.parametrize(
    "said", [{}, {"owner": "x"}, {"days": ["9"], "nobody": "on"}, {"starts": "25:00", "nobody": "on"}]
)
def test_row_that_makes_no_sense_is_refused_and_kept(
    signed_in: Client, channel: Channel, said: dict[str, object]
) -> None:
    assert signed_in.post("/responsibilities/", row(**said)).status_code == 422
    assert not Responsibility.objects.exists()


def test_text_is_tried_by_the_real_rules_and_stored_nowhere(
    signed_in: Client, channel: Channel, miriam: User, ole: User
) -> None:
    Responsibility.objects.create(owner=miriam, deputy=ole)
    Absence.objects.create(user=miriam, first_date=date(2026, 11, 16), last_date=date(2026, 11, 17))

    shown = signed_in.post(
        "/responsibilities/try/", {"texts": f"Wann kommt mein Rad? {HOSTILE}", "channel": channel.pk}
    )

    assert "Ole gets it" in shown.content.decode()
    assert HOSTILE not in shown.content.decode()
    assert not Case.objects.exists()


def test_steps_of_escalation_are_added_and_removed(signed_in: Client, channel: Channel) -> None:
    signed_in.post("/responsibilities/steps/", {"after_minutes": 45, "to": "LEAD", "step_team": ""})
    step = EscalationStep.objects.get()
    assert "After 45 minutes it goes to a lead" in page(signed_in, "/responsibilities/")
    assert signed_in.post("/responsibilities/steps/", {"after_minutes": 0, "to": "LEAD"}).status_code == 422
    signed_in.post(f"/responsibilities/steps/{step.pk}/remove/")
    assert not EscalationStep.objects.exists()


def test_week_shows_absences_and_shifts_over_midnight(signed_in: Client, miriam: User, ole: User) -> None:
    signed_in.post(
        "/responsibilities/presence/absences/",
        {"user": ole.pk, "first_date": "2026-11-16", "last_date": "2026-11-18"},
    )
    signed_in.post(
        "/responsibilities/presence/shifts/",
        {"users": [miriam.pk, ole.pk], "day": "2026-11-21", "starts": "22:00", "ends": "06:00", "weeks": 2},
    )

    shown = page(signed_in, "/responsibilities/presence/")

    assert shown.count(">away<") == 3
    assert shown.count("22:00–06:00") == 2
    assert Shift.objects.count() == 4
    assert "22:00–06:00" in page(signed_in, "/responsibilities/presence/?week=1")
    assert "22:00–06:00" not in page(signed_in, "/responsibilities/presence/?week=3")
    assert shown.count("22:00–06:00") == page(signed_in, "/responsibilities/presence/?week=" + "9" * 5000).count(
        "22:00–06:00"
    ), "what no browser sends means this week"
    first = Shift.objects.order_by("pk")[0]
    assert first.ends_at - first.starts_at == timedelta(hours=8)
    signed_in.post(f"/responsibilities/presence/shifts/{first.pk}/remove/")
    assert Shift.objects.count() == 3


def test_work_is_passed_on_after_saying_to_whom(
    signed_in: Client, new_case: Callable[..., Case], miriam: User, ole: User
) -> None:
    team = Team.objects.create(name="Service")
    Membership.objects.create(team=team, user=ole)
    case = new_case("1")
    Case.objects.update(team=team)

    shown = page(signed_in, f"/responsibilities/presence/{miriam.pk}/")
    assert "1 open case would go" in shown
    assert Case.objects.get().assignee == miriam
    signed_in.post(f"/responsibilities/presence/{miriam.pk}/spread/")

    assert Case.objects.get(pk=case.pk).assignee == ole
    signed_in.post(f"/responsibilities/presence/{ole.pk}/", {"most_open": "3", "languages": ["de"]})
    assert Capacity.objects.get(user=ole).most_open == 3


def test_next_case_is_handed_out_and_leads_there(client: Client, new_case: Callable[..., Case], ole: User) -> None:
    case = new_case("1")
    Case.objects.update(assignee=None)
    client.force_login(ole, backend=BACKEND)

    assert client.post("/next/").headers["Location"] == f"/inbox/{case.pk}/"
    assert Case.objects.get().assignee == ole
    assert client.post("/next/", {"besides": case.pk}).headers["Location"].startswith("/inbox/")
    Case.objects.update(answer_due_at=None)
    assert client.post("/next/").headers["Location"] == "/inbox/"


def test_own_absence_is_everybodys_and_others_are_a_leads(client: Client, miriam: User, ole: User) -> None:
    of_miriam = Absence.objects.create(user=miriam, first_date=date(2026, 11, 20), last_date=date(2026, 11, 20))
    client.force_login(ole, backend=BACKEND)

    client.post("/absences/", {"first_date": "2026-11-23", "last_date": "2026-11-27"})

    own = Absence.objects.get(user=ole)
    assert "23 November 2026" in page(client, "/settings/")
    client.post("/absences/", {"first_date": "2026-11-23", "last_date": "2026-11-22"})
    assert Absence.objects.filter(user=ole).count() == 1
    assert client.post(f"/absences/{of_miriam.pk}/remove/").status_code == 404
    client.post(f"/absences/{own.pk}/remove/")
    assert list(Absence.objects.all()) == [of_miriam]


@pytest.mark.parametrize(
    "address",
    ["/responsibilities/", "/responsibilities/presence/", "/responsibilities/presence/1/"],
)
def test_pages_are_a_leads(client: Client, ole: User, address: str) -> None:
    client.force_login(ole, backend=BACKEND)

    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/responsibilities/try/", "/responsibilities/steps/", "/responsibilities/steps/1/remove/",
     "/responsibilities/presence/absences/", "/responsibilities/presence/shifts/",
     "/responsibilities/presence/shifts/1/remove/", "/responsibilities/presence/1/spread/"],
)  # fmt: skip
def test_acts_are_a_leads(client: Client, ole: User, address: str) -> None:
    client.force_login(ole, backend=BACKEND)

    assert client.post(address).status_code == 403


def test_next_case_is_for_who_answers(client: Client) -> None:
    reader = User.objects.create_user("r@n.example", name="R", role=Role.ANALYST, created_at=clock.now())
    client.force_login(reader, backend=BACKEND)

    assert client.post("/next/").status_code == 403

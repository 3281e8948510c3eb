"""Pages for hours, targets and notifications."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from resonanz.accounts.models import Notification, NotificationService, Role, Team, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.models import BusinessCalendar, CompanyDay, ResponseTarget, TeamCalendar
from resonanz.service.models import Case, CasePost, CaseWarning, Recomputation

pytestmark = pytest.mark.django_db
WEEK = {f"day_{day}": "9-12, 13-17" for day in range(5)} | {"day_5": "", "day_6": ""}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _defaults() -> None:
    calendars.ensure_defaults()


def calendar(**differs: object) -> dict[str, object]:
    return {"name": "Support", "time_zone": "Europe/Berlin", "land": "BY", **WEEK, **differs}


def test_hours_of_a_team_are_stored_and_drawn(signed_in: Client) -> None:
    team = Team.objects.create(name="Night <b>shift</b>")

    signed_in.post("/responsibilities/hours/new/", calendar(teams=[team.pk], day_4="22-2"))

    stored = BusinessCalendar.objects.get(name="Support")
    assert stored.periods["0"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert stored.periods["5"] == [["00:00", "02:00"]]
    assert TeamCalendar.objects.get().calendar == stored
    page = signed_in.get("/responsibilities/hours/").content.decode()
    assert '<rect class="open" x="540" width="180"' in page
    assert "Night &lt;b&gt;shift&lt;/b&gt;" in page
    assert "Bavaria" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"day_2": "nine to five"}, "“nine to five” is no period."),
        ({"day_1": "9-12, 11-13"}, "Two periods of this day overlap"),
        ({f"day_{day}": "" for day in range(7)}, "Without a single open hour within a year"),
        ({"name": "default"}, "There are already hours called default."),
        ({"time_zone": "Moon/Base"}, "Select a valid choice."),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(signed_in: Client, typed: dict[str, str], told: str) -> None:
    page = signed_in.post("/responsibilities/hours/new/", calendar(**typed))

    assert told in page.content.decode()
    assert BusinessCalendar.objects.count() == 1


def test_the_usual_hours_keep_their_name_in_every_language(signed_in: Client) -> None:
    usual = BusinessCalendar.objects.get()

    signed_in.post(f"/responsibilities/hours/{usual.pk}/", calendar(name="Usual hours"))

    assert BusinessCalendar.objects.get().name == "default"


def test_changed_hours_reckon_open_cases_anew(signed_in: Client, new_case: object) -> None:
    new_case("1")  # type: ignore[operator]

    signed_in.post(f"/responsibilities/hours/{BusinessCalendar.objects.get().pk}/", calendar())

    page = signed_in.get("/responsibilities/hours/").content.decode()
    assert "Due times are reckoned anew" in page
    signed_in.post(f"/responsibilities/reckoning/{Recomputation.objects.get().pk}/stop/")
    assert Recomputation.objects.get().state == "CANCELLED"
    assert "hx-get" not in signed_in.get("/responsibilities/reckoning/").content.decode()


def test_company_days_come_and_go(signed_in: Client) -> None:
    day = (clock.now() + timedelta(days=3)).date().isoformat()

    signed_in.post("/responsibilities/hours/", {"day_name": "Outing", "first_date": day, "hours": "9-12"})

    stored = CompanyDay.objects.get()
    assert (stored.last_date, stored.periods) == (stored.first_date, [["09:00", "12:00"]])
    assert "Outing" in signed_in.get("/responsibilities/hours/").content.decode()
    signed_in.post(f"/responsibilities/days/{stored.pk}/remove/")
    assert not CompanyDay.objects.exists()


def test_a_target_stands_there_as_a_sentence_and_replaces_the_same(signed_in: Client) -> None:
    typed = {"kind": "FIRST", "intent": "COMPLAINT", "network": "mastodon", "hours": 1, "alarm": "after"}

    signed_in.post("/responsibilities/targets/", {**typed, "alarm_hours": 10})
    signed_in.post("/responsibilities/targets/", {**typed, "minutes": 30, "alarm_hours": 12})

    page = signed_in.get("/responsibilities/targets/").content.decode()
    assert "Complaints on Mastodon: first reply within 1 h 30 min of business time" in page
    assert "hard alarm after 12 h by the clock" in page
    assert ResponseTarget.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"hours": "", "alarm": "network"}, "Some time is needed, or nobody could keep it."),
        ({"hours": 1, "alarm": "after"}, "After how many hours?"),
        ({"hours": 99999, "alarm": "none"}, "less than or equal to 2160"),
    ],
)
def test_targets_that_cannot_be_are_refused_in_words(signed_in: Client, typed: dict[str, object], told: str) -> None:
    page = signed_in.post("/responsibilities/targets/", {"kind": "FIRST", **typed})

    assert told in page.content.decode()
    assert ResponseTarget.objects.count() == 1


def test_the_widest_target_cannot_be_removed(signed_in: Client) -> None:
    signed_in.post(f"/responsibilities/targets/{ResponseTarget.objects.get().pk}/remove/")

    assert ResponseTarget.objects.count() == 1


@pytest.mark.parametrize("path", ["/responsibilities/hours/", "/responsibilities/targets/", "/company/notifications/"])
def test_who_answers_may_not_change_hours_targets_or_services(client: Client, path: str) -> None:
    agent = User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())
    client.force_login(agent, backend=BACKEND)

    assert client.get(path).status_code == 403
    assert client.post(path).status_code == 403


def test_a_service_is_added_tried_and_removed_and_its_address_never_shown(signed_in: Client) -> None:
    page = signed_in.post(
        "/company/notifications/", {"service_name": "Room", "address": "json://geheim@localhost"}, follow=True
    ).content.decode()
    service = NotificationService.objects.get()

    assert "geheim" not in page
    assert "No mail leaves" in page
    signed_in.post(f"/company/notifications/{service.pk}/try/")
    assert Notification.objects.get().service == service
    assert "on its way" in signed_in.get("/company/notifications/sent/").content.decode()
    signed_in.post(f"/company/notifications/{service.pk}/remove/")
    assert not NotificationService.objects.exists()


def test_nobody_reads_whom_a_warning_was_mailed_to(signed_in: Client) -> None:
    agent = User.objects.create_user("ole@nordhain.example", name="Ole", role=Role.AGENT, created_at=clock.now())
    Notification.objects.create(user=agent, lines=[], created_at=clock.now(), next_at=clock.now())

    page = signed_in.get("/company/notifications/sent/").content.decode()

    assert "e-mail to a colleague" in page
    assert "Ole" not in page


def test_a_foreign_address_is_refused(signed_in: Client) -> None:
    page = signed_in.post("/company/notifications/", {"service_name": "Room", "address": "nonsense"}, follow=True)

    assert "Apprise knows no service with such an address." in page.content.decode()


def test_mail_is_declined_in_ones_own_settings(signed_in: Client, miriam: User) -> None:
    signed_in.post("/settings/notifications/", {})

    miriam.refresh_from_db()
    assert not miriam.notified_by_email
    assert "No mail leaves this installation yet" in signed_in.get("/settings/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_warnings_stand_on_the_first_page_until_they_were_seen(
    count: int, signed_in: Client, miriam: User, new_case: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        case: Case = new_case(str(number))  # type: ignore[operator]
        CaseWarning.objects.create(
            case=case, user=miriam, matter="ANSWER", stage="OWNER", due_at=case.answer_due_at or clock.now(),
            made_at=clock.now(), rung_at=clock.now(),
        )  # fmt: skip

    with django_assert_num_queries(5):
        toasts = signed_in.get("/warned/").content.decode()

    assert toasts.count("data-warning") == count
    assert "an answer is due in" in signed_in.get("/").content.decode()
    signed_in.post("/warned/seen/")
    assert "data-warning" not in signed_in.get("/warned/").content.decode()


def test_a_post_tells_why_it_is_due_then(signed_in: Client, new_case: object) -> None:
    case: Case = new_case("1")  # type: ignore[operator]
    because = {"kind": "FIRST", "minutes": 240, "calendar": "default", "land": "BE", "skipped": [["2026-10-03", ""]]}
    CasePost.objects.filter(case=case).update(due_because=because)

    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert "4 h of business time, hours: Usual hours, 3 October 2026 is a public holiday (German Unity Day)" in page

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service import naming
from resonanz.service.models import Case
from resonanz.triage.learning import choices, labels
from resonanz.triage.learning.comparing import as_record, compared
from resonanz.triage.models import CompanyLabel, Feedback, LabelExample, LabelWeek, LearningRun, LearntHead, Place

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def own(miriam: User) -> labels.Label:
    return labels.define(name="Lieferung", description="Wo bleibt etwas?", actor=miriam)


def sign_in(client: Client, role: Role) -> None:
    user = User.objects.create_user(f"{role}@nordhain.example", name="Ole", role=role, created_at=clock.now())
    client.force_login(user, backend=BACKEND)


def learnt(label: str, *, place: Place = Place.CHALLENGER, better: bool = True) -> LearntHead:
    """A head with figures on a clean sample of thirty, and a rival that is wrong on every fourth or on none."""
    truth = [place % 2 == 0 for place in range(30)]
    rival = [(value if not better or number % 4 else not value, 0.8) for number, value in enumerate(truth)]
    figures = as_record(compared(truth=truth, own=[(value, 0.9) for value in truth], rival=rival))
    return LearntHead.objects.create(
        label=label, place=place, version="company-0123456789ab", code="x", weights=b"x", texts=100, figures=figures,
        trained_at=clock.now(), taken_at=clock.now() if place != Place.CHALLENGER else None,
    )  # fmt: skip


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_overview_names_every_label_and_costs_the_same_with_more(
    signed_in: Client, miriam: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    empty = page(signed_in, "/judges/")
    for number in range(5):
        labels.define(name=f"{HOSTILE}{number}", actor=miriam)
        learnt(f"own-{CompanyLabel.objects.latest('pk').pk}")

    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        full = page(signed_in, "/judges/")

    assert "/judges/complaint/" in empty
    assert "/judges/sensitive/" not in empty
    assert HOSTILE not in full
    assert full.count("&lt;script&gt;") == 5


def test_label_is_defined_once_taught_by_examples_and_removed(signed_in: Client) -> None:
    signed_in.post("/judges/new/", {"name": " Lieferung "})
    label = CompanyLabel.objects.get()
    again = signed_in.post("/judges/new/", {"name": "lieferung"}).content.decode()
    signed_in.post(f"/judges/{label.code}/examples/", {"text": HOSTILE, "value": "true"})
    example = LabelExample.objects.get()
    shown = page(signed_in, f"/judges/{label.code}/")
    signed_in.post(f"/judges/examples/{example.pk}/remove/", {"next": f"/judges/{label.code}/"})

    assert label.name == "Lieferung"
    assert "errorlist" in again
    assert HOSTILE not in shown
    assert "&lt;script&gt;" in shown
    assert not LabelExample.objects.exists()

    signed_in.post(f"/judges/{label.code}/change/", {"name": "Versand"})
    assert CompanyLabel.objects.get().name == "Versand"

    signed_in.post(f"/judges/{label.code}/remove/")
    assert not CompanyLabel.objects.exists()


def test_what_is_better_is_offered_with_both_figures_taken_and_gone_back_from(signed_in: Client) -> None:
    head = learnt("complaint")

    offered = page(signed_in, "/judges/complaint/")
    signed_in.post("/judges/complaint/take/", {"head": head.pk})
    taken = LearntHead.objects.get()
    signed_in.post("/judges/complaint/back/")

    assert f'name="head" value="{head.pk}"' in offered
    assert "Both on the same 30 posts" in offered
    assert taken.place == Place.CHAMPION
    assert not LearntHead.objects.exists()


def test_what_is_no_better_is_shown_but_cannot_be_taken(signed_in: Client) -> None:
    head = learnt("complaint", better=False)

    shown = page(signed_in, "/judges/complaint/")
    told = signed_in.post("/judges/complaint/take/", {"head": head.pk}, follow=True).content.decode()

    assert "/judges/complaint/take/" not in shown
    assert "not better beyond chance" in shown
    assert "not offered any more" in told
    assert LearntHead.objects.get().place == Place.CHALLENGER

    signed_in.post("/judges/complaint/decline/", {"head": head.pk})
    assert not LearntHead.objects.exists()


def test_learning_is_watched_only_while_it_runs_and_can_be_cancelled(signed_in: Client, own: labels.Label) -> None:
    address = f"/judges/{own.code}/"
    too_few = signed_in.post(f"{address}learn/", follow=True).content.decode()
    for number in range(4):
        signed_in.post(f"{address}examples/", {"text": f"Text {number}", "value": str(number % 2 == 0).lower()})
    signed_in.post(f"{address}learn/")
    run = LearningRun.objects.get()
    while_it_runs, piece = page(signed_in, address), page(signed_in, f"{address}standing/")
    signed_in.post(f"/judges/runs/{run.pk}/cancel/")

    assert "at least two texts of each kind" in too_few
    assert 'hx-trigger="every 2s"' in while_it_runs
    assert 'hx-trigger="every 2s"' in piece
    assert "<html" not in piece
    assert LearningRun.objects.get().state == "CANCELLED"
    assert "hx-trigger" not in page(signed_in, address)
    assert "hx-trigger" not in page(signed_in, "/judges/runs/")


def test_earlier_posts_are_judged_again_for_days_that_can_be_chosen(signed_in: Client) -> None:
    signed_in.post("/judges/again/", {"days": "365"})
    assert not LearningRun.objects.exists()

    signed_in.post("/judges/again/", {"days": "30"})
    assert LearningRun.objects.get().days == 30


def test_weeks_stand_in_a_chart_and_in_a_table(signed_in: Client) -> None:
    LabelWeek.objects.create(
        label="complaint", monday="2026-11-02", posts=200, yes=50, unsure=10, mean=0.3, checked=8, corrected=2
    )

    shown = page(signed_in, "/judges/complaint/")

    assert 'id="drift-chart"' in shown
    for figure in ("25%", "5%", "2 November 2026"):
        assert figure in shown


def test_posts_are_checked_one_by_one_and_no_judgement_is_shown_before(
    signed_in: Client, new_case: NewCase, miriam: User
) -> None:
    judged = {"complaint": {"value": True, "probability": 0.61, "unsure": False, "because": [], "version": "1.0"}}
    for number in range(3):
        new_case(str(number), text=f"Text {number}", labels=judged)
    address = "/judges/complaint/check/"

    first = page(signed_in, address)
    post = first.split('name="post" value="')[1].split('"')[0]
    after = signed_in.post(address, {"post": post, "said": "false"}, follow=True).content.decode()

    assert "1 of 3" in first
    assert "judge thought" not in first
    assert "2 of 3" in after
    assert "The judge thought: is a complaint" in after
    assert (Feedback.objects.get().value, Feedback.objects.get().by) == ("false", miriam)

    signed_in.post(address, {"post": post, "said": "true"})  # from a page that is no longer the newest
    assert Feedback.objects.get().value == "false"

    back = signed_in.post(address, {"said": "undo"}, follow=True).content.decode()
    assert "1 of 3" in back
    assert not Feedback.objects.exists()


def test_round_ends_with_what_came_of_it_and_passes_over_what_is_gone(signed_in: Client, new_case: NewCase) -> None:
    for number in range(3):
        new_case(str(number), text=f"Text {number}", labels={"spam": {}})
    address = "/judges/spam/check/"
    first = page(signed_in, address)
    post = first.split('name="post" value="')[1].split('"')[0]
    Post.objects.exclude(pk=post).first().evaluation.delete()  # type: ignore[union-attr]

    second = signed_in.post(address, {"post": post, "said": "skip"}, follow=True).content.decode()
    post = second.split('name="post" value="')[1].split('"')[0]
    end = signed_in.post(address, {"post": post, "said": "true"}, follow=True).content.decode()

    assert "1 post checked" in end
    assert Feedback.objects.count() == 1


def test_round_is_forgotten_after_the_day(signed_in: Client, new_case: NewCase) -> None:
    for number in range(3):
        new_case(str(number), text=f"Text {number}", labels={"spam": {}})
    address = "/judges/spam/check/"
    post = page(signed_in, address).split('name="post" value="')[1].split('"')[0]
    signed_in.post(address, {"post": post, "said": "true"})
    session = signed_in.session
    session["checking"]["day"] = "2026-01-01"
    session.save()

    assert "1 of 2" in page(signed_in, address)
    assert signed_in.session["checking"]["said"] == []


def test_names_of_employees_are_hidden_while_checking(signed_in: Client, new_case: NewCase) -> None:
    User.objects.create_user("petra@nordhain.example", name="Petra Zwickel", role=Role.AGENT, created_at=clock.now())
    naming.take_for_granted(None)
    new_case("1", text="Frau Zwickel war unfreundlich.", labels={"spam": {}})

    shown = page(signed_in, "/judges/spam/check/")

    assert "Zwickel" not in shown
    assert "war unfreundlich." in shown


def test_choices_are_kept_and_warn(signed_in: Client) -> None:
    shown = page(signed_in, "/judges/choices/")
    signed_in.post("/judges/choices/", {"takes_by_itself": "on"})

    assert "Art. 6(4) GDPR" in shown
    assert "§ 87(1) no. 6 BetrVG" in shown
    assert choices.choices() == choices.Choices(learns_from_private=False, takes_by_itself=True)


MANAGED = [
    ("get", "/judges/new/"),
    ("post", "/judges/complaint/learn/"),
    ("post", "/judges/complaint/take/"),
    ("post", "/judges/complaint/decline/"),
    ("post", "/judges/complaint/back/"),
    ("post", "/judges/runs/1/cancel/"),
    ("post", "/judges/again/"),
    ("post", "/judges/own-1/examples/"),
    ("post", "/judges/own-1/change/"),
    ("post", "/judges/own-1/remove/"),
    ("post", "/judges/examples/1/remove/"),
    ("get", "/judges/choices/"),
]


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_who_answers_or_analyses_checks_posts_and_decides_nothing(client: Client, role: Role) -> None:
    sign_in(client, role)

    assert client.get("/judges/complaint/check/").status_code == 200
    assert "Learn now" not in page(client, "/judges/complaint/")
    assert "/judges/new/" not in page(client, "/judges/")
    for method, address in MANAGED:
        assert getattr(client, method)(address).status_code == 403


def test_lead_decides_about_judges_but_not_about_what_may_teach(client: Client) -> None:
    sign_in(client, Role.LEAD)

    assert "Learn now" in page(client, "/judges/complaint/")
    assert client.get("/judges/new/").status_code == 200
    assert client.get("/judges/choices/").status_code == 403
    assert client.post("/judges/choices/", {"learns_from_private": "on"}).status_code == 403


@pytest.mark.parametrize("label", ["sensitive", "own-99", "own-x", "nothing"])
def test_label_that_cannot_be_taught_is_not_found(signed_in: Client, label: str) -> None:
    for part in ("", "check/", "standing/"):
        assert signed_in.get(f"/judges/{label}/{part}").status_code == 404
    assert signed_in.post(f"/judges/{label}/learn/").status_code == 404


def test_private_posts_are_checked_by_who_reads_cases_and_only_where_they_may_teach(
    client: Client, new_case: NewCase, miriam: User
) -> None:
    new_case("1", text="Privat gesagt", labels={"spam": {}})
    Post.objects.update(visibility="PRIVATE")
    sign_in(client, Role.AGENT)
    address = "/judges/spam/check/"
    assert "Privat gesagt" not in page(client, address)

    choices.choose(learns_from_private=True, takes_by_itself=False, actor=miriam)
    assert "Privat gesagt" in client.post(address, {"again": "1"}, follow=True).content.decode()

    sign_in(client, Role.ANALYST)
    assert "Privat gesagt" not in page(client, address)

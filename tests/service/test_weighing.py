"""Urgency of cases: it grows with each part, stays within bounds, and never depends on who wrote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.people.models import Identity, Person
from resonanz.service.lists import inbox
from resonanz.service.lists.inbox import View
from resonanz.service.models import Case, CasePost
from resonanz.service.tasks import weigh
from resonanz.service.times import weighing
from resonanz.triage.models import Evaluation

COUNTS = st.integers(0, 10**9) | st.none()
SCORES = st.floats(0, 1)
AGES = st.timedeltas(timedelta(), timedelta(days=400))
PROMISES = st.timedeltas(timedelta(), timedelta(days=60)) | st.none()
PARTS = st.fixed_dictionaries(
    {
        "said_and_how": SCORES, "likes": COUNTS, "shares": COUNTS, "replies": COUNTS, "age": AGES, "promised": PROMISES,
    }
)  # fmt: skip
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(PARTS, PARTS, st.sampled_from(["said_and_how", "likes", "shares", "replies", "age"]))
@PATIENT
def test_more_of_any_part_is_never_less_urgent(parts: dict[str, Any], others: dict[str, Any], name: str) -> None:
    other = {**parts, name: others[name]}
    nothing = timedelta() if name == "age" else 0
    less, more = sorted((parts, other), key=lambda one: one[name] or nothing)

    low, high = weighing.weighed(**less), weighing.weighed(**more)

    assert 0 <= low.score <= high.score <= 1


@given(PARTS, st.timedeltas(timedelta(), timedelta(days=60)))
@PATIENT
def test_a_shorter_promise_is_never_less_urgent(parts: dict[str, Any], other: timedelta) -> None:
    longer, shorter = sorted((parts["promised"] or timedelta(days=61), other), reverse=True)

    low, high = (weighing.weighed(**{**parts, "promised": promised}) for promised in (longer, shorter))

    assert 0 <= low.score <= high.score <= 1


def test_what_wants_nothing_is_not_urgent_however_far_it_spreads() -> None:
    found = weighing.weighed(
        said_and_how=0.0, likes=10**6, shares=10**6, replies=10**6, age=timedelta(days=9), promised=timedelta(hours=4)
    )

    assert found.score == 0


def judged(case: Case, urgency: float) -> Post:
    post = Post.objects.get(case_posts__case=case)
    Evaluation.objects.create(post=post, urgency=urgency, evaluated_at=clock.now())
    return post


@pytest.mark.django_db
def test_a_case_is_more_urgent_once_its_post_is_shared_and_its_answer_stays_promised(quiet_case: Case) -> None:
    post = judged(quiet_case, 0.5)
    weigh(post_ids=str(post.pk))
    before = Case.objects.get()
    Post.objects.update(shares=120)

    weigh(post_ids=str(post.pk))

    after = Case.objects.get()
    assert before.urgency == 0.5
    assert after.urgency == pytest.approx(0.66, abs=0.01)
    assert after.answer_due_at == before.answer_due_at
    assert after.rank_at < before.rank_at


@pytest.mark.django_db
def test_who_wrote_never_matters(quiet_case: Case) -> None:
    post = judged(quiet_case, 0.5)
    kept: dict[str, Any] = {"purpose": "SERVICE", "source": "memory", "delete_on": "2099-01-01"}
    person = Person.objects.create(name="A Star", created_at=clock.now(), **kept)
    star = Identity.objects.create(
        person=person, network="memory", native_id="star", handle="star", first_seen_at=clock.now(),
        last_seen_at=clock.now(), **kept,
    )  # fmt: skip
    weigh(post_ids=str(post.pk))
    unknown = Case.objects.get()

    Post.objects.update(author_native_id="star", author_handle="star", author_name="A Star", views=10**7)
    Case.objects.update(identity=star)
    weigh(post_ids=str(post.pk))

    known = Case.objects.get()
    assert (known.urgency, known.rank_at) == (unknown.urgency, unknown.rank_at)


@pytest.mark.django_db
def test_lists_show_what_is_urgent_sooner_and_a_crisis_first(quiet_case: Case, agent: User) -> None:
    due = clock.now() + timedelta(hours=4)
    Case.objects.filter(pk=quiet_case.pk).update(answer_due_at=due)

    def beside(thread: str, hours: float, **more: Any) -> int:
        made = Case.objects.create(
            channel=quiet_case.channel, network=quiet_case.channel.network, root_native_id=thread,
            visibility="PUBLIC", intent="OTHER",
            opened_at=clock.now(), last_post_at=clock.now(), answer_due_at=due + timedelta(hours=hours), **more,
        )  # fmt: skip
        CasePost.objects.create(case=made, post=Post.objects.get())
        return made.pk

    late = beside("late", -10)
    urgent = beside("urgent", 2, urgency=0.9)
    calm = beside("calm", 1)
    crisis = beside("crisis", 20, urgency=0.95, crisis_at=clock.now())

    found = inbox.cases(user=agent, view=View.ALL)

    assert [case.pk for case in found] == [crisis, late, urgent, quiet_case.pk, calm]

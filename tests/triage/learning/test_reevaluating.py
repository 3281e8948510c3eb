"""The last days evaluated anew, and how a label moves over weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.triage import feedback
from resonanz.triage.learning import counting, drift, runs
from resonanz.triage.learning.reevaluating import CHUNK, reevaluate
from resonanz.triage.models import Evaluation, LabelWeek, LearningRun

from .said import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


def test_what_people_said_stands_again_after_posts_were_evaluated_anew(nora: User) -> None:
    posts = said(
        [
            f"Seit {number} Wochen warte ich auf meine Bestellung und niemand antwortet, unverschämt!"
            for number in range(CHUNK + 1)
        ]
    )
    feedback.give(post_id=posts[0].pk, label="complaint", value="false", by=nora)
    Evaluation.objects.update(chances={}, is_complaint=False)
    Post.objects.filter(pk=posts[1].pk).update(posted_at=clock.now() - timedelta(days=40))
    run = runs.begin_reevaluation(days=30, actor=nora)

    reevaluate(run_id=run.id)
    assert (LearningRun.objects.get().state, LearningRun.objects.get().done) == ("RUNNING", CHUNK)
    reevaluate(run_id=run.id)

    assert LearningRun.objects.get().state == "DONE"
    anew = Evaluation.objects.get(post=posts[0])
    assert (anew.is_complaint, anew.labels["complaint"]["said"]) == (False, "false")
    assert Evaluation.objects.exclude(chances={}).count() == CHUNK
    assert Evaluation.objects.filter(is_complaint=True).count() > CHUNK / 2


def test_weeks_are_counted_and_compared_with_the_first_four(nora: User) -> None:
    posts = said(
        ["Seit drei Wochen warte ich auf meine Bestellung und niemand antwortet, unverschämt!", "Wann öffnet ihr?"]
    )
    feedback.give(post_id=posts[1].pk, label="complaint", value="true", by=nora)

    found = drift.of(label="complaint")

    monday = counting.monday_of(counting.local_day(clock.now()))
    weeks = {week.monday: week for week in found.weeks}
    counted = weeks[max(weeks)]
    assert counted.monday in {monday, monday - timedelta(days=7)}
    assert counted.posts == 2
    assert counted.yes == 0.5
    assert 0 < counted.mean < 1
    assert sum(LabelWeek.objects.filter(label="complaint").values_list("corrected", flat=True)) == 1
    assert found.base is not None
    assert found.base.posts == 2
    Evaluation.objects.filter(post=posts[0]).delete()
    counting.count_weeks()
    assert drift.of(label="complaint").weeks[-1].yes == 0.0

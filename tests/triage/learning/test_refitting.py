"""From a hundred corrections to a head that judges new posts, through the façade and the job."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, Posted
from resonanz.pipeline.take_in import take_in
from resonanz.triage import evaluations
from resonanz.triage.company_head import TooFewExamples
from resonanz.triage.learning import labels, progress, runs, standing, taking
from resonanz.triage.learning.refitting import refit
from resonanz.triage.learning.taking import NothingEarlier, NotOffered
from resonanz.triage.models import Feedback, LearningRun, LearntHead, Place

from .said import check, said, spam

Committing = Callable[..., AbstractContextManager[list[Any]]]


@pytest.mark.django_db
def test_hundred_corrections_on_a_new_subject_make_a_challenger_that_is_taken(
    nora: User, django_capture_on_commit_callbacks: Committing
) -> None:
    label = labels.define(name="Unfug", actor=nora).code
    rows = spam("intents_de.jsonl", 50)
    check(said([text for text, _ in rows]), [value for _, value in rows], label=label, by=nora)
    before = standing.standing(label=label)

    run = runs.begin_refit(label=label, actor=nora)
    refit(run_id=run.id)

    assert (before.judge, before.checked, before.because) == ("NONE", 100, "NO_CHALLENGER")
    assert 5 <= before.clean <= 20
    offered = standing.standing(label=label)
    assert (offered.is_offered, offered.because, offered.new) == (True, "NEW_LABEL", 0)
    assert offered.run is not None
    assert (offered.run.state, offered.run.done) == ("DONE", offered.run.total)
    assert offered.challenger is not None
    assert offered.challenger.texts == 100 - before.clean
    assert offered.challenger.figures is not None
    assert offered.challenger.figures.texts == before.clean
    assert offered.challenger.figures.low < offered.challenger.figures.accuracy
    assert label not in _judged("Jetzt 500 Euro am Tag verdienen, Link im Profil!!")

    with django_capture_on_commit_callbacks(execute=True):
        taking.take(head_id=offered.challenger.id, actor=nora)

    new = spam("intents_2_de.jsonl", 25)
    found = evaluations.evaluate(texts=[text for text, _ in new], language_hints=["de"] * len(new))
    right = [one.labels[label].value is value for one, (_, value) in zip(found, new, strict=True)]
    assert sum(right) / len(right) > 0.8
    assert {one.versions[label] for one in found} == {offered.challenger.version}
    [post] = said(["Jetzt 500 Euro am Tag verdienen, Link im Profil!!"], author="ben")
    stored = post.evaluation.labels[label]
    assert (stored["value"], stored["version"]) == (True, offered.challenger.version)
    assert stored["because"]
    assert standing.standing(label=label).judge == "COMPANY"


@pytest.mark.django_db
def test_a_shipped_judge_stays_until_it_is_beaten_and_comes_back(
    nora: User, django_capture_on_commit_callbacks: Committing
) -> None:
    """Here complaints are what the company calls advertising: the shipped judge is wrong about nearly all of it."""
    rows = spam("intents_de.jsonl", 90)
    check(said([text for text, _ in rows]), [value for _, value in rows], label="complaint", by=nora)

    refit(run_id=runs.begin_refit(label="complaint", actor=nora).id)

    found = standing.standing(label="complaint")
    assert found.challenger is not None
    assert found.challenger.rival is not None
    assert found.clean >= 15
    assert found.is_offered is (found.because == "BETTER")
    if not found.is_offered:
        with pytest.raises(NotOffered):
            taking.take(head_id=found.challenger.id, actor=nora)
        return
    assert found.challenger.better > found.challenger.worse
    with django_capture_on_commit_callbacks(execute=True):
        taking.take(head_id=found.challenger.id, actor=nora)
    assert evaluations.judges().versions["complaint"] == found.challenger.version
    with django_capture_on_commit_callbacks(execute=True):
        taking.go_back(label="complaint", actor=nora)
    assert evaluations.judges().versions["complaint"] == evaluations.shipped().versions["complaint"]
    with pytest.raises(NothingEarlier):
        taking.go_back(label="complaint", actor=nora)


@pytest.mark.django_db
def test_a_cancelled_refit_leaves_nothing_and_one_that_was_killed_is_begun_again(nora: User) -> None:
    label = labels.define(name="Unfug", actor=nora).code
    with pytest.raises(TooFewExamples):
        runs.begin_refit(label=label, actor=nora)
    for text, value in spam("intents_de.jsonl", 4):
        labels.add_example(code=label, text=text, value=value, actor=nora)
    cancelled = runs.begin_refit(label=label, actor=nora)
    with pytest.raises(runs.AlreadyRunning):
        runs.begin_refit(label=label, actor=nora)

    runs.cancel(run_id=cancelled.id, actor=nora)
    refit(run_id=cancelled.id)

    assert not LearntHead.objects.exists()
    killed = runs.begin_refit(label=label, actor=nora)
    LearningRun.objects.filter(pk=killed.id).update(state="RUNNING", step="FIT", moved_at=clock.now())
    assert not progress.stalled()
    with clock.moved_to(clock.now() + progress.STALLED_AFTER * 2):
        assert [run.pk for run in progress.stalled()] == [killed.id]
        refit(run_id=killed.id)
        refit(run_id=killed.id)
    assert [(head.place, head.texts) for head in LearntHead.objects.all()] == [(Place.CHALLENGER, 8)]
    assert standing.standing(label=label).because == "TOO_FEW_CLEAN"


@pytest.mark.django_db
def test_what_was_tried_for_a_day_ends_as_failed(nora: User) -> None:
    label = labels.define(name="Unfug", actor=nora).code
    for text, value in spam("intents_de.jsonl", 4):
        labels.add_example(code=label, text=text, value=value, actor=nora)
    run = runs.begin_refit(label=label, actor=nora)

    with clock.moved_to(clock.now() + runs.TRIED_FOR - timedelta(minutes=1)):
        runs.revive()
        assert [one.state for one in runs.under_way()] == ["WAITING"]
    with clock.moved_to(clock.now() + runs.TRIED_FOR + timedelta(minutes=1)):
        runs.revive()
        assert [(one.id, one.state, one.failure) for one in runs.under_way()] == [(run.id, "FAILED", "triage.gave_up")]
        assert not progress.stalled()


@pytest.mark.django_db(transaction=True)
def test_intake_goes_on_while_a_refit_runs(nora: User) -> None:
    calendars.ensure_defaults()
    topics.create(name="Bikes", query="Rad*", opens_cases=True, actor=nora)
    channel = connect(
        network="memory", name="Practice", origin="practice.example", handle="nordhain", native_id="us", actor=nora
    )
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=nora.pk, deputy_id=None, team_id=None, actor=nora
    )
    rows = spam("intents_de.jsonl", 60)
    label = labels.define(name="Unfug", actor=nora).code
    check(said([text for text, _ in rows]), [value for _, value in rows], label=label, by=nora)
    run = runs.begin_refit(label=label, actor=nora)
    learning = threading.Thread(target=_in_own_connection, args=(run.id,))
    states: list[str] = []

    learning.start()
    number = 0
    while learning.is_alive() or number < 3:
        number += 1
        taken = take_in(channel=channel, events=[_posted(number)])
        assert taken.stored == 1
        states.append(LearningRun.objects.get(pk=run.id).state)
    learning.join()

    assert "RUNNING" in states
    assert LearningRun.objects.get(pk=run.id).state == "DONE"
    assert LearntHead.objects.get().texts + Feedback.objects.filter(in_clean_sample=True).count() == 120


def _judged(text: str) -> set[str]:
    [found] = evaluations.evaluate(texts=[text], language_hints=["de"])
    return set(found.labels)


def _posted(number: int) -> Posted:
    return Posted(
        network="memory", origin="practice.example", native_id=f"live-{number}", posted_at=clock.now(),
        author=Author(native_id="id-of-carl", handle="carl", name="Carl"), text=f"Wann kommt mein Rad Nummer {number}?",
    )  # fmt: skip


def _in_own_connection(run_id: int) -> None:
    try:
        refit(run_id=run_id)
    finally:
        connection.close()

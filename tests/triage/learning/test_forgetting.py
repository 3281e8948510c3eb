"""What may teach, and how a head unlearns what is erased."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.privacy import audit, erasure, retention
from resonanz.triage import evaluations, feedback
from resonanz.triage.cleaning import clean_words
from resonanz.triage.learning import champions, choices, labels, runs
from resonanz.triage.learning.forgetting import forget, relearn_outdated
from resonanz.triage.learning.material import material
from resonanz.triage.learning.refitting import refit
from resonanz.triage.learning.weights import unpack
from resonanz.triage.models import Feedback, LabelExample, LearningRun, LearntHead, Place
from resonanz.triage.ngrams import extract

from .said import check, said, spam

pytestmark = pytest.mark.django_db

SECRET = "quorblatz xylovanz mupfelhorn"


@pytest.fixture
def label(nora: User) -> str:
    return labels.define(name="Unfug", actor=nora).code


def test_erasing_an_account_makes_its_heads_anew_and_nothing_of_it_remains(label: str, nora: User) -> None:
    rows = spam("intents_de.jsonl", 10)
    check(said([text for text, _ in rows]), [value for _, value in rows], label=label, by=nora)
    [going] = said([f"Jetzt zugreifen, {SECRET} nur heute gratis!"], author="bert")
    feedback.give(post_id=going.pk, label=label, value="true", by=nora)
    Feedback.objects.update(in_clean_sample=False)
    _refitted(label)
    LearntHead.objects.update(place=Place.CHAMPION)
    _refitted(label)
    assert [_knows(head) for head in LearntHead.objects.order_by("pk")] == [True, True]
    key = ["post", Feedback.objects.get(post=going).pk]
    assert all(key in [one[:2] for one in head.learnt_from] for head in LearntHead.objects.all())

    erasure.erase_account(
        network="memory", origin="practice.example", native_id="id-of-bert", actor=audit.SYSTEM, suppress=True
    )
    assert _jobs() == ["triage.forget"]
    forget()

    assert [head.place for head in LearntHead.objects.all()] == [Place.CHAMPION]
    run = LearningRun.objects.get(forgets=True)
    runs.cancel(run_id=run.pk, actor=nora)
    refit(run_id=run.pk)
    left = LearntHead.objects.get()
    assert (left.place, left.texts, _knows(left)) == (Place.CHAMPION, 20, False)
    assert key not in [one[:2] for one in left.learnt_from]
    assert not Feedback.objects.filter(post_id=going.pk).exists()
    forget()
    assert not LearningRun.objects.filter(state="WAITING").exists()


def test_a_champion_goes_where_too_little_remains_to_learn_from(label: str, nora: User) -> None:
    rows = spam("intents_de.jsonl", 2)
    check(said([text for text, _ in rows]), [value for _, value in rows], label=label, by=nora)
    Feedback.objects.update(in_clean_sample=False)
    _refitted(label)
    LearntHead.objects.update(place=Place.CHAMPION)

    erasure.erase_posts([("memory", "practice.example", "anna-1")])
    forget()
    refit(run_id=LearningRun.objects.get(forgets=True).pk)

    assert not LearntHead.objects.exists()
    assert LearningRun.objects.get(forgets=True).failure == "triage.too_few_examples"


def test_a_head_of_an_earlier_release_is_learnt_anew_and_never_used(label: str, nora: User) -> None:
    for text, value in spam("intents_de.jsonl", 4):
        labels.add_example(code=label, text=text, value=value, actor=nora)
    _refitted(label)
    LearntHead.objects.update(place=Place.CHAMPION, code="0")
    assert champions.beside(evaluations.shipped()) is evaluations.shipped()

    relearn_outdated()
    relearn_outdated()
    refit(run_id=LearningRun.objects.get(forgets=True).pk)

    assert [(head.place, head.code) for head in LearntHead.objects.all()] == [
        (Place.CHAMPION, evaluations.shipped().features)
    ]
    assert label in evaluations.judges().versions


def test_private_changed_and_sensitive_posts_do_not_teach(label: str, nora: User) -> None:
    public, private, changed, sensitive = (
        said([f"Angebot Nummer {place}"], author=f"author{place}", visibility=visible)[0]
        for place, visible in enumerate(["PUBLIC", "PRIVATE", "PUBLIC", "PUBLIC"])
    )
    check([public, private, changed, sensitive], [True] * 4, label=label, by=nora)
    Feedback.objects.update(in_clean_sample=False)
    Post.objects.filter(pk=changed.pk).update(edited_at=clock.now() + timedelta(minutes=1))
    feedback.give(post_id=sensitive.pk, label="sensitive", value="true", by=nora)

    assert [one.text for one in material(label=label).learnt] == [public.text]
    choices.choose(learns_from_private=True, takes_by_itself=False, actor=nora)
    assert [one.text for one in material(label=label).learnt] == [private.text, public.text]


def test_what_is_measured_on_is_never_learnt_word_for_word_either(label: str, nora: User) -> None:
    posts = said(["Jetzt zugreifen!!!", "jetzt zugreifen!", "Wann öffnet ihr?"])
    check(posts, [True, True, False], label=label, by=nora)
    Feedback.objects.update(in_clean_sample=False)
    Feedback.objects.filter(post=posts[0]).update(in_clean_sample=True)

    found = material(label=label)

    assert [one.text for one in found.clean] == ["Jetzt zugreifen!!!"]
    assert [one.text for one in found.learnt] == ["Wann öffnet ihr?"]


def test_typed_examples_are_masked_and_leave_after_their_days(label: str, nora: User) -> None:
    labels.add_example(code=label, text="@bert_99 verkauft wieder Uhren", value=True, actor=nora)

    erasure.erase_account(network="memory", origin="", native_id="x", actor=audit.SYSTEM, suppress=False)
    said(["Hallo"], author="bert_99")
    erasure.erase_account(
        network="memory", origin="practice.example", native_id="id-of-bert_99", actor=audit.SYSTEM, suppress=True
    )

    assert LabelExample.objects.get().text == "█████ verkauft wieder Uhren"
    with clock.moved_to(clock.now() + timedelta(days=800)):
        retention.delete_everything_due()
    assert not LabelExample.objects.exists()


def _refitted(label: str) -> None:
    refit(run_id=runs.begin_refit(label=label, actor=None).id)


def _knows(head: LearntHead) -> bool:
    """Whether the head has weights for words that stand in one post alone."""
    index = np.unique(extract([[word.form for word in clean_words(SECRET)]]).index)
    idf = unpack(bytes(head.weights)).model.idf
    return bool((idf[index] > 0).mean() > 0.9)


def _jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'triage.forget'")
        return [name for (name,) in cursor.fetchall()]

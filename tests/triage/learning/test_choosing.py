"""Look at these twenty."""

from __future__ import annotations

from collections import Counter

import pytest

from resonanz.accounts.models import User
from resonanz.triage import feedback
from resonanz.triage.learning import choices, labels
from resonanz.triage.learning.choosing import twenty
from resonanz.triage.models import Evaluation, Feedback, How

from .said import said, spam

pytestmark = pytest.mark.django_db


def test_twenty_are_half_the_least_sure_half_drawn_and_the_same_for_everybody(nora: User, ole: User) -> None:
    texts = [text for text, _ in spam("intents_de.jsonl", 20)]
    posts = said(texts)
    doubts = {one.post_id: abs(one.chances["complaint"] - 0.5) for one in Evaluation.objects.all()}

    chosen = twenty(label="complaint", viewer=nora)

    assert Counter(one.how for one in chosen) == {How.UNSURE: 10, How.RANDOM: 10}
    assert len({one.post.pk for one in chosen}) == 20
    hesitant = {one.post.pk for one in chosen if one.how is How.UNSURE}
    assert max(doubts[pk] for pk in hesitant) <= min(doubts[post.pk] for post in posts if post.pk not in hesitant)
    assert [one.post.pk for one in twenty(label="complaint", viewer=ole)] == [one.post.pk for one in chosen]
    for one in chosen:
        feedback.give(post_id=one.post.pk, label="complaint", value="false", by=nora, how=one.how)
    again = twenty(label="complaint", viewer=nora)
    assert {one.post.pk for one in again} == {post.pk for post in posts} - {one.post.pk for one in chosen}


def test_private_posts_are_shown_only_where_they_teach_and_to_who_reads_cases(nora: User, ole: User, ana: User) -> None:
    said(["Angebot"], author="bert", visibility="PRIVATE")
    [public] = said(["Noch ein Angebot"])
    [sensitive] = said(["Ich bin Diabetikerin und brauche das Insulin aus der Lieferung heute noch."], author="dora")
    feedback.give(post_id=sensitive.pk, label="sensitive", value="true", by=nora)

    assert [one.post.pk for one in twenty(label="spam", viewer=ole)] == [public.pk]
    choices.choose(learns_from_private=True, takes_by_itself=False, actor=nora)
    assert len(twenty(label="spam", viewer=ole)) == 2
    assert [one.post.pk for one in twenty(label="spam", viewer=ana)] == [public.pk]


def test_a_label_that_nobody_judges_yet_begins_with_what_lies_near_its_examples(nora: User) -> None:
    label = labels.define(name="Lieferung", actor=nora).code
    labels.add_example(code=label, text="Mein Paket kam nicht an, wo bleibt die Lieferung?", value=True, actor=nora)
    texts = ["Wo bleibt mein Paket?", *(text for text, _ in spam("intents_de.jsonl", 15))]
    posts = said(texts)

    chosen = twenty(label=label, viewer=nora)

    assert posts[0].pk in {one.post.pk for one in chosen if one.how is How.UNSURE}
    assert {(one.value, one.probability) for one in chosen} == {("", None)}


def test_a_second_word_is_asked_of_somebody_else(nora: User, ole: User) -> None:
    posts = said(["Angebot", "Noch eins"])
    feedback.give(post_id=posts[0].pk, label="spam", value="true", by=nora)
    Feedback.objects.update(in_clean_sample=True)

    assert [(one.post.pk, one.how) for one in twenty(label="spam", viewer=ole) if one.how is How.AGAIN] == [
        (posts[0].pk, How.AGAIN)
    ]
    assert [one.post.pk for one in twenty(label="spam", viewer=nora)] == [posts[1].pk]

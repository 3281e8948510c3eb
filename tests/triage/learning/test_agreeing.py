"""Names are gone after the day, and how far people agree is told of nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.privacy import retention
from resonanz.triage import feedback
from resonanz.triage.learning.agreeing import FEWEST_POSTS, Agreement, agreement
from resonanz.triage.models import Feedback

from .said import check, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]


def test_agreement_is_shown_from_three_people_and_outlives_their_names(nora: User, ole: User, ana: User) -> None:
    posts = said([f"Angebot {number}" for number in range(FEWEST_POSTS)])
    check(posts, [True] * len(posts), label="spam", by=nora)
    Feedback.objects.update(in_clean_sample=True)
    check(posts[:-1], [True] * 8 + [False], label="spam", by=ole)
    assert agreement(label="spam") is None
    check(posts[-1:], [True], label="spam", by=ole)
    assert agreement(label="spam") is None

    [more] = said(["Angebot mehr"], author="bert")
    feedback.give(post_id=more.pk, label="spam", value="true", by=nora)
    Feedback.objects.filter(post=more).update(in_clean_sample=True)
    feedback.give(post_id=more.pk, label="spam", value="true", by=ana)

    shown = Agreement(label="spam", posts=11, agreed=10 / 11)
    assert agreement(label="spam") == shown
    retention.delete_everything_due()
    assert Feedback.objects.filter(by__isnull=False).count() == 11
    with clock.moved_to(clock.now() + timedelta(days=1)):
        retention.delete_everything_due()
    assert not Feedback.objects.exclude(by=None, second_by=None).exists()
    assert agreement(label="spam") == shown


def test_a_word_after_the_names_are_gone_is_no_second_one(nora: User, ole: User) -> None:
    [post] = said(["Angebot"])
    feedback.give(post_id=post.pk, label="spam", value="true", by=nora)
    Feedback.objects.update(in_clean_sample=True, by=None)

    feedback.give(post_id=post.pk, label="spam", value="false", by=ole)

    kept = Feedback.objects.get()
    assert (kept.value, kept.agreed, kept.in_clean_sample) == ("false", None, True)

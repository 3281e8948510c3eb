"""A person's word on a label: kept, shown, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.triage import feedback
from resonanz.triage.models import CompanyLabel, Evaluation, Feedback, How

pytestmark = pytest.mark.django_db
JUDGED = {"value": True, "probability": 0.8, "unsure": False, "because": [], "version": "1.2-abc"}


@pytest.fixture
def evaluated() -> Callable[..., Evaluation]:
    """Makes a post with these labels judged."""

    def make(labels: dict[str, Any], native_id: str = "1") -> Evaluation:
        now = clock.now()
        post = Post.objects.create(
            network="memory", native_id=native_id, kind="POST", visibility="PUBLIC", speaker="OUTSIDER", text="Wann?",
            root_native_id=native_id, posted_at=now, received_at=now, purpose="SERVICE", source="memory",
            delete_on=date(2030, 1, 1),
        )  # fmt: skip
        return Evaluation.objects.create(post=post, labels=labels, is_complaint="complaint" in labels, evaluated_at=now)

    return make


@pytest.fixture
def colleague() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.AGENT, created_at=clock.now())


def test_correction_shows_and_keeps_what_the_judge_said(evaluated: Callable[..., Evaluation], colleague: User) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id

    feedback.give(post_id=post_id, label="complaint", value="false", by=colleague)

    stored = Evaluation.objects.get(post_id=post_id)
    assert (stored.is_complaint, stored.labels["complaint"]) == (False, {**JUDGED, "said": "false"})
    kept = Feedback.objects.get(post_id=post_id)
    assert (kept.value, kept.judged_value, kept.judged_probability, kept.version) == ("false", "true", 0.8, "1.2-abc")


def test_label_that_was_surely_no_can_be_given(evaluated: Callable[..., Evaluation], colleague: User) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id

    feedback.give(post_id=post_id, label="purchase_interest", value="true", by=colleague)

    stored = Evaluation.objects.get(post_id=post_id).labels["purchase_interest"]
    assert (stored["value"], stored["said"], stored["version"]) == (False, "true", "1.2-abc")
    assert Feedback.objects.get(post_id=post_id).judged_value == "false"


@pytest.mark.parametrize(
    ("label", "value"),
    [("complaint", "positive"), ("sentiment", "true"), ("sentiment", "neutral"), ("made_up", "true")],
)
def test_label_that_no_judge_gives_is_refused(
    evaluated: Callable[..., Evaluation], colleague: User, label: str, value: str
) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id

    with pytest.raises(feedback.UnknownLabel):
        feedback.give(post_id=post_id, label=label, value=value, by=colleague)


def test_own_word_is_taken_back_and_that_of_a_colleague_stays(
    evaluated: Callable[..., Evaluation], colleague: User
) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id
    other = User.objects.create_user("ali@nordhain.example", name="Ali", role=Role.AGENT, created_at=clock.now())
    feedback.give(post_id=post_id, label="complaint", value="false", by=colleague)

    feedback.withdraw(post_id=post_id, label="complaint", by=other)
    assert Evaluation.objects.get(post_id=post_id).is_complaint is False
    feedback.withdraw(post_id=post_id, label="complaint", by=colleague)

    stored = Evaluation.objects.get(post_id=post_id)
    assert (stored.is_complaint, stored.labels) == (True, {"complaint": JUDGED})
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("second", ["true", "false"])
def test_second_look_that_is_taken_back_leaves_the_first_persons_word(
    evaluated: Callable[..., Evaluation], colleague: User, second: str
) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id
    other = User.objects.create_user("ali@nordhain.example", name="Ali", role=Role.AGENT, created_at=clock.now())
    feedback.give(post_id=post_id, label="complaint", value="false", by=colleague)
    Feedback.objects.update(in_clean_sample=True)
    feedback.give(post_id=post_id, label="complaint", value=second, by=other, how=How.AGAIN)

    feedback.withdraw(post_id=post_id, label="complaint", by=other)

    kept = Feedback.objects.get()
    assert (kept.value, kept.by_id, kept.second_by_id, kept.agreed) == ("false", colleague.pk, None, None)
    assert Evaluation.objects.get(post_id=post_id).labels["complaint"]["said"] == "false"


def test_label_that_nobody_judges_is_gone_once_the_word_on_it_is_taken_back(
    evaluated: Callable[..., Evaluation], colleague: User
) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id
    own = CompanyLabel.objects.create(name="Lieferung", created_at=clock.now())
    feedback.give(post_id=post_id, label=own.code, value="true", by=colleague)

    feedback.withdraw(post_id=post_id, label=own.code, by=colleague)

    assert Evaluation.objects.get(post_id=post_id).labels == {"complaint": JUDGED}


def test_own_label_has_one_code_only(evaluated: Callable[..., Evaluation], colleague: User) -> None:
    post_id = evaluated({"complaint": JUDGED}).post_id
    own = CompanyLabel.objects.create(name="Lieferung", created_at=clock.now())

    with pytest.raises(feedback.UnknownLabel):
        feedback.give(post_id=post_id, label=f"own-0{own.pk}", value="true", by=colleague)

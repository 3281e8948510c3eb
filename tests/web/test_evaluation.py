"""The evaluation of a post: looked into, corrected, confirmed and taken back, with and without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.service.models import Case
from resonanz.triage.learning import labels
from resonanz.triage.models import Evaluation, Feedback

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SCRIPT: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def judged(value: object = True, probability: float = 0.8, **more: object) -> dict[str, Any]:
    return {"value": value, "probability": probability, "unsure": False, "because": [], "version": "1-abc", **more}


def post_of(case: Case) -> int:
    return case.case_posts.get().post_id


@pytest.fixture
def evaluated(new_case: Callable[..., Case]) -> Callable[..., int]:
    """Makes a case of a post with these labels; the post's id."""

    def make(labels: dict[str, Any], **more: Any) -> int:
        return post_of(new_case("1", labels=labels, **more))

    return make


def row_of(client: Client, post_id: int) -> str:
    page = client.get(reverse("evaluation", args=[post_id])).content.decode()
    return page[page.index('<span class="judgements"') :].split("</article>")[0].split("<section")[0]


def test_few_chips_stand_for_many_labels_the_weightiest_first(signed_in: Client, evaluated: Callable[..., int]) -> None:
    holding = ["claims_fact", "constructive", "question", "complaint", "request", "crisis", "declaration", "spam"]
    post_id = evaluated({"sentiment": judged("negative"), **{label: judged() for label in holding}})

    row = row_of(signed_in, post_id)

    assert [row.count(f'data-judged="{label}"') for label in ("declaration", "crisis", "complaint", "spam")] == [1] * 4
    assert row.count('class="chip') == 4


def test_what_is_unsure_says_so_and_what_is_improbable_is_left_out(
    signed_in: Client, evaluated: Callable[..., int]
) -> None:
    doubted = {"unsure": True}
    post_id = evaluated(
        {
            "complaint": judged(probability=0.6, **doubted),
            "spam": judged(probability=0.2, **doubted),
            "declaration": judged(probability=0.25, **doubted),
        }
    )

    row = row_of(signed_in, post_id)

    assert "perhaps: Complaint" in row
    assert "perhaps: Declaration" in row  # overlooking one costs more
    assert "Spam" not in row


def test_sensitive_is_a_hint_without_words_that_decided_and_without_company(
    signed_in: Client, evaluated: Callable[..., int]
) -> None:
    post_id = evaluated({"sensitive": judged(because=[{"start": 0, "end": 4, "weight": 1.0}])}, text="Mein Asthma!")

    page = signed_in.get(reverse("evaluation", args=[post_id]), {"label": "sensitive"}).content.decode()

    assert "sensitive details" in page
    assert "Speaks for it" not in page
    assert "<mark" not in page


def test_nobody_has_counted_how_often_an_added_classifier_is_right(
    signed_in: Client, evaluated: Callable[..., int]
) -> None:
    post_id = evaluated({"complaint": judged(version="added-0123456789ab")}, text="Kaputt")

    page = signed_in.get(reverse("evaluation", args=[post_id]), {"label": "complaint"}).content.decode()

    assert "fairly sure" in page
    assert "Fairly sure" in row_of(signed_in, post_id)
    assert "such judgements are right" not in page
    assert "No single words decided" in page


def test_page_says_how_sure_and_by_which_words(signed_in: Client, evaluated: Callable[..., int]) -> None:
    because = [{"start": 0, "end": 4, "weight": 1.0}, {"start": 90, "end": 99, "weight": 1.0}]
    post_id = evaluated({"complaint": judged(because=because)}, text="<b>&Kaputt")

    page = signed_in.get(reverse("evaluation", args=[post_id]), {"label": "complaint"}).content.decode()

    assert "fairly sure" in page
    assert "About 8 of 10 such judgements are right." in page
    assert '<mark class="weighed for">&lt;b&gt;&amp;</mark>Kaputt' in page
    assert "<q>&lt;b&gt;&amp;</q>" in page


@pytest.mark.parametrize(("correction", "told"), [("complaint:false", "is no complaint"), ("praise:true", "is praise")])
def test_word_of_a_person_shows_and_is_taken_back(
    signed_in: Client, evaluated: Callable[..., int], correction: str, told: str
) -> None:
    post_id = evaluated({"complaint": judged()})
    label, _, value = correction.partition(":")

    kept = signed_in.post(reverse("correct", args=[post_id]), {"correction": correction}, **SCRIPT).content.decode()

    assert f"Checked here: {told}." in kept
    assert f"Kept: {told}." in kept
    assert Feedback.objects.get(post_id=post_id, label=label).value == value
    back = signed_in.post(reverse("take_back_correction", args=[post_id]), **SCRIPT).content.decode()
    assert "Taken back." in back
    assert not Feedback.objects.exists()
    assert Evaluation.objects.get(post_id=post_id).labels["complaint"] == judged()


def test_taking_back_restores_what_was_said_before(signed_in: Client, evaluated: Callable[..., int]) -> None:
    post_id = evaluated({"sentiment": judged("neutral")})
    for mood in ("negative", "positive"):
        signed_in.post(reverse("correct", args=[post_id]), {"correction": f"sentiment:{mood}"})

    signed_in.post(reverse("take_back_correction", args=[post_id]))

    assert Feedback.objects.get(post_id=post_id).value == "negative"
    assert Evaluation.objects.get(post_id=post_id).sentiment == "negative"


def test_form_without_a_script_leads_back_and_offers_to_take_back(
    signed_in: Client, evaluated: Callable[..., int]
) -> None:
    post_id = evaluated({"complaint": judged()})
    sent = {"correction": "complaint:true", "next": "/listening/"}

    answer = signed_in.post(reverse("correct", args=[post_id]), sent, follow=True)

    assert answer.redirect_chain == [("/listening/", 302)]
    assert "Kept: is a complaint." in answer.content.decode()


@pytest.mark.parametrize("correction", ["", "complaint", "complaint:positive", "made_up:true", "sentiment:true"])
def test_made_up_correction_is_refused(signed_in: Client, evaluated: Callable[..., int], correction: str) -> None:
    post_id = evaluated({"complaint": judged()})

    answer = signed_in.post(reverse("correct", args=[post_id]), {"correction": correction}, **SCRIPT)

    assert answer.status_code == 409
    assert not Feedback.objects.exists()


def test_private_post_is_closed_to_whoever_reads_no_cases(client: Client, evaluated: Callable[..., int]) -> None:
    post_id = evaluated({"complaint": judged()})
    Evaluation.objects.get(post_id=post_id).post.__class__.objects.filter(pk=post_id).update(visibility="PRIVATE")
    analyst = User.objects.create_user("a@nordhain.example", name="Ana", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)

    for answer in (
        client.get(reverse("evaluation", args=[post_id])),
        client.get(reverse("similar_posts", args=[post_id]), {"label": "complaint"}),
        client.post(reverse("correct", args=[post_id]), {"correction": "complaint:false"}),
        client.post(reverse("take_back_correction", args=[post_id])),
    ):
        assert answer.status_code == 404


def test_unknown_label_and_foreign_address_lead_nowhere(signed_in: Client, evaluated: Callable[..., int]) -> None:
    post_id = evaluated({"complaint": judged()})
    address = reverse("evaluation", args=[post_id])

    assert signed_in.get(address, {"label": "made_up"}).status_code == 404
    assert 'href="//evil' not in signed_in.get(address, {"next": "//evil.example/"}).content.decode()


def test_label_that_was_removed_is_named_nowhere(signed_in: Client, evaluated: Callable[..., int]) -> None:
    post_id = evaluated({"complaint": judged(), "own-99999": judged()})

    shown = signed_in.get(reverse("evaluation", args=[post_id])).content.decode()

    assert "own-99999" not in shown
    assert signed_in.get(reverse("evaluation", args=[post_id]), {"label": "own-99999"}).status_code == 404


def test_no_judge_is_quoted_on_a_label_that_nobody_judges(
    signed_in: Client, evaluated: Callable[..., int], miriam: User, django_capture_on_commit_callbacks: Any
) -> None:
    post_id = evaluated({"complaint": judged()})
    with django_capture_on_commit_callbacks(execute=True):
        own = labels.define(name="Lieferung", actor=miriam)

    kept = signed_in.post(reverse("correct", args=[post_id]), {"correction": f"{own.code}:true"}, **SCRIPT)

    assert "Checked here: is “Lieferung”." in kept.content.decode()
    assert "The judges said" not in kept.content.decode()

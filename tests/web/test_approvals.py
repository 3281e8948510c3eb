from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.service.guideline import EVERYBODY, publish, signed_by
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Approval, ApprovalState, Case, CasePost, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
Make = Callable[..., Case]


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def asked(new_case: Make, agent: User) -> Approval:
    """Nora wrote something that an administrator has to sign."""
    case = new_case("1", text=f"Wann kommt mein Rad? {HOSTILE}", name=HOSTILE)
    publish(EVERYBODY, signed_by(roles=["ADMIN"]))
    post_id = CasePost.objects.get(case=case).post_id
    outgoing = queue_reply(case_id=case.pk, post_id=post_id, text=f"Morgen. {HOSTILE}", author=agent, key=uuid4())
    return Approval.objects.get(outgoing=outgoing)


def test_list_and_page_show_what_to_decide_and_no_foreign_markup(signed_in: Client, asked: Approval) -> None:
    for address in (reverse("approvals"), reverse("approval", args=[asked.pk])):
        page = signed_in.get(address).content.decode()
        assert HOSTILE not in page
        assert "Morgen. &lt;script&gt;" in page
    assert "Sentence 1.2" in page


def test_navigation_counts_what_waits_for_this_reader(signed_in: Client, asked: Approval, agent: User) -> None:
    assert signed_in.get(reverse("today")).context["daily_rooms"][2].count == "1"

    signed_in.force_login(agent, backend=BACKEND)

    assert signed_in.get(reverse("today")).context["daily_rooms"][2].hidden


def test_words_as_they_stand_in_the_form_are_no_change(signed_in: Client, asked: Approval) -> None:
    text = Outgoing.objects.get(pk=asked.outgoing_id).text.replace("\n", "\r\n")

    signed_in.post(reverse("approve", args=[asked.pk]), {"text": text, "seen": ""})

    asked.refresh_from_db()
    assert (asked.state, asked.wording_before) == (ApprovalState.APPROVED, "")
    assert Outgoing.objects.get(pk=asked.outgoing_id).state == OutgoingState.QUEUED


def test_what_came_meanwhile_is_shown_instead_of_signed(signed_in: Client, asked: Approval) -> None:
    seen = signed_in.get(reverse("approval", args=[asked.pk])).context["seen"]
    Post.objects.filter(native_id="1").update(text="Hat sich erledigt", edited_at=clock.now())

    answer = signed_in.post(reverse("approve", args=[asked.pk]), {"text": "Morgen früh.", "seen": seen})

    page = answer.content.decode()
    assert (answer.status_code, "Hat sich erledigt" in page, "Morgen früh." in page) == (409, True, True)
    assert answer.context["some_new"]
    signed_in.post(reverse("approve", args=[asked.pk]), {"text": "Morgen früh.", "seen": answer.context["seen"]})
    assert Outgoing.objects.get(pk=asked.outgoing_id).text == "Morgen früh."


def test_refusal_without_a_reason_is_asked_for_one(signed_in: Client, asked: Approval) -> None:
    refused = signed_in.post(reverse("refuse", args=[asked.pk]), {"comment": ""})

    assert (refused.status_code, Approval.objects.get(pk=asked.pk).state) == (409, ApprovalState.WAITING)


def test_its_author_reads_why_where_they_go_on_writing(signed_in: Client, asked: Approval, agent: User) -> None:
    signed_in.post(reverse("refuse", args=[asked.pk]), {"comment": "Ohne Datum bitte"})
    signed_in.force_login(agent, backend=BACKEND)

    page = signed_in.get(reverse("case", args=[asked.outgoing.case_id])).content.decode()

    assert page.count("Ohne Datum bitte") == 2  # above the field, and in the history


def test_somebody_else_gets_no_button_and_no_signature(signed_in: Client, asked: Approval, agent: User) -> None:
    signed_in.force_login(agent, backend=BACKEND)

    assert 'id="approve"' not in signed_in.get(reverse("approval", args=[asked.pk])).content.decode()
    assert signed_in.post(reverse("approve", args=[asked.pk]), {"text": "Ja"}).status_code == 409
    assert Approval.objects.get(pk=asked.pk).state == ApprovalState.WAITING


@pytest.mark.parametrize("name", ["approve", "refuse", "comment_approval", "prove_answer", "confirm_answer"])
def test_who_may_not_answer_decides_nothing(signed_in: Client, asked: Approval, agent: User, name: str) -> None:
    User.objects.filter(pk=agent.pk).update(role=Role.ANALYST)
    signed_in.force_login(User.objects.get(pk=agent.pk), backend=BACKEND)

    assert signed_in.post(reverse(name, args=[asked.pk])).status_code == 403
    assert signed_in.get(reverse("approvals")).status_code == 403
    assert signed_in.get(reverse("approval", args=[asked.pk])).status_code == 403


def test_answer_to_be_posted_by_hand_is_shown_and_proved_on_the_page(
    signed_in: Client, new_case: Make, miriam: User
) -> None:
    case = new_case("1")
    Channel.objects.update(network="feeds", address="https://forum.example/feed.atom")
    Case.objects.update(identity=None)  # feeds often name nobody
    post_id = CasePost.objects.get(case=case).post_id
    page = reverse("case", args=[case.pk])
    form = {"text": "Morgen.", "post_id": post_id, "key": str(uuid4())}
    signed_in.post(reverse("reply", args=[case.pk]), form)
    outgoing = Outgoing.objects.get()
    assert 'name="permalink"' in signed_in.get(page).content.decode()

    refused = signed_in.post(
        reverse("prove_answer", args=[outgoing.pk]), {"permalink": "https://evil.example/1"}, HTTP_HX_REQUEST="true"
    )
    signed_in.post(reverse("prove_answer", args=[outgoing.pk]), {"permalink": "https://forum.example/t/2"})

    assert refused.json() == {"refused": "This address leads elsewhere; the answer belongs to forum.example."}
    assert Outgoing.objects.get().state == OutgoingState.SENT
    assert "https://forum.example/t/2" in signed_in.get(page).content.decode()

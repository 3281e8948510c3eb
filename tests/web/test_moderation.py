"""Moderation on the pages: the menu of a post, the form, the signature, the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from tests.web.conftest import BACKEND

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.service import naming
from resonanz.service.models import Case, CasePost, CaseState, Moderation, ModerationState, Outgoing
from resonanz.triage.models import Evaluation

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
Make = Callable[..., Case]
PIECES: dict[str, Any] = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def below(new_case: Make) -> Case:
    """Somebody insults people below a post of ours."""
    case = new_case("1", text=f"Idioten {HOSTILE}", name=HOSTILE)
    Post.objects.update(root_native_id="ours")
    return case


def post_of(case: Case) -> Post:
    return CasePost.objects.get(case=case).post


def ask(client: Client, case: Case, **form: str) -> Moderation:
    client.post(reverse("do", args=[case.pk, "moderate"]), {"moderation": "HIDE", "rule": "17.1", **form})
    return Moderation.objects.latest("pk")


def test_like_is_given_from_the_case_and_can_be_undone(signed_in: Client, below: Case) -> None:
    answer = signed_in.post(reverse("do", args=[below.pk, "like"]), **PIECES)

    row = Moderation.objects.get()
    assert (answer.status_code, row.act, row.state) == (200, "LIKE", ModerationState.QUEUED)
    page = signed_in.get(reverse("case", args=[below.pk])).content.decode()
    assert "about to happen" in page or "gleich" in page
    [undo] = list(signed_in.get(reverse("case", args=[below.pk])).context["to_undo"])
    signed_in.post(undo.address)
    row.refresh_from_db()
    assert row.state == ModerationState.CANCELLED


def test_form_says_what_the_guideline_says_and_warns_of_criticism(client: Client, below: Case, agent: User) -> None:
    client.force_login(agent, backend=BACKEND)
    Evaluation.objects.update(sentiment="negative")

    answer = client.get(reverse("moderate", args=[below.pk]), **PIECES)

    page = answer.content.decode()
    assert HOSTILE not in page
    assert [(one.code, one.tone) for one in answer.context["acts"]] == [
        ("HIDE", "soon"), ("DELETE", "soon"), ("BLOCK", ""), ("REPORT", ""),
    ]  # fmt: skip
    assert answer.context["criticism"] is True
    assert next(number for number, _ in answer.context["rules"]) == "17.1"


def test_what_holds_for_several_acts_is_said_once_below_them(signed_in: Client, below: Case) -> None:
    Post.objects.update(root_native_id=F("native_id"))  # it stands below nothing

    answer = signed_in.get(reverse("moderate", args=[below.pk]), **PIECES)

    hide, delete = answer.context["acts"][:2]
    assert hide.why == delete.why != ""
    page = answer.content.decode()
    assert page.count(hide.why) == 1
    assert page.count('aria-describedby="moderation-DELETE-why"') == 2


def test_hiding_waits_until_a_lead_signs_it_on_the_page_of_approvals(
    client: Client, below: Case, agent: User, miriam: User
) -> None:
    client.force_login(agent, backend=BACKEND)
    row = ask(client, below, words=HOSTILE)
    assert row.state == ModerationState.AWAITING
    told = client.get(reverse("case", args=[below.pk])).content.decode()
    assert "waits for approval." in told or "wartet auf Freigabe." in told
    assert client.get(reverse("approvals")).context["moderations"] == []
    client.post(reverse("approve_moderation", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == ModerationState.AWAITING

    client.force_login(miriam, backend=BACKEND)
    page = client.get(reverse("approvals")).content.decode()
    assert HOSTILE not in page
    assert f"moderation-{row.pk}" in page
    assert client.get(reverse("today")).context["daily_rooms"][2].count == "1"
    client.post(reverse("approve_moderation", args=[row.pk]))

    row.refresh_from_db()
    assert (row.state, row.signed_by) == (ModerationState.QUEUED, miriam)


def test_refusal_needs_words(client: Client, below: Case, agent: User, miriam: User) -> None:
    client.force_login(agent, backend=BACKEND)
    row = ask(client, below)
    client.force_login(miriam, backend=BACKEND)

    client.post(reverse("refuse_moderation", args=[row.pk]), {"comment": " "})
    row.refresh_from_db()
    assert row.state == ModerationState.AWAITING
    client.post(reverse("refuse_moderation", args=[row.pk]), {"comment": "Nur Kritik"})

    row.refresh_from_db()
    assert (row.state, row.comment) == (ModerationState.REFUSED, "Nur Kritik")
    assert "Nur Kritik" in client.get(reverse("case", args=[below.pk])).content.decode()


def test_bulk_names_what_was_refused_and_why(signed_in: Client, below: Case, new_case: Make) -> None:
    other = new_case("2", name="Ada")
    form = {"moderation": "HIDE", "rule": "17.1", "ids": f"{below.pk},{other.pk}", "batch": uuid4().hex}

    answer = signed_in.post(reverse("bulk", args=["moderate"]), form).json()

    assert (answer["done"], [one["id"] for one in answer["refused"]]) == (1, [other.pk])
    assert signed_in.get(reverse("bulk", args=["moderate"])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_shows_each_act_with_rule_and_reason(
    signed_in: Client, new_case: Make, count: int, django_assert_num_queries: Any
) -> None:
    for place in range(count):
        case = new_case(str(place), text=HOSTILE)
        Post.objects.filter(native_id=str(place)).update(root_native_id="ours")
        ask(signed_in, case, words=f"Beschimpft {HOSTILE}")

    with django_assert_num_queries(7):
        page = signed_in.get(reverse("ledger")).content.decode()

    assert page.count("Beschimpft &lt;script&gt;") == count
    assert HOSTILE not in page
    assert signed_in.get(reverse("ledger"), {"act": "LIKE"}).context["entries"] == []
    assert signed_in.get(reverse("ledger"), {"act": "NONSENSE"}).status_code == 404
    lines = signed_in.get(reverse("ledger_export")).content.decode().splitlines()
    assert len(lines) == count + 1


def test_ledger_names_no_employee_on_its_page_or_in_its_table(signed_in: Client, new_case: Make) -> None:
    naming.take_for_granted(["Petra Zwickel"])
    case = new_case("1", text="Idioten, vor allem Frau Zwickel. " + "x" * 255 + " Frau Zwickel")
    Post.objects.update(root_native_id="ours")
    ask(signed_in, case, words="Beschimpft")

    for name in ("ledger", "ledger_export"):
        told = signed_in.get(reverse(name)).content.decode()
        assert "[name]" in told
        assert "Zw" not in told
    assert len(Moderation.objects.get().excerpt) < 300


def test_analysts_reach_none_of_it(client: Client, below: Case) -> None:
    analyst = User.objects.create_user("a@nordhain.example", role=Role.ANALYST, created_at=clock.now())
    client.force_login(analyst, backend=BACKEND)

    addresses = [reverse("moderate", args=[below.pk]), reverse("ledger"), reverse("ledger_export")]
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    assert client.post(reverse("do", args=[below.pk, "like"])).status_code == 403
    assert Moderation.objects.count() == 0


def test_praise_is_liked_and_closed_at_once(signed_in: Client, below: Case) -> None:
    signed_in.post(reverse("resolve", args=[below.pk]), {"reason": "PRAISE", "like": "1"})

    below.refresh_from_db()
    assert (below.state, Moderation.objects.get().act) == (CaseState.RESOLVED, "LIKE")


def test_answer_is_corrected_and_its_earlier_wording_shown(signed_in: Client, below: Case, miriam: User) -> None:
    post = post_of(below)
    answer = Outgoing.objects.create(
        key=uuid4(), channel=below.channel, case=below, in_reply_to=post, parent_native_id=post.native_id,
        root_native_id="ours", visibility="PUBLIC", author=miriam, text=f"Morgen um acht {HOSTILE}", state="SENT",
        created_at=clock.now(), sent_at=clock.now(), native_id="7", delete_on=post.delete_on,
    )  # fmt: skip
    form = signed_in.get(reverse("put_right", args=[answer.pk]), **PIECES).content.decode()
    assert HOSTILE not in form

    signed_in.post(reverse("correct_answer", args=[answer.pk]), {"text": "Morgen um neun", "words": "Verwechselt"})
    row = Moderation.objects.get()
    assert (row.act, row.text, row.words) == ("CORRECT", "Morgen um neun", "Verwechselt")
    Moderation.objects.update(state="DONE", done_at=clock.now(), text_before=answer.text)
    page = signed_in.get(reverse("case", args=[below.pk])).content.decode()

    assert "Morgen um acht &lt;script&gt;" in page
    assert HOSTILE not in page


def test_what_a_colleague_is_still_writing_is_nobody_elses(signed_in: Client, below: Case) -> None:
    post = post_of(below)
    draft = Outgoing.objects.create(
        key=uuid4(), channel=below.channel, case=below, in_reply_to=post, parent_native_id=post.native_id,
        root_native_id="ours", visibility="PUBLIC", author=None, text="Unfertig", state="DRAFT",
        created_at=clock.now(), delete_on=post.delete_on,
    )  # fmt: skip

    assert signed_in.get(reverse("put_right", args=[draft.pk]), **PIECES).status_code == 404

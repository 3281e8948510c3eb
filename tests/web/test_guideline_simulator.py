from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.guidelines import versions
from resonanz.guidelines.document import read
from resonanz.guidelines.models import Guideline
from resonanz.service.models import Case, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def words(*clauses: dict[str, Any]) -> Any:
    numbered = [{"number": f"1.{n}", **clause} for n, clause in enumerate(clauses, start=1)]
    section = {"key": "rights", "heading": {"de": "Rechte", "en": ""}, "clauses": numbered}
    return read({"sections": [section]})


EVERYBODY = {"text": {"de": "", "en": "Everybody answers."}, "rule": {"outcome": "ALLOWED"}}
QUESTIONS = {
    "text": {"de": "", "en": "Questions wait."},
    "rule": {"outcome": "FORBIDDEN", "intents": ["QUESTION"], "roles": ["AGENT"]},
}


@pytest.fixture
def draft(miriam: User) -> Guideline:
    """In force: everybody answers. Being written: agents answer no questions."""
    first = versions.begin(brand_id=None, actor=miriam)
    saved = versions.save(guideline_id=first.pk, revision=1, document=words(EVERYBODY), actor=miriam).guideline
    versions.sign(guideline_id=first.pk, revision=saved.revision, actor=miriam)
    versions.publish(guideline_id=first.pk, effective_date=None, actor=miriam)
    begun = versions.begin(brand_id=None, actor=miriam)
    document = words(EVERYBODY, QUESTIONS)
    return versions.save(guideline_id=begun.pk, revision=1, document=document, actor=miriam).guideline


@pytest.fixture
def answered(new_case: Callable[..., Case]) -> Callable[..., Outgoing]:
    """Makes an answer that was sent in a case of its own."""

    def make(native_id: str, *, author: User, text: str = "Morgen ist es da.", **case: str) -> Outgoing:
        found = new_case(native_id)
        Case.objects.filter(pk=found.pk).update(**case)
        now = clock.now()
        return Outgoing.objects.create(
            key=uuid4(), channel=found.channel, case=found, parent_native_id=native_id, root_native_id=native_id,
            visibility="PUBLIC", author=author, text=text, state=OutgoingState.SENT, created_at=now, sent_at=now,
            native_id=f"ours-{native_id}", delete_on=date(2030, 1, 1),
        )  # fmt: skip

    return make


@pytest.fixture
def arne() -> User:
    return User.objects.create_user("arne@nordhain.example", name="Arne", role=Role.AGENT, created_at=clock.now())


def test_replay_shows_what_would_have_moved_with_both_clauses(
    signed_in: Client, miriam: User, arne: User, draft: Guideline, answered: Callable[..., Outgoing]
) -> None:
    answered("p1", author=arne, text="Morgen <b>ist</b> es da.")
    answered("p2", author=arne, intent="PRAISE", text="Danke!")
    answered("p3", author=miriam, text="Gern.")

    page = signed_in.get("/guideline/simulator/", {"act": "replay", "version": str(draft.pk)}).content.decode()
    shown = page[page.index('id="replay"') :]

    assert "1 of 3 answers would have gone another way" in shown
    assert "Morgen &lt;b&gt;ist&lt;/b&gt; es da." in shown
    assert "Danke!" not in shown
    assert "<b>1.1</b>" in shown
    assert "Questions wait." in shown
    assert "Arne" not in shown


def test_role_addresses_of_the_company_are_no_personal_data_in_a_replay(
    signed_in: Client, miriam: User, draft: Guideline, answered: Callable[..., Outgoing]
) -> None:
    check = {"text": {"de": "", "en": "No data."}, "check": {"check": "personal_data", "severity": "FORBIDDEN"}}
    document = words(EVERYBODY, check)
    versions.save(guideline_id=draft.pk, revision=draft.revision, document=document, actor=miriam)
    answered("p1", author=miriam, text="Schreiben Sie an service@nordhain.example.")
    answered("p2", author=miriam, text="Schreiben Sie an jonas.kern@mail.example.")

    page = signed_in.get("/guideline/simulator/", {"act": "replay", "version": str(draft.pk)}).content.decode()

    assert "1 of 2 answers would have gone another way" in page
    assert "service@nordhain.example" not in page


@pytest.mark.parametrize("asked", ["{pk}", "http://localhost:8000/inbox/{pk}/?view=all", " #{pk} "])
def test_who_may_answer_names_the_colleagues_with_the_clause(
    signed_in: Client, miriam: User, arne: User, draft: Guideline, new_case: Callable[..., Case], asked: str
) -> None:
    case = asked.format(pk=new_case("p").pk)

    page = signed_in.get(
        "/guideline/simulator/", {"act": "case", "case": case, "version": str(draft.pk)}
    ).content.decode()
    shown = page[page.index('id="who"') :]

    assert "<b>Arne</b>" in shown
    assert "<b>Miriam Kessler</b>" in shown
    assert shown.index("Questions wait.") > shown.index("<b>Arne</b>")


@pytest.mark.parametrize("asked", ["4711", "x" * 300, "-1", "9" * 30, "' OR 1=1"])
def test_a_case_that_is_none_is_told(signed_in: Client, draft: Guideline, asked: str) -> None:
    page = signed_in.get("/guideline/simulator/", {"act": "case", "case": asked}).content.decode()

    assert "There is no case of this number." in page


@pytest.mark.parametrize("answers", [1, 12])
def test_replay_of_many_asks_as_little_as_of_one(
    signed_in: Client, miriam: User, draft: Guideline, answered: Callable[..., Outgoing], answers: int
) -> None:
    for number in range(answers):
        answered(f"p{number}", author=miriam)
    address = f"/guideline/simulator/?act=replay&version={draft.pk}"
    signed_in.get(address)

    with CaptureQueriesContext(connection) as asked:
        signed_in.get(address)

    assert len(asked) == 19


def test_agents_try_nothing(client: Client, miriam: User) -> None:
    User.objects.filter(pk=miriam.pk).update(role=Role.AGENT)
    client.force_login(User.objects.get(pk=miriam.pk), backend=BACKEND)

    assert client.get("/guideline/simulator/").status_code == 403

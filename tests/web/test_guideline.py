from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Notification, Role, User
from resonanz.accounts.notifications import Line
from resonanz.core import clock
from resonanz.guidelines import in_force, versions
from resonanz.guidelines.acknowledging import acknowledge
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.models import Guideline
from resonanz.web.wording.warning_words import say

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVIL = "<script>alert(1)</script>{{ 7 }}\u202e"


def clause(number: str, text: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "text": {"de": text, "en": ""}, **more}


def document(*clauses: dict[str, Any], heading: str = "Ton") -> Document:
    section = {"key": "tone", "heading": {"de": heading, "en": ""}, "clauses": list(clauses)}
    return read({"sections": [section]})


ALLOWED = {"rule": {"outcome": "ALLOWED"}}
FIRST = document(clause("1.1", "Wir antworten freundlich.", **ALLOWED), clause("1.2", "Wir streiten nicht."))
SECOND = document(clause("1.1", "Wir antworten freundlich und bald.", **ALLOWED))


@pytest.fixture
def lead() -> User:
    return User.objects.create_user("lead@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def agent() -> User:
    return User.objects.create_user("agent@nordhain.example", name="Arne", role=Role.AGENT, created_at=clock.now())


@pytest.fixture
def client_of(client: Client) -> Any:
    def sign_in(user: User) -> Client:
        client.force_login(user, backend=BACKEND)
        return client

    return sign_in


def publish(words: Document, *, actor: User, in_days: int = 0) -> Guideline:
    in_force.ensure_starter()
    draft = versions.begin(brand_id=None, actor=actor)
    saved = versions.save(guideline_id=draft.pk, revision=draft.revision, document=words, actor=actor).guideline
    versions.sign(guideline_id=draft.pk, revision=saved.revision, actor=actor)
    day = clock.now().date() + timedelta(days=in_days) if in_days else None
    return versions.publish(guideline_id=draft.pk, effective_date=day, actor=actor)


def test_clauses_stand_with_number_anchor_rule_in_words_and_a_note_where_a_language_is_missing(
    client_of: Any, lead: User
) -> None:
    publish(FIRST, actor=lead)

    page = client_of(lead).get("/guideline/", headers={"accept-language": "en"}).content.decode()

    assert 'id="c-1.1"' in page
    assert "Everybody: an answer is allowed." in page
    assert "have not been translated yet" in page
    assert '<div class="prose" lang="de" dir="auto"><p>Wir streiten nicht.</p></div>' in page


def test_reader_sees_first_what_changed_since_the_version_they_acknowledged(
    client_of: Any, lead: User, agent: User
) -> None:
    acknowledge(guideline_id=publish(FIRST, actor=lead).pk, user=agent)
    second = publish(SECOND, actor=lead)

    page = client_of(agent).get("/guideline/").content.decode()

    changes = page[page.index('id="changes"') : page.index('class="guideline"')]
    assert "<del>freundlich.</del><ins>freundlich und bald.</ins>" in changes
    assert "<del>Wir streiten nicht.</del>" in changes
    assert f"/guideline/versions/{second.pk}/acknowledge/" in page
    assert "Please read" in page


def test_without_any_acknowledgement_the_page_says_that_nothing_can_be_sent(
    client_of: Any, lead: User, agent: User
) -> None:
    shown = publish(FIRST, actor=lead)
    page = client_of(agent)

    with clock.moved_to(clock.now() + timedelta(days=3)):
        before = page.get("/guideline/").content.decode()
        page.post(f"/guideline/versions/{shown.pk}/acknowledge/")
        after = page.get("/guideline/").content.decode()

    assert "No right to send" in before
    assert "No right to send" not in after
    assert f"/guideline/versions/{shown.pk}/acknowledge/" not in after


def test_what_is_to_come_is_announced_and_can_be_read(client_of: Any, lead: User, agent: User) -> None:
    publish(FIRST, actor=lead)
    coming = publish(SECOND, actor=lead, in_days=7)

    page = client_of(agent).get("/guideline/").content.decode()
    next_one = client_of(agent).get(f"/guideline/versions/{coming.pk}/")

    assert f'href="/guideline/versions/{coming.pk}/"' in page
    assert "not in force yet" in next_one.content.decode()


def test_words_of_a_guideline_are_text_and_nothing_else(client_of: Any, lead: User) -> None:
    publish(document(clause("1.1", EVIL, **ALLOWED), heading=EVIL), actor=lead)

    page = client_of(lead).get("/guideline/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in page


def test_analyst_reads_but_is_not_asked_and_what_is_being_written_is_not_for_them(
    client_of: Any, lead: User, agent: User
) -> None:
    publish(FIRST, actor=lead)
    draft = versions.begin(brand_id=None, actor=lead)
    User.objects.filter(pk=agent.pk).update(role=Role.ANALYST)
    page = client_of(User.objects.get(pk=agent.pk))

    assert "acknowledge/" not in page.get("/guideline/").content.decode()
    assert page.get(f"/guideline/versions/{draft.pk}/").status_code == 403
    assert page.get(f"/guideline/drafts/{draft.pk}/").status_code == 403
    assert page.get("/guideline/versions/").status_code == 403


@pytest.mark.parametrize("clauses", [1, 30])
def test_long_guideline_asks_no_more_of_the_database(client_of: Any, lead: User, agent: User, clauses: int) -> None:
    publish(document(*(clause(f"1.{n}", f"Satz {n}", **ALLOWED) for n in range(1, clauses + 1))), actor=lead)
    page = client_of(agent)
    page.get("/guideline/")

    with CaptureQueriesContext(connection) as asked:
        page.get("/guideline/")

    assert len(asked) == 15


def test_today_tells_calmly_which_versions_wait_to_be_read(client_of: Any, lead: User, agent: User) -> None:
    current = publish(FIRST, actor=lead)
    coming = publish(SECOND, actor=lead, in_days=7)
    page = client_of(agent)

    before = page.get("/").content.decode()
    page.post(f"/guideline/versions/{current.pk}/acknowledge/")
    between = page.get("/").content.decode()
    page.post(f"/guideline/versions/{coming.pk}/acknowledge/")
    after = page.get("/").content.decode()

    assert f"Guideline {current.version} is in force and waits to be read." in before
    assert f"Guideline {coming.version} takes effect on" in before
    assert f'href="/guideline/versions/{current.pk}/"' in before
    assert "waits to be read" not in between
    assert f"Guideline {coming.version} takes effect on" in between
    assert "takes effect on" not in after


def test_analyst_is_told_of_no_version_on_today(client_of: Any, lead: User, agent: User) -> None:
    publish(FIRST, actor=lead)
    User.objects.filter(pk=agent.pk).update(role=Role.ANALYST)

    assert "waits to be read" not in client_of(User.objects.get(pk=agent.pk)).get("/").content.decode()


def test_page_says_where_signers_are_gone(client_of: Any, lead: User, agent: User) -> None:
    asked = {"rule": {"outcome": "NEEDS_APPROVAL", "approvers": {"people": [agent.pk]}}}
    publish(document(clause("1.1", "Arne sieht es an.", **asked)), actor=lead)
    page = client_of(lead)

    before = page.get("/guideline/").content.decode()
    User.objects.filter(pk=agent.pk).update(is_active=False)
    after = page.get("/guideline/").content.decode()

    assert "Signers are gone" not in before
    assert "Signers are gone" in after
    assert "the leads sign" in after


def test_register_reminds_whoever_has_not_read_it(
    client_of: Any, lead: User, agent: User, settings: LazySettings
) -> None:
    settings.MAIL_IS_READY = True
    shown = publish(FIRST, actor=lead)
    page = client_of(lead)

    listed = page.get("/guideline/register/").content.decode()
    first = page.post(f"/guideline/versions/{shown.pk}/remind/", follow=True).content.decode()
    second = page.post(f"/guideline/versions/{shown.pk}/remind/", follow=True).content.decode()
    refused = client_of(agent).post(f"/guideline/versions/{shown.pk}/remind/")

    (sent,) = Notification.objects.all()
    subject, text = say([Line(**line) for line in sent.lines], agent)
    assert "Remind those who have not read it" in listed
    assert "1 colleague is reminded." in first
    assert "Nobody was reminded" in second
    assert refused.status_code == 403
    assert sent.user == agent
    assert (bool(subject), f"/guideline/versions/{shown.pk}/" in text) == (True, True)

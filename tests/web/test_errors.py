"""Pages for what goes wrong: in both languages, without a database where it may be gone, and without inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults

from resonanz.accounts.models import Role, User
from resonanz.web.entrance_refusals import refusal


def no_queries(*_: object) -> None:
    """Stands for a database that is gone."""
    raise AssertionError("asked the database")


@pytest.fixture
def broken_database() -> Iterator[None]:
    with connection.execute_wrapper(no_queries):
        yield


@pytest.mark.parametrize(("language", "told"), [("en", "Something broke here"), ("de", "Hier ging etwas kaputt")])
def test_page_of_a_fault_needs_no_database(broken_database: None, language: str, told: str) -> None:
    with translation.override(language):
        answer = defaults.server_error(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert told in answer.content.decode()


def test_damaged_request_has_a_page_of_ours(broken_database: None) -> None:
    answer = defaults.bad_request(RequestFactory().get("/"), Exception())

    assert "This request cannot be understood" in answer.content.decode()


@pytest.mark.django_db
def test_page_for_other_roles_says_so_and_offers_both_languages(signed_in: Client, miriam: User) -> None:
    User.objects.filter(pk=miriam.pk).update(role=Role.ANALYST)

    answer = signed_in.get("/channels/")

    assert answer.status_code == 403
    assert "This page is for other roles" in answer.content.decode()
    assert "Deutsch" in answer.content.decode()


@pytest.mark.django_db
def test_old_form_is_told_calmly() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {})

    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()


@pytest.mark.parametrize(
    ("status", "words"),
    [(413, ("Das ist mehr, als", "This is more than")), (408, ("nicht rechtzeitig", "did not arrive in time"))],
)
def test_entrance_refuses_in_both_languages(broken_database: None, status: int, words: tuple[str, str]) -> None:
    headers, body = refusal(status)

    page = body.decode()
    assert all(told in page for told in words)
    assert not re.search(r"<style|\sstyle=|<script", page)
    assert dict(headers)[b"content-length"] == str(len(body)).encode()


@pytest.mark.django_db
def test_components_are_all_on_their_page(signed_in: Client) -> None:
    page = signed_in.get("/components/").content.decode()

    for component in ("button primary", "chip late", "due soon", "avatar", "field tick", "alert good", "toast"):
        assert f'class="{component}' in page, component
    for component in ('role="tablist"', "<details", "<dialog", 'class="table"', 'class="empty"', 'class="skeleton"'):
        assert component in page, component
    assert 'aria-invalid="true"' in page


@pytest.mark.django_db
def test_messages_of_the_server_are_toasts(signed_in: Client) -> None:
    signed_in.post("/settings/", {"language": "", "time_zone": ""})

    page = signed_in.get("/settings/").content.decode()

    assert re.search(r'class="toast ?"><p>Saved\.</p>', page)

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Role, User
from resonanz.guidelines import versions
from resonanz.guidelines.document import read
from resonanz.guidelines.models import Part, ReaderLink, Reading

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVIL = "<img src=x onerror=alert(1)>"
WORDS = {
    "sections": [
        {
            "key": "own_opinion",
            "heading": {"de": "Eigene Meinung", "en": "One's own opinion"},
            "clauses": [
                {
                    "number": "1.1",
                    "text": {"de": f"Ich sage, dass es meine ist. {EVIL}", "en": "I say that it is mine."},
                }
            ],
        }
    ]
}
LINK = {"name": "Intranet", "domain": "nordhain.example", "days": "30"}


@pytest.fixture
def published(miriam: User) -> None:
    draft = versions.begin(brand_id=None, part=Part.EMPLOYEES, actor=miriam)
    saved = versions.save(guideline_id=draft.pk, revision=1, document=read(WORDS), actor=miriam).guideline
    versions.sign(guideline_id=draft.pk, revision=saved.revision, actor=miriam)
    versions.publish(guideline_id=draft.pk, effective_date=None, actor=miriam)


def made_link(signed_in: Client) -> str:
    page = signed_in.post("/guideline/employees/", LINK).content.decode()
    found = re.search(r"/read/[\w-]+/", page)
    assert found is not None
    return found[0]


@pytest.mark.usefixtures("published")
def test_link_is_shown_once_and_opens_the_part_in_both_languages_to_strangers(signed_in: Client) -> None:
    address = made_link(signed_in)
    stranger = Client()

    german = stranger.get(address, headers={"accept-language": "de"})
    english = stranger.get(address, headers={"accept-language": "en"})

    assert address not in signed_in.get("/guideline/employees/").content.decode()
    assert "Ich sage, dass es meine ist. &lt;img" in german.content.decode()
    assert "I say that it is mine." in english.content.decode()
    assert english.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert english.headers["Referrer-Policy"] == "same-origin"  # with no-referrer no browser could send the form
    assert EVIL not in german.content.decode()


@pytest.mark.usefixtures("published")
def test_reading_is_noted_by_the_button_only_and_once(signed_in: Client) -> None:
    address, stranger = made_link(signed_in), Client()
    form = {"name": "Nora <b>Feld</b>", "email": "Nora@Nordhain.example"}

    stranger.get(address)
    looked = Reading.objects.count()
    first = stranger.post(address, form, follow=True).content.decode()
    stranger.post(address, form)

    assert looked == 0
    assert "That it was read is noted." in first
    assert [(one.name, one.email) for one in Reading.objects.all()] == [("Nora <b>Feld</b>", "nora@nordhain.example")]
    assert "Nora &lt;b&gt;Feld&lt;/b&gt;" in signed_in.get("/guideline/employees/").content.decode()


@pytest.mark.usefixtures("published")
def test_an_address_elsewhere_is_refused_and_what_was_typed_is_kept(signed_in: Client) -> None:
    address = made_link(signed_in)

    page = Client().post(address, {"name": "Nora", "email": "nora@elsewhere.example"}).content.decode()

    assert "or it is not an address of the company" in page
    assert 'value="nora@elsewhere.example"' in page
    assert not Reading.objects.exists()


@pytest.mark.usefixtures("published")
def test_revoked_and_invented_links_open_nothing(signed_in: Client) -> None:
    address = made_link(signed_in)

    signed_in.post(f"/guideline/employees/{ReaderLink.objects.get().pk}/revoke/")

    for gone in (address, "/read/invented/", "/read/%00/"):
        answer = Client().get(gone)
        assert answer.status_code == 410
        assert "Ich sage" not in answer.content.decode()


@pytest.mark.usefixtures("published")
def test_public_page_asks_two_things_of_the_database(signed_in: Client) -> None:
    address = made_link(signed_in)

    with CaptureQueriesContext(connection) as asked:
        Client().get(address)

    assert len(asked) == 2


def test_without_a_published_part_there_is_no_link(signed_in: Client) -> None:
    page = signed_in.post("/guideline/employees/", LINK).content.decode()

    assert "Nothing to read yet" in page
    assert not ReaderLink.objects.exists()


@pytest.mark.usefixtures("published")
def test_what_is_noted_about_somebody_is_deleted(signed_in: Client) -> None:
    Client().post(made_link(signed_in), {"name": "Nora", "email": "nora@nordhain.example"})

    signed_in.post("/guideline/employees/forget/", {"email": "NORA@nordhain.example"})

    assert not Reading.objects.exists()


def test_agents_make_no_links(client: Client, miriam: User) -> None:
    User.objects.filter(pk=miriam.pk).update(role=Role.AGENT)
    client.force_login(User.objects.get(pk=miriam.pk), backend=BACKEND)

    assert client.post("/guideline/employees/", LINK).status_code == 403
    assert client.get("/guideline/employees/").status_code == 403

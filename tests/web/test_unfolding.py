"""Where the links of a post lead: asked on a click, and never before; shown safely, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from tests.networks.page_server import PageServer, page

from resonanz.accounts.models import Role, User
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        server.pages["/s"] = page(status=301, headers={"Location": "/long?utm_source=x"})
        server.pages["/long?utm_source=x"] = page(
            "<title>Rückruf <script>1</script>&lt;b&gt;</title>".encode(), headers=HTML
        )
        yield server


def asked(client: Client, case: Case, **headers: str) -> str:
    post = Post.objects.get()
    answer = client.post(f"/inbox/{case.pk}/posts/{post.pk}/links/", headers=headers or {"hx-request": "true"})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return " ".join(answer.content.decode().split())


def test_nobody_is_asked_before_somebody_wants_to_know(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer
) -> None:
    case = new_case("1", text=f"Schaut mal ({elsewhere.url('/s')}).")

    shown = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert "Where does it lead?" in shown
    assert elsewhere.seen == []


def test_short_link_is_shown_as_host_and_title(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer
) -> None:
    case = new_case("1", text=f"Schaut mal ({elsewhere.url('/s')}).")

    shown = asked(signed_in, case)

    assert f'href="{elsewhere.url("/long")}"' in shown
    assert "<b>127.0.0.1</b>" in shown
    assert "<script" not in shown
    assert "Rückruf" in shown
    assert len(elsewhere.seen) == 2
    assert "<html" in asked(signed_in, case, accept="text/html")


def test_what_is_no_page_or_closed_shows_where_it_is(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer
) -> None:
    elsewhere.pages["/file"] = page(b"%PDF", headers={"Content-Type": "application/pdf"})
    elsewhere.pages["/closed"] = page(b"<title>Anmelden</title>", 403, HTML)
    case = new_case("1", text=f"{elsewhere.url('/file')} {elsewhere.url('/closed')}")

    shown = asked(signed_in, case)

    assert shown.count("<b>127.0.0.1</b>") == 2
    assert "Anmelden" not in shown


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/", "http://127.0.0.1:9/", "file:///etc/passwd"])
def test_link_that_leads_inside_is_not_followed(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer, target: str
) -> None:
    elsewhere.pages["/in"] = page(status=302, headers={"Location": target})
    case = new_case("1", text=elsewhere.url("/in"))

    shown = asked(signed_in, case)

    assert "not known" in shown
    assert f'href="{target}' not in shown
    assert len(elsewhere.seen) == 1


def test_no_more_than_three_are_asked(signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer) -> None:
    case = new_case("1", text=" ".join(elsewhere.url(f"/{number}") for number in range(9)))

    asked(signed_in, case)

    assert len(elsewhere.seen) == 3


@pytest.mark.parametrize(
    "change", [{"visibility": "PRIVATE"}, {"speaker": "OWN"}, {"speaker": "STAFF"}, {"text": "ohne Link"}]
)
def test_of_what_was_said_in_private_or_by_us_nobody_is_asked(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer, change: dict[str, str]
) -> None:
    case = new_case("1", text=elsewhere.url("/s"))
    Post.objects.update(**change)

    shown = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    answer = signed_in.post(f"/inbox/{case.pk}/posts/{Post.objects.get().pk}/links/")

    assert "Where does it lead?" not in shown
    assert answer.status_code == (200 if "text" in change else 404)
    assert elsewhere.seen == []


def test_who_may_not_answer_may_not_ask(
    signed_in: Client, miriam: User, new_case: Callable[..., Case], elsewhere: PageServer
) -> None:
    case = new_case("1", text=elsewhere.url("/s"))
    miriam.role = Role.ANALYST
    miriam.save()

    assert signed_in.post(f"/inbox/{case.pk}/posts/{Post.objects.get().pk}/links/").status_code == 403
    assert "Where does it lead?" not in signed_in.get(f"/inbox/{case.pk}/").content.decode()


def test_post_of_another_case_and_looking_alone_ask_nobody(
    signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer
) -> None:
    case = new_case("1", text=elsewhere.url("/s"))
    address = f"/inbox/{case.pk}/posts/{Post.objects.get().pk}/links/"

    assert signed_in.get(address).status_code == 405
    assert signed_in.post(address.replace(f"/inbox/{case.pk}/", f"/inbox/{case.pk + 1}/")).status_code == 404
    assert elsewhere.seen == []


def test_page_reads_in_german(signed_in: Client, new_case: Callable[..., Case], elsewhere: PageServer) -> None:
    case = new_case("1", text=elsewhere.url("/s"))

    shown = signed_in.get(f"/inbox/{case.pk}/", headers={"accept-language": "de"}).content.decode()

    assert "Wohin führt das?" in shown

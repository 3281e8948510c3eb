"""Capturing by hand: what the form asks and refuses, what a page offers, what a telephone shares."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.networks.page_server import PageServer, page
from tests.pictures import bomb, photo

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.guidelines import in_force
from resonanz.listening.models import Post, PostMedia, Screenshot
from resonanz.networks.models import Channel, ChannelState
from resonanz.people.models import Identity, StaffAccount
from resonanz.privacy import audit, erasure
from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case
from resonanz.triage.models import Evaluation
from resonanz.web import sharing

pytestmark = pytest.mark.django_db
LINK = "https://www.xing.com/communities/posts/1?utm_source=mail"


@pytest.fixture(autouse=True)
def guideline() -> None:
    in_force.ensure_starter()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def typed(**more: object) -> dict[str, object]:
    return {
        "act": "capture", "key": str(uuid4()), "link": LINK, "text": "Warum ist Nordhain immer zu spät?",
        "name": "Ada Berg", "visible": "PUBLIC", **more,
    }  # fmt: skip


def test_captured_post_is_judged_and_becomes_a_case(signed_in: Client) -> None:
    answer = signed_in.post("/capture/", typed())

    case = Case.objects.get()
    post = Post.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/inbox/{case.pk}/")
    assert (case.channel.network, case.channel.name) == ("capture", "Captured by hand")
    assert (post.network, post.origin, post.source) == ("xing", "xing.com", "capture")
    assert (post.url, post.native_id) == ("https://www.xing.com/communities/posts/1",) * 2
    assert (post.author_native_id, post.purpose) == ("name:ada berg", "SERVICE")
    assert Identity.objects.get().name == "Ada Berg"
    assert Evaluation.objects.get().post == post
    body = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert '<span class="chip" title="Captured by hand">XING</span>' in body


def test_answer_to_nobody_who_is_named_names_nobody(signed_in: Client) -> None:
    shown = signed_in.post("/capture/", typed(name=""), follow=True).content.decode()

    assert '<label for="reply-text">Answer, public' in shown


def test_network_without_a_connector_bears_its_name_beside_the_person(signed_in: Client) -> None:
    shown = signed_in.post("/capture/", typed(), follow=True).content.decode()

    assert '<span class="chip end">XING</span>' in shown
    assert '<span class="chip end">xing</span>' not in shown


def test_what_wants_nothing_becomes_a_case_all_the_same(signed_in: Client) -> None:
    signed_in.post("/capture/", typed(text="Ein Foto vom See."))

    assert Case.objects.count() == 1


def test_who_captured_stands_in_the_audit_alone(signed_in: Client, miriam: User) -> None:
    signed_in.post("/capture/", typed())

    found = AuditRecord.objects.get(act="post.captured")
    assert (found.actor_id, found.thing_id) == (miriam.pk, Post.objects.get().pk)
    assert "Ada" not in json.dumps(found.details)
    assert "zu spät" not in json.dumps(found.details)


@pytest.mark.parametrize(
    "again",
    [
        LINK, "http://xing.com/communities/posts/1/", "https://www.xing.com/communities/posts/1#x",
        "https://m.xing.com/communities/posts/1?utm_medium=x",
    ],
)  # fmt: skip
def test_same_link_leads_to_the_first_case(signed_in: Client, again: str) -> None:
    signed_in.post("/capture/", typed())

    answer = signed_in.post("/capture/", typed(link=again, text="Etwas anderes", name="Somebody"))

    assert answer.headers["Location"] == f"/inbox/{Case.objects.get().pk}/"
    assert Post.objects.get().text.startswith("Warum")


def test_link_of_what_was_heard_elsewhere_leads_to_its_case(signed_in: Client, new_case: object) -> None:
    case = new_case("1")  # type: ignore[operator]
    Post.objects.update(url="https://social.example/@jonas/1")

    answer = signed_in.post("/capture/", typed(link="https://social.example/@jonas/1?fbclid=x"))

    assert answer.headers["Location"] == f"/inbox/{case.pk}/"
    assert Post.objects.count() == 1


def test_comment_below_it_joins_the_case(signed_in: Client) -> None:
    signed_in.post("/capture/", typed())

    signed_in.post("/capture/", typed(is_another="on", name="Bernd", text="Bei mir auch, wann kommt das Rad?"))

    assert Post.objects.count() == 2
    assert Case.objects.get().case_posts.count() == 2


def test_form_that_is_sent_twice_captures_once(signed_in: Client) -> None:
    sent = typed(link="", place="spoken", where="Messe Köln")

    places = [signed_in.post("/capture/", sent).headers["Location"] for _ in range(2)]

    assert places[0] == places[1]
    assert Post.objects.get().origin == "Messe Köln"
    signed_in.post("/capture/", {**sent, "key": str(uuid4())})
    assert Post.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"link": "javascript:alert(1)"}, "This is no address of a web page."),
        ({"link": ""}, "Without a link it has to be said where this was."),
        ({"text": " "}, "This field is required."),
        ({"visible": "PRIVATE"}, "A private message is captured only where it was said to the company."),
        ({"said_at": "2999-01-01T10:00"}, "This is still to come."),
        ({"said_at": "0001-01-01T10:00"}, "This is no time"),
        ({"place": "nowhere"}, "Select a valid choice"),
        ({"name": "x" * 300}, "at most 200 characters"),
        ({"screenshot": SimpleUploadedFile("a.png", b"no picture")}, "This is no picture that can be read"),
        ({"screenshot": SimpleUploadedFile("a.png", bomb())}, "more than 50 million pixels"),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_typed(
    signed_in: Client, wrong: dict[str, object], told: str
) -> None:
    answer = signed_in.post("/capture/", typed(**wrong))

    body = answer.content.decode()
    assert answer.status_code == 422
    assert told in body
    assert "Ada Berg" in body or "name" in wrong
    assert not Post.objects.exists()


def test_private_message_to_us_is_a_message_of_one_person(signed_in: Client) -> None:
    signed_in.post("/capture/", typed(link="", place="whatsapp", visible="PRIVATE", is_to_us="on"))

    post, case = Post.objects.get(), Case.objects.get()
    assert (post.kind, post.visibility, post.origin) == ("MESSAGE", "PRIVATE", "WhatsApp")
    assert (case.visibility, case.private_with) == ("PRIVATE", "name:ada berg")


def test_screenshot_is_drawn_anew_shown_and_gone_with_the_post(signed_in: Client) -> None:
    sent = SimpleUploadedFile("IMG_1.jpg", photo(size=(4000, 3000)), content_type="image/jpeg")

    signed_in.post("/capture/", typed(screenshot=sent, alt="Der Beitrag"))

    case, beside = Case.objects.get(), PostMedia.objects.get()
    shown = signed_in.get(f"/posts/media/{beside.pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with Image.open(io.BytesIO(shown.content)) as found:
        assert max(found.size) == 2560
        assert dict(found.getexif()) == {}
    body = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert f'<img src="/posts/media/{beside.pk}/" alt="Der Beitrag"' in body

    erasure.erase_account(
        network="xing", origin="xing.com", native_id="name:ada berg", actor=audit.SYSTEM, suppress=True
    )
    assert not Screenshot.objects.exists()
    again = signed_in.post("/capture/", typed())
    assert again.status_code == 422
    assert "This was not kept" in again.content.decode()


def test_screenshot_is_for_who_may_read_the_post(signed_in: Client, miriam: User) -> None:
    signed_in.post("/capture/", typed(screenshot=SimpleUploadedFile("a.jpg", photo())))
    address = f"/posts/media/{PostMedia.objects.get().pk}/"

    assert Client().get(address).status_code == 302
    miriam.role = Role.ANALYST
    miriam.save()
    assert signed_in.get(address).status_code == 403


def test_nobody_proves_an_account_by_capturing_its_code(signed_in: Client, miriam: User) -> None:
    """Else a colleague could hide what a customer says by calling it their own."""
    StaffAccount.objects.create(user=miriam, code="mein-abcdefgh", asked_at=clock.now())

    signed_in.post("/capture/", typed(text="mein-abcdefgh"))

    assert StaffAccount.objects.get().confirmed_at is None


def test_paused_channel_takes_nothing(signed_in: Client) -> None:
    signed_in.post("/capture/", typed())
    Channel.objects.update(state=ChannelState.PAUSED)

    answer = signed_in.post("/capture/", typed(link="https://xing.com/posts/2"))

    assert answer.status_code == 422
    assert "Capturing is paused" in answer.content.decode()


def test_page_fills_what_is_empty_and_nothing_else(signed_in: Client, elsewhere: PageServer) -> None:
    elsewhere.pages["/1"] = page(
        b'<html lang=de><title>Hartes <b>Urteil</b></title><meta name=author content="Ada">'
        b'<meta property=og:description content="Das Rad ist &lt;i&gt;schlecht&lt;/i&gt;.">'
        b'<meta property=article:published_time content="2026-11-20T09:30:00Z">',
        headers={"Content-Type": "text/html"},
    )
    link = elsewhere.url("/1")

    body = signed_in.post(
        "/capture/", {"act": "look", "link": link, "name": "Berta", "key": str(uuid4())}
    ).content.decode()

    assert 'value="Berta"' in body
    assert "Das Rad ist schlecht." in body
    assert 'value="2026-11-20T10:30"' in body
    assert "<b>Urteil" not in body
    assert not Post.objects.exists()

    assert '<option value="" selected>as the link tells</option>' in body  # another link is of another place

    again = {"act": "look", "link": link, "read": link, "key": str(uuid4())}
    signed_in.post("/capture/", again)
    assert len(elsewhere.seen) == 1


def test_page_that_is_known_says_so(signed_in: Client, elsewhere: PageServer) -> None:
    elsewhere.pages["/short"] = page(status=302, headers={"Location": "/1"})
    elsewhere.pages["/1"] = page(b"<title>x", headers={"Content-Type": "text/html"})
    signed_in.post("/capture/", typed(link=elsewhere.url("/1")))

    body = signed_in.post("/capture/", {"act": "look", "link": elsewhere.url("/short")}).content.decode()

    assert f'href="/inbox/{Case.objects.get().pk}/"' in body
    assert "Something else that was said there" in body


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("http://127.0.0.1:1/", "not on the open internet"),
        ("http://[::ffff:169.254.169.254]/", "not on the open internet"),
        ("file:///etc/passwd", "no address"),
        ("", "no address"),
    ],
)
def test_page_that_is_not_read_says_why(signed_in: Client, link: str, told: str) -> None:
    body = signed_in.post("/capture/", {"act": "look", "link": link, "text": "Getippt"}).content.decode()

    assert told in body
    assert "Getippt" in body


def test_shared_words_fill_the_form(signed_in: Client) -> None:
    shared = {"title": "Ada", "text": f"Schau mal {LINK}", "screenshot": SimpleUploadedFile("a.jpg", photo())}

    answer = Client(enforce_csrf_checks=True)
    answer.defaults = signed_in.defaults
    answer.cookies = signed_in.cookies
    body = answer.post("/capture/shared/", shared).content.decode()

    assert f'value="{LINK}"' in body
    assert "Schau mal" in body
    assert 'src="data:image/jpeg;base64,' in body
    assert not Post.objects.exists()
    assert answer.post("/capture/", typed()).status_code == 403  # what keeps something wants the form's own token


def test_stranger_signs_in_first_and_finds_the_words(client: Client, miriam: User) -> None:
    answer = client.post("/capture/shared/", {"text": f"Schau mal {LINK}", "title": "x" * 9_000})

    assert answer.headers["Location"] == "/accounts/login/?next=/capture/"
    cookie = client.cookies[sharing.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/capture/")
    assert "Schau" not in cookie.value
    client.force_login(miriam, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert f'value="{LINK}"' in client.get("/capture/").content.decode()
    assert f'value="{LINK}"' not in client.get("/capture/").content.decode()


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAA" * 40, "ä"])
def test_cookie_of_somebody_else_is_nothing(signed_in: Client, cookie: str) -> None:
    signed_in.cookies[sharing.COOKIE] = cookie

    assert signed_in.get("/capture/").status_code == 200


def test_long_words_are_cut_to_what_a_cookie_holds(client: Client) -> None:
    client.post("/capture/shared/", {"text": "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(19_000))})

    assert 0 < len(client.cookies[sharing.COOKIE].value) < 4_000


def test_who_may_not_answer_may_not_capture(signed_in: Client, miriam: User) -> None:
    miriam.role = Role.ANALYST
    miriam.save()

    for answer in (
        signed_in.get("/capture/"),
        signed_in.post("/capture/", typed()),
        signed_in.post("/capture/shared/", {"text": "a"}),
    ):
        assert answer.status_code == 403
    assert not Post.objects.exists()
    assert Client().get("/capture/").status_code == 302


def test_manifest_lets_a_telephone_share(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")

    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert told["share_target"]["action"] == "/capture/shared/"
    assert (told["share_target"]["method"], told["share_target"]["enctype"]) == ("POST", "multipart/form-data")
    for icon in told["icons"]:
        assert client.get(icon["src"]).status_code == 200
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/accounts/login/").content.decode()

"""Pictures on pages: who may see them, what is served, and how they come to a draft with and without a script."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.networks.page_server import PageServer, page
from tests.pictures import bomb, photo, picture

from resonanz.accounts.models import Role, User
from resonanz.config import asgi
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening import previews
from resonanz.listening.models import Post, PostMedia
from resonanz.service.models import Attachment, Case, Outgoing
from resonanz.triage.models import Evaluation

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """A server of somebody, whose pictures posts name."""
    previews.forget()
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def beside(case: Case, url: str, **more: str) -> PostMedia:
    post = Post.objects.get(case_posts__case=case)
    return PostMedia.objects.create(post=post, place=0, **{"kind": "IMAGE", "url": url} | more)


def form(case: Case, **more: object) -> dict[str, object]:
    return {"post_id": Post.objects.get(case_posts__case=case).pk, "key": str(uuid4()), "text": "Bitte. ^MK", **more}


def uploaded(data: bytes, name: str = "bild.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_picture_of_a_post_is_drawn_anew_and_fetched_once(
    signed_in: Client, new_case: NewCase, elsewhere: PageServer
) -> None:
    elsewhere.pages["/1.jpg"] = page(photo(size=(3000, 2000)), headers={"Content-Type": "text/html"})
    media = beside(new_case("1"), elsewhere.url("/1.jpg"))

    answers = [signed_in.get(f"/posts/media/{media.pk}/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(elsewhere.seen) == 1
    assert "cookie" not in elsewhere.seen[0]
    shown = answers[0]
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert (shown["Content-Security-Policy"], shown["Cache-Control"]) == (
        "default-src 'none'; sandbox", "private, max-age=600",
    )  # fmt: skip
    with Image.open(io.BytesIO(shown.content)) as found:
        assert max(found.size) == previews.MOST_SIDE
        assert dict(found.getexif()) == {}


@pytest.mark.parametrize(
    "body", [b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<!doctype html>", bomb(), b""]
)
def test_what_is_no_picture_is_never_served(
    signed_in: Client, new_case: NewCase, elsewhere: PageServer, body: bytes
) -> None:
    elsewhere.pages["/1.png"] = page(body, headers={"Content-Type": "image/png"})
    media = beside(new_case("1"), elsewhere.url("/1.png"))

    assert [signed_in.get(f"/posts/media/{media.pk}/").status_code for _ in range(2)] == [404, 404]
    assert len(elsewhere.seen) == 1


def test_private_address_is_not_asked(
    signed_in: Client, new_case: NewCase, elsewhere: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOWED_VARIABLE, "")
    elsewhere.pages["/1.png"] = page(picture("PNG"))
    media = beside(new_case("1"), elsewhere.url("/1.png"))

    assert signed_in.get(f"/posts/media/{media.pk}/").status_code == 404
    assert elsewhere.seen == []


def test_whoever_may_not_read_the_post_sees_no_picture(
    signed_in: Client, client: Client, new_case: NewCase, miriam: User, elsewhere: PageServer
) -> None:
    elsewhere.pages["/1.png"] = page(picture("PNG"))
    case = new_case("1")
    media = beside(case, elsewhere.url("/1.png"))
    address = f"/posts/media/{media.pk}/"
    Post.objects.update(speaker="STAFF")
    assert signed_in.get(address).status_code == 404

    Post.objects.update(speaker="OUTSIDER", visibility="PRIVATE")
    assert signed_in.get(address).status_code == 200
    case.case_posts.all().delete()
    assert signed_in.get(address).status_code == 404

    Post.objects.update(visibility="PUBLIC")
    miriam.role = Role.ANALYST
    miriam.save()
    assert signed_in.get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_case_shows_pictures_and_says_where_a_description_is_missing(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    beside(case, "https://evil.example/1.jpg")
    body = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert "no description given" in body
    assert 'src="https://evil' not in body
    assert "Show the picture anyway" not in body

    PostMedia.objects.update(alt='<b>Ein "Rad"')
    Evaluation.objects.update(is_offence=True)
    body = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert "&lt;b&gt;Ein &quot;Rad&quot;" in body
    assert "<b>Ein" not in body
    assert "Show the picture anyway" in body


def test_picture_comes_to_the_draft_with_the_form_and_leaves_described(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    sent = form(case, pictures=[uploaded(photo())])

    refused = signed_in.post(f"/inbox/{case.pk}/reply/", sent)
    kept = Attachment.objects.get()
    body = refused.content.decode()
    assert refused.status_code == 422
    assert "What each picture shows has to be told" in body
    assert f'name="alt-{kept.pk}"' in body
    assert "Bitte. ^MK" in body

    again = form(case, key=sent["key"], **{f"alt-{kept.pk}": "Ein Rad"})
    assert signed_in.post(f"/inbox/{case.pk}/reply/", again).status_code == 302
    outgoing = Outgoing.objects.get()
    assert (outgoing.state, [row.alt for row in outgoing.attachments.all()]) == ("QUEUED", ["Ein Rad"])
    assert "Ein Rad" in signed_in.get(f"/inbox/{case.pk}/").content.decode()


def test_piece_of_the_page_answers_a_script(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")
    asks = {"HX-Request": "true"}
    address = f"/inbox/{case.pk}/pictures/"
    sent = form(case)

    added = signed_in.post(address, {**sent, "pictures": [uploaded(picture("PNG"))]}, headers=asks)
    kept = Attachment.objects.get()
    assert f'data-form-key="{sent["key"]}"' in added.content.decode()
    assert f"/pictures/{kept.pk}/" in added.content.decode()

    refused = signed_in.post(address, {**sent, "pictures": [uploaded(b"<svg/>", "bild.png")]}, headers=asks)
    assert refused.status_code == 422
    assert "This is no picture that can be read" in refused.content.decode()
    signed_in.post(address, {**sent, "remove": str(kept.pk)}, headers=asks)
    assert not Attachment.objects.exists()


def test_form_without_a_script_keeps_its_words(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("1")

    answer = signed_in.post(f"/inbox/{case.pk}/pictures/", form(case, pictures=[uploaded(b"nichts")]), follow=True)

    body = answer.content.decode()
    assert "This is no picture that can be read" in body
    assert "Bitte. ^MK" in body


def test_draft_picture_is_seen_by_its_author_alone(signed_in: Client, new_case: NewCase, miriam: User) -> None:
    case = new_case("1")
    signed_in.post(f"/inbox/{case.pk}/pictures/", form(case, pictures=[uploaded(picture("PNG"))]))
    address = f"/pictures/{Attachment.objects.get().pk}/"
    shown = signed_in.get(f"{address}?download=1")
    assert shown["Content-Disposition"] == 'attachment; filename="picture-1.png"'
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"

    Outgoing.objects.update(author=None)
    assert signed_in.get(address).status_code == 404
    miriam.role = Role.ANALYST
    miriam.save()
    assert signed_in.get(address).status_code == 403
    assert signed_in.post(f"/inbox/{case.pk}/pictures/", form(case)).status_code == 403


def test_only_forms_with_pictures_may_be_large() -> None:
    assert asgi._most_body("/inbox/7/pictures/") == asgi.MOST_WITH_PICTURES
    assert asgi._most_body("/capture/") == asgi._most_body("/capture/shared/") == asgi.MOST_WITH_PICTURES
    assert asgi._most_body("/inbox/7/note/") == asgi.MOST_BODY


def test_uploads_never_lie_in_a_file(signed_in: Client, new_case: NewCase, tmp_path: Path) -> None:
    case = new_case("1")
    large = uploaded(photo() + bytes(6 * 1024 * 1024))

    answer = signed_in.post(f"/inbox/{case.pk}/pictures/", form(case, pictures=[large]))

    assert answer.status_code == 302
    assert Attachment.objects.get().size < 100_000

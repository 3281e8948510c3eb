"""What a post quotes, on the pages where somebody has to understand it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post, PostQuote
from resonanz.networks.models import Channel
from resonanz.service.models import Case, Outgoing

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]
ADDRESS = "https://a.example/77"


def quoting(case: Case, **more: str) -> PostQuote:
    whole = {
        "native_id": "77",
        "url": ADDRESS,
        "author_native_id": "a-77",
        "author_handle": "@eva",
        "author_name": "Eva Kranz",
        "text": "Der Sattel ist da",
    }
    post = Post.objects.get(case_posts__case=case)
    return PostQuote.objects.create(post=post, **whole | more)


def read(client: Client, address: str, language: str = "en") -> str:
    return client.get(address, headers={"accept-language": language}).content.decode()


def page_of(client: Client, case: Case, language: str = "en") -> str:
    return read(client, f"/inbox/{case.pk}/?view=all", language)


@pytest.mark.parametrize(
    ("language", "label", "link"), [("en", "Quoted", "To the quoted post"), ("de", "Zitiert", "Zum zitierten Beitrag")]
)
def test_quote_stands_below_the_words_with_whose_it_is(
    signed_in: Client, new_case: NewCase, language: str, label: str, link: str
) -> None:
    case = new_case("p")
    quoting(case)

    page = page_of(signed_in, case, language)

    assert f'<figcaption>{label}: <b dir="auto">Eva Kranz</b> <span dir="auto">@eva</span>' in page
    assert f'<a href="{ADDRESS}" rel="noreferrer noopener nofollow" target="_blank">{link}<span' in page
    assert '<blockquote class="words" dir="auto">Der Sattel ist da</blockquote>' in page


def test_post_that_quotes_nothing_shows_no_quote(signed_in: Client, new_case: NewCase) -> None:
    assert "quoted" not in page_of(signed_in, new_case("p"))


def test_quote_is_words_and_nothing_else(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    quoting(case, text="<script>alert(1)</script>", author_name='"><img src=x>')

    page = page_of(signed_in, case)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page


def test_long_quote_begins_folded(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    quoting(case, text="Sattel " * 100)

    assert '<figure class="quoted">' in (page := page_of(signed_in, case))
    assert '<details class="long"><summary><span class="words" dir="auto">Sattel' in page


def test_what_was_quoted_and_is_gone_is_told_in_words(signed_in: Client, new_case: NewCase) -> None:
    case = new_case("p")
    quoting(case, native_id="", url="", author_native_id="", author_handle="", author_name="", text="")

    assert "What is quoted here can no longer be read there" in page_of(signed_in, case)
    assert "Was hier zitiert wird, ist dort nicht mehr zu lesen" in page_of(signed_in, case, "de")


def test_where_no_words_are_kept_the_post_that_stands_here_itself_is_shown(
    signed_in: Client, new_case: NewCase
) -> None:
    case = new_case("p")
    row = quoting(case, text="")
    assert "Its words are not kept here." in page_of(signed_in, case)

    known = Post.objects.get(pk=row.post_id)
    known.pk, known.native_id, known.text, known.speaker = None, "77", "Unser neuer Sattel", "OWN"
    known.save()
    shown = page_of(signed_in, case)
    assert '<blockquote class="words" dir="auto">Unser neuer Sattel</blockquote>' in shown
    assert '<span class="chip">from us</span>' in shown

    for hidden in ({"speaker": "STAFF"}, {"speaker": "OUTSIDER", "visibility": "PRIVATE"}):
        Post.objects.filter(pk=known.pk).update(**hidden)
        assert "Unser neuer Sattel" not in page_of(signed_in, case)


def test_answer_of_ours_that_is_quoted_is_shown_as_it_left(
    signed_in: Client, new_case: NewCase, channel: Channel, miriam: User
) -> None:
    case = new_case("p")
    quoting(case, text="", author_native_id="", author_handle="", author_name="")
    Outgoing.objects.create(
        case=case, channel=channel, author=miriam, text="Das bringen wir in Ordnung", state="SENT", native_id="77",
        visibility="PUBLIC", parent_native_id="1", root_native_id="1", key=uuid4(),
        delete_on=date(2030, 1, 1),
        created_at=clock.now(),
        sent_at=clock.now(),
    )  # fmt: skip

    Channel.objects.update(address="https://there.example/")  # which tells posts their world, where nothing else does
    Post.objects.update(origin="https://there.example")

    page = page_of(signed_in, case)

    assert '<blockquote class="words" dir="auto">Das bringen wir in Ordnung</blockquote>' in page
    assert '<span class="chip">from us</span>' in page


def test_quote_stands_among_what_is_listened_to(signed_in: Client, new_case: NewCase) -> None:
    quoting(new_case("p"))

    assert '<blockquote class="words" dir="auto">Der Sattel ist da</blockquote>' in read(signed_in, "/listening/")

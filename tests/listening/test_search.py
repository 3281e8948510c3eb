from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.listening.search import MOST_CHARACTERS, posts_saying
from resonanz.privacy.models import Purpose


def say(text: str, language: str = "de") -> Post:
    return Post.objects.create(
        network="memory", native_id=str(Post.objects.count()), kind="POST", visibility="PUBLIC", speaker="OUTSIDER",
        text=text, language=language, root_native_id="1", posted_at=clock.now(), received_at=clock.now(),
        purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Die Bremsen quietschen seit gestern", "de", "bremse"),
        ("Drei Häuser weiter steht das Rad", "de", "haus"),
        ("Meine Lieferungen kommen nie an", "de", "lieferung -pünktlich"),
        ("The brakes were squeaking again", "en", "brake squeak"),
        ("Ich möchte kündigen, sofort", "de", '"möchte kündigen"'),
        ("Two invoices for one order", "en", "rechnung or invoice"),
    ],
)
def test_search_finds_words_by_their_stems(text: str, language: str, words: str) -> None:
    post = say(text, language)
    say("Etwas ganz anderes über Sattel und Licht")

    assert list(posts_saying(words=words)) == [post]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["und", "", "   ", "& | !", "':*)", "\x00", "-", '"', "a" * 5_000, "\u202e\u200b"])
def test_search_bears_what_people_type(words: str) -> None:
    say("Der Akku hält nicht und die Werkstatt auch nicht")

    assert list(posts_saying(words=words)) == []


@pytest.mark.django_db
def test_search_leaves_out_what_has_a_minus() -> None:
    say("Akku leer, Werkstatt zu")
    kept = say("Akku leer")

    assert list(posts_saying(words="akku -werkstatt")) == [kept]


@pytest.mark.django_db
def test_search_looks_no_further_than_it_says() -> None:
    post = say("Akku")

    assert list(posts_saying(words="Akku " + " " * MOST_CHARACTERS + "Bremse")) == [post]


@pytest.mark.django_db
def test_search_of_a_rare_word_is_read_from_its_index() -> None:
    Post.objects.bulk_create(
        Post(
            network="memory", native_id=f"many-{n}", kind="POST", visibility="PUBLIC", speaker="OUTSIDER",
            text=f"Rad Nummer {n} mit Akku{n % 500}", language="de", root_native_id="1", posted_at=clock.now(),
            received_at=clock.now(), purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
        )
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listening_post")

    plan = posts_saying(words="akku17").order_by("-posted_at", "-id")[:50].explain()

    assert "listening_post_words" in plan

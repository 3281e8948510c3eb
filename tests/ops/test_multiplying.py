from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.ops.benches.multiplying import multiply
from resonanz.people.models import Identity, Person
from resonanz.service.models import Case, CasePost
from resonanz.triage.models import Likeness

KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2099, 1, 1)}


def say(number: int) -> None:
    """A person, an account, a post and its case."""
    now = clock.now()
    person = Person.objects.create(name=f"P{number}", created_at=now, **KEPT)
    identity = Identity.objects.create(
        network="memory", native_id=f"a{number}", name=f"P{number}", person=person, first_seen_at=now,
        last_seen_at=now, **KEPT,
    )  # fmt: skip
    post = Post.objects.create(
        network="memory", native_id=f"p{number}", kind="POST", visibility="PUBLIC", speaker="OUTSIDER",
        text=" ".join(f"{word}{number}" for word in "abcdefghijklmnopqrstuvwx"), root_native_id=f"p{number}",
        posted_at=now, received_at=now, **KEPT,
    )  # fmt: skip
    case = Case.objects.create(
        channel=Channel.objects.get(), network="memory", root_native_id=f"p{number}", visibility="PUBLIC",
        intent="QUESTION",
        identity=identity, opened_at=now, last_post_at=now,
    )  # fmt: skip
    CasePost.objects.create(case=case, post=post)
    Likeness.objects.create(post=post, digest=number, alike=post.pk)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_copies_hang_together_and_have_names_and_words_of_their_own() -> None:
    Channel.objects.create(network="memory", name="Bench", created_at=clock.now())
    say(1)
    say(2)
    before = indexes()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of a transaction, which a test never reaches

    multiply(times=3)

    places = CasePost.objects.select_related("post", "case__identity__person")
    roots = [place.case.root_native_id for place in places]
    assert len(set(roots)) == len(roots) == 6
    assert all(place.post.native_id == place.case.root_native_id for place in places)
    assert all(place.case.identity and place.case.identity.name == place.case.identity.person.name for place in places)
    assert all(len(place.post.text.split()) == 24 for place in places)
    assert {(one.post_id, one.alike) for one in Likeness.objects.all()} == {
        (one.post_id, one.post_id) for one in places
    }
    assert Channel.objects.count() == 1
    assert indexes() == before
    assert Case.objects.create(
        channel=Channel.objects.get(), network="memory", root_native_id="next", visibility="PUBLIC", intent="QUESTION",
        opened_at=clock.now(), last_post_at=clock.now(),
    ).pk > max(place.case_id for place in places)  # fmt: skip

"""Posts like this one that people have checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.triage import nearest
from resonanz.triage.models import Feedback

pytestmark = pytest.mark.django_db
EMPTY = "Der Akku ist schon wieder leer"


@pytest.fixture
def said() -> Callable[..., Post]:
    """Makes a post, and checks it with `value` where one is given."""

    def make(text: str, value: str = "", label: str = "complaint", **more: str) -> Post:
        now, number = clock.now(), str(Post.objects.count())
        post = Post.objects.create(
            network="memory", native_id=number, kind="POST", text=text, root_native_id=number, posted_at=now,
            received_at=now, purpose="SERVICE", source="memory", delete_on=date(2030, 1, 1),
            **{"visibility": "PUBLIC", "speaker": "OUTSIDER", **more},
        )  # fmt: skip
        if value:
            Feedback.objects.create(
                post=post, label=label, value=value, judged_value="true", judged_probability=0.5, version="1", at=now
            )
        return post

    return make


def test_nearest_come_first_with_what_people_said_across_languages(said: Callable[..., Post]) -> None:
    far = said("Schöne Tour heute am See", "false")
    english = said("Battery dead again after two weeks.", "true")
    same = said("Akku wieder leer, nach einem Tag", "false")

    found = nearest.nearest(post=said(EMPTY), label="complaint")

    assert [(near.post, near.value) for near in found][:2] == [(same, "false"), (english, "true")]
    assert far not in [near.post for near in found]


def test_private_posts_others_labels_and_the_post_itself_are_no_company(said: Callable[..., Post]) -> None:
    said(EMPTY, "true", visibility="PRIVATE")
    said(EMPTY, "true", speaker="STAFF")
    said(EMPTY, "true", label="question")
    said(EMPTY, "true", label="sensitive")
    asked = said(EMPTY, "true")

    assert nearest.nearest(post=asked, label="complaint") == []
    assert not nearest.are_there(post_id=asked.pk, label="complaint")
    assert nearest.nearest(post=asked, label="sensitive") == []


def test_erased_and_changed_posts_are_looked_at_anew(said: Callable[..., Post]) -> None:
    gone, changed = said(EMPTY, "true"), said(EMPTY, "true")
    asked = said(EMPTY)
    assert len(nearest.nearest(post=asked, label="complaint")) == 2

    gone.delete()
    Post.objects.filter(pk=changed.pk).update(text="Schöne Tour heute am See")

    assert nearest.nearest(post=asked, label="complaint") == []

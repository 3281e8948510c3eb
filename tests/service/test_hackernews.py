"""The way of a comment on Hacker News and its answer, which a person posts there."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.listening.models import Post, Topic
from resonanz.networks import hackernews
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service.answers.replies import queue_reply
from resonanz.service.models import Case, CasePost, CasePostState, OutgoingState, Proof
from resonanz.service.tasks import look_for_posted
from tests.networks.hackernews_server import HackerNewsServer, comment, story
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db
ANSWER = "We are sorry about the spare part. It leaves our warehouse on Tuesday, and you hear from us before."


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> Iterator[HackerNewsServer]:
    with HackerNewsServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        monkeypatch.setattr(hackernews, "SEARCH", f"http://{server.host}")
        monkeypatch.setattr(hackernews, "ITEMS", f"http://{server.host}")
        yield server


@pytest.fixture
def channel(agent: User) -> Channel:
    now = clock.now()
    Topic.objects.create(name="Us", query="nordhain", opens_cases=True, created_at=now, changed_at=now)
    settings = {"words": "nordhain"}
    return connect(network="hackernews", name="HN", handle="nordhain", settings=settings, is_live=True, actor=agent)


def test_comment_becomes_a_case_and_its_answer_is_found_where_a_person_posted_it(
    news: HackerNewsServer, channel: Channel, agent: User, moving_clock: MovingClock
) -> None:
    now = int(clock.now().timestamp())
    news.hits = [
        story(1, now - 500, "Show HN: Something else"),
        comment(2, now - 100, "Where is my spare part, Nordhain?", story=1, parent=1),
    ]
    poll_once(channel.pk)
    post, case = Post.objects.get(), Case.objects.get()
    assert (post.url, post.parent_native_id, case.root_native_id) == (
        "https://news.ycombinator.com/item?id=2",
        "1",
        "1",
    )

    outgoing = queue_reply(case_id=case.pk, post_id=post.pk, text=ANSWER, author=agent, key=uuid4())
    assert outgoing.state == OutgoingState.ASSISTED

    news.hits.append(comment(3, now + 60, ANSWER, story=1, parent=2, author="nordhain"))
    moving_clock.forward(hours=1)
    poll_once(channel.pk)
    look_for_posted()
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.proof) == (OutgoingState.SENT, Proof.READ_BACK)
    assert (outgoing.native_id, outgoing.url) == ("3", "https://news.ycombinator.com/item?id=3")
    assert CasePost.objects.get(case=case, post=post).state == CasePostState.ANSWERED


def test_deleted_comment_is_forgotten(news: HackerNewsServer, channel: Channel, moving_clock: MovingClock) -> None:
    news.hits = [comment(2, int(clock.now().timestamp()) - 100, "Nordhain, never again", story=1, parent=1)]
    poll_once(channel.pk)
    assert "never again" in Post.objects.get().text

    news.hits, news.items = [], {"2": {"id": 2, "deleted": True, "type": "comment"}}
    moving_clock.forward(minutes=6)
    poll_once(channel.pk)
    assert not Post.objects.filter(text__contains="never again").exists()

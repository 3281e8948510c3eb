"""Posts at given moments, and what became of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

import pytest

from resonanz.duties import calendars
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.service.models import Case, CasePost, Outgoing

KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2030, 1, 1)}


@pytest.fixture
def channel() -> Channel:
    return Channel.objects.create(
        network="memory", name="Nordhain", handle="nordhain", created_at=datetime.fromisoformat("2026-01-01T00:00Z")
    )


@pytest.fixture
def say(channel: Channel) -> Callable[..., Post]:
    """Stores a post said at a moment such as "2026-11-20T08:00Z"."""

    def store(at: str, **differs: object) -> Post:
        moment, name = datetime.fromisoformat(at), uuid.uuid4().hex
        fields = {
            "network": "memory", "native_id": name, "root_native_id": name, "kind": "POST", "visibility": "PUBLIC",
            "speaker": "OUTSIDER", "text": "Wann kommt mein Rad?", "posted_at": moment, "received_at": moment,
        }  # fmt: skip
        return Post.objects.create(**{**fields, **KEPT, **differs})

    return store


@pytest.fixture
def ask(channel: Channel, say: Callable[..., Post]) -> Callable[..., Post]:
    """The same, wanting an answer; `answered` is when one was sent, `again` when another one was."""

    def store(at: str, *, answered: str = "", again: str = "", state: str = "", **differs: object) -> Post:
        post = say(at, **differs)
        case = Case.objects.create(
            channel=channel, network=channel.network, root_native_id=post.native_id, visibility=post.visibility,
            intent="QUESTION",
            opened_at=post.posted_at, last_post_at=post.posted_at,
        )  # fmt: skip
        state = state or ("ANSWERED" if answered else "OPEN")
        reason = "PRAISE" if state == "NONE_NEEDED" else ""
        due = calendars.due_finder(network=post.network)(post.posted_at)
        CasePost.objects.create(case=case, post=post, state=state, reason=reason, due_at=due)
        for sent in filter(None, (again, answered)):
            _send(case, post, datetime.fromisoformat(sent))
        return post

    return store


def _send(case: Case, post: Post, at: datetime) -> None:
    Outgoing.objects.create(
        key=uuid.uuid4(), channel=case.channel, case=case, in_reply_to=post, parent_native_id=post.native_id,
        root_native_id=post.native_id, visibility=post.visibility, text="Morgen.", state="SENT", created_at=at,
        sent_at=at, native_id=f"answer-{post.pk}-{at}", delete_on=date(2030, 1, 1),
    )  # fmt: skip

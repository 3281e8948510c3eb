"""Five weeks of posts and two of answers, for the chart of Today: python -m tests.flows.chart_days"""

from __future__ import annotations

import uuid
from datetime import timedelta

import django

django.setup()

from resonanz.core import clock  # noqa: E402 (models need the line above)
from resonanz.duties import calendars  # noqa: E402
from resonanz.listening.models import Post  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.service.models import Case, CasePost, Outgoing  # noqa: E402

_DAYS = 35


def plant() -> None:
    """Posts of every day; of five, two want no answer, one has one, one has a late one, one waits."""
    calendars.ensure_defaults()
    channel = Channel.objects.create(network="memory", name="Nordhain", created_at=clock.now())
    for day in range(_DAYS):
        for number in range(6 + day * 5 % 17):
            _say(channel, day, number)


def _say(channel: Channel, day: int, number: int) -> None:
    said_at, name = clock.now() - timedelta(days=day, minutes=number), f"chart-{day}-{number}"
    kept = {"purpose": "REPUTATION", "source": "memory", "delete_on": said_at.date() + timedelta(days=400)}
    post = Post.objects.create(
        network="memory", native_id=name, root_native_id=name, kind="POST", visibility="PUBLIC", speaker="OUTSIDER",
        author_name="Jonas", text="Wann kommt mein Rad?", posted_at=said_at, received_at=said_at, **kept,
    )  # fmt: skip
    became = number % 5
    if day < 14 and became > 1:
        _ask(channel, post, waits=became == 4, took=timedelta(hours=90 if became == 3 else 1))


def _ask(channel: Channel, post: Post, *, waits: bool, took: timedelta) -> None:
    case = Case.objects.create(
        channel=channel, network=channel.network, root_native_id=post.native_id, visibility="PUBLIC", intent="QUESTION",
        opened_at=post.posted_at, last_post_at=post.posted_at, answer_due_at=clock.now() if waits else None,
    )  # fmt: skip
    due_at = post.posted_at + timedelta(hours=20)
    CasePost.objects.create(case=case, post=post, state="OPEN" if waits else "ANSWERED", due_at=due_at)
    if not waits:
        Outgoing.objects.create(
            key=uuid.uuid4(), channel=channel, case=case, in_reply_to=post, parent_native_id=post.native_id,
            root_native_id=post.native_id, visibility="PUBLIC", text="Morgen.", state="SENT",
            created_at=post.posted_at, sent_at=post.posted_at + took, native_id=f"answer-{post.pk}",
            delete_on=post.delete_on,
        )  # fmt: skip


if __name__ == "__main__":
    plant()

"""A driver for test_exactly_once: answers many posts while the sender is killed again and again. Prints JSON.

The sender is a forked child that runs what the outbox worker runs; SIGKILL meets it at random moments, often between
the network's act and our note of it. Forking spares loading Django two hundred times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import uuid

import django

django.setup()

from django.db import connections  # noqa: E402 (models need the setup above)

from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402
from resonanz.core import clock  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.pipeline.polling import poll_once  # noqa: E402
from resonanz.service.answers.replies import TIME_TO_UNDO, queue_reply  # noqa: E402
from resonanz.service.models import CasePost, Outgoing, OutgoingState  # noqa: E402
from resonanz.service.tasks import sweep_outbox  # noqa: E402

QUICK = 0.12
MOVING = (OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN)


def main(kills: int, seed: int) -> None:
    """Answer every open post; kill the sender `kills` times on the way."""
    chance = random.Random(seed)
    poll_once(Channel.objects.get().pk)
    _answer_everything()
    if os.environ.get("RESONANZ_TEST_ONLY_QUEUE"):
        return
    clock.sleep(TIME_TO_UNDO.total_seconds())
    met_sending, reach = 0, QUICK
    for _ in range(kills):
        before = _sending()
        _kill_a_sender(after=chance.uniform(0.0, reach))
        met = _sending() > before
        met_sending += met
        # A busy machine takes longer to get to the sending; a sender that was met shows that this is long enough.
        reach = QUICK if met else min(reach * 1.1, 5 * QUICK)
    rounds = 0
    while Outgoing.objects.filter(state__in=MOVING).exists() and rounds < 600:
        sweep_outbox()
        clock.sleep(0.2)
        rounds += 1
    states = sorted(Outgoing.objects.values_list("state", flat=True))
    sys.stdout.write(json.dumps({"states": sorted(set(states)), "count": len(states), "killed_sending": met_sending}))


def _answer_everything() -> None:
    author = first_administrator()
    for place in CasePost.objects.select_related("case", "post").order_by("id"):
        text = f"Answer to {place.post.native_id}"
        queue_reply(case_id=place.case_id, post_id=place.post_id, text=text, author=author, key=uuid.uuid4())


def _sending() -> int:
    return Outgoing.objects.filter(state=OutgoingState.SENDING).count()


def _kill_a_sender(*, after: float) -> None:
    connections.close_all()  # a forked child must not share a connection with us
    child = os.fork()
    if child == 0:
        while True:
            sweep_outbox()
            clock.sleep(0.01)
    clock.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

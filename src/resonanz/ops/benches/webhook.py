"""`resonanz bench webhook`: how soon deliveries are answered, and whether all of them are taken in."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import click

from resonanz.core import clock
from resonanz.ops.bench import Figure, json_option, report
from resonanz.ops.benches.world import World, new_database
from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.database.throwaway import throwaway_database

RATE, SECONDS = 200, 60
MOST_P99 = 100.0
TO_US = 10
"""One delivery in so many is meant for us; of the others nothing is kept."""
_PACE = """
import time
from resonanz.ops.bench import calibrated
while True:
    print(calibrated(1.0), flush=True)
    time.sleep(4)
"""
_MEASURING = "resonanz.ops.benches.webhook_measuring"
_WARM_SECONDS, _KILLED_SECONDS = 3, 10
_ANSWER_SECONDS = 30.0
_DRAIN_SECONDS = 300.0
_WORDS = "Seit der letzten Lieferung quietscht die Bremse am Vorderrad, und die Werkstatt hat keinen Termin frei. " * 4


@click.command
@json_option
@click.option("--rate", default=RATE, show_default=True, help="Deliveries in a second.")
@click.option("--seconds", default=SECONDS, show_default=True, help="For how long.")
def webhook(*, as_json: bool, rate: int, seconds: int) -> None:
    """Bring deliveries at an even pace, each over a connection of its own, and wait until all are taken in.

    The database forces what it stores to disk, as in operation, and listeners take in meanwhile. Each answer is timed
    from the moment at which its delivery was due, so one that had to wait for others counts as slow. Then, for ten
    seconds more, the listeners are killed (kill -9) and started again: nothing may be missing afterwards. The generator
    runs on the same machine.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database({}) as database:
        folder = open_data_folder(Path(data) / "data")
        world = World(0, new_database(database, "webhooks"), str(folder.path))
        world.run("resonanz", "migrate")
        made = world.measure("make", module=_MEASURING)
        with world.serving(), _Listeners(world) as listeners:
            steps = Steps(world, made["path"], made["secret"], rate)
            asyncio.run(steps.run(_WARM_SECONDS).go())
            _drained(world, steps.sent)  # judges are loaded, pages are ready
            timed = steps.run(seconds)
            with _Pace() as pace:
                asyncio.run(timed.go())
            killed = steps.run(_KILLED_SECONDS)
            asyncio.run(killed.go(halfway=listeners.kill_and_start))
            ended = clock.monotonic()
            found = _drained(world, steps.sent)
            drained = clock.monotonic() - ended
    compared = f"a machine {pace.slowness:.2f} times as slow as ours"
    figures = [
        *_times("", timed, most_p99=MOST_P99 * pace.slowness, compared=compared),
        *_times("while listeners start again, ", killed),
        *_losses(steps, found),
        Figure("taken in after the last answer", drained, "s"),
    ]
    report("webhook", figures, as_json=as_json)


def _times(when: str, run: Run, *, most_p99: float | None = None, compared: str = "") -> list[Figure]:
    answered = sorted(run.seconds_each) or [_ANSWER_SECONDS]
    p99 = answered[min(int(len(answered) * 0.99), len(answered) - 1)]
    return [
        Figure(f"{when}answer, p50", statistics.median(answered) * 1000, "ms"),
        Figure(f"{when}answer, p99", p99 * 1000, "ms", compared, most=most_p99),
        Figure(f"{when}answer, slowest", answered[-1] * 1000, "ms"),
    ]


def _losses(steps: Steps, found: dict[str, int]) -> list[Figure]:
    expected = len(range(0, steps.sent, TO_US))
    return [
        Figure("deliveries sent", steps.sent, "deliveries"),
        Figure("not answered with 200", steps.sent - steps.stored, "deliveries", most=0),
        Figure("answered and not stored", steps.stored - found["deliveries"], "deliveries", most=0),
        Figure("not taken in", found["waiting"] + found["put_aside"], "deliveries", most=0),
        Figure("posts lost or doubled", abs(expected - found["posts"]), "posts", most=0),
    ]


def _drained(world: World, sent: int) -> dict[str, int]:
    """The counts, once nothing waits any more or too much time has passed."""
    until = clock.monotonic() + _DRAIN_SECONDS
    while True:
        found: dict[str, int] = world.measure("count", module=_MEASURING)
        if (not found["waiting"] and found["deliveries"] >= sent) or clock.monotonic() > until:
            return found
        clock.sleep(0.2)


class _Pace(contextlib.AbstractContextManager["_Pace"]):
    """How much slower than ours the machine is while others work on it, too: a fixed loop, now and then."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", _PACE]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        told, _nothing = self._process.communicate()
        self.slowness = statistics.median(1 / float(line) for line in told.split())


class _Listeners(contextlib.AbstractContextManager["_Listeners"]):
    """The listeners' process, which takes in what was stored."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._process = self._started()

    def kill_and_start(self) -> None:
        """As a machine that loses its power, and comes back."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._started()

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "resonanz", "listen"]
        return subprocess.Popen(command, env=self._world.environment, stdout=subprocess.DEVNULL)


@dataclass
class Steps:
    """Runs one after the other, each going on with the numbers of posts where the last one ended."""

    world: World
    path: str
    secret: str
    rate: int
    runs: list[Run] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return sum(run.total for run in self.runs)

    @property
    def stored(self) -> int:
        return sum(run.stored for run in self.runs)

    def run(self, seconds: int) -> Run:
        """The next one."""
        made = Run(self.world.port, self.path, self.secret, self.rate, self.sent, self.rate * seconds)
        self.runs.append(made)
        return made


@dataclass
class Run:
    """Deliveries at an even pace, and when each was answered."""

    port: int
    path: str
    secret: str
    rate: int
    first: int
    total: int
    stored: int = 0
    seconds_each: list[float] = field(default_factory=list)

    async def go(self, halfway: Callable[[], None] | None = None) -> None:
        """Send all of them; `halfway` is called once, in a thread, so that the pace goes on."""
        loop = asyncio.get_running_loop()
        began, asked = loop.time(), []
        for number, request in enumerate(self._requests()):
            due = began + number / self.rate
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            asked.append(asyncio.create_task(self._bring(request, due)))
            if number == self.total // 2 and halfway:
                asked.append(asyncio.create_task(asyncio.to_thread(halfway)))
        await asyncio.gather(*asked)

    async def _bring(self, request: bytes, due: float) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            status = await asyncio.wait_for(self._answered(request), _ANSWER_SECONDS)
            self.seconds_each.append(asyncio.get_running_loop().time() - due)
            self.stored += status.startswith(b"HTTP/1.1 200")

    async def _answered(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.readuntil(b"\r\n")
        finally:
            writer.close()

    def _requests(self) -> Iterator[bytes]:
        for number in range(self.first, self.first + self.total):
            body = json.dumps({"post": _post(number)}).encode()
            signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            head = (
                f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Type: application/json\r\n"
                f"X-Discourse-Event: post_created\r\nX-Discourse-Event-Signature: sha256={signature}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            yield head.encode("ascii") + body


def _post(number: int) -> dict[str, object]:
    """A post as a forum brings it, with the fields that nobody here reads."""
    at = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ours = '<a class="mention" href="/u/nordhain">@nordhain</a> ' if number % TO_US == 0 else ""
    return {
        "id": number + 1, "user_id": number % 500 + 2, "username": f"member_{number % 500}", "name": "A Member",
        "avatar_template": "/letter_avatar_proxy/v4/letter/m/90ced4/{size}.png", "created_at": at, "updated_at": at,
        "cooked": f"<p>{ours}{_WORDS}</p><p>Nummer {number}</p>", "raw": _WORDS, "post_number": 2,
        "post_type": 1, "topic_id": number + 1, "topic_slug": "bremsen", "topic_title": "Bremsen im Winter",
        "topic_archetype": "regular", "category_id": 5, "category_slug": "werkstatt", "version": 1, "reads": 1,
        "score": 0.2, "hidden": False, "trust_level": 1, "deleted_at": None, "user_deleted": False, "wiki": False,
        "reply_to_post_number": None, "moderator": False, "admin": False, "staff": False, "reviewable_id": None,
    }  # fmt: skip

"""Web server, sender and database are killed at random while people answer and sign; the network never is."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import tempfile
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from resonanz.core import clock
from resonanz.ops.database.embedded import APPLICATION
from tests.flows.product import wait_until
from tests.flows.under_fire import UnderFire
from tests.networks.memory_process import MemoryProcess

REPLIES = int(os.environ.get("RESONANZ_TEST_REPLIES", "45"))
AT_ONCE = 6
PATIENCE = 240.0
TOKEN = "c" * 32


@dataclass(frozen=True)
class Reply:
    """One answer to be given. `signed`: None when its author may send it alone, else whether it gets its signature."""

    case_id: int
    post_id: int
    text: str
    signed: bool | None
    key: uuid.UUID

    @property
    def leaves(self) -> bool:
        return self.signed is not False


@pytest.fixture
def house(practice: MemoryProcess) -> Iterator[UnderFire]:
    folder = Path(tempfile.mkdtemp(prefix="resonanz-fire-"))
    folder.chmod(0o711)
    house = UnderFire(folder / "data", practice)
    try:
        house.begin()
        yield house
    finally:
        house.cease()
        house.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_every_approved_reply_stands_once_and_none_unapproved(house: UnderFire, practice: MemoryProcess) -> None:
    replies, cookies = _prepare(house, practice)
    practice.trouble("random", probability=1.0, modes=["slow"], seconds=0.05, method="POST", seed=5)
    house.serve()
    wait_until(lambda: _call(house, "GET", "/accounts/login/", "")[0] == 200, seconds=60)

    house.fire(seed=7, between=(1.0, 4.0))
    with ThreadPoolExecutor(AT_ONCE) as people:
        for done in people.map(lambda reply: _answer(house, reply, cookies), replies):
            assert done is None
    _wait_while_shooting(house, seconds=8)
    house.cease()
    wait_until(lambda: _moving(house) == 0, seconds=PATIENCE)

    assert set(house.kills) == {"web", "outbox", "database"}, "each has to be met at least once"
    assert _answers(practice) == Counter(reply.text for reply in replies if reply.leaves)
    assert _states(house) == {"SENT": sum(r.leaves for r in replies), "AWAITING": sum(not r.leaves for r in replies)}


def _prepare(house: UnderFire, practice: MemoryProcess) -> tuple[list[Reply], dict[str, str]]:
    house.run("-m", "resonanz", "prepare-demo", "--small", "--memory-url", practice.url)
    stranger = practice.open_account("stranger")
    for number in range(REPLIES):
        practice.say(stranger, f"@nordhain Does lamp number {number} fit my bike?")
    made = json.loads(house.run("-m", "tests.flows.fire_preparing"))
    kinds = (None, True, False)
    replies = [
        Reply(case_id, post_id, f"Answer {number}", kinds[number % 3], uuid.uuid4())
        for number, (case_id, post_id) in enumerate(made["work"])
    ]
    assert len(replies) == REPLIES
    return replies, {"lead": made["lead"], "agent": made["agent"]}


def _answer(house: UnderFire, reply: Reply, cookies: dict[str, str]) -> None:
    """Send it as often as it takes, with the same key, as a browser does; then get it signed."""
    form = {"text": reply.text, "post_id": str(reply.post_id), "key": str(reply.key)}
    author = cookies["lead" if reply.signed is None else "agent"]
    _insist(house, f"/inbox/{reply.case_id}/reply/", author, form, done=lambda: bool(_row(house, reply)))
    if reply.signed:
        approval_id = _approval_of(house, reply)
        path = f"/approvals/{approval_id}/approve/"
        _insist(house, path, cookies["lead"], {}, done=lambda: (_row(house, reply) or ("",))[0] != "AWAITING")


def _insist(house: UnderFire, path: str, cookie: str, form: dict[str, str], *, done: object) -> None:
    """Post until the server took it; what it refuses because it took it before is taken."""
    assert callable(done)
    end = clock.monotonic() + PATIENCE
    while clock.monotonic() < end:
        status, body = _call(house, "POST", path, cookie, form)
        if status in {200, 302}:
            return
        if 400 <= status < 500:
            assert done(), f"{path} answers {status}: {body[:500]}"
            return
        clock.sleep(0.3)
    raise AssertionError(f"{path} was not taken within {PATIENCE} seconds")


def _call(house: UnderFire, method: str, path: str, cookie: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """Status and text of one request; 0 where nobody answered."""
    connection = http.client.HTTPConnection("localhost", house.port, timeout=30)
    headers = {"Cookie": f"sessionid={cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN, "HX-Request": "true"}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, urllib.parse.urlencode(form or {}), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def _read(house: UnderFire, query: str, *parameters: object) -> list[tuple[object, ...]]:
    """What the database says; it may be down just now."""
    end = clock.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(house.database.url(APPLICATION), connect_timeout=5) as connection:
                return connection.execute(query.encode(), parameters).fetchall()
        except psycopg.OperationalError:
            if clock.monotonic() > end:
                raise
            clock.sleep(0.2)


def _row(house: UnderFire, reply: Reply) -> tuple[object, ...] | None:
    rows = _read(house, "SELECT state, id FROM service_outgoing WHERE key = %s AND state <> 'DRAFT'", reply.key)
    return rows[0] if rows else None


def _approval_of(house: UnderFire, reply: Reply) -> int:
    """The id of the request for a signature."""
    rows = _read(
        house,
        "SELECT a.id FROM service_approval a JOIN service_outgoing o ON o.id = a.outgoing_id WHERE o.key = %s",
        reply.key,
    )
    assert len(rows) == 1, f"{reply.text} has {len(rows)} requests for a signature"
    return int(str(rows[0][0]))


def _wait_while_shooting(house: UnderFire, *, seconds: float) -> None:
    """Answers leave ten seconds after they were given: the sender is to be met at work."""
    end = clock.monotonic() + PATIENCE
    at_least = clock.monotonic() + seconds
    while clock.monotonic() < end and (
        clock.monotonic() < at_least or set(house.kills) != {"web", "outbox", "database"}
    ):
        clock.sleep(0.5)


def _moving(house: UnderFire) -> int:
    waiting = "SELECT count(*) FROM service_outgoing WHERE state IN ('QUEUED', 'SENDING', 'UNKNOWN')"
    return int(str(_read(house, waiting)[0][0]))


def _states(house: UnderFire) -> dict[str, int]:
    rows = _read(house, "SELECT state, count(*) FROM service_outgoing WHERE text LIKE 'Answer %%' GROUP BY state")
    return {str(state): int(str(count)) for state, count in rows}


def _answers(practice: MemoryProcess) -> Counter[str]:
    """What stands on the network in reply to anything, page by page."""
    reader = practice.open_account(f"reader{uuid.uuid4().hex[:8]}")
    found: Counter[str] = Counter()
    after = 0
    while events := practice.call("GET", f"/events?after={after}&limit=500", reader.secret)["events"]:
        after = events[-1]["seq"]
        found.update(event["post"]["text"] for event in events if (event.get("post") or {}).get("parent_id"))
    return found

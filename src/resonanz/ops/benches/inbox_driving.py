"""People at work on one web server: each has a browser with an open stream, thinks, and does the next thing.

A browser does what the product's script does. A case that is opened from the list comes as a piece of the open page; as
a page it comes to whoever follows a link from elsewhere. Notices (static/web/rows.js) lead to a look at the rows of the
cases they tell of: at once for the open one, else only where it may have to show them, at its ease, never all at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import click
import httpx

from resonanz.core import clock

_T = TypeVar("_T")
THINKING = (5.0, 15.0)
"""Seconds between two acts of one person."""
_ACTS = {"page": 35, "open": 25, "case": 10, "search": 10, "claim": 10, "reply": 10}
_AS_PIECE = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "open"}
_LIST = "?view=team"
_GATHER, _REST, _REST_BEFORE_NEW = 0.12, 2.0, 0.3
"""Seconds, as in static/web/rows.js: until the open case is looked at, and between two looks at others."""
_SHOWN = re.compile(r'data-case="(\d+)"')
_TEAMS = re.compile(r'data-teams="([\d,]*)"[^>]* data-user="(\d+)"')


@dataclass
class Work:
    """What there is to do in one world, and how long it took; each piece of work is taken once."""

    port: int
    cookies: Sequence[str]
    searches: Sequence[str]
    cases: list[tuple[int, int]]
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def next_case(self) -> tuple[int, int]:
        """An open case and its waiting post."""
        if not self.cases:
            raise click.ClickException("there is no work left: choose a larger world or a shorter time")
        return self.cases.pop()


def work_for(work: Work, *, seconds: float, seed: int) -> None:
    """Let everybody work for so long; what they began is finished."""
    asyncio.run(_everybody(work, seconds, seed))


async def _everybody(work: Work, seconds: float, seed: int) -> None:
    until = clock.monotonic() + seconds
    people = [_Person(work, cookie, random.Random(seed * 1000 + number)) for number, cookie in enumerate(work.cookies)]  # noqa: S311
    try:
        await asyncio.gather(*(person.work(until) for person in people))
    finally:
        await asyncio.gather(*(person.leave() for person in people))


class _Person:
    """One colleague and their browser."""

    def __init__(self, work: Work, cookie: str, chance: random.Random) -> None:
        self._work, self._chance = work, chance
        self._client = httpx.AsyncClient(
            base_url=f"http://localhost:{work.port}", timeout=60, headers={"Accept-Language": "de"},
            cookies={"sessionid": cookie},
        )  # fmt: skip
        self._watching: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._teams: set[int] = set()
        self._me = 0
        self._shown: set[int] = set()
        self._open = 0
        self._last_look = 0.0
        self._acts = {
            "page": self._page, "open": self._open_from_list, "case": self._case, "search": self._search,
            "claim": self._claim, "reply": self._reply,
        }  # fmt: skip

    async def work(self, until: float) -> None:
        await asyncio.sleep(self._chance.uniform(0, THINKING[1]))  # nobody comes at the same moment
        page = await self._get(f"/inbox/{_LIST}")
        if found := _TEAMS.search(page):
            self._teams, self._me = {int(each) for each in found[1].split(",") if each}, int(found[2])
        self._shown = {int(each) for each in _SHOWN.findall(page)}
        self._watching = asyncio.create_task(self._watch())
        await asyncio.sleep(self._chance.uniform(0, THINKING[1]))
        while clock.monotonic() < until:
            act = self._chance.choices(list(_ACTS), weights=list(_ACTS.values()))[0]
            await self._acts[act]()
            await asyncio.sleep(self._chance.uniform(*THINKING))

    async def leave(self) -> None:
        for task in (self._watching, self._looking):
            if task:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
                    await task
        await self._client.aclose()

    async def _page(self) -> None:
        self._shown = {int(each) for each in _SHOWN.findall(await self._timed("page", self._get(f"/inbox/{_LIST}")))}
        self._open = 0

    async def _case(self) -> None:
        case_id, _ = self._chance.choice(self._work.cases)
        await self._timed("case", self._get(f"/inbox/{case_id}/{_LIST}"))
        self._open = case_id

    async def _open_from_list(self) -> None:
        case_id, _ = self._chance.choice(self._work.cases)
        await self._timed("open", self._get(f"/inbox/{case_id}/{_LIST}", _AS_PIECE))
        self._open = case_id

    async def _search(self) -> None:
        words = self._chance.choice(self._work.searches)
        await self._timed("search", self._get(f"/inbox/?view=all&q={quote(words)}"))

    async def _claim(self) -> None:
        case_id, _ = self._work.next_case()
        await self._timed("claim", self._post(f"/inbox/{case_id}/claim/"))

    async def _reply(self) -> None:
        case_id, post_id = self._work.next_case()
        await self._get(f"/inbox/{case_id}/{_LIST}", _AS_PIECE)
        self._open = case_id
        text = f"Danke für die Nachricht. Wir sehen heute noch nach und melden uns hier. {_letters()} ^B"
        written = {"text": text, "post_id": str(post_id), "key": str(uuid.uuid4())}
        await self._timed("reply", self._post(f"/inbox/{case_id}/reply/", **written))

    async def _timed(self, name: str, answering: Awaitable[_T]) -> _T:
        started = clock.monotonic()
        answer = await answering
        self._work.seconds[name].append(clock.monotonic() - started)
        return answer

    async def _get(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        try:
            answer = await self._client.get(path, headers=headers)
        except httpx.TimeoutException:
            return ""  # a machine that is busy with other things: the minute it took is measured
        if answer.status_code != 200:
            raise click.ClickException(f"{path} answers {answer.status_code}")
        return answer.text

    async def _post(self, path: str, **written: str) -> None:
        token = self._client.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "HX-Request": "true", "X-Requested-With": "fetch"}
        try:
            answer = await self._client.post(path, data=written, headers=headers)
        except httpx.TimeoutException:
            return
        if answer.status_code >= 400:
            raise click.ClickException(f"{path} answers {answer.status_code}: {answer.text[:300]}")

    async def _watch(self) -> None:
        """The stream of notices; those that concern what the browser shows lead to a look at the rows."""
        async with self._client.stream("GET", "/stream/", timeout=None) as stream:
            told: set[int] = set()
            event = ""
            async for line in stream.aiter_lines():
                if line.startswith("event:"):
                    event = line.partition(":")[2].strip()
                elif line.startswith("data:") and event == "notice":
                    notice = json.loads(line.partition(":")[2])
                    told |= self._concerned(notice)
                    if told and (self._looking is None or self._looking.done()):
                        rest = _REST if notice.get("stays") else _REST_BEFORE_NEW
                        self._looking = asyncio.create_task(self._look(told, rest))

    def _concerned(self, notice: dict[str, Any]) -> set[int]:
        told = zip(notice.get("cases", []), notice.get("whose", []), strict=False)
        stays = notice.get("stays", False)
        return {case_id for case_id, whose in told if case_id in self._shown or self._may_show(case_id, whose, stays)}

    def _may_show(self, case_id: int, whose: list[int | None] | None, stays: bool) -> bool:
        if case_id == self._open:
            return True
        if whose is None:
            return False
        team, assignee, holder = whose
        if self._me in (assignee, holder):
            return True
        return not stays and (assignee is None if team is None else team in self._teams)

    async def _look(self, told: set[int], rest: float) -> None:
        at_ease = max(_GATHER, self._last_look + rest - clock.monotonic()) + self._chance.random() * rest
        await asyncio.sleep(_GATHER if self._open in told else at_ease)
        self._last_look = clock.monotonic()
        is_open = self._open in told
        ids = ",".join(map(str, sorted(told)))
        told.clear()
        path = f"/inbox/{self._open}/news/" if is_open else "/inbox/rows/"
        await self._timed("news" if is_open else "rows", self._get(f"{path}{_LIST}&ids={ids}"))


def _letters() -> str:
    """What makes an answer one of its kind; digits in a row would be taken for a customer's number."""
    return uuid.uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))

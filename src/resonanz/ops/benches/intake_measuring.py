"""What `resonanz bench intake` runs in a process of its own, on a database of its own: prints one JSON object."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from django.db import connection  # noqa: E402 (models need the setup above)

from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402
from resonanz.core import clock  # noqa: E402
from resonanz.listening import posts, topics  # noqa: E402
from resonanz.networks.connections.channels import connect  # noqa: E402
from resonanz.networks.contract import Author, Posted  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.pipeline import hearing, storing, take_in  # noqa: E402
from resonanz.service import intake  # noqa: E402
from resonanz.triage import evaluations  # noqa: E402

BATCH = 1000
TOPICS = 200
WORDS_PER_POST = 28
_STEPS: Sequence[tuple[str, Any, str]] = (
    ("cleaning", take_in, "clean_all"),
    ("matching and hearing", hearing, "listen"),
    ("evaluation", hearing, "evaluate"),
    ("storing posts", posts, "store"),
    ("storing evaluations", evaluations, "keep"),
    ("people", storing, "meet"),
    ("cases", intake, "take"),
)


def main(count: int) -> None:
    """Measure and print."""
    chance = random.Random(13)  # noqa: S311 - the same posts in every run
    words = vocabulary(chance)
    channel = prepare(chance, words)
    said = [post(number, chance, words) for number in range(count)]
    take_in.take_in(channel=channel, events=[post(-1, chance, words)])  # models and holidays are loaded once
    empty()
    bare = _seconds(lambda: _take(channel, said, evaluating=False))
    copied = _seconds_of_copy()
    evaluated = _seconds(lambda: _evaluate(said))
    empty()
    shares = {name: 0.0 for name, _, _ in _STEPS}
    for name, module, function in _STEPS:
        _time(name, module, function, shares)
    both = _seconds(lambda: _take(channel, said, evaluating=True))
    found = {
        "intake_per_second": count / bare,
        "copy_per_second": count / copied,
        "evaluation_per_second": count / evaluated,
        "both_per_second": count / both,
    }
    sys.stdout.write(json.dumps(found | {f"share of {name}": taken / both for name, taken in shares.items()}))


def vocabulary(chance: random.Random) -> list[str]:
    """Words that mean nothing."""
    return ["".join(chance.choices("abcdefghijklmnoprstuwz", k=chance.randint(3, 10))) for _ in range(5000)]


def prepare(chance: random.Random, words: list[str]) -> Channel:
    """Topics, and a channel to hear of them through."""
    administrator = first_administrator()
    for number in range(TOPICS):
        query = " OR ".join(chance.sample(words, 2))
        topics.create(name=f"Topic {number}", query=query, opens_cases=False, actor=administrator)
    return connect(network="memory", name="Bench", handle="ours", native_id="ours", actor=administrator)


def post(number: int, chance: random.Random, words: list[str]) -> Posted:
    """The post of that number: one in twenty is addressed to us."""
    return Posted(
        network="memory",
        origin="bench.example",
        native_id=str(number),
        author=Author(native_id=str(number % 5000), handle=f"h{number % 5000}", name="Somebody"),
        text=" ".join(chance.choices(words, k=WORDS_PER_POST)) + " äöü?",
        posted_at=clock.now() - timedelta(minutes=number % 1000),
        addressed=number % 20 == 0,
    )


def _take(channel: Channel, said: list[Posted], *, evaluating: bool) -> None:
    for start in range(0, len(said), BATCH):
        take_in.take_in(channel=channel, events=said[start : start + BATCH], evaluating=evaluating)


def _evaluate(said: list[Posted]) -> None:
    for start in range(0, len(said), BATCH):
        texts = [posted.text for posted in said[start : start + BATCH]]
        evaluations.evaluate(texts=texts, language_hints=[""] * len(texts))


def empty() -> None:
    """Without posts, people and cases again."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE listening_post, people_person, service_case CASCADE")


def _seconds_of_copy() -> float:
    """The rows that were just stored, once more, into a table of the same columns, constraints and indexes."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_copy (LIKE listening_post INCLUDING ALL)")
        with cursor.copy("COPY listening_post TO STDOUT") as out:
            data = b"".join(bytes(chunk) for chunk in out)

        def load() -> None:
            with cursor.copy("COPY bench_copy FROM STDIN") as into:
                into.write(data)

        return _seconds(load)


def _seconds(work: Callable[[], None]) -> float:
    started = clock.monotonic()
    work()
    return clock.monotonic() - started


def _time(name: str, module: ModuleType, function: str, shares: dict[str, float]) -> None:
    """From now on `module.function` adds what it takes to `shares[name]`."""
    original = getattr(module, function)

    def timed(*arguments: Any, **named: Any) -> Any:
        started = clock.monotonic()
        try:
            return original(*arguments, **named)
        finally:
            shares[name] += clock.monotonic() - started

    setattr(module, function, timed)


if __name__ == "__main__":
    main(int(sys.argv[1]))

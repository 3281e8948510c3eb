"""`resonanz bench triage`: how many posts the judges evaluate on one core, where the time goes, and VADER beside."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from resonanz.core import clock
from resonanz.ops.bench import Figure, calibrated, json_option, pin_to_one_core, ratio, report
from resonanz.ops.errors import OperatorError
from resonanz.ops.triage import lexicon_peers
from resonanz.triage import ngrams
from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.contract import CleanText
from resonanz.triage.datasets import own_texts
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.evaluate import DEFAULT_MODEL, Evaluator, load_models
from resonanz.triage.heads import LanguageModel
from resonanz.triage.language import LanguageJudge
from resonanz.triage.learnt_judge import LearntJudge

T = TypeVar("T")

GOAL = 1000
MOST_ALONE_MS = 10
BATCH = 256
ROUNDS = 5
SEED = 20_261_122
_ALONE = 100
_LOADS = 3
# In a process of its own: what loads a model, and how much memory that takes at most.
_LOADING = """
import json, time
started = time.perf_counter()
from resonanz.triage.evaluate import Evaluator
Evaluator.load().evaluate(["Guten Tag"])
taken = time.perf_counter() - started
from resonanz.ops.triage.lexicon_peer_process import most_memory
print(json.dumps([taken, most_memory() / 1e6]))
"""


@click.command
@json_option
@click.option("--batch", default=BATCH, show_default=True, help="How many posts are judged together.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each part is timed.")
@click.option("--peer/--no-peer", default=True, show_default=True, help="Compare with VADER, installed on first use.")
def triage(*, as_json: bool, batch: int, rounds: int, peer: bool) -> None:
    """How fast posts are evaluated by all judges, on one core.

    The posts are the examples that the judges learn from. VADER alone, a lexicon for English, works through the same
    English posts in the same run.
    """
    pin_to_one_core()
    posts = _Posts(batch)
    evaluator = Evaluator.load()
    figures = [*_stages(evaluator, posts, rounds), *_alone(evaluator, posts)]
    if peer:
        figures += _peer(evaluator, posts, rounds)
    report("triage", [*figures, *_loading()], as_json=as_json)


class _Posts:
    """Our own examples in random order, dealt out once, for words once met cost less; then they come again."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self._texts = own_texts()
        random.Random(SEED).shuffle(self._texts)  # noqa: S311 - nothing is secret here
        self._dealt = 0

    def some(self, count: int) -> list[str]:
        self._dealt += count
        return [self._texts[place % len(self._texts)] for place in range(self._dealt - count, self._dealt)]


def _stages(evaluator: Evaluator, posts: _Posts, rounds: int) -> list[Figure]:
    parts = _Parts(load_models(DEFAULT_MODEL)[0])
    evaluator.evaluate(posts.some(4 * posts.batch))  # as in a process that has run for a while
    asked = calibrated(GOAL)
    together = [_seconds(evaluator, posts.some(posts.batch)) for _ in range(rounds)]
    each = [parts.seconds(posts.some(posts.batch)) for _ in range(rounds)]
    median = {name: statistics.median(one[name] for one in each) for name in each[0]}
    everything = sum(median.values())
    return [
        Figure("all judges, with reasons", posts.batch / statistics.median(together), "posts/s", "one core", asked),
        Figure("all judges, without reasons", posts.batch / (everything - median["reasons"]), "posts/s"),
        *(
            Figure(name, posts.batch / max(seconds, 1e-9), "posts/s", f"{seconds / everything:.0%} of the time")
            for name, seconds in median.items()
        ),
    ]


class _Parts:
    """What an evaluation does, one step after the other, with the clock in the hand."""

    def __init__(self, models: Sequence[LanguageModel]) -> None:
        self._language = LanguageJudge()
        self._models = models
        self._judge = LearntJudge(models=models, languages=self._language.languages, version="")

    def seconds(self, texts: Sequence[str]) -> dict[str, float]:
        """What each step takes on these texts."""
        cleaning, cleaned = _timed(lambda: [clean_words(text) for text in texts])
        language, languages = _timed(lambda: self._language.tell(cleaned, hints=[""] * len(texts)))
        encoder, vectors = _timed(lambda: shared_encoder().vectors(list(map(readable, texts, cleaned))))
        batch = list(map(CleanText, texts, cleaned, languages, vectors))
        grams, _ = _timed(lambda: [self._weigh(model, batch) for model in self._models])
        plain, _ = _timed(lambda: self._judge.judge(batch, with_reasons=False))
        explained, _ = _timed(lambda: self._judge.judge(batch, with_reasons=True))
        return {
            "cleaning": cleaning,
            "language": language,
            "encoder": encoder,
            "n-grams": grams,
            "heads": max(plain - grams, 0.0),
            "reasons": max(explained - plain, 0.0),
        }

    def _weigh(self, model: LanguageModel, batch: Sequence[CleanText]) -> ngrams.Features:
        own = [[word.form for word in one.words] for one in batch if one.language == model.language]
        return ngrams.weigh(ngrams.extract(own), model.idf)


def _seconds(evaluator: Evaluator, texts: Sequence[str]) -> float:
    return _timed(lambda: evaluator.evaluate(texts))[0]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = clock.monotonic()
    done = work()
    return clock.monotonic() - started, done


def _alone(evaluator: Evaluator, posts: _Posts) -> list[Figure]:
    taken = sorted(1000 * _seconds(evaluator, [text]) for text in posts.some(_ALONE))
    slower = GOAL / calibrated(GOAL)
    return [
        Figure("one post alone, median", taken[len(taken) // 2], "ms", "one core", most=MOST_ALONE_MS * slower),
        Figure("one post alone, slowest of twenty", taken[len(taken) * 19 // 20], "ms"),
    ]


def _peer(evaluator: Evaluator, posts: _Posts, rounds: int) -> list[Figure]:
    """VADER reads English only, so both get the same English posts."""
    try:
        peers = lexicon_peers.prepare(lexicon_peers.default_folder())
    except OperatorError as error:
        click.echo(f"Without VADER: {error}", err=True)
        return []
    some = posts.some(rounds * 4 * posts.batch)
    told = evaluator.languages(some, hints=[""] * len(some))
    english = [text for text, language in zip(some, told, strict=True) if language == "en"]
    slices = [english[number::rounds] for number in range(rounds)]
    theirs, ours = [], []
    for own in slices:
        theirs.append(peers.sentiments(lexicon_peers.NAMES["en"], own).seconds)
        ours.append(_seconds(evaluator, own))
    return [
        Figure("VADER alone", statistics.median(map(len, slices)) / statistics.median(theirs), "posts/s", "English"),
        Figure("all judges, as a share of VADER", ratio(theirs, ours), "ratio", "the same posts"),
    ]


def _loading() -> list[Figure]:
    command = [sys.executable, "-c", _LOADING]
    measured = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(_LOADS)]
    return [
        Figure("loading until the first answer", statistics.median(taken for taken, _memory in measured), "s"),
        Figure("memory of a process that judges", max(memory for _taken, memory in measured), "MB"),
    ]

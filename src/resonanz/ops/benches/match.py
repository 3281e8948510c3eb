"""`resonanz bench match`: topics against posts, compared with the automaton alone."""

from __future__ import annotations

import random
import statistics
from itertools import accumulate

import click
from ahocorasick_rs import AhoCorasick

from resonanz.core import clock
from resonanz.listening.folding import fold
from resonanz.listening.matching import Matcher
from resonanz.listening.query import Node, Not, Term, TermKind, parse
from resonanz.ops.bench import Figure, in_turns, json_option, pin_to_one_core, ratio, report

GOAL = 0.4
TOPICS = 10_000
POSTS = 2_000
POST_CHARACTERS = 200
SLICE = 500  # posts matched and timed at once: a batch as intake takes it in, some ten milliseconds
SEED = 20_240_501

VOCABULARY = 150_000


def _words(text: str) -> list[str]:
    return text.split()


# Words of German and English are put together from these, so that the vocabulary is large, alike in its letters to
# the real one, with the umlauts and the long compounds of German, and the same on every machine.
_ONSETS = _words("b br d dr f fl fr g gr h k kl kr l m n p pf pr r s sch schl sp st str t tr v w z th wh sh ch qu j")
_VOWELS = _words("a e i o u a e i o e e ei ie au eu ä ö ü ou ea oo")
_CODAS = _words("n r l t s m ck st ng nd rt ch tz ß nt ft lt x ll ss rd ns")
_ENDINGS = ["", "", "", "en", "er", "ung", "heit", "keit", "lich", "ing", "tion", "ed", "ly", "s", "e", "ness"]
_COMMON = _words(
    "die der und das ist nicht ich es zu den in mit auf für ein von sich dem auch war so wie wir noch nur bei aber "
    "the to and a of is you that it for on have be this are with not but we they at was can my your so just all"
)
_MARKS = [",", ",", ",", ",", ".", ".", ".", ".", "!", "?", ":", "...", "…", " –"]
_EMOJI = ["👍", "😡", "❤️", "🤔", "🎉", "😂"]


class World:
    """A vocabulary in which the n-th word is said n times less often than the first, as in real languages."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing is secret here
        self.words = [*_COMMON, *self._invented(VOCABULARY)]
        self.rare = self.words[300:]  # nobody makes a topic of "and"
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))
        self.rare_weights = list(accumulate((rank + 300) ** -0.5 for rank in range(len(self.rare))))

    def _invented(self, count: int) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < count:
            syllables = self.random.choices((1, 2, 3, 4), (1, 5, 4, 2))[0]
            parts = [self._any(_ONSETS) + self._any(_VOWELS) + self._any(_CODAS) for _ in range(syllables)]
            words["".join(parts) + self._any(_ENDINGS)] = None
        return sorted(words, key=lambda word: len(word) + self.random.random() * 8)  # what is said often is short

    def _any(self, choices: list[str]) -> str:
        return self.random.choice(choices)

    def post(self) -> str:
        said: list[str] = []
        length = 0
        while length < POST_CHARACTERS:
            word = self.random.choices(self.words, cum_weights=self.weights)[0]
            word = word.capitalize() if self.random.random() < 0.3 else word
            word = f"#{word}" if self.random.random() < 0.01 else word
            word += self._any(_MARKS) if self.random.random() < 0.12 else ""
            said.append(word)
            length += len(word) + 1
        return " ".join(said) + (f" {self._any(_EMOJI)}" if self.random.random() < 0.2 else "")

    def topic(self) -> str:
        first, second, third, fourth = self.random.choices(self.rare, cum_weights=self.rare_weights, k=4)
        forms = {
            first: 30,
            f"{first} {second}": 10,
            f"{first} OR {second} OR {third}": 20,
            f'"{first} {second}"': 12,
            f"{first}*": 8,
            f"*{first}": 2,
            f"({first} OR {second}) AND ({third} OR {fourth})": 6,
            f"{first} NOT {second}": 6,
            f"#{first}": 4,
            f"@{first}": 1,
            f"{first} lang:de": 1,
        }
        return self.random.choices(list(forms), list(forms.values()))[0]


def _bare_terms(node: Node) -> set[str]:
    """The terms of a query as somebody without boundaries would search them."""
    if isinstance(node, Term):
        signs = 0 if node.kind is TermKind.WORDS else 1
        return set() if node.kind is TermKind.LANG else {node.pattern.decode("latin-1").strip()[signs:]}
    return set().union(*map(_bare_terms, (node.part,) if isinstance(node, Not) else node.parts))


@click.command
@json_option
@click.option("--topics", default=TOPICS, show_default=True, help="How many topics.")
@click.option("--posts", default=POSTS, show_default=True, help="How many posts, of about 200 characters each.")
@click.option("--rounds", default=21, show_default=True, help="How often each side is timed.")
def match(*, as_json: bool, topics: int, posts: int, rounds: int) -> None:
    """How fast topics are matched, on one core.

    All that matching does (folding, word boundaries, phrases, AND, OR, NOT) is compared with the automaton library
    scanning the same terms, bare, over text that is folded already.
    """
    pin_to_one_core()
    world = World(SEED)
    texts = [world.post() for _ in range(posts)]
    queries = {number: parse(world.topic()) for number in range(topics)}
    started = clock.monotonic()
    matcher = Matcher.compile(queries)
    compiled = clock.monotonic() - started
    report("match", [*_compare(matcher, queries, texts, rounds), Figure("compiling", compiled, "s")], as_json=as_json)


def _compare(matcher: Matcher, queries: dict[int, Node], texts: list[str], rounds: int) -> list[Figure]:
    terms = sorted(set().union(*map(_bare_terms, queries.values())))
    bare = AhoCorasick(terms)
    folded = [fold(text).decode("latin-1") for text in texts]
    languages = ["de"] * len(texts)
    size = min(SLICE, len(texts))
    slices = [slice(start, start + size) for start in range(0, len(texts) - size + 1, size)]
    bare_s, full_s, fold_s = in_turns(
        lambda at: [bare.find_matches_as_indexes(text) for text in folded[at]],
        lambda at: matcher.match_all(texts[at], languages=languages[at]),
        lambda at: [fold(text) for text in texts[at]],
        rounds=slices * rounds,
    )
    touched = sum(map(len, matcher.match_all(texts, languages=languages)))
    found = sum(len(bare.find_matches_as_indexes(text)) for text in folded)
    count = len(texts)
    return [
        Figure("matching", size / statistics.median(full_s), "posts/s"),
        Figure("bare automaton", size / statistics.median(bare_s), "posts/s"),
        Figure("matching, as a share of bare", ratio(bare_s, full_s), "ratio", "ahocorasick_rs, bare terms", GOAL),
        Figure("folding, share of matching", ratio(fold_s, full_s), "ratio", "matching"),
        Figure("topics touched", touched / count, "per post"),
        Figure("bare terms found", found / count, "per post"),
        Figure("topics", len(queries), "topics"),
        Figure("terms", len(terms), "terms"),
    ]

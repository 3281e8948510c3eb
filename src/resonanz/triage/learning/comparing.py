"""Who judges better on the clean sample, and whether so few posts can tell.

The rule: of the posts on which only one of the two is right, so many more must be the challenger's that chance alone
would bring it about at most once in twenty: five of five, seven of eight, nine of eleven. That is McNemar's test (1947)
in its exact form, one-sided; of the five that Dietterich compares ("Approximate statistical tests for comparing
supervised classification learning algorithms", Neural Computation 10, 1998) it is the one for heads that can be learnt
only once. It takes at least `FEWEST_CLEAN` posts, and the challenger's macro-F1 must not be lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import comb, sqrt
from typing import Any

from resonanz.triage.datasets import Value

FEWEST_CLEAN = 20
FEWEST_CLEAN_OF_NEW = 5
"""A label that nobody judges yet has no rival to beat: its figures are shown with how little they rest on."""
_CHANCE = 0.05
_BINS = 15
_SIDES = 1.959964  # of the normal distribution, for 95 % on both sides

Told = Sequence[tuple[Value, float]]
"""What a judge decided of each text, and how probable that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How good a judge is on some texts. `low` to `high` is where its accuracy lies with 95 % (Wilson 1927).

    `precision`, `recall` and `f1` are of the class True, or the means over the classes where values are words.
    """

    texts: int
    accuracy: float
    low: float
    high: float
    macro_f1: float
    precision: float
    recall: float
    f1: float
    calibration_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A challenger beside the champion, on the clean sample; `rival` is None where nobody judges the label yet.

    `better` and `worse`: posts on which only the challenger, only the champion was right. `chance`: how often chance
    alone would bring so much. `because` is a code.
    """

    own: Figures | None
    rival: Figures | None = None
    better: int = 0
    worse: int = 0
    chance: float = 1.0
    is_offered: bool = False
    because: str = "TOO_FEW_CLEAN"


def compared(*, truth: Sequence[Value], own: Told, rival: Told | None) -> Comparison:
    """Both on the same texts, and whether the challenger is offered."""
    if not truth:
        return Comparison(own=None)
    figures = figures_of(truth=truth, told=own)
    if rival is None:
        enough = len(truth) >= FEWEST_CLEAN_OF_NEW and len(set(truth)) > 1
        return Comparison(own=figures, is_offered=enough, because="NEW_LABEL" if enough else "TOO_FEW_CLEAN")
    theirs = figures_of(truth=truth, told=rival)
    right = [(one[0] == value, other[0] == value) for value, one, other in zip(truth, own, rival, strict=True)]
    better, worse = right.count((True, False)), right.count((False, True))
    chance = sign_test(better, worse)
    is_better = chance <= _CHANCE and figures.macro_f1 >= theirs.macro_f1
    enough = len(truth) >= FEWEST_CLEAN
    because = "TOO_FEW_CLEAN" if not enough else "BETTER" if is_better else "NOT_BETTER"
    return Comparison(
        own=figures, rival=theirs, better=better, worse=worse, chance=chance, is_offered=enough and is_better,
        because=because,
    )  # fmt: skip


def sign_test(better: int, worse: int) -> float:
    """How probable at least `better` of `better + worse` fair coins are."""
    total = better + worse
    return float(sum(comb(total, heads) for heads in range(better, total + 1)) / 2**total)


def figures_of(*, truth: Sequence[Value], told: Told) -> Figures:
    """How good somebody judged texts of which people said the truth; at least one."""
    decided = [value for value, _ in told]
    classes = sorted({*truth, *decided}, key=str)
    each = {value: _class(value, truth, decided) for value in classes}
    shown = [each.get(True, (0.0, 0.0, 0.0))] if {*classes} <= {True, False} else list(each.values())
    right = [value == one for value, one in zip(truth, decided, strict=True)]
    accuracy = sum(right) / len(right)
    low, high = wilson(sum(right), len(right))
    precision, recall, f1 = (sum(column) / len(shown) for column in zip(*shown, strict=True))
    return Figures(
        texts=len(truth), accuracy=accuracy, low=low, high=high, precision=precision, recall=recall, f1=f1,
        macro_f1=sum(f1 for _, _, f1 in each.values()) / len(each),
        calibration_error=_calibration_error([chance for _, chance in told], right),
    )  # fmt: skip


def wilson(hits: int, number: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95 %; honest also for few and for all or none."""
    share, square = hits / number, _SIDES**2
    middle = (share + square / (2 * number)) / (1 + square / number)
    width = _SIDES * sqrt(share * (1 - share) / number + square / (4 * number**2)) / (1 + square / number)
    return max(0.0, middle - width), min(1.0, middle + width)


def as_record(comparison: Comparison) -> dict[str, Any]:
    """As a row keeps it."""
    return asdict(comparison)


def from_record(stored: dict[str, Any]) -> Comparison:
    """What `as_record` gave."""
    own, rival = (Figures(**stored[name]) if stored.get(name) else None for name in ("own", "rival"))
    return Comparison(**{**stored, "own": own, "rival": rival})


def _class(value: Value, truth: Sequence[Value], decided: Sequence[Value]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    hits = sum(one == other == value for one, other in zip(truth, decided, strict=True))
    named, meant = decided.count(value), truth.count(value)
    return _share(hits, named), _share(hits, meant), _share(2 * hits, named + meant)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _calibration_error(chances: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, is_right in zip(chances, right, strict=True):
        bins.setdefault(min(int(chance * _BINS), _BINS - 1), []).append((chance, is_right))
    gaps = (abs(sum(chance - is_right for chance, is_right in one)) for one in bins.values())
    return sum(gaps) / len(right)

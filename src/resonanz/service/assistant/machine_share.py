"""How much of an answer is still a machine's: by keyed hashes of every three words that stand together. Plain.

No word is kept for it. Whoever pastes a draft, or types it again, has it known; whoever rewrites it does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from resonanz.core.secrets import keyed_hash
from resonanz.guidelines.checks.reading import fold

AUTOMATIC_FROM = 50
"""From so many percent on the label of what a machine wrote is asked for (Art. 50 AI Act)."""
_MOST_CHARACTERS = 10_000
_WORD = re.compile(r"\w+")
_TOGETHER = 3


def prints(text: str) -> list[int]:
    """The hashes of a text, each once."""
    words = _WORD.findall(fold(text[:_MOST_CHARACTERS]))
    threes = dict.fromkeys(" ".join(words[at : at + _TOGETHER]) for at in range(len(words) - _TOGETHER + 1))
    return [int.from_bytes(keyed_hash("machine draft", three)[:8], "big", signed=True) for three in threes]


def percent(*, text: str, drafted: Collection[int] | None) -> int:
    """How much of `text` stands in what was drafted; 0 where nothing was."""
    if not drafted:
        return 0
    found = prints(text)
    known = set(drafted)
    return round(100 * sum(one in known for one in found) / len(found)) if found else 0

"""Precision and recall of every check: on examples used while building it, and on drafts held out from that.

Each line of a file is {"text": …, "context": {…}, "finds": true or false}. Drafts are told apart from examples by who
wrote them: nobody who changes a check reads tests/guidelines/drafts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from resonanz.guidelines.checks.contract import Setting, Severity, context_from_record
from resonanz.guidelines.checks.running import NAMES, look

HERE = Path(__file__).parent
PRECISION, RECALL = 0.95, 0.9
LEAST_EXAMPLES, LEAST_DRAFTS = 40, 60


@dataclass(frozen=True)
class Measured:
    """How a check did on a file."""

    right: int
    wrong: list[str]
    missed: list[str]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed)) if self.right else 0.0


@pytest.mark.parametrize("check", NAMES)
def test_check_is_precise_and_complete_on_its_examples(check: str) -> None:
    examples = _read(HERE / "check_examples" / f"{check}.jsonl")

    measured = _measure(check, examples)

    _tell(check, len(examples), measured)
    assert len(examples) >= LEAST_EXAMPLES
    assert measured.precision >= PRECISION, measured.wrong
    assert measured.recall >= RECALL, measured.missed


# Where nobody wrote drafts for a check, there is nothing to measure: no file, no test.
@pytest.mark.parametrize("check", [name for name in NAMES if (HERE / "drafts" / f"{name}.jsonl").exists()])
def test_check_is_precise_and_complete_on_drafts_held_out(check: str) -> None:
    drafts = _read(HERE / "drafts" / f"{check}.jsonl")

    measured = _measure(check, drafts)

    # Only numbers: who reads the words of a failure has seen what was held out.
    _tell(check, len(drafts), measured)
    assert len(drafts) >= LEAST_DRAFTS
    assert (measured.precision >= PRECISION, measured.recall >= RECALL) == (True, True)


def _read(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _measure(check: str, drafts: list[Mapping[str, Any]]) -> Measured:
    found = [(draft["text"], bool(draft["finds"]), _finds(check, draft)) for draft in drafts]
    return Measured(
        right=sum(wanted and is_found for _text, wanted, is_found in found),
        wrong=[text for text, wanted, is_found in found if is_found and not wanted],
        missed=[text for text, wanted, is_found in found if wanted and not is_found],
    )


def _finds(check: str, draft: Mapping[str, Any]) -> bool:
    """Whether the check, switched on, finds anything in the draft."""
    context = context_from_record(draft.get("context", {}))
    ruled = context.checks.get(check)
    options = ruled.options if ruled else {}
    checks = {**context.checks, check: Setting(Severity.WARNING, "1.1", options)}
    findings = look(text=draft["text"], context=replace(context, checks=checks))
    return any(finding.check == check for finding in findings)


def _tell(check: str, count: int, measured: Measured) -> None:
    print(f"{check}: {count} drafts, precision {measured.precision:.3f}, recall {measured.recall:.3f}")  # noqa: T201

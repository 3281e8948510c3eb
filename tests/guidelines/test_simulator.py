from __future__ import annotations

from dataclasses import replace

from resonanz.guidelines.compiling import Compiled, compile
from resonanz.guidelines.document import read
from resonanz.guidelines.ruling import NO_RULE, Outcome
from resonanz.guidelines.simulator import Candidate, replay, who_may
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.test_ruling import DRAFT

ALLOWED, APPROVAL, FORBIDDEN = Outcome.ALLOWED, Outcome.NEEDS_APPROVAL, Outcome.FORBIDDEN


def guideline(*records: dict[str, object]) -> Compiled:
    return compile(read(rules(*records)), 1)


def test_replay_tells_what_would_move_and_counts_it() -> None:
    before = guideline(AGENTS_MAY)
    after = guideline(
        AGENTS_MAY,
        {"outcome": "NEEDS_APPROVAL", "topics": [1]},
        {"outcome": "FORBIDDEN", "visibilities": ["PRIVATE"]},
    )
    drafts = {
        "plain": DRAFT,
        "topic": replace(DRAFT, topic_ids=frozenset({1})),
        "private": replace(DRAFT, visibility="PRIVATE"),
        "both": replace(DRAFT, visibility="PRIVATE", topic_ids=frozenset({1})),
    }

    found = replay(drafts.items(), before=before, after=after)

    assert [(item.key, item.after.outcome, item.after.clause) for item in found.moved] == [
        ("topic", APPROVAL, "1.2"),
        ("private", FORBIDDEN, "1.3"),
        ("both", FORBIDDEN, "1.3"),
    ]
    assert found.counts == {(ALLOWED, ALLOWED): 1, (ALLOWED, APPROVAL): 1, (ALLOWED, FORBIDDEN): 2}


def test_another_clause_with_the_same_outcome_moves_nothing() -> None:
    after = guideline({"outcome": "ALLOWED", "networks": ["memory"]}, AGENTS_MAY | {"networks": ["memory"]})

    (item,) = replay([(1, DRAFT)], before=guideline(AGENTS_MAY), after=after).items

    assert (item.before.clause, item.after.clause, item.moved) == ("1.1", "1.2", False)


def test_another_approver_moves_an_answer() -> None:
    before, after = (guideline({"outcome": "NEEDS_APPROVAL", "approvers": {"people": [person]}}) for person in (1, 2))

    assert len(replay([(1, DRAFT)], before=before, after=after).moved) == 1


def test_who_may_answer_names_each_with_the_clause() -> None:
    asked = guideline(
        AGENTS_MAY, {"outcome": "NEEDS_APPROVAL", "people": [7]}, {"outcome": "FORBIDDEN", "only_blank": True}
    )
    candidates = [Candidate("AGENT", 5), Candidate("AGENT", 7), Candidate("ANALYST")]

    found = who_may(draft=replace(DRAFT, text=""), candidates=candidates, guideline=asked)

    assert [(one.candidate, one.ruling.outcome, one.ruling.clause) for one in found] == [
        (candidates[0], ALLOWED, "1.1"),
        (candidates[1], APPROVAL, "1.2"),
        (candidates[2], FORBIDDEN, NO_RULE),
    ]

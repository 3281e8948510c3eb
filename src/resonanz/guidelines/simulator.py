"""What a guideline would have said: to answers of the past, and to each colleague about one post. Plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from resonanz.guidelines.compiling import Compiled
from resonanz.guidelines.ruling import Draft, Outcome, Ruling

Key = TypeVar("Key")
_SOMETHING = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed(Generic[Key]):
    """One answer under both versions. `key` is whatever the caller knows it by."""

    key: Key
    before: Ruling
    after: Ruling

    @property
    def moved(self) -> bool:
        """Whether another thing would have happened to it: not if merely another clause says the same."""
        return (self.before.outcome, self.before.approvers) != (self.after.outcome, self.after.approvers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay(Generic[Key]):
    """All of them, and how many went from which outcome to which."""

    items: tuple[Replayed[Key], ...]
    counts: Mapping[tuple[Outcome, Outcome], int]

    @property
    def moved(self) -> tuple[Replayed[Key], ...]:
        """Those to which another thing would have happened."""
        return tuple(item for item in self.items if item.moved)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might answer: a colleague, or a role without a person."""

    role: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guideline says to one of them, whatever the words."""

    candidate: Candidate
    ruling: Ruling


def replay(drafts: Iterable[tuple[Key, Draft]], *, before: Compiled, after: Compiled) -> Replay[Key]:
    """Both versions' rulings on each draft."""
    items = tuple(Replayed(key=key, before=before.ruling(draft), after=after.ruling(draft)) for key, draft in drafts)
    counts = Counter((item.before.outcome, item.after.outcome) for item in items)
    return Replay(items=items, counts=dict(counts))


def who_may(*, draft: Draft, candidates: Iterable[Candidate], guideline: Compiled) -> tuple[Verdict, ...]:
    """Who may answer this? The draft tells the place; without words of its own it stands for any short answer."""
    draft = draft if draft.text.strip() else replace(draft, text=_SOMETHING, length=None)
    return tuple(
        Verdict(one, guideline.ruling(replace(draft, role=one.role, user_id=one.user_id))) for one in candidates
    )

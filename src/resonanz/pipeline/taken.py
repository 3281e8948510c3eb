"""What became of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Taken:
    """What became of a batch. Counts of posts; `stored` + `duplicates` + `dropped` + `rejected` make up `read`."""

    read: int = 0
    matched: int = 0
    stored: int = 0
    duplicates: int = 0
    dropped: int = 0
    rejected: int = 0
    case_ids: set[int] = field(default_factory=set)

    def add(self, other: Taken) -> None:
        """Sum up over batches."""
        for name in ("read", "matched", "stored", "duplicates", "dropped", "rejected"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.case_ids |= other.case_ids

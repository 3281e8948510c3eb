"""What a connector forgets besides what the house keeps of people."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Forgets(Protocol):
    """A connector that keeps ids of authors in its cursor or its stream's place; it lets go of those who are erased."""

    def forget(self, cursor: str, author_id: str) -> str:
        """The same cursor, or place, without anything by which this author is known."""
        ...

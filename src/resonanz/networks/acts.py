"""What is done to posts besides answering them, as protocols of the contract (networks.contract.Capability).

Of all of them but `report`: done twice is done once, so it may be repeated. Each raises a NetworkError.
"""

from __future__ import annotations

from typing import Protocol

from resonanz.networks.contract import Account, Correction, Network, Report


class Likes(Network, Protocol):
    """Capability.LIKE."""

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Like a post, or no longer."""
        ...


class Hides(Network, Protocol):
    """Capability.HIDE."""

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Nobody but its author sees the post below ours, or everybody again."""
        ...


class Deletes(Network, Protocol):
    """Capability.DELETE."""

    def delete(self, account: Account, native_id: str) -> None:
        """The post below ours is gone; one that is gone already is no error."""
        ...


class Blocks(Network, Protocol):
    """Capability.BLOCK."""

    def block(self, account: Account, author_id: str, *, on: bool) -> None:
        """An account no longer reaches ours, or does again."""
        ...


class TakesReports(Network, Protocol):
    """Capability.REPORT."""

    def report(self, account: Account, report: Report) -> None:
        """Tell the moderators. Said twice it is told twice, so nobody repeats it after `NoAnswer`."""
        ...


class Corrects(Network, Protocol):
    """Capability.CORRECT."""

    def correct(self, account: Account, correction: Correction) -> None:
        """The answer has these words from now on."""
        ...


class Withdraws(Network, Protocol):
    """Capability.WITHDRAW."""

    def withdraw(self, account: Account, native_id: str) -> None:
        """The answer is gone; one that is gone already is no error."""
        ...

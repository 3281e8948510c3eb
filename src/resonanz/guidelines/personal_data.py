"""What the tables of guidelines hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal


def declare() -> None:
    """Enter them in the register."""
    declare_impersonal("guidelines_guideline", because="the company's rules")

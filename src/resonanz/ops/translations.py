"""Compiles one catalogue of translations; gettext's own tools are not everywhere, Babel is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source: Path, target: Path) -> None:
    """Write `target` (.mo) from `source` (.po) in one piece; entries marked fuzzy are left out."""
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(f".{os.getpid()}.mo")  # two that start at once do not write into each other
    with beside.open("wb") as file:
        write_mo(file, catalogue)
    beside.replace(target)


if __name__ == "__main__":
    compile_catalogue(Path(sys.argv[1]), Path(sys.argv[2]))

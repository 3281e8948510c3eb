"""Writes what draws charts in a browser: Vega, Vega-Lite and embed in one script, as vl-convert carries it.

Started by the installation in a process of its own, since making it takes two seconds and 200 MB.
"""

from __future__ import annotations

import sys
from pathlib import Path

import vl_convert

_GLOBALS = "window.vegaEmbed = vegaEmbed;"


def write_bundle(target: Path) -> None:
    """Write the script in one piece."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".js.new")
    beside.write_text(vl_convert.javascript_bundle(_GLOBALS), "utf-8")
    beside.replace(target)


if __name__ == "__main__":
    write_bundle(Path(sys.argv[1]))

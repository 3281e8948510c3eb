"""A chart as SVG for a report. Apart from `charts`: vl-convert brings an engine that a web process does not need."""

from __future__ import annotations

import json
import re

import vl_convert

from resonanz.insights.charts import Spec

# The light tokens of the pages, as sRGB.
ON_PAPER = {
    "--surface": "#ffffff",
    "--line": "#dfe5e6",
    "--text-quiet": "#51606a",
    "--good": "#146b3a",
    "--late": "#b3211f",
    "--soon": "#85540b",
}
FONT = "Liberation Sans, DejaVu Sans, sans-serif"
_TOKEN = re.compile(r"var\((--[a-z-]+)\)")


def svg(*, spec: Spec, width: int = 640, height: int = 220) -> str:
    """The drawing of a specification in the colours of paper, with the fonts of the machine."""
    coloured = json.loads(_TOKEN.sub(lambda token: ON_PAPER[token[1]], json.dumps(spec)))
    sized = coloured | {"width": width, "height": height}
    return vl_convert.vegalite_to_svg(sized, config={"font": FONT})

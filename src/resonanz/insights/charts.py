"""The chart of the days as one Vega-Lite specification, for the page and as SVG.

What was said is a wide, pale bar. Inside it stands what wanted an answer, told apart by texture, not by colour alone:
answered in time is filled, answered late is striped, still waiting is hollow. Colours are names of the page's tokens,
so the drawing follows light and dark by itself; `drawing.svg` puts the colours of paper in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from resonanz.insights.metrics import Day

Spec = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_INNER_WIDTH = 0.42


def days_chart(
    *, days: Sequence[Day], with_answers: bool, label: Callable[[date], str], number: Callable[[int], str]
) -> Spec:
    """The chart of `days`; without `with_answers` it holds not a word of what became of the posts.

    `label` and `number` write in the reader's language, so the browser needs no locale. A label breaks at its spaces
    and is different on every day. Each day takes the same share of the whole width, so that a page can lay a link over
    it.
    """
    return {
        "$schema": _SCHEMA,
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 2},
        "data": {"values": [_said_on(day, label, number) | (_became_of(day) if with_answers else {}) for day in days]},
        "encoding": {"x": _X_OF_DAYS},
        "layer": [*_SAID, *(_BECAME if with_answers else [])],
        "config": _CONFIG,
    }


def costs_chart(*, days: Sequence[tuple[date, int]], label: Callable[[date], str]) -> Spec:
    """What was spent on each day, as a bar; the figures stand in the links that a page lays over it."""
    return {
        "$schema": _SCHEMA,
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 2},
        "data": {"values": [{"label": label(day), "cost": cost} for day, cost in days]},
        "encoding": {"x": _X_OF_DAYS, "y": {"field": "cost", "type": "quantitative", "axis": None}},
        "mark": {"type": "bar", "fill": "var(--text-quiet)", "cornerRadiusEnd": 2},
        "config": _CONFIG,
    }


def _said_on(day: Day, label: Callable[[date], str], number: Callable[[int], str]) -> dict[str, Any]:
    return {"label": label(day.day), "said": day.said, "number": number(day.said) if day.said else ""}


def _became_of(day: Day) -> dict[str, Any]:
    """Where these parts of the bar end, one upon the other."""
    late = day.became.in_time + day.became.late
    return {"in_time": day.became.in_time, "late": late, "waiting": late + day.became.waiting}


def _part(mark: Spec, *, begins: Spec, ends: str) -> Spec:
    """A part of the inner bar; a part of nothing is not drawn, its outline would be seen."""
    lower = f"datum.{begins['field']}" if "field" in begins else "0"
    return {
        "mark": mark,
        "transform": [{"filter": f"datum.{ends} > {lower}"}],
        "encoding": {"y": {"field": ends, "type": "quantitative"}, "y2": begins},
    }


_X_OF_DAYS: Spec = {
    "field": "label",
    "type": "nominal",
    "sort": None,
    "scale": {"paddingInner": 0.28, "paddingOuter": 0.14},
    "title": None,
    "axis": {
        "domain": False, "ticks": False, "grid": False, "labelAngle": 0, "labelPadding": 6, "labelOverlap": True,
        "labelExpr": "split(datum.label, ' ')", "labelLineHeight": 15,
    },
}  # fmt: skip
_SAID: list[Spec] = [
    {
        "mark": {"type": "bar", "fill": "var(--line)", "cornerRadiusEnd": 4},
        "encoding": {"y": {"field": "said", "type": "quantitative", "axis": None}},
    },
    {
        "mark": {"type": "text", "dy": -8, "fill": "var(--text-quiet)", "fontSize": 12},
        "encoding": {"y": {"field": "said", "type": "quantitative"}, "text": {"field": "number"}},
    },
]
_STRIPES: Spec = {
    "type": "rule", "stroke": "var(--late)", "strokeDash": [3, 2],
    "strokeWidth": {"expr": f"bandwidth('x') * {_INNER_WIDTH}"},
}  # fmt: skip
_FILLED: Spec = {"type": "bar", "fill": "var(--good)", "width": {"band": _INNER_WIDTH}}
_HOLLOW: Spec = {
    "type": "bar", "fill": "var(--surface)", "stroke": "var(--soon)", "strokeWidth": 1.5,
    "width": {"band": _INNER_WIDTH},
}  # fmt: skip
_BECAME: list[Spec] = [
    _part(_FILLED, begins={"datum": 0}, ends="in_time"),
    _part(_STRIPES, begins={"field": "in_time"}, ends="late"),
    _part(_HOLLOW, begins={"field": "late"}, ends="waiting"),
]
_CONFIG: Spec = {
    "background": None,
    "view": {"stroke": None},
    "axis": {"labelColor": "var(--text-quiet)", "labelFontSize": 12},
}

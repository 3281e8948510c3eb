"""How a label was judged week by week, as one Vega-Lite specification.

What was judged to be so is a solid line with filled points, what was unsure a dashed one with hollow points, and how it
was when the judge was made a straight thin line: told apart by their form, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from resonanz.insights.charts import Spec
from resonanz.triage.learning.drift import Week


def weeks_chart(
    *, weeks: Sequence[Week], base: Week | None, label: Callable[[date], str], percent: Callable[[float], str]
) -> Spec:
    """The chart of `weeks`; `label` and `percent` write in the reader's language, so the browser needs no locale."""
    most = max([week.yes for week in weeks] + [week.unsure for week in weeks] + ([base.yes] if base else []))
    ticks = _ticks(most)
    y: Spec = {
        "type": "quantitative", "title": None, "scale": {"domain": [0, ticks[-1]]},
        "axis": {
            "values": ticks, "domain": False, "ticks": False, "gridColor": "var(--line)", "labelPadding": 8,
            "labelExpr": " : ".join(f"datum.value == {tick} ? '{percent(tick)}'" for tick in ticks) + " : ''",
        },
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 0, "right": 4, "top": 6, "bottom": 2},
        "data": {"values": [_values(week, label) for week in weeks]},
        "layer": [*_base(base, y), *_line("unsure", y, _UNSURE), *_line("yes", y, _YES)],
        "config": _CONFIG,
    }


def _values(week: Week, label: Callable[[date], str]) -> dict[str, Any]:
    return {"label": label(week.monday), "yes": round(week.yes, 4), "unsure": round(week.unsure, 4)}


def _ticks(most: float) -> list[float]:
    """Nothing, half and all of the smallest round share that holds everything."""
    top = next((share for share in (0.02, 0.1, 0.2, 0.5) if most <= share), 1.0)
    return [0, top / 2, top]


def _base(base: Week | None, y: Spec) -> list[Spec]:
    if base is None:
        return []
    rule = {"type": "rule", "stroke": "var(--text-quiet)", "strokeWidth": 1, "strokeDash": [1, 3]}
    return [{"mark": rule, "encoding": {"y": {**y, "datum": round(base.yes, 4)}}}]


def _line(field: str, y: Spec, look: Spec) -> list[Spec]:
    encoding: Spec = {"x": _X_OF_WEEKS, "y": {**y, "field": field}}
    return [
        {"mark": {"type": "line", **look["line"]}, "encoding": encoding},
        {"mark": {"type": "point", "size": 36, "opacity": 1, **look["point"]}, "encoding": encoding},
    ]


_X_OF_WEEKS: Spec = {
    "field": "label", "type": "nominal", "sort": None, "title": None, "scale": {"type": "point", "padding": 0.5},
    "axis": {"domain": False, "ticks": False, "grid": False, "labelAngle": 0, "labelPadding": 6, "labelOverlap": True},
}  # fmt: skip
_YES: Spec = {
    "line": {"stroke": "var(--text)", "strokeWidth": 2},
    "point": {"fill": "var(--text)", "stroke": "var(--text)"},
}
_UNSURE: Spec = {
    "line": {"stroke": "var(--soon)", "strokeWidth": 1.5, "strokeDash": [5, 3]},
    "point": {"fill": "var(--surface)", "stroke": "var(--soon)", "strokeWidth": 1.5},
}
_CONFIG: Spec = {
    "background": None,
    "view": {"stroke": None},
    "axis": {"labelColor": "var(--text-quiet)", "labelFontSize": 12},
}

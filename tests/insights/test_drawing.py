from __future__ import annotations

from datetime import date, timedelta

from resonanz.insights.answers import Became
from resonanz.insights.charts import days_chart
from resonanz.insights.drawing import FONT, svg
from resonanz.insights.metrics import Day


def _drawn(count: int, became: Became, said: int = 9) -> str:
    days = [Day(date(2026, 11, 7) + timedelta(days=number), said, became) for number in range(count)]
    return svg(spec=days_chart(days=days, with_answers=True, label=lambda day: f"Fr {day.day}.", number=str))


def test_drawing_has_its_fonts_and_the_colours_of_paper() -> None:
    drawn = _drawn(14, Became(in_time=4, late=2, waiting=1))

    assert f'font-family="{FONT}"' in drawn
    assert "var(" not in drawn
    assert drawn.count("stroke-dasharray=") >= 14


def test_drawing_of_nothing_and_of_one_day_is_a_drawing() -> None:
    assert _drawn(0, Became()).startswith("<svg")
    assert "stroke-dasharray=" not in _drawn(1, Became(), said=0)


def test_drawing_escapes_hostile_words() -> None:
    day = Day(date(2026, 11, 20), 3)

    drawn = svg(
        spec=days_chart(days=[day], with_answers=False, label=lambda _: "</svg><script>alert(1)</script>", number=str)
    )

    assert "<script" not in drawn

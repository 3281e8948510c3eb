from __future__ import annotations

import pytest

from resonanz.duties.written_hours import HoursOverlap, HoursUnreadable, read_day, read_week, write


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("9-17", [["09:00", "17:00"]]),
        ("13:30 – 17, 9.15-12:00", [["09:15", "12:00"], ["13:30", "17:00"]]),
        ("8 bis 12 und 13 bis 17 Uhr", [["08:00", "12:00"], ["13:00", "17:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("9-12; 12-17", [["09:00", "17:00"]]),
        ("  ", []),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, stored: list[list[str]]) -> None:
    assert read_day(written=written) == stored


def test_a_period_past_midnight_goes_on_with_the_next_day() -> None:
    week = read_week(written={4: "22-2", 6: "20:00-24:00", 0: "0-1"})

    assert week["4"] == [["22:00", "24:00"]]
    assert week["5"] == [["00:00", "02:00"]]
    assert write(periods=week["6"]) == "20:00–24:00"


@pytest.mark.parametrize("written", ["nine to five", "9", "9-25", "9:60-10", "9-9", "24-2", "9-12-17", "1-2," * 13])
def test_what_is_no_period_is_refused_with_its_day_and_words(written: str) -> None:
    with pytest.raises(HoursUnreadable) as refused:
        read_week(written={2: written})

    assert refused.value.params["day"] == 2


def test_periods_that_overlap_are_refused_also_over_midnight() -> None:
    with pytest.raises(HoursOverlap) as refused:
        read_week(written={0: "22-3", 1: "2-8"})

    assert refused.value.params == {"day": 1}

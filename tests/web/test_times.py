from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from resonanz.core import clock
from resonanz.web import times

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "words", "tone"),
    [
        (-42, "42 min über", "late"),
        (-3 * 1440, "3 Tage über", "late"),
        (18, "noch 18 min", "soon"),
        (200, "noch 3:20 h", ""),
        (26 * 60, "morgen", ""),
        (3 * 1440, "Do 19.11.", ""),
    ],
)
@pytest.mark.usefixtures("moved_clock")
def test_due_is_said_as_people_say_it(minutes: int, words: str, tone: str) -> None:
    with translation.override("de"), timezone.override(ZoneInfo("Europe/Berlin")):
        due = times.due(NOW + timedelta(minutes=minutes))

    assert due is not None
    assert (due.words, due.tone) == (words, tone)


@pytest.mark.parametrize(
    ("minutes", "german", "english"),
    [
        (0, "gerade eben", "just now"),
        (12, "vor 12 min", "12 min ago"),
        (95, "heute 08:25", "today 08:25"),
        (15 * 60, "gestern 19:00", "yesterday 19:00"),
        (14 * 1440, "02.11.", "2 Nov"),
        (400 * 1440, "10.2025", "Oct 2025"),
        (-5, "heute 10:05", "today 10:05"),
    ],
)
@pytest.mark.usefixtures("moved_clock")
def test_ago_is_said_in_both_languages(minutes: int, german: str, english: str) -> None:
    moment = clock.now() - timedelta(minutes=minutes)

    for language, expected in (("de", german), ("en", english)):
        with translation.override(language), timezone.override(ZoneInfo("Europe/Berlin")):
            assert times.ago(moment) == expected


def test_number_has_the_sign_of_its_language() -> None:
    with translation.override("de"):
        assert times.number(1204) == "1.204"
    with translation.override("en"):
        assert times.number(1204) == "1,204"


@pytest.mark.parametrize(("minutes", "words"), [(40, "23 Nov 22:30–23:10"), (100, "23 Nov 22:30 – 24 Nov 00:10")])
def test_span_names_a_day_that_it_does_not_leave_once(minutes: int, words: str) -> None:
    began = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)

    with translation.override("en"), timezone.override(ZoneInfo("Europe/Berlin")):
        assert times.between(began, began + timedelta(minutes=minutes)) == words

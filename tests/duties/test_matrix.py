from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from resonanz.duties import weekly
from resonanz.duties.matrix import Matrix, Question, Row, fits
from resonanz.duties.weekly import ALWAYS, TimesInvalid, Weekly

SATURDAY = weekly.read({"5": [["00:00", "24:00"]]})
SATURDAY_NOON = 5 * weekly.DAY_MINUTES + 12 * 60

TIMES = some.sampled_from([ALWAYS, SATURDAY, weekly.read({"0": [["09:00", "17:00"]], "4": [["22:00", "02:00"]]})])
MAYBE = some.sampled_from([None, 1, 2])
ROWS = some.lists(
    some.builds(
        Row, id=some.integers(1, 10_000), channel_id=MAYBE, network=some.sampled_from(["", "memory", "mastodon"]),
        topic_id=MAYBE, group_id=MAYBE, intent=some.sampled_from(["", "COMPLAINT", "PRAISE"]),
        language=some.sampled_from(["", "de", "en"]), times=TIMES, owner_id=some.integers(1, 5),
    ),
    unique_by=lambda row: row.id, max_size=12,
)  # fmt: skip
QUESTIONS = some.builds(
    Question, channel_id=some.sampled_from([1, 2]), network=some.sampled_from(["memory", "mastodon"]),
    topic_ids=some.frozensets(some.sampled_from([1, 2, 3])), group_ids=some.frozensets(some.sampled_from([1, 2])),
    intent=some.sampled_from(["COMPLAINT", "QUESTION", "PRAISE"]), language=some.sampled_from(["", "de", "en"]),
    minute=some.integers(0, weekly.WEEK_MINUTES - 1),
)  # fmt: skip


@given(ROWS.flatmap(lambda rows: some.tuples(some.just(rows), some.permutations(rows))), QUESTIONS)
def test_order_of_rows_changes_no_answer(both: tuple[list[Row], list[Row]], question: Question) -> None:
    rows, shuffled = both

    assert Matrix(shuffled).answer(question) == Matrix(rows).answer(question)


@given(ROWS, ROWS, QUESTIONS)
def test_new_row_changes_only_answers_of_questions_it_fits(
    rows: list[Row], more: list[Row], question: Question
) -> None:
    before = Matrix(rows).answer(question)
    for row in more:
        new = replace(row, id=row.id + 20_000)
        after = Matrix([*rows, new]).answer(question)
        assert after == before if not fits(new, question) else after in (before, new)


@given(ROWS, QUESTIONS)
def test_answer_fits_and_nothing_that_fits_is_nearer(rows: list[Row], question: Question) -> None:
    found = Matrix(rows).answer(question)

    fitting = [row for row in rows if fits(row, question)]
    assert (found is None) == (not fitting)
    assert found is None or found.nearness == min(row.nearness for row in fitting)


def test_weightier_field_wins_over_any_number_of_lighter_ones() -> None:
    safety = Row(id=1, topic_id=7, owner_id=1)
    weekend = Row(id=2, channel_id=1, intent="COMPLAINT", language="de", times=SATURDAY, owner_id=2)
    rest = Row(id=3, owner_id=3)
    matrix = Matrix([rest, weekend, safety])
    asked = Question(channel_id=1, network="memory", intent="COMPLAINT", language="de", minute=SATURDAY_NOON)

    assert matrix.answer(replace(asked, topic_ids=frozenset({7}))) == safety
    assert matrix.answer(asked) == weekend
    assert matrix.answer(replace(asked, minute=0)) == rest


def test_less_time_is_nearer_than_more_and_older_than_younger() -> None:
    weekend = weekly.read({"5": [["00:00", "24:00"]], "6": [["00:00", "24:00"]]})
    rows = [Row(id=1, times=weekend), Row(id=3, times=SATURDAY), Row(id=2, times=SATURDAY)]

    found = Matrix(rows).answer(Question(channel_id=1, network="memory", minute=SATURDAY_NOON))

    assert found == rows[2]


def test_period_over_midnight_reaches_into_the_next_day_and_week() -> None:
    sunday_night = weekly.read({"6": [["22:00", "06:00"]]})

    assert sunday_night.has(6 * weekly.DAY_MINUTES + 23 * 60)
    assert sunday_night.has(5 * 60)
    assert not sunday_night.has(6 * 60)
    assert sunday_night.minutes == 8 * 60
    assert weekly.read({"1": [["09:00", "12:00"], ["11:00", "24:00"]]}) == Weekly(((1980, 2880),))


@pytest.mark.parametrize(
    "period", [["09:00"], ["9", "17:00"], ["24:30", "09:00"], ["09:00", "09:00"], ["24:00", "9:00"]]
)
def test_times_that_are_none_are_refused(period: list[str]) -> None:
    with pytest.raises(TimesInvalid):
        weekly.read({"0": [period]})

"""What holds for everything that is said in the demo world, whoever wrote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from resonanz.duties.targets import Calendar, due_at
from resonanz.listening.matching import Matcher
from resonanz.listening.query import parse
from resonanz.networks.memory.store import TEXT_LENGTH
from resonanz.ops.demo_world.company import TOPICS
from resonanz.ops.demo_world.lines import OUR_ANSWER, lines, people, reactions, records
from resonanz.ops.demo_world.living import STORM
from resonanz.ops.demo_world.moments import LATE, SOON, business_hours, moments
from resonanz.service.intake import intent_of
from resonanz.triage.evaluate import Evaluator

BERLIN = ZoneInfo("Europe/Berlin")
SAID = lines()
BY_ID = {line.id: line for line in SAID}
WELL_KNOWN = """adidas aldi amazon audi babboe bianchi bmw bosch brompton brose canyon cannondale carrefour decathlon
dhl dpd edeka facebook google gls haibike hercules ikea instagram kalkhoff ktm lidl lufthansa mastodon mercedes merida
microsoft nike orbea ortlieb paypal pegasus porsche puky reddit rewe samsung schwalbe shimano specialized sram strava
telekom tesla thule tiktok trustpilot twitter uber vanmoof volkswagen whatsapp winora yamaha youtube zalando"""
SUBJECTS = "akku cargo seat app workshop delivery campaign competition job press brand"
MANNERS = """irony dialect emoji typos thread threat twice journalist employee spam troll storm long short caps noise"""
TAGS = {*SUBJECTS.split(), *MANNERS.split()}
HOURS = [datetime(2026, 5, day, hour, 17, tzinfo=UTC) for day in range(4, 11) for hour in (0, 3, 5, 9, 14, 18, 22)]


def due(moment: datetime, start: datetime) -> datetime:
    """As the practice network's cases are due, with the business hours that a start at `start` brings."""
    calendar = Calendar.of(time_zone="Europe/Berlin", land="", periods=business_hours(start=start, zone=BERLIN))
    return due_at(since=moment, business_minutes=240, calendar=calendar, by_the_minute=True)


def all_texts() -> list[str]:
    """Everything anybody reads there: posts, answers of ours, reactions."""
    told = [line.text for line in SAID] + [line.done.text for line in SAID if line.done and line.done.text]
    return (
        told
        + [own for line in SAID for own in line.reaction or () if isinstance(own, str) and own]
        + [reaction.text for reaction in reactions()]
    )


def test_world_is_large_and_speaks_two_languages() -> None:
    languages = Counter(line.lang for line in SAID)

    assert len(SAID) >= 400
    assert set(languages) == {"de", "en"}
    assert min(languages.values()) >= 100


def test_lines_keep_the_format() -> None:
    for row in records("posts"):
        assert sum(name in row for name in ("at", "ago", "due", "live")) == 1, row["id"]
        assert re.fullmatch(r"[A-Za-z0-9_-]+", row["id"])
        assert row["kind"] in {"post", "comment", "message", "review"}, row["id"]
        assert row["gold"]["intent"] in {"complaint", "question", "praise", "other"}, row["id"]
        assert row["gold"]["sentiment"] in {"negative", "neutral", "positive"}, row["id"]
        assert set(row["tags"]) <= TAGS, row["id"]
        assert not ("answer" in row and "settled" in row), row["id"]


def test_ids_and_texts_are_said_once() -> None:
    handles = [row["handle"] for row in records("people")]

    assert [key for key, times in Counter(line.id for line in SAID).items() if times > 1] == []
    assert [text for text, times in Counter(line.text for line in SAID).items() if times > 1] == []
    assert [key for key, times in Counter(handles).items() if times > 1] == []


def test_speakers_are_known_and_threads_resolve() -> None:
    known = people()
    for line in SAID:
        assert line.by in known, line.id
        if line.thread:
            above = BY_ID[line.parent]
            assert above.live is None or line.live is not None, line.id
            assert not line.answers_us or (above.done and above.done.text), line.id


def test_what_is_quoted_was_said_before_and_in_public() -> None:
    quoting = [line for line in SAID if line.quotes]
    for line in quoting:
        quoted = BY_ID[line.quotes.removesuffix(OUR_ANSWER)]
        assert (line.live, quoted.live, quoted.kind) == (None, None, "post"), line.id
        assert bool(quoted.at) == bool(line.due or line.at) is True, line.id
        if line.quotes.endswith(OUR_ANSWER):
            assert quoted.done is not None, line.id
            assert quoted.done.text, line.id

    assert {line.lang for line in quoting} == {"de", "en"}


def test_texts_fit_the_network() -> None:
    for line in SAID:
        assert 2 <= len(line.text) <= TEXT_LENGTH, line.id
    assert [text for text in all_texts() if len(text) > TEXT_LENGTH] == []
    assert min(len(line.text) for line in SAID) < 30
    assert max(len(line.text) for line in SAID) > 350


def test_to_us_says_whether_it_is_addressed_to_us() -> None:
    for line in SAID:
        addressed = bool(re.search(r"(?<![\w@])@nordhain(?!\w)", line.text, re.IGNORECASE))
        about_us = line.answers_us or line.quotes.endswith(OUR_ANSWER)
        assert line.to_us == (addressed or about_us or line.kind in {"review", "message"}), line.id


def test_addresses_are_under_example_and_no_real_brand_is_named() -> None:
    names = "|".join(WELL_KNOWN.split())
    for text in all_texts():
        hosts = re.findall(r"(?:https?://|www\.)([\w.-]+)|[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text)
        assert all((one or other).rstrip(".").endswith("example") for one, other in hosts), text
        assert not re.search(r"\b\w+\.(?:de|com|net|org|eu|io)\b", text), text
        assert not re.search(rf"\b(?:{names})\b", text, re.IGNORECASE), text
        assert not re.search(r"\+?\d[\d /-]{7,}\d", text), text


def test_writing_is_varied() -> None:
    tags = Counter(tag for line in SAID for tag in line.tags)

    assert min(tags[tag] for tag in ("irony", "dialect", "emoji", "typos", "thread", "threat", "twice")) >= 5
    assert all(tags[tag] for tag in ("journalist", "employee", "spam", "troll", "caps", "long", "short", "noise"))


def test_storm_is_about_the_battery_and_comes_once() -> None:
    storm = [line for line in SAID if STORM in line.tags]

    assert len(storm) >= 12
    assert {line.lang for line in storm} == {"de", "en"}
    assert all(line.live is not None and 6 <= line.live <= 12 for line in storm)


def test_everything_but_noise_is_heard_somewhere() -> None:
    matcher = Matcher({number: parse(query) for number, query in enumerate(TOPICS.values())})
    touched = matcher.match_all([line.text for line in SAID])
    for line, topics in zip(SAID, touched, strict=True):
        if "noise" in line.tags:
            assert (topics, line.to_us) == ([], False), line.id
        else:
            assert topics or line.to_us or line.thread, line.id


def test_reactions_fit_each_temperament() -> None:
    have = Counter((one.lang, one.act, one.temperament) for one in reactions())
    for lang in ("de", "en"):
        assert all(have[lang, "thanks", one] for one in ("calm", "grateful", "impatient", "sour", "joker", "anxious"))
        assert have[lang, "asks", "anxious"]
        assert have[lang, "angry", "sour"]


@pytest.mark.parametrize("start", HOURS, ids=str)
def test_some_are_late_and_some_soon_due_at_any_hour(start: datetime) -> None:
    when = moments(SAID, start=start, zone=BERLIN, due=lambda moment: due(moment, start))
    waiting = {line.id: due(when[line.id], start) - start for line in SAID if line.due}

    late = [left for left in waiting.values() if left < timedelta(0)]
    soon = [left for left in waiting.values() if timedelta(0) <= left <= timedelta(hours=1)]
    assert (len(late), len(soon)) == (len(LATE), len(SOON))
    assert 20 <= len(waiting) - len(late) - len(soon) <= 26
    assert all(moment < start for moment in when.values())
    assert all(start - when[line.id] < timedelta(days=15) for line in SAID if line.id in when)


def test_threads_go_forward_in_time() -> None:
    start = datetime(2026, 5, 6, 9, 17, tzinfo=UTC)
    when = moments(SAID, start=start, zone=BERLIN, due=lambda moment: due(moment, start))
    for line in SAID:
        if line.thread and line.id in when:
            above = BY_ID[line.parent]
            waits = above.done.after if line.answers_us and above.done else 0
            assert when[line.id] > when[above.id] + timedelta(minutes=waits), line.id


def test_judges_agree_with_careful_readers_often_enough(
    record_property: Callable[[str, object], None],
) -> None:
    """Reports how far; the judges are imperfect, and the labels here are no measure of them."""
    said = [line for line in SAID if line.intent != "other"]
    evaluated = Evaluator.load().evaluate([line.text for line in said])

    agreed = sum(intent_of(one) == line.intent.upper() for one, line in zip(evaluated, said, strict=True))

    record_property("agreed", f"{agreed} of {len(said)}")
    assert agreed > len(said) / 3

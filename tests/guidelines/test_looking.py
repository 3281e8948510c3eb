"""All checks together: hostile texts, places, mends, severities, and how long they take."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.guidelines.checks.contract import Context, ContextInvalid, Setting, Severity, context_from_record
from resonanz.guidelines.checks.reading import MOST_CHARACTERS
from resonanz.guidelines.checks.repeated import count_alike
from resonanz.guidelines.checks.running import MOST_SPOTS, NAMES, look

CONTEXT = Context(
    language_of_person="de",
    address="SIE",
    text_length_limit=500,
    counts_length="MASTODON",
    initials=("AB",),
    own_domains=("nordhain.example",),
    own_contacts=("0221 1234567",),
    patterns={"customer": "KD-######"},
    confidential_terms=("Projekt Falke",),
    employee_names=("Anna Schmidt",),
    person_text="Wo bleibt mein Rad?",
    checks={name: Setting(Severity.WARNING, "1.1") for name in NAMES},
)
DRAFT = (
    "Hallo Frau Kern, vielen Dank für Ihre Nachricht. Das Rad wurde am Montag verschickt und sollte bald bei Ihnen "
    "sein. Falls nicht, schreiben Sie uns bitte eine Direktnachricht mit Ihrer Bestellnummer, dann sehen wir nach. ^AB"
)
HOSTILE = {
    "digits": "0" * 100_000,
    "blanks": " " * 100_000,
    "words": "wir erstatten " * 7_000,
    "no ends": "a" * 100_000,
    "dots": "a." * 50_000,
    "ats": "a@" * 50_000,
    "quotes": '"' * 100_000,
    "opening quotes": "„a" * 50_000,
    "links": "https://" * 12_000,
    "plus": "+49 1" * 20_000,
    "street": "Am Alten " * 11_000,
    "capitals": "ABC " * 25_000,
    "iban": "DE89 " * 20_000,
    "hyphens": "a-" * 50_000,
    "upside": "\u202e" * 100_000,
    "nul": "\x00" * 100_000,
    "surrogates": "\ud800" * 100_000,
    "emoji": "👨‍👩‍👧" * 20_000,
    "marks": "a" + "\u0308" * 100_000,
    "commas": "wenn, " * 16_000,
    "lines": "\n" * 100_000,
    "sie": "Sie " * 25_000,
    "ihr": "ihr ihr " * 12_000,
    "exclamation": "!" * 100_000,
    "brackets": "([{<" * 25_000,
    "utm": "https://a.de/?" + "utm_a=1&" * 12_000,
    "name": "Anna " * 20_000,
    "term": "Projekt " * 12_000,
    "label": "von einer " * 10_000,
    "und": "und und, und " * 8_000,
    "nicht": "nicht kein nie " * 6_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_look_bears_hostile_texts_in_bounded_time(name: str) -> None:
    begun = time.process_time()

    findings = look(text=HOSTILE[name], context=CONTEXT)

    assert time.process_time() - begun < 10  # what runs away takes minutes
    assert all(0 <= finding.start <= finding.end <= len(HOSTILE[name]) for finding in findings)


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=400))
@settings(max_examples=60, deadline=None)
def test_look_never_raises_and_points_into_the_text(text: str) -> None:
    for finding in look(text=text, context=CONTEXT):
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.mend is None or 0 <= finding.mend.start <= finding.mend.end <= len(text)


def test_all_checks_on_a_normal_draft_take_less_than_twenty_milliseconds() -> None:
    look(text=DRAFT, context=CONTEXT)  # words are read and the identifier of languages loaded once
    took = []
    for _time in range(15):
        begun = time.process_time()
        look(text=DRAFT, context=CONTEXT)
        took.append(time.process_time() - begun)

    assert min(took) < 0.020


def test_draft_without_faults_has_no_findings() -> None:
    assert look(text=DRAFT, context=CONTEXT) == ()


def test_what_stands_beyond_the_part_that_is_read_is_not_passed_over() -> None:
    text = "Gut. " * (MOST_CHARACTERS // 5) + "IBAN DE89 3704 0044 0532 0130 00"
    off = {name: Setting(Severity.OFF) for name in NAMES}

    findings = look(text=text, context=Context(checks=off))

    assert [(finding.params["kind"], finding.severity, finding.clause) for finding in findings] == [
        ("UNREAD", Severity.FORBIDDEN, "checks.length")
    ]
    assert findings[0].end == len(text)


def test_many_places_of_one_check_are_cut_with_a_word() -> None:
    findings = look(text="Idiot. " * 200, context=replace(CONTEXT, language_of_person="", initials=()))

    insults = [finding for finding in findings if finding.check == "tone"]
    assert len(insults) == MOST_SPOTS
    assert [finding for finding in insults if finding.params.get("more")] == insults[-1:]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Rufen Sie mich an: 0151 23456789.", "Rufen Sie mich an."),
        ("Meine Mail ist eva@web.de, danke", "Meine Mail ist, danke"),
        ("Hal\u200blo Welt", "Hallo Welt"),
        ("Siehe https://nordhain.example/a?id=3&utm_source=x#b", "Siehe https://nordhain.example/a?id=3#b"),
        ("👍 Das prüfen wir 0151 23456789", "👍 Das prüfen wir"),
    ],
)
def test_mend_changes_the_words_it_points_at(text: str, mended: str) -> None:
    context = replace(CONTEXT, initials=())

    (mend,) = [finding.mend for finding in look(text=text, context=context) if finding.mend]

    assert text[: mend.start] + mend.text + text[mend.end :] == mended


def test_mend_of_a_missing_signature_satisfies_the_check() -> None:
    (finding,) = look(text="Das prüfen wir gern für Sie.", context=CONTEXT)

    assert finding.mend is not None
    assert look(text="Das prüfen wir gern für Sie." + finding.mend.text, context=CONTEXT) == ()


def test_advertising_in_private_is_forbidden_whatever_the_guideline_says() -> None:
    off = {"advertising": Setting(Severity.OFF, "7.2")}
    text = "Folgen Sie uns auf Instagram!"

    private = look(text=text, context=Context(visibility="PRIVATE", checks=off))
    public = look(text=text, context=Context(visibility="PUBLIC", checks=off))

    assert [(finding.severity, finding.clause) for finding in private] == [(Severity.FORBIDDEN, "checks.advertising")]
    assert public == ()


def test_clause_options_fill_the_context() -> None:
    ruled = {"confidential": Setting(Severity.APPROVAL, "4.2", {"confidential_terms": ["Zephyr"]})}

    (finding,) = look(text="Zephyr kommt bald, danke für die Frage.", context=Context(checks=ruled))

    assert (finding.clause, finding.severity, finding.start, finding.end) == ("4.2", Severity.APPROVAL, 0, 6)


def test_words_of_the_person_are_found_without_a_place() -> None:
    (finding,) = look(text="Danke, das prüfen wir gern.", context=Context(person_text="Mein Anwalt meldet sich."))

    assert (finding.start, finding.end, finding.params["word"]) == (0, 0, "Anwalt")


def test_count_alike_leaves_greetings_and_names_apart() -> None:
    sent = ["Hallo Eva, Ihr Rad ist unterwegs. LG CD", "Ihr Rad ist unterwegs!", "Ihr Rad ist leider defekt."]

    assert count_alike(text="Hallo Tim, Ihr Rad ist unterwegs. LG AB", among=sent) == 2


def test_context_of_a_record_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ContextInvalid):
        context_from_record({"adress": "SIE"})
    with pytest.raises(ContextInvalid):
        context_from_record({"address": 3})

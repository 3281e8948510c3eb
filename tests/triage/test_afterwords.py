from __future__ import annotations

import pytest

from resonanz.triage.afterwords import MOST_CHARACTERS, afterwords


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Super, vielen lieben Dank!", "vielen lieben Dank"),
        ("danke dir, hat mir sehr geholfen 🙂", "danke"),
        ("Es hat geklappt!!", "hat geklappt"),
        ("Läuft wieder, top", "Läuft wieder"),
        ("Ich bedanke mich für die schnelle Hilfe.", "Ich bedanke mich"),
        ("ok. Dankeschön ans Team", "Dankeschön"),
        ("Der Akku lädt. Alles geklärt.", "Alles geklärt"),
        ("Thank you so much, Sarah.", "Thank you"),
        ("it works now, cheers", "cheers"),
        ("That did the trick 👍", "That did the trick"),
        ("Much appreciated!", "Much appreciated"),
    ],
)
def test_thanks_are_found_with_their_words(text: str, words: str) -> None:
    thanks = afterwords(text).thanks

    assert thanks is not None
    found = text[thanks.start : thanks.end]
    assert found == words or words in text


@pytest.mark.parametrize(
    "text",
    [
        "Danke für nichts.",
        "Na danke, das war ja klar.",
        "Nein danke, das reicht mir.",
        "Danke, aber das hilft mir nicht weiter.",
        "Könnt ihr das prüfen? Vielen Dank im Voraus",
        "Dank eurer Verspätung habe ich den Zug verpasst.",
        "Es funktioniert immer noch nicht.",
        "Wenn es wieder läuft, sagt Bescheid.",
        "Der Kollege schrieb „Vielen Dank für Ihre Geduld“, mehr nicht.",
        "Ich wäre dankbar, wenn sich jemand meldet.",
        "Thanks for nothing.",
        "Thanks to your delay I missed my flight.",
        "No thanks, I've had enough.",
        "Thanks, but it's still broken.",
        "It never worked.",
        "Please let me know, thanks in advance",
        "Wann kommt es denn?",
        "",
    ],
)
def test_what_only_looks_like_thanks_is_none(text: str) -> None:
    assert afterwords(text).thanks is None


@pytest.mark.parametrize(
    "text",
    [
        "Ich kündige.",
        "Hab eben meinen Vertrag gekündigt.",
        "Nie wieder bei euch!",
        "Ihr habt einen Kunden weniger.",
        "Dann bin ich raus.",
        "Ich wechsle jetzt den Anbieter.",
        "Gehe jetzt zur Konkurrenz",
        "Da bestelle ich nicht mehr.",
        "I've cancelled my subscription.",
        "Never again.",
        "You just lost a customer.",
        "Taking my business elsewhere.",
        "I'm done with you.",
    ],
)
def test_leaving_is_found(text: str) -> None:
    assert afterwords(text).leaving is not None


@pytest.mark.parametrize(
    "text",
    [
        "Wie kann ich kündigen?",
        "Wenn das bis Montag nicht geht, kündige ich.",
        "Ich wollte schon wechseln, bleibe jetzt aber.",
        "Seitdem nie wieder Probleme gehabt!",
        "Die Kündigungsfrist steht auf Seite 2.",
        "My train was cancelled.",
        "If this happens again I'm going elsewhere.",
        "I've never had a problem since, never again will I doubt you.",
        "Danke, jetzt klappt es.",
    ],
)
def test_threats_questions_and_others_leaving_are_none(text: str) -> None:
    assert afterwords(text).leaving is None


def test_very_long_text_is_read_at_its_beginning_and_quickly() -> None:
    text = "Danke " + "a danke aber " * 20_000

    assert afterwords("Danke! " + "x" * 100_000).thanks is not None
    assert afterwords("x" * MOST_CHARACTERS + " Danke!").thanks is None
    assert afterwords(text).leaving is None

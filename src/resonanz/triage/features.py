"""What heads learn from: n-grams and vectors side by side in one matrix, and the regression over it.

The vectors are stretched until their numbers have variance 1, and the n-grams until both kinds say about as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage import ngrams
from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.contract import TextEncoder
from resonanz.triage.encoding.encoder import DIMENSIONS, shared_encoder
from resonanz.triage.encoding.piece_rows import Vectors

VECTOR_STRETCH = float(np.sqrt(DIMENSIONS))
GRAM_STRETCH = 30.0
STRENGTH = 0.003
"""How closely a head follows its examples; this and the stretch of n-grams were measured on development sets."""
_AT_ONCE = 1000

Reading = Callable[[Sequence[str]], ngrams.Grams]
Matrix = Any  # a scipy.sparse.csr_matrix; scipy comes with scikit-learn and is loaded only where something is learnt


def encoded(texts: Sequence[str], *, encoder: TextEncoder | None = None) -> Vectors:
    """The vectors of texts, as judges get them; without `encoder` by the one that ships."""
    return (encoder or shared_encoder()).vectors([readable(text, clean_words(text)) for text in texts])


def grams_of(texts: Sequence[str]) -> ngrams.Grams:
    """The n-grams of texts as they were written."""
    return ngrams.extract([[word.form for word in clean_words(text)] for text in texts])


def idf_of(texts: Sequence[str], *, least: int, read: Reading = grams_of) -> ngrams.Floats:
    """How much each n-gram that `read` gives tells, 0 for those that stand in fewer than `least` of these texts."""
    found = np.zeros(ngrams.TABLE, dtype=np.int64)
    for start in range(0, len(texts), _AT_ONCE):
        grams = read(texts[start : start + _AT_ONCE])
        pairs = np.unique((grams.text_of_word[grams.first] << ngrams.TABLE_BITS) | grams.index)
        found += np.bincount(pairs & (ngrams.TABLE - 1), minlength=ngrams.TABLE)
    idf = np.log((1 + len(texts)) / (1 + found)) + 1
    # Halves of the precision are all that is kept, so that learning and judging see the same numbers.
    return np.where(found < least, 0, idf).astype(np.float16).astype(np.float32)


def side_by_side(
    texts: Sequence[str],
    vectors: NDArray[np.floating[Any]],
    idf: ngrams.Floats,
    *,
    gram_stretch: float = GRAM_STRETCH,
    read: Reading = grams_of,
) -> tuple[Matrix, NDArray[np.int64]]:
    """A row a text: the numbers of its vector, then its n-grams; and which places of the table those are."""
    # Comes with scikit-learn, needed where something is learnt only.
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415

    grams = _gram_matrix(texts, idf, read)
    # Only the columns that are used: most of the table is empty for one head, and the solver would carry it along.
    used = np.unique(grams.indices)
    parts = [csr_matrix(vectors.astype(np.float64) * VECTOR_STRETCH), grams[:, used] * gram_stretch]
    return hstack(parts, format="csr"), used


def _gram_matrix(texts: Sequence[str], idf: ngrams.Floats, read: Reading) -> Matrix:
    from scipy.sparse import csr_matrix, vstack  # noqa: PLC0415 # as above

    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        found = ngrams.weigh(read(texts[start : start + _AT_ONCE]), idf)
        shape = (len(found.starts) - 1, ngrams.TABLE)
        parts.append(csr_matrix((found.values, found.columns.astype(np.int32), found.starts.astype(np.int32)), shape))
    return vstack(parts, format="csr")


def regression(strength: float = STRENGTH, *, balanced: bool = True) -> Any:
    """A logistic regression that has not learnt yet; `balanced`: rare classes count as much as frequent ones."""
    # scikit-learn costs 100 MB and a second: only learning pays for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    weights = "balanced" if balanced else None
    return LogisticRegression(C=strength, class_weight=weights, solver="lbfgs", max_iter=300, tol=1e-3)

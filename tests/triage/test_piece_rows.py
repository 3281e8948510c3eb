"""Rows of pieces: which are kept, and that they are the same whatever else was kept before."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from resonanz.triage.encoding.files import WIDTH, WINDOWS, Weights, read_weights
from resonanz.triage.encoding.piece_rows import BEGUN, FIRST, MEANT, NOTHING, PieceRows


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights()


def _row(rows: PieceRows, piece: int) -> NDArray[np.float32]:
    place = rows.places(np.array([piece]))
    return np.concatenate([rows.part(part, place)[0] for part in range(FIRST[-1].stop)])


def _with_nothing(first: int, count: int) -> NDArray[np.int64]:
    return np.array([NOTHING, *range(first, first + count)])


def test_nothing_is_put_out_while_there_are_free_places(weights: Weights) -> None:
    rows = PieceRows(weights)

    for first in range(10, 8010, 800):
        rows.keep(_with_nothing(first, 800))

    assert (rows.places(np.arange(10, 8010)) >= 0).all()


def test_pieces_met_least_make_room(weights: Weights) -> None:
    rows = PieceRows(weights)
    often = _with_nothing(10, 2000)

    for pieces in [_with_nothing(first, 2000) for first in range(3000, 14_000, 2000)]:
        rows.keep(often)
        rows.keep(pieces)

    assert (rows.places(often) >= 0).all()
    assert (rows.places(np.arange(13_000, 15_000)) >= 0).all()
    assert (rows.places(np.arange(3000, 13_000)) < 0).any()


def test_row_does_not_depend_on_what_was_kept_before(weights: Weights) -> None:
    used, fresh = PieceRows(weights), PieceRows(weights)
    for first in range(10, 20010, 2000):
        used.keep(_with_nothing(first, 2000))

    used.keep(np.array([NOTHING, 77, 20_000]))
    fresh.keep(np.array([20_000]))
    fresh.keep(np.array([77]))

    for piece in (77, 20_000):
        np.testing.assert_allclose(_row(used, piece), _row(fresh, piece), atol=1e-4)
    assert not _row(used, NOTHING).any()


def test_first_layer_is_that_of_the_weights(weights: Weights) -> None:
    rows = PieceRows(weights)
    rows.keep(np.array([345]))
    row = _row(rows, 345).reshape(-1, WIDTH)

    meant = row[MEANT].ravel()
    begun = [meant @ weights[f"proj{size}"] + weights[f"proj_b{size}"] for size, _before in WINDOWS]
    mean, deviation = np.mean(begun), np.sqrt(np.var(begun) + float(weights["eps"]))

    for number, (size, before) in enumerate(WINDOWS):
        own = (begun[number] - mean) / deviation * weights[f"ln_g{size}"] + weights[f"ln_b{size}"]
        np.testing.assert_allclose(row[BEGUN[number]], own, atol=1e-4)
        brought = own @ weights[f"w1_{size}"].reshape(size, WIDTH, WIDTH)
        brought[before] += weights[f"b1_{size}"]
        np.testing.assert_allclose(row[FIRST[number]], brought, atol=1e-4)

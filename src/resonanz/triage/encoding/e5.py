"""The larger encoder, multilingual-e5-small (arXiv:2402.05672), beside the one that ships: a vector of 896 numbers.

The first 512 are those of `encoder`, so that heads learnt without it go on as they are; the others are the mean over
the text's pieces after the tenth layer, less what all texts have in common, brought to length.
onnxruntime computes it; it is wanted only where the larger model was added (see docs/triage.md).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage import artefact
from resonanz.triage.encoding.e5_network import network
from resonanz.triage.encoding.e5_source import BEGIN, BLOCK, END, UNKNOWN, WIDTH, Source
from resonanz.triage.encoding.encoder import DIMENSIONS as BASE_DIMENSIONS
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.onnx.running import batches, session

NAME = "e5"
DIMENSIONS = BASE_DIMENSIONS + WIDTH
NETWORK, PIECES = "network.onnx", "pieces.triage"
MOST_PIECES = 192
"""A longer text is read to here by this encoder; the other one reads on."""
# As many as stay in the processor's cache: four times as many take half as long again.
_PIECES_AT_ONCE = 256
_WORDS_KNOWN = 65_536
# Scripts without blanks make one word of a whole text; such words do not come again, and would fill the memory.
_LONGEST_KNOWN = 48
_BLANK = "\u2581"
_UNLIKELY = 10.0
# Both vectors say about as much: features stretches all numbers alike, and these are fewer.
_LENGTH = float(np.sqrt(WIDTH / BASE_DIMENSIONS))

Vectors = NDArray[np.float32]


def write(content: bytes, folder: Path) -> None:
    """Make the encoder's files in `folder` of the weights in `content` (see e5_source)."""
    source = Source(content)
    kept = [BEGIN, 1, END, UNKNOWN, *source.western()]
    words = source.blocks("emb.word", columns=WIDTH)
    numbers = words.numbers[kept]
    places = source.floats("emb.pos").reshape(-1, WIDTH)[:MOST_PIECES] + source.floats("emb.type")[:WIDTH]
    packed = numbers[:, :, 0::2] | (numbers[:, :, 1::2] << 4)
    about = {
        "name": NAME,
        "pieces": [source.pieces[number] for number in kept],
        "likelihoods": [round(float(source.likelihoods[number]), 6) for number in kept],
        "unlikely": round(float(source.likelihoods.min()) - _UNLIKELY, 6),
        "becomes": {chr(code): written for code, written in source.becomes.items()},
    }
    arrays: dict[str, NDArray[Any]] = {"words": packed.view(np.int8), "scales": words.scales[kept], "places": places}
    artefact.save(folder / PIECES, about=about, arrays=arrays)
    (folder / NETWORK).write_bytes(network(source))


class E5Encoder:
    """Texts to vectors. `digest` is the checksum of both files; heads learnt with another one do not fit.

    `middle` is what all texts have in common; it comes with the heads. Files other than those of `expected` are refused
    before anything in them is run (BadArtefact). Safe to share between threads.
    """

    name = NAME
    dimensions = DIMENSIONS

    def __init__(self, folder: Path, *, middle: Vectors | None = None, expected: str | None = None) -> None:
        written = artefact.load(folder / PIECES)
        network_file = _read(folder / NETWORK)
        self.digest = hashlib.sha256(written.digest.encode() + hashlib.sha256(network_file).digest()).hexdigest()
        if expected not in {None, self.digest}:
            raise artefact.BadArtefact(path=folder, reason="other_encoder")
        self.middle = np.zeros(WIDTH, dtype=np.float32) if middle is None else middle
        try:
            self._cut_new_word = _Cutter(written.about).cut
            self._cut_word = functools.lru_cache(_WORDS_KNOWN)(self._cut_new_word)
            self._becomes = str.maketrans(written.about["becomes"])
            self._words, self._scales = written.arrays["words"].view(np.uint8), written.arrays["scales"]
            self._places = written.arrays["places"]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise artefact.BadArtefact(path=folder / PIECES, reason="malformed") from error
        self._session = session(network_file, path=folder / NETWORK)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row a text, whatever the text."""
        own = self.raw(texts) - self.middle
        own *= _LENGTH / np.sqrt(np.maximum(np.einsum("ij,ij->i", own, own), 1e-12))[:, None]
        return np.concatenate([shared_encoder().vectors(texts), own], axis=1)

    def raw(self, texts: Sequence[str]) -> Vectors:
        """The mean over the pieces of each text, as the network gives it."""
        pieces = [self._cut(text) for text in texts]
        found = np.empty((len(texts), WIDTH), dtype=np.float32)
        for together in batches([len(one) for one in pieces], most=_PIECES_AT_ONCE):
            found[together] = self._run([pieces[place] for place in together])
        return found

    def _cut(self, text: str) -> list[int]:
        found = [BEGIN]
        for word in text.translate(self._becomes).split():
            found += self._cut_word(word) if len(word) <= _LONGEST_KNOWN else self._cut_new_word(word)
            if len(found) >= MOST_PIECES - 1:
                break
        return [*found[: MOST_PIECES - 1], END]

    def _run(self, texts: Sequence[Sequence[int]]) -> Vectors:
        lengths = np.array([len(text) for text in texts], dtype=np.int32)
        flat = np.full((len(texts), lengths[-1]), 1, dtype=np.int64)
        for row, text in enumerate(texts):
            flat[row, : len(text)] = text
        different, which = np.unique(flat, return_inverse=True)
        meant = self._meant(different)[which.reshape(flat.shape)] + self._places[: flat.shape[1]]
        share = (np.arange(flat.shape[1]) < lengths[:, None]) / lengths[:, None]
        given = {"meant": meant, "lengths": lengths, "share": share.astype(np.float32)[:, None]}
        mean: Any = self._session.run(["mean"], given)[0]
        return np.asarray(mean[:, 0], dtype=np.float32)

    def _meant(self, pieces: NDArray[np.int64]) -> Vectors:
        packed = self._words[pieces]
        numbers = np.empty((*packed.shape[:2], BLOCK), dtype=np.float32)
        numbers[:, :, 0::2], numbers[:, :, 1::2] = packed & 15, packed >> 4
        numbers -= 8
        numbers *= self._scales[pieces].astype(np.float32)[:, :, None]
        return numbers.reshape(len(pieces), WIDTH)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise artefact.BadArtefact(path=path, reason="missing") from error


class _Cutter:
    """Words into the pieces that are most likely together."""

    def __init__(self, about: dict[str, Any]) -> None:
        likelihoods = [float(one) for one in about["likelihoods"]]
        known = zip(about["pieces"], likelihoods, strict=True)
        self._known = {piece: (number, chance) for number, (piece, chance) in enumerate(known) if number > UNKNOWN}
        self._longest = max(map(len, self._known))
        self._unlikely = float(about["unlikely"])

    def cut(self, word: str) -> tuple[int, ...]:
        """For each end the likeliest last piece, from left to right (Viterbi)."""
        written = _BLANK + word
        end = len(written)
        best, begins, pieces = [0.0] + [-1e38] * end, [0] * (end + 1), [UNKNOWN] * (end + 1)
        for start in range(end):
            alone = (UNKNOWN, self._unlikely)
            for stop in range(start + 1, min(start + self._longest, end) + 1):
                found = self._known.get(written[start:stop], alone if stop == start + 1 else None)
                if found is not None and best[start] + found[1] > best[stop]:
                    best[stop], begins[stop], pieces[stop] = best[start] + found[1], start, found[0]
        cut = []
        while end:
            cut.append(pieces[end])
            end = begins[end]
        return tuple(cut[::-1])

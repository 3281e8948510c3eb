"""Texts cut into the pieces that the encoder knows, by SentencePiece, whose model these are."""

from __future__ import annotations

from sentencepiece import SentencePieceProcessor

from resonanz.triage.encoding.files import read_pieces

_UNKNOWN, _BEGIN, _END = 0, 1, 2


class WordPieces:
    """Cuts texts. Safe to share between threads."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._pieces = SentencePieceProcessor(model_proto=read_pieces())

    def cut(self, text: str) -> list[int]:
        """The numbers of the pieces of a text with its begin and end, at most `most` of them."""
        written = text.encode("utf-8", "replace").decode()  # half a surrogate is no text
        found = self._pieces.encode(written)
        if _UNKNOWN in found:
            found = self._one_by_one(written, found)
        return [_BEGIN, *(found or [_UNKNOWN])[: self._most - 2], _END]

    def _one_by_one(self, written: str, found: list[int]) -> list[int]:
        """With each unknown character for itself, as the heads learnt it; SentencePiece makes one of neighbours."""
        spelt = self._pieces.encode(written, out_type=str)
        counts = (len(piece) if number == _UNKNOWN else 1 for number, piece in zip(found, spelt, strict=True))
        return [number for number, count in zip(found, counts, strict=True) for _ in range(count)]

"""Words cut into the pieces that the encoder knows, as SentencePiece does: those that are most likely together."""

from __future__ import annotations

import functools
import re

from resonanz.triage.encoder_files import read_pieces

_UNKNOWN, _BEGIN, _END = 0, 1, 2
_BLANK = "\u2581"
_WORDS_KNOWN = 32_768
# Scripts without blanks make one word of a whole text; such words do not come again, and would fill the memory.
LONGEST_KNOWN = 48
MARKS = '.,!?:;)"'
"""No piece holds a letter before one of these: a word is cut as it is without them."""
_MARKED = re.compile(rf"(?<=[A-Za-zÄÖÜäöüß])[{re.escape(MARKS)}]+\Z")
# An unknown character is less likely than any piece by so much.
_UNLIKELY = 10.0


class WordPieces:
    """Cuts texts; the words met most lately are not cut again. Safe to share between threads."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._numbers, self._scores, self._normalizer = read_pieces()
        self._longest = max(map(len, self._numbers))
        self._unknown_score = min(self._scores) - _UNLIKELY
        self._cut_word = functools.lru_cache(_WORDS_KNOWN)(self._cut_new_word)

    def cut(self, text: str) -> list[int]:
        """The numbers of the pieces of a text with its begin and end, at most `most` of them."""
        found = [_BEGIN]
        # No piece reaches over a blank, and no character is normalized by what stands beyond one.
        for word in text.split(" "):
            if word:
                found += self._cut(word)
                if len(found) >= self._most - 1:
                    break
        if len(found) == 1:
            found.append(_UNKNOWN)
        return [*found[: self._most - 1], _END]

    def _cut(self, word: str) -> tuple[int, ...]:
        return self._cut_word(word) if len(word) <= LONGEST_KNOWN else self._cut_new_word(word)

    def _cut_new_word(self, word: str) -> tuple[int, ...]:
        if marks := _MARKED.search(word):
            return (*self._cut(word[: marks.start()]), *self._best(marks.group()))
        if word.isascii() and word.isprintable():  # normalizing would change nothing
            return tuple(self._best(_BLANK + word))
        written = self._normalizer.normalize(word.encode("utf-8", "replace").decode())
        cuts = [self._best(_BLANK + part) if part else [_UNKNOWN] for part in written.split(_BLANK)[1:]]
        return tuple(piece for cut in cuts for piece in cut)

    def _best(self, written: str) -> list[int]:
        """The likeliest way to cut: for each end the likeliest last piece, from left to right (Viterbi)."""
        number, scores, end = self._numbers.get, self._scores, len(written)
        best, begins, pieces = [0.0] + [-1e38] * end, [0] * (end + 1), [_UNKNOWN] * (end + 1)
        for start in range(end):
            so_far = best[start]
            if so_far + self._unknown_score > best[start + 1]:
                best[start + 1], begins[start + 1], pieces[start + 1] = so_far + self._unknown_score, start, _UNKNOWN
            for stop in range(start + 1, min(start + self._longest, end) + 1):
                piece = number(written[start:stop])
                if piece and (score := so_far + scores[piece]) > best[stop]:
                    best[stop], begins[stop], pieces[stop] = score, start, piece
        cut = []
        while end:
            cut.append(pieces[end])
            end = begins[end]
        return cut[::-1]

"""What an operator is told: one sentence with the way out."""

from __future__ import annotations

from resonanz.core.errors import ResonanzError


class OperatorError(ResonanzError):
    """Something the person at the terminal can mend; `sentence` says what is wrong and how."""

    code = "ops.error"

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence=sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence

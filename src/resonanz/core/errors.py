"""The root of all errors that Resonanz foresees. Each one stands beside the function that raises it.

Plain rooms know no language: an error carries a dotted `code` and the parameters of its message; `web.wording` and the
command line find the sentence.
"""

from __future__ import annotations


class ResonanzError(Exception):
    """Something foreseen went wrong; `code` names it and `params` fill its sentence."""

    code: str = "error"

    def __init__(self, code: str | None = None, /, **params: object) -> None:
        self.code = code or self.code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code

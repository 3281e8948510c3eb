"""The single letters that act on a page: those the product gives, and those a colleague chose instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError

# No letter needs Shift or AltGr on a German keyboard. A key is known by its letter, not by its place: Z is where the
# reader's own keyboard has it.
DEFAULT_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "down": "j",
        "up": "k",
        "next": "x",
        "hand-out": "w",
        "reply": "r",
        "note": "n",
        "assign": "a",
        "claim": "m",
        "resolve": "e",
        "snooze": "z",
        "tag": "t",
        "hand-over": "g",
        "select": "s",
        "views": "v",
        "ask": "q",
        "macro": "b",
        "like": "l",
        "moderate": "o",
        "private": "p",
        "ideas": "i",
        "merge": "d",
        "split": "y",
        "known-issue": "u",
        "correct": "c",
        "declaration": "0",
        "capture": "9",
        "search": "f",
        "help": "h",
    }
)
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class NotALetter(ResonanzError):
    """Something else than one letter or digit was chosen as a key."""

    code = "keys.not_a_letter"


class LetterTaken(ResonanzError):
    """Two acts would share a letter. `act` and `other` are the acts."""

    code = "keys.letter_taken"


def letters_of(user: User) -> dict[str, str]:
    """The letter of each act for this colleague."""
    chosen = {act: letter for act, letter in user.keys.items() if act in DEFAULT_LETTERS and letter in _ALLOWED}
    return {**DEFAULT_LETTERS, **chosen}


def set_keys(*, user: User, keys_on: bool, keys: Mapping[str, str]) -> None:
    """Choose the letters of acts, and whether letters act at all. Raises NotALetter and LetterTaken.

    Acts that `keys` does not name keep the letter the product gives them; unknown acts are passed over.
    """
    wanted = {act: keys.get(act, letter).strip().lower() for act, letter in DEFAULT_LETTERS.items()}
    taken: dict[str, str] = {}
    for act, letter in wanted.items():
        if letter not in _ALLOWED:
            raise NotALetter(act=act)
        if letter in taken:
            raise LetterTaken(letter=letter.upper(), act=act, other=taken[letter])
        taken[letter] = act
    user.keys_on = keys_on
    user.keys = {act: letter for act, letter in wanted.items() if letter != DEFAULT_LETTERS[act]}
    user.save(update_fields=["keys_on", "keys"])

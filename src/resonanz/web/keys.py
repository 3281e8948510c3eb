"""The keys of the pages in words; which letter stands for which act is each colleague's choice (`accounts.keys`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.keys import letters_of
from resonanz.accounts.models import User

ACTS: Mapping[str, Promise] = {
    "down": _("Down the list"),
    "up": _("Up the list"),
    "next": _("Next case"),
    "hand-out": _("The next case for me"),
    "reply": _("Write the answer"),
    "note": _("Write a note"),
    "assign": _("Assign the case"),
    "claim": _("Take the case"),
    "resolve": _("Resolve the case"),
    "snooze": _("Snooze the case"),
    "tag": _("Tag the case"),
    "hand-over": _("Hand the case over"),
    "select": _("Select for an act on many"),
    "views": _("Views"),
    "ask": _("Ask a colleague"),
    "macro": _("Choose a macro"),
    "like": _("Like the post"),
    "moderate": _("Hide, delete, block, report"),
    "private": _("Go on in private"),
    "ideas": _("Help with words"),
    "merge": _("Merge with another case"),
    "split": _("Split off posts"),
    "known-issue": _("Known issue"),
    "correct": _("Why it is judged so; again: correct it, 1: confirm it"),
    "declaration": _("Decide about a declaration"),
    "capture": _("Capture by hand"),
    "search": _("Search"),
    "help": _("Show the keys"),
}
# Together with Ctrl, on a Mac with ⌘; they act while somebody types, too, and cannot be changed.
COMBINATIONS: Mapping[str, tuple[str, Promise]] = {
    "palette": ("K", _("Go anywhere, do anything")),
    "send": ("↵", _("Send")),
    "send-next": ("⇧ ↵", _("Send, resolve, open the next case")),
    "undo": ("Z", _("Take back what was done last")),
}


@dataclass(frozen=True, slots=True)
class Key:
    """An act in words with the letter that stands for it."""

    act: str
    letter: str
    words: str


def keys_of(user: User) -> list[Key]:
    """The letters of this colleague, in the order of the work."""
    return _in_words(letters_of(user))


def _in_words(letters: Mapping[str, str]) -> list[Key]:
    return [Key(act, letters[act].upper(), str(words)) for act, words in ACTS.items()]


def key_list(user: User) -> SafeString:
    """All keys of this colleague as they stand in the help of every page."""
    letters = tuple(letters_of(user).items()) if user.keys_on else ()
    return _drawn_key_list(letters, get_language())


@lru_cache(maxsize=256)
def _drawn_key_list(letters: tuple[tuple[str, str], ...], _language: str | None) -> SafeString:
    """Drawn once for all who have the same letters: nearly everybody has those of the product."""
    keys = _in_words(dict(letters)) if letters else []
    return cast(SafeString, get_template("web/key_list.html").render({"letters": keys, "combinations": combinations()}))


def acts_by_letter(user: User) -> str:
    """What `keys.js` reads: JSON from letter to act, empty where letters are switched off."""
    return json.dumps({letter: act for act, letter in letters_of(user).items()} if user.keys_on else {})


def kbd(act: str, user: object) -> SafeString:
    """The key of an act as it stands beside its button; nothing where letters are switched off."""
    if act in COMBINATIONS:
        return format_html("<kbd><span data-ctrl>{}</span> {}</kbd>", _now("Ctrl"), COMBINATIONS[act][0])
    if not isinstance(user, User) or not user.keys_on:
        return SafeString("")
    return format_html('<kbd data-kbd="{}">{}</kbd>', act, letters_of(user)[act].upper())


def combinations() -> list[tuple[str, SafeString, str]]:
    """The keys together with Ctrl: the act, how it is written, its words."""
    return [(act, kbd(act, None), str(words)) for act, (_letter, words) in COMBINATIONS.items()]

"""The keys of the pages in words; which letter stands for which act is each colleague's choice (`accounts.keys`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from resonanz.accounts.keys import letters_of
from resonanz.accounts.models import User

ACTS: Mapping[str, Promise] = {
    "down": _("Down the list"),
    "up": _("Up the list"),
    "next": _("Next case"),
    "reply": _("Write the answer"),
    "note": _("Write a note"),
    "assign": _("Assign the case"),
    "claim": _("Take the case"),
    "resolve": _("Resolve the case"),
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
    letters = letters_of(user)
    return [Key(act, letters[act].upper(), str(words)) for act, words in ACTS.items()]


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

"""What the numbers mean by which servers say no, for people who do not know them by heart."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_STATUS = re.compile(r"http\.([1-5][0-9]{2})", re.ASCII)
_OF_META = re.compile(r"graph\.(-?[0-9]{1,9})", re.ASCII)


def meaning(code: str) -> str:
    """In words, with its number for whoever asks IT; "" where the code holds none."""
    if of_meta := _OF_META.fullmatch(code):
        return _("Meta names its error number %(number)s.") % {"number": of_meta[1]}
    found = _STATUS.fullmatch(code)
    if found is None:
        return ""
    if found[1] == "429":
        return _("Too many requests for the time being (HTTP 429).")
    told = _("The server is out of order or overloaded (HTTP %(status)s).")
    if not found[1].startswith("5"):
        told = _("The server answers with an error (HTTP %(status)s).")
    return told % {"status": found[1]}

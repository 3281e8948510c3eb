"""Where links and mail addresses stand in a text: the one place that knows how they look."""

from __future__ import annotations

import re

_ENDINGS = (
    "com|net|org|info|biz|eu|io|co|app|shop|online|store|me|tv|cc|ly|gl|gd|to|link|page|site|website|web|blog|news"
    "|dev|ai|xyz"
    "|de|at|ch|li|lu|fr|it|es|nl|be|pl|cz|dk|se|no|fi|pt|uk|ie|us|ca|au|ru|cn|jp|in|br|tr|gr|hu|ro|koeln|berlin|hamburg"
    "|bayern|wien|swiss|gmbh|social|support|help|top|club|live|pro|click|review|reviews|gle|example|test|invalid"
)
# Bounded everywhere, so that no text makes the scan quadratic.
_LABEL = r"[a-z0-9äöüß](?:[a-z0-9äöüß-]{0,61}[a-z0-9äöüß])?"
_ADDRESS = re.compile(
    rf"""
      (?P<mail>(?<![\w.+%@-])(?:mailto:)?[\w.+%-]{{1,64}}@(?:{_LABEL}\.){{1,6}}[a-z]{{2,24}}(?![\w@-]))
    | (?P<link>(?:https?|ftp)://[^\s<>"„“”»«]{{1,4000}}
      | (?<![\w@.])www\.[^\s<>"„“”»«]{{1,4000}}
      | (?<![\w@./-])(?:{_LABEL}\.){{1,6}}(?:{_ENDINGS})(?![\w-]|\.[a-z])
        (?::\d{{1,5}})?(?:[/?\#][^\s<>"„“”»«]{{0,4000}})?)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Endings that are words as well: "thanks.no problem" is no link, "example.no/help" is one.
_WORDS_TOO = frozenset({"in", "it", "no", "be", "us", "me", "to", "so"})
_TAIL = ".,;:!?…'’*_"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def find_addresses(text: str) -> list[tuple[int, int, str]]:
    """Every link and mail address: start, end, "LINK" or "MAIL"; the marks that end a sentence do not belong to it."""
    found = []
    for match in _ADDRESS.finditer(text):
        if match.lastgroup == "mail":
            found.append((match.start(), match.end(), "MAIL"))
        elif not _is_missing_blank(match):
            found.append((match.start(), _end(match), "LINK"))
    return found


def _end(match: re.Match[str]) -> int:
    link = match.group()
    while link and (link[-1] in _TAIL or (link[-1] in _PAIRS and link.count(link[-1]) > link.count(_PAIRS[link[-1]]))):
        link = link[:-1]
    return match.start() + len(link)


def _is_missing_blank(match: re.Match[str]) -> bool:
    """Whether this is the end of one sentence and the beginning of the next: "Danke.In Kürze", "good.No"."""
    link = match.group()
    if "/" in link or ":" in link or link.lower().startswith("www."):
        return False
    rest, _dot, ending = link.rpartition(".")
    if ending != ending.lower() and link != link.upper():
        return True
    return ending.lower() in _WORDS_TOO and rest.isalpha() and len(rest) > 1

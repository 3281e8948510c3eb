"""Whether somebody asked not to be written to any more. Plain Python; rather once too often than once too seldom."""

from __future__ import annotations

import re

_ALONE = re.compile(r"(?:@\S+\s+)*(?:stop+|stopp|abmelden|unsubscribe|ende|no more)[\s.!]*", re.IGNORECASE)
_WITHIN = re.compile(
    r"(?:schreib|kontaktier|antworte|belästig)\w*\s+(?:mir|mich|uns)\s+(?:bitte\s+)?(?:nicht|nie)\s*(?:mehr|wieder)?"
    r"|keine\s+(?:weiteren\s+)?(?:nachrichten|antworten|mails)\s+(?:mehr\b|bitte\b|von\s+euch|von\s+ihnen)"
    r"|lasst?\s+mich\s+(?:bitte\s+)?(?:endlich\s+)?in\s+ruhe"
    r"|lassen\s+sie\s+mich\s+(?:bitte\s+)?(?:endlich\s+)?in\s+ruhe"
    r"|(?:stop|quit)\s+(?:writing|messaging|contacting|replying)"
    r"|(?:do\s*n.?t|do\s+not|never)\s+(?:write|message|contact|reply)\s+(?:to\s+)?(?:me|us)\b"
    r"|leave\s+me\s+alone|no\s+more\s+(?:messages|replies)",
    re.IGNORECASE,
)
_MOST_READ = 2_000


def says_stop(text: str) -> bool:
    """Whether these words ask for silence: a bare “stop”, or a sentence that says so."""
    read = text[:_MOST_READ].strip()
    return bool(_ALONE.fullmatch(read) or _WITHIN.search(read))

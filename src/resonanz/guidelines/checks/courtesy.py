"""How answers begin and end: greetings, closing formulas and signatures, in folded text."""

from __future__ import annotations

import re

_GREETINGS = (
    r"hallo(?:chen)?|hi|hey|hej|huhu|moin(?: moin)?|servus|gruezi|gruess (?:gott|dich|sie|euch)|guten (?:tag|morgen"
    r"|abend)"
    r"|schoenen guten (?:tag|morgen|abend)|lieber?|liebes|sehr geehrter?|werter?|verehrter?|na|ahoi|mahlzeit|tach"
    r"|hello|dear|good (?:morning|afternoon|evening|day)|howdy|hiya|greetings"
)
# Up to six words follow a greeting: "Hallo liebe Frau Dr. Schmidt,".
GREETING = re.compile(rf"\s*(?:{_GREETINGS})\b[^,!?:;\n]{{0,60}}?(?:[,!:;\n]+|\.(?=\s|$)|(?=\s+-\s)|$)")
CLOSING = re.compile(
    r"(?:(?:mit )?(?:vielen|viele|liebe|lieben|beste|besten|herzliche|herzlichen|freundliche|freundlichen|schoene"
    r"|schoenen"
    r"|sonnige|nette|liebste) gruess?(?:e|en)?|gruss|gruesse|mfg|lg|vg|bg|hg|herzlichst|hochachtungsvoll|ihr team"
    r"|dein team"
    r"|euer team|ihre? \w{2,30}-?team|(?:kind|best|warm|warmest|many)? ?regards|best wishes|all the best|cheers"
    r"|sincerely"
    r"|yours (?:sincerely|truly|faithfully)|many thanks|take care|best(?=[,.!]|\s*$|\s+\w{2,20}\W*$))\b"
)
# What stands at the end as initials: ^ab, /AB, (ab), - AB, ~ab.
INITIALS_AT_END = re.compile(r"(?:^|\s)[\^/~*(-]+ ?[a-z]{1,12}\)?[\s.!]*$")


def after_greeting(folded: str) -> int:
    """Where the greeting that opens the text ends; 0 where there is none."""
    match = GREETING.match(folded)
    return match.end() if match else 0


def before_closing(folded: str) -> int:
    """Where the closing formula or the signature begins; the length of the text where there is none."""
    tail = max(0, len(folded) - 120)
    for match in CLOSING.finditer(folded, tail):
        if _is_formula(folded, match):
            return match.start()
    initials = INITIALS_AT_END.search(folded, tail)
    return initials.start() if initials else len(folded)


def _is_formula(folded: str, match: re.Match[str]) -> bool:
    """Whether nothing but a name or two follows, and a sentence ended before."""
    before = folded[: match.start()].rstrip(" -")
    after = folded[match.end() :]
    return (not before or before[-1] in ".!?,\n" or not before[-1].isascii()) and len(after.split()) <= 8

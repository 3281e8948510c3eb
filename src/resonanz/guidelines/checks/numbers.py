"""Numbers of customers, orders and the like: by the company's masks, and after the words for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from resonanz.guidelines.checks.reading import fold

_LEAST_DIGITS = 4
_DE = (
    r"(?:kunden|bestell|bestellungs|auftrags|rechnungs|vertrags|sendungs|sendungsverfolgungs|ticket|vorgangs"
    r"|mitglieds|mitglieder|konto|karten|kreditkarten"
    r"|kundenkarten|buchungs|reservierungs|versicherungs|police|policen|fall|aktenzeichen|reklamations|retouren"
    r"|retour|zaehler|lieferschein|paket|tracking)"
)
_EN = (
    r"(?:customer|order|invoice|contract|account|tracking|ticket|membership|member|booking|reservation|case|client"
    r"|policy|card"
    r"|reference|shipment|return|rma|parcel)"
)
_WORD = (
    rf"(?:{_DE}[ -]?(?:nummer|nr\b\.?|no\b\.?|id\b|code\b)|{_EN}[ -]?(?:number|no\b\.?|nr\b\.?|id\b|code\b)"
    rf"|aktenzeichen|vorgang|ticket|{_EN} ?#|(?:bestellung|auftrag|order|vorgang|rechnung) ?#)"
)
_FILLER = (
    r"(?:[ :=#(]|\"|'|\b(?:lautet|lauten|ist|war|is|was|nr\.?|ihrer?|ihres|deiner?|deines|eurer|unserer?|the|of"
    r"|your|der|des|die|fuer|for|bestellung"
    r"|sendung|auftrags|order|vertrags|diese|this|hier|also|naemlich|nummer|number)\b){0,8}"
)
_CODE = r"(?P<code>(?<![\w])[a-z0-9](?:[a-z0-9]|[-/._ ](?=[a-z0-9]*\d)(?![a-z]{2})){2,30})"
_LABELLED = re.compile(rf"\b{_WORD}{_FILLER}{_CODE}")
_DATE = re.compile(r"[0-3]?\d[./-][01]?\d[./-](?:19|20)?\d{2}")
_SIGNS = {"#+": r"\d{1,30}", "@+": r"[^\W\d_]{1,30}", "#": r"\d", "@": r"[^\W\d_]"}
_SIGN = re.compile(r"#\+|@\+|#|@")


def find_labelled(folded: str) -> Iterator[tuple[int, int]]:
    """Numbers and mixed codes of at least four digits right after a word that says what they are."""
    for match in _LABELLED.finditer(folded):
        code = match.group("code").rstrip("-/._ ")
        digits = sum(char.isdigit() for char in code)
        if digits >= _LEAST_DIGITS and not _DATE.fullmatch(code):
            yield match.start("code"), match.start("code") + len(code)


def find_by_masks(folded: str, masks: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Numbers by the company's masks: start, end and the name of the mask."""
    for name, mask in masks.items():
        if not mask.strip():
            continue
        for match in _mask(mask).finditer(folded):
            yield match.start(), match.end(), name


@lru_cache(maxsize=256)
def _mask(mask: str) -> re.Pattern[str]:
    """A mask as a pattern: a company writes masks, never regular expressions, so none of them can run away."""
    pattern, place = "", 0
    folded = fold(mask.strip())
    for match in _SIGN.finditer(folded):
        pattern += _literal(folded[place : match.start()]) + _SIGNS[match.group()]
        place = match.end()
    return re.compile(rf"(?<![^\W_]){pattern}{_literal(folded[place:])}(?![^\W_])")


def _literal(written: str) -> str:
    return re.sub(r"(?:\\ )+", r"\\s{1,3}", re.escape(written))

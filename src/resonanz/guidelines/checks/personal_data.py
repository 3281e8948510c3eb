"""Check `personal_data`: what identifies a person, in an answer everybody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.contract import Context, Mend, Severity, Spot
from resonanz.guidelines.checks.iban import find_ibans
from resonanz.guidelines.checks.lexicon import word_set
from resonanz.guidelines.checks.links import host_of
from resonanz.guidelines.checks.numbers import find_by_masks, find_labelled
from resonanz.guidelines.checks.phones import find_phones, number_of
from resonanz.guidelines.checks.postal import find_postal
from resonanz.guidelines.checks.reading import Reading, fold

NAME = "personal_data"
DEFAULT = Severity.WARNING
FUNCTIONS = word_set("personal_data", "FUNCTIONS")
_AT = r"\s{0,2}[\[({<]\s?(?:at|aet|@)\s?[\])}>]\s{0,2}| (?:at|aet) "
_DOT = r"\s{0,2}[\[({<]\s?(?:dot|punkt|\.)\s?[\])}>]\s{0,2}| (?:dot|punkt) "
_SPELLED_MAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:\s{{0,2}}[\[({{<]\s?(?:at|aet|@)\s?[\])}}>]\s{{0,2}}[\w-]{{1,63}}(?:(?:{_DOT}"
    rf"|\.)[\w-]{{2,63}}){{1,3}}"
    rf"| (?:at|aet) [\w-]{{1,63}}(?:(?:{_DOT})[\w-]{{2,63}}){{1,3}})"
)


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each of them once, in the order of the text; the company's own published contacts are none."""
    if not context.is_public:
        return
    own = _Own(context)
    taken: list[tuple[int, int]] = []
    for kind, start, end in _found(reading, context, own):
        if any(start < last and first < end for first, last in taken):
            continue
        taken.append((start, end))
        yield Spot(start=start, end=end, params={"kind": kind}, mend=_without(reading.text, start, end))


def _found(reading: Reading, context: Context, own: _Own) -> Iterator[tuple[str, int, int]]:
    folded = reading.folded
    for first, last in find_ibans(folded):
        yield "IBAN", *reading.original(first, last)
    for kind, start, end in _mails(reading):
        if not own.is_mail(reading.text[start:end]):
            yield kind, start, end
    unlinked = reading.unlinked
    for first, last, name in find_by_masks(unlinked, context.patterns):
        yield name.upper() if name.isidentifier() else "NUMBER", *reading.original(first, last)
    for first, last in find_labelled(unlinked):
        yield "NUMBER", *reading.original(first, last)
    for first, last, number in find_phones(unlinked):
        if number not in own.phones:
            yield "PHONE", *reading.original(first, last)
    for start, end in find_postal(reading.text):
        if not own.is_postal(reading.text[start:end]):
            yield "POSTAL", start, end


def _mails(reading: Reading) -> Iterator[tuple[str, int, int]]:
    for start, end, kind in reading.addresses:
        if kind == "MAIL":
            yield "MAIL", start, end
    for match in _SPELLED_MAIL.finditer(reading.folded):
        yield "MAIL", *reading.original(*match.span())


class _Own:
    """What the company itself publishes."""

    def __init__(self, context: Context) -> None:
        self._contacts = [_bare(contact) for contact in context.own_contacts]
        self._domains = {host_of(own).removeprefix("www.") for own in context.own_domains}
        self.phones = {number_of(fold(contact)) for contact in context.own_contacts if "@" not in contact} - {""}

    def is_mail(self, written: str) -> bool:
        """Whether it is published, or leads to a function rather than to a person."""
        folded = fold(written).removeprefix("mailto:")
        mail = re.sub(_DOT, ".", re.sub(_AT, "@", folded))
        name, _at, domain = mail.partition("@")
        is_own = any(domain == own or domain.endswith(f".{own}") for own in self._domains if own)
        return _bare(mail) in self._contacts or (is_own and name in FUNCTIONS)

    def is_postal(self, written: str) -> bool:
        """Whether it is published; the street alone may stand for the whole address."""
        bare = _bare(written)
        return any(bare in contact or (len(contact) > 6 and contact in bare) for contact in self._contacts)


def _bare(contact: str) -> str:
    """Without capitals, blanks and marks; Straße, Strasse and Str. are the same."""
    folded = fold(contact).removeprefix("mailto:")
    return re.sub(r"strasse", "str", re.sub(r"[\s.,;()/-]", "", folded))


def _without(text: str, start: int, end: int) -> Mend:
    """Take it out with one of the blanks around it, and the colon that announced it."""
    if start and text[start - 1] in " \u00a0" and (end == len(text) or text[end] in " .,;!?)\n\u00a0"):
        start -= 1
    while start and end < len(text) and text[end] in ".!?" and text[start - 1] in ": ":
        start -= 1
    return Mend(start, end, "")

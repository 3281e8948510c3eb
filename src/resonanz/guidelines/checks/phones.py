"""Phone numbers in folded text, as far as they can exist (by `phonenumbers`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType

REGIONS = ("DE", "AT", "CH")
_MOST_TRIED = 200
_DIGITS = range(6, 18)
_CANDIDATE = re.compile(
    r"(?<![\w.,:/§#+-])(?<!\w[.,:/-])(?:\(?\+ ?[1-9]|\(?00 ?[1-9]"
    r"|\(?0[1-9])(?:[ ()/.\-\u00a0]{0,3}[0-9]){4,16}(?![\w]|[.,:/-][0-9])"
)
_DATE = re.compile(r"[0-3]?[0-9][./-][01]?[0-9][./-](?:19|20)?[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Words that make of a row of digits something else than a phone number.
_OTHER_NUMBER = re.compile(
    r"(?:artikel|art|modell?|serien|geraete|typ|version|firmware|isbn|ean|gtin|plz|postleitzahl|katalog|teile"
    r"|produkt|norm"
    r"|material|chargen?|charge|lot|sku|serial|part|item|product|model|article|batch|zip|steuer|ust-?id|hrb|bestell"
    r"|auftrags"
    r"|kunden|rechnungs|sendungs|order|customer|invoice|tracking|error|fehler(?:code)?|code|pin)"
    r"[ -]?(?:nummern?|nr|no|number|code|id)?[.:#]{0,2} {0,2}(?:ist |lautet |is )?$"
)
# Nobody has such a number: whoever calls it reaches a company or an office.
_NOBODYS = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}
)


def find_phones(folded: str) -> Iterator[tuple[int, int, str]]:
    """Where phone numbers of persons can stand: start, end and the number in the form E.164."""
    for _tried, match in zip(range(_MOST_TRIED), _CANDIDATE.finditer(folded), strict=False):
        digits = sum(char.isdigit() for char in match.group())
        if digits not in _DIGITS or _DATE.search(match.group()):
            continue
        if _OTHER_NUMBER.search(folded, max(0, match.start() - 40), match.start()):
            continue
        if number := number_of(match.group()):
            yield match.start(), match.end(), number


def number_of(written: str) -> str:
    """The number in the form E.164; "" where it cannot exist or belongs to no person."""
    for region in REGIONS:
        try:
            number = phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            is_nobodys = phonenumbers.number_type(number) in _NOBODYS
            return "" if is_nobodys else phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""

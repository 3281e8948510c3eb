"""German postal addresses: a street with its number, and the town beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = r"[1-9]\d{0,3}(?: ?[a-hA-H])?(?: ?[-/] ?\d{1,4} ?[a-hA-H]?)?(?![\w%€°]|[.,:]\d| ?%)"
_CAPITAL = r"[A-ZÄÖÜ][a-zäöüßéè]{1,24}"
_CASE = r"(?i:stra(?:ß|ss)e|str\.?)"
# Endings that name a street and hardly anything else, however it is written.
_SURE = r"(?i:\b[\wäöüß]{2,30}(?:stra(?:ß|ss)e|str\.|str(?=\s)|gasse|allee|chaussee|steig|stieg))"
_MIXED = (
    "weg|platz|ring|damm|ufer|hof|markt|berg|graben|park|pfad|wall|anger|gaerten|gärten|feld|tor|brücke|bruecke|kamp"
)
_COMPOUND = rf"\b[A-ZÄÖÜ][a-zäöüß]{{2,24}}(?:{_MIXED})"
_SPACED = (
    rf"\b{_CAPITAL}(?:er|e|en|s)?(?:[ -]{_CAPITAL}){{0,2}}[ -](?:Stra(?:ß|ss)e|Str\.?|Weg|Platz|Ring|Damm|Ufer|Hof"
    rf"|Markt|Berg"
    r"|Graben|Park|Allee|Gasse|Chaussee|Wall|Tor|Pfad|Kamp|Steig)"
)
_PLACED = (
    r"\b(?:Am|An der|An den|Auf dem|Auf der|Im|In der|In den|Zum|Zur|Unter den|Unter der|Hinter der|Hinter dem"
    r"|Vor dem|Bei der"
    rf"|Beim|Alte|Alter|Neue|Neuer|Hohe|Lange|Kleine|Große) (?:{_CAPITAL} ){{0,2}}"
    r"(?:Markt|Platz|Hof|Weg|Berg|Hang|Bach|Mühle|Muehle|Kirche|Bahnhof|Park|See|Ufer|Wald|Feld|Graben|Tor|Brücke"
    r"|Bruecke|Anger"
    r"|Rain|Hügel|Garten|Winkel|Linden|Schloss|Rathaus|Sand|Damm|Wall|Stein|Brunnen|Friedhof|Krug|Kamp|Born|Grund"
    r"|Tal|Wiese|Wiesen|"
    rf"Eichen|Buchen|Birken|Stadtpark|Marktplatz|Hafen|Teich|Weiher|Kanal|Deich|Werder|Acker|Dorfplatz|Gasse|Allee"
    rf"|[A-ZÄÖÜ][a-zäöüß]{{1,20}}(?:{_MIXED}|bach|grund|tal|wiese|wald|mühle|berg))"
)
_OF = rf"\b(?:Stra(?:ß|ss)e|Str\.|Platz|Allee|Weg) (?:des|der|am|zum|zur) (?:\d{{1,2}}\. )?{_CAPITAL}(?: {_CAPITAL})?"
_STREET = re.compile(
    rf"(?:{_OF}|{_SPACED}|{_PLACED}|{_SURE}|{_COMPOUND}),?(?: Nr\.?| Hausnummer| Hausnr\.?)? ?{_NUMBER}"
)
_TOWN = re.compile(
    rf"[\s,;·|-]{{1,4}}(?:(?:D|A|CH)-? ?)?\d{{4,5}} (?:Bad |St\. |Sankt )?{_CAPITAL}(?:[ -](?:am|an der|im|in|bei"
    rf"|ob der|vor der) {_CAPITAL}|[ -]{_CAPITAL})?"
)
_TOWN_BEFORE = re.compile(rf"(?:(?:D|A|CH)-? ?)?\b\d{{4,5}} {_CAPITAL}(?:[ -]{_CAPITAL})?[\s,;·|-]{{1,4}}$")
# What looks like a street and is none.
_NO_STREET = re.compile(
    r"(?i)\b(?:arbeits|start|stell|sitz|steh|park|tabellen|spiel|speicher|steck|lager|flug|camping|zelt|lauf|schau"
    r"|rast|koch|brenn|neben"
    r"|treff|marken|um|aus|hin|rück|rueck|heim|liefer|versand|transport|rechts|dienst|post|kontakt|kommunikations"
    r"|vertriebs|lern|seh|"
    r"schlüssel|schluessel|schluß|ehe|ohr|finger|autobahn|dichtungs|o|super|bau|fach|media|elektro|heimwerker"
    r"|arbeits|wochen|floh|welt|aktien"
    r"|bau|garten|bauern|bahn|fried|schul|innen|schlacht|haupt ?bahn|gelände|bild|text|eingabe|adress|suchfeld|such"
    r"|daten|eisen|mess|flug|"
    r"wind|solar|fuhr|freizeit|wild|tier|kletter|skate|stadion|erst|letzt|vor|best|spitzen|ab|zu|durch|ein|vorder"
    r"|hinter|motor|eigen|garagen)"
    r"(?:weg|platz|ring|damm|ufer|hof|markt|berg|graben|park|pfad|feld|tor|steig|stieg|brücke|kamp)\b|^(?:der|die"
    r"|das|den|dem|ein|eine|einen|auf|wir|sie|platz|weg) "
    r"(?:platz|weg|ring|markt|hof|park|berg|tor|straße|strasse)\b"
)
_UNIT = re.compile(
    r"\s{0,2}(?:Uhr|GB|MB|TB|Euro|EUR|€|%|Prozent|Tage?n?|Stunden?|Minuten?|Wochen?|Monate?n?|Jahre?n?|mal|Mal"
    r"|Stück|km|Kilometer|Meter|m\b"
    r"|cm|von \d|bis \d|x\b|Modelle|Artikel|Produkte|Personen|Kunden|Autos|Plätze|Punkte|Liter|Grad|Filialen)"
)


def find_postal(text: str) -> Iterator[tuple[int, int]]:
    """Where a street with a number stands, its town included."""
    last = 0
    for match in _STREET.finditer(text):
        if _NO_STREET.search(match.group()) or _UNIT.match(text, match.end()) or match.start() < last:
            continue
        town = _TOWN.match(text, match.end())
        before = _TOWN_BEFORE.search(text, max(last, match.start() - 60), match.start())
        last = town.end() if town else match.end()
        yield (before.start() if before else match.start()), last

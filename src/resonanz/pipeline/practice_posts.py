"""What strangers say on the practice network: made up, by nobody, about the company that practises.

`{us}` is the company's handle there, `{name}` its name. A text stays below the network's 500 characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who exists nowhere, and what they say."""

    handle: str
    name: str
    text: str


POSTS: Mapping[str, Sequence[Stranger]] = {
    "de": (
        Stranger(
            "jule_w", "Jule W.",
            "@{us} Bestellt am Montag, seitdem kein Wort. Kommt das Paket noch vor dem Wochenende?",
        ),
        Stranger(
            "bernd_k", "Bernd Kallweit",
            "@{us} Dritter Anruf, dritte Warteschleife, wieder rausgeflogen. So geht man nicht mit Kunden um. "
            "Ich will jetzt mein Geld zurück.",
        ),
        Stranger(
            "sevda_t", "Sevda T.",
            "Kurzes Lob an @{us}: gestern angerufen, heute war alles da. Danke, so macht das Spaß.",
        ),
        Stranger(
            "pia_unterwegs", "Pia unterwegs",
            "@{us} Na super, eure Seite lädt seit heute früh nicht mehr. Genau mein Humor.",
        ),
        Stranger(
            "holgi77", "Holgi", "@{us} moin, gibts das auch in blau?? 🙏",
        ),
        Stranger(
            "redaktion_elbe", "Redaktion Elbufer",
            "@{us} Wir schreiben über Lieferzeiten in der Branche. Wer antwortet der Presse, am liebsten heute?",
        ),
        Stranger(
            "m_anders", "M. Anders",
            "@{us} Das Gerät wurde beim Laden so heiß, dass es jetzt nach Rauch riecht. Ist das gefährlich?",
        ),
        Stranger(
            "tilda", "Tilda", "Heute bei {name} gewesen. Nette Leute, guter Kaffee.",
        ),
    ),
    "en": (
        Stranger(
            "jill_w", "Jill W.",
            "@{us} Ordered on Monday and not a word since. Will the parcel arrive before the weekend?",
        ),
        Stranger(
            "bernard_k", "Bernard Kell",
            "@{us} Third call, third queue, cut off again. This is no way to treat customers. I want my money back.",
        ),
        Stranger(
            "sara_t", "Sara T.",
            "Thank you @{us}: called yesterday, everything here today. Great service!",
        ),
        Stranger(
            "pia_onroad", "Pia on the road",
            "@{us} Oh great, your site has been down since this morning. Just what I needed.",
        ),
        Stranger(
            "hank77", "Hank", "@{us} hey, does it come in blue too?? 🙏",
        ),
        Stranger(
            "riverside_news", "Riverside News",
            "@{us} We are writing about delivery times in the trade. Who speaks to the press, ideally today?",
        ),
        Stranger(
            "m_andrews", "M. Andrews",
            "@{us} It got so hot while charging that it smells of smoke now. Is that dangerous?",
        ),
        Stranger(
            "tilda", "Tilda", "Dropped by at {name} today. Nice people, good coffee.",
        ),
    ),
}  # fmt: skip

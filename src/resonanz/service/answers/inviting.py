"""What is said in public to whoever has to write first before anything can be said in private. Plain.

It asks for nothing about them, and says not to tell it in public. It addresses nobody as Du or Sie, so that it fits
whatever the guideline wants; like every answer it is judged, and may be changed, before it is sent.
"""

from __future__ import annotations

_WITH_ADDRESS = {
    "de": "Gern klären wir das in einer privaten Nachricht an uns: {address} – bitte hier nichts Persönliches nennen.",
    "en": "We would like to sort this out in a private message to us: {address} – please post nothing personal here.",
}
_WITHOUT = {
    "de": "Gern klären wir das in einer privaten Nachricht an uns – bitte hier nichts Persönliches nennen.",
    "en": "We would like to sort this out in a private message to us – please post nothing personal here.",
}


def invitation(*, language: str, address: str = "") -> str:
    """In the language of the person where it is German, else English; `address`: where they can write to us."""
    known = "de" if language.startswith("de") else "en"
    return _WITH_ADDRESS[known].format(address=address) if address else _WITHOUT[known]

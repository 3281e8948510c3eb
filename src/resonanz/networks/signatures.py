"""Whether a delivery is genuine: every scheme by which networks sign, compared in constant time, over the bytes.

The only file that compares what a stranger sent with what is secret. An empty secret fits nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import datetime, timedelta

REPLAY = timedelta(minutes=5)
"""How old a delivery may be that says when it was signed, and how far that clock may be ahead of ours."""


def hmac_hex(secret: str, signed: bytes, *, algorithm: str = "sha256") -> str:
    """The signature in hexadecimal digits: Discourse, Meta, LinkedIn; with sha1 WebSub and older ones."""
    return hmac.new(secret.encode(), signed, getattr(hashlib, algorithm)).hexdigest()


def hmac_base64(secret: str, signed: bytes, *, algorithm: str = "sha256") -> str:
    """The signature in base 64: X."""
    return b64encode(hmac.new(secret.encode(), signed, getattr(hashlib, algorithm)).digest()).decode("ascii")


def fits_hex(secret: str, signed: bytes, given: str, *, prefix: str = "", algorithm: str = "sha256") -> bool:
    """Whether `given` is `prefix` and the signature of `signed` in hexadecimal digits."""
    return bool(secret) and fits(prefix + hmac_hex(secret, signed, algorithm=algorithm), given)


def fits_base64(secret: str, signed: bytes, given: str, *, prefix: str = "", algorithm: str = "sha256") -> bool:
    """Whether `given` is `prefix` and the signature of `signed` in base 64."""
    return bool(secret) and fits(prefix + hmac_base64(secret, signed, algorithm=algorithm), given)


def fits(known: str, given: str) -> bool:
    """Whether a stranger knows the word: a token in a header (Telegram) or in a question (Meta's verify token)."""
    return bool(known) and hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogatepass"))


def is_recent(said: str, now: datetime, *, within: timedelta = REPLAY) -> bool:
    """Whether a time in seconds since 1970, which must be part of what was signed, is neither old nor to come."""
    if not (said.isascii() and said.isdecimal() and len(said) < 12):
        return False
    return abs(int(said) - now.timestamp()) <= within.total_seconds()

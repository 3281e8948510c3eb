"""What a telephone shares with the installed app: a title, words and an address, in whichever field an app puts them.

Whoever has to sign in first finds it in the form afterwards: sealed in a cookie of their own browser, for a while. No
stranger makes us store anything by that.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from resonanz.core import clock, secrets
from resonanz.core.secrets import SecretsError
from resonanz.core.text import clean
from resonanz.networks import links

COOKIE = "shared"
KEPT_SECONDS = 900
_MOST_TEXT = 20_000
_MOST_COOKIE = 3_800
_MOST_UNPACKED = 200_000
_LINK = re.compile(r"https?://[^\s<>\"']{4,1900}")


def read(shared: Mapping[str, str]) -> dict[str, str]:
    """Link and text. Most apps put the address into the text, and many repeat the title there."""
    title, text = clean(shared.get("title", ""), most=300), clean(shared.get("text", ""), most=_MOST_TEXT)
    link = clean(shared.get("url", ""), most=links.MOST)
    if not links.canonical(link):
        found = _LINK.search(text) or _LINK.search(title)
        link = found[0].rstrip(".,;:!?)") if found and links.canonical(found[0]) else ""
    said = clean(text.replace(link, "") if link else text, most=_MOST_TEXT)
    if title and not title.startswith(("http://", "https://")) and title not in said:
        said = f"{title}\n\n{said}".strip()
    return {"link": link, "text": said}


def keep(answer: HttpResponse, typed: Mapping[str, str], *, is_secure: bool) -> None:
    """Give it to the browser, the words cut to what a cookie holds."""
    most = len(typed["text"])
    while len(sealed := _sealed(typed["link"], typed["text"][:most])) > _MOST_COOKIE and most:
        most = most * 3 // 4
    if len(sealed) > _MOST_COOKIE:
        return
    answer.set_cookie(
        COOKIE, sealed, max_age=KEPT_SECONDS, path=reverse("capture"), secure=is_secure, httponly=True, samesite="Lax"
    )


def kept(request: HttpRequest) -> dict[str, str]:
    """What the browser brings back, if we gave it not long ago; else nothing."""
    try:
        unpacking = zlib.decompressobj()
        written = unpacking.decompress(secrets.unseal(request.COOKIES.get(COOKIE, "").encode()), _MOST_UNPACKED)
        found = json.loads(written)
        is_fresh = 0 <= clock.now().timestamp() - float(found["at"]) <= KEPT_SECONDS
        return {"link": str(found["link"]), "text": str(found["text"])} if is_fresh else {}
    except (SecretsError, zlib.error, ValueError, KeyError, TypeError):
        return {}


def forget(answer: HttpResponse) -> None:
    """It stands in the form by now."""
    answer.delete_cookie(COOKIE, path=reverse("capture"))


def _sealed(link: str, text: str) -> str:
    told = {"at": clock.now().timestamp(), "link": link, "text": text}
    return secrets.seal(zlib.compress(json.dumps(told).encode())).decode("ascii")

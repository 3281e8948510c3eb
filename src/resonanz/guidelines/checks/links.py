"""Check `links`: links that lead elsewhere, and parameters that follow the person who clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from resonanz.guidelines.checks.contract import Context, Mend, Severity, Spot
from resonanz.guidelines.checks.lexicon import word_set
from resonanz.guidelines.checks.reading import Reading

NAME = "links"
DEFAULT = Severity.WARNING
SHORTENERS = word_set("links", "SHORTENERS")
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|igsh|_hsenc|_hsmi|__hs\w+|hsctatracking|yclid|twclid"
    r"|ttclid"
    r"|li_fat_id|wbraid|gbraid|ref_src|mkt_tok|vero_id|vero_conv|oly_anon_id|oly_enc_id|_openstat|s_cid|epik|srsltid",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each foreign link, and each link that follows people."""
    for start, end, kind in reading.addresses:
        if kind != "LINK":
            continue
        link = reading.text[start:end]
        host = host_of(link)
        if is_foreign(host, context.own_domains):
            yield Spot(start=start, end=end, params={"kind": "FOREIGN", "host": host[:100]})
        bare = without_tracking(link)
        if bare != link:
            names = ", ".join(_tracking_names(link)[:3])
            params = {"kind": "TRACKING", "names": names}
            yield Spot(start=start, end=end, params=params, mend=Mend(start, end, bare))


def host_of(link: str) -> str:
    """The host a browser would ask: what stands before an @ is only there to deceive."""
    rest = _SCHEME.sub("", link, count=1)
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    host = unquote(authority).rpartition("@")[2].lower()
    return re.sub(r":\d*$", "", host).strip(".")


def is_foreign(host: str, own_domains: tuple[str, ...]) -> bool:
    """Whether it is none of the company's; where those are not known, whether it hides where it leads."""
    if not own_domains:
        return host.removeprefix("www.") in SHORTENERS
    return not any(host == own or host.endswith(f".{own}") for own in map(_domain, own_domains))


def _domain(own: str) -> str:
    return host_of(own.strip()).removeprefix("www.")


def without_tracking(link: str) -> str:
    """The link without the parameters that follow people."""
    head, hash_sign, fragment = link.partition("#")
    path, _question, query = head.partition("?")
    kept = [part for part in query.split("&") if part and not _follows(part)]
    if len(kept) != len([part for part in query.split("&") if part]):
        head = f"{path}?{'&'.join(kept)}" if kept else path
    if fragment and all(_follows(part) for part in fragment.split("&")):
        return head
    return head + hash_sign + fragment


def _follows(part: str) -> bool:
    return bool(TRACKING.fullmatch(part.partition("=")[0]))


def _tracking_names(link: str) -> list[str]:
    parts = re.split(r"[?&#]", link)[1:]
    return [part.partition("=")[0][:40] for part in parts if _follows(part)]

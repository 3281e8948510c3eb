"""The address of a page as one address, however it was copied: by these forms a post is known again."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

MOST = 2_000
_PORTS = {"http": 80, "https": 443}
# What only tells where somebody came from. What a network needs to find the thing (`v`, `id`, `commentUrn`) stays.
_TRACKING = re.compile(
    r"utm_\w+|hsa_\w+|pk_\w+|mtm_\w+|wt_\w+|mc_[ce]id|fbclid|gclid|dclid|msclkid|twclid|ttclid|yclid|igshid|mibextid"
    r"|xtor|cmpid|_ga|_gl",
    re.IGNORECASE,
)
# Short words, which tell two pages apart anywhere else.
_TRACKING_OF = {
    "linkedin.com": re.compile(r"trk\w*|trackingId|refId|lipi|licu|mid(?:Token|Sig)|eid|otpToken|rcm", re.IGNORECASE),
    "xing.com": re.compile(r"sc_[op]|xing_share|ref", re.IGNORECASE),
    "facebook.com": re.compile(r"ref|rdid|share_id|_rdr|__\w+", re.IGNORECASE),
    "instagram.com": re.compile(r"igsh", re.IGNORECASE),
    "threads.com": re.compile(r"igsh|xmt", re.IGNORECASE),
    "threads.net": re.compile(r"igsh|xmt", re.IGNORECASE),
    "youtube.com": re.compile(r"si|feature|pp", re.IGNORECASE),
    "youtu.be": re.compile(r"si|feature|pp", re.IGNORECASE),
    "x.com": re.compile(r"ref_src|ref_url|s|t", re.IGNORECASE),
    "twitter.com": re.compile(r"ref_src|ref_url|s|t", re.IGNORECASE),
    "reddit.com": re.compile(r"share_id|ref|ref_source|rdt", re.IGNORECASE),
}
_WITHIN = re.compile(r"https?://[^\s<>\"“„]{4,1900}", re.IGNORECASE)
_SIDES = ("www.", "m.", "mobile.")
_SHORT = {"twitter.com": "x.com"}
"""Hosts that are another one's older name."""


def canonical(link: str) -> str:
    """The link without what was added on its way; "" where it is no address of the web, or holds a password."""
    parts = parts_of(link)
    if parts is None:
        return ""
    host = _SHORT.get(bare_host(parts), (parts.hostname or "").lower())
    port = parts.port if parts.port not in (None, _PORTS[parts.scheme]) else None
    kept = [(key, value) for key, value in parse_qsl(parts.query, True) if not _is_tracking(key, host)]
    place = f"[{host}]" if ":" in host else host
    cleaned = SplitResult(
        parts.scheme,
        f"{place}:{port}" if port else place,
        parts.path or "/",
        urlencode(kept),
        _fragment(parts.fragment),
    )
    found = cleaned.geturl()
    return found if len(found) <= MOST else ""


def forms(link: str) -> list[str]:
    """The forms in which the same address may have been stored: as typed, cleaned, of http, with and without www."""
    link = link.strip()
    cleaned = parts_of(canonical(link))
    if cleaned is None:
        return []
    found = [link, canonical(link)]
    port = f":{cleaned.port}" if cleaned.port else ""
    bare = bare_host(cleaned)
    for host in (cleaned.netloc, f"{bare}{port}", f"www.{bare}{port}"):
        for path in dict.fromkeys((cleaned.path, cleaned.path.rstrip("/"), f"{cleaned.path.rstrip('/')}/")):
            found += [cleaned._replace(scheme=scheme, netloc=host, path=path).geturl() for scheme in ("https", "http")]
    return [one for one in dict.fromkeys(found) if len(one) <= MOST]


def within(said: str, *, most: int) -> list[str]:
    """The first addresses of the web in a text, each once, without what ends the sentence around them."""
    found = (one[0].rstrip(".,;:!?)»”'") for one in _WITHIN.finditer(said))
    return list(dict.fromkeys(one for one in found if parts_of(one)))[:most]


def bare_host(parts: SplitResult) -> str:
    """The host without what only chooses a layout."""
    host = (parts.hostname or "").lower().rstrip(".")
    for side in _SIDES:
        if host.startswith(side) and host.count(".") > 1:
            return host.removeprefix(side)
    return host


def parts_of(link: str) -> SplitResult | None:
    """The parts of a web address; None where it is none."""
    link = link.strip()
    if not link.isprintable() or len(link) > MOST:
        return None
    try:
        parts = urlsplit(link)
        parts.port  # noqa: B018 (asking for it is what raises)
    except ValueError:
        return None
    is_web = parts.scheme in _PORTS and parts.hostname and not (parts.username or parts.password)
    return parts if is_web else None


def _is_tracking(key: str, host: str) -> bool:
    if _TRACKING.fullmatch(key):
        return True
    return any(
        (host == known or host.endswith(f".{known}")) and names.fullmatch(key) for known, names in _TRACKING_OF.items()
    )


def _fragment(fragment: str) -> str:
    """A place within a page is the same page; some forums name a comment by it."""
    return fragment if re.fullmatch(r"!.{1,500}|(?:comment|post|reply|p|c)[-_/]?\d{1,20}", fragment, re.I) else ""

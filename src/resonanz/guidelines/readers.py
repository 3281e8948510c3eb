"""The part for all employees, for whoever has no account here: a link, and a note that somebody has read it.

The link opens that part and nothing else. It is not bound to a person, ends, and can be revoked. What is noted is what
the reader says: a name and an address at the company; it is no proof of who they are, and is not used as one.
"""

from __future__ import annotations

import re
import secrets as random_bytes
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, QuerySet

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.guidelines import in_force
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.models import Guideline, Part, ReaderLink, Reading
from resonanz.guidelines.retention import KEPT
from resonanz.privacy import audit, retention

MOST_DAYS = 400
MOST_ATTEMPTS = 500
"""Within an hour and for one link; a company whose employees all read at once spreads over a day."""
_HOUR = timedelta(hours=1)
_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


class ReaderLinkError(ResonanzError):
    """This link leads nowhere: it never did, has ended, or was revoked."""

    code = "reader_link.unknown"


class NothingToRead(ReaderLinkError):
    """No version for all employees has been published yet."""

    code = "reader_link.nothing_to_read"


class LinkNotPossible(ReaderLinkError):
    """The link lacks a name, a domain of the company, or a number of days; `field` says which."""

    code = "reader_link.not_possible"


class ReaderNotKnown(ReaderLinkError):
    """Name or address is missing, or the address is not one of the company; `field` says which."""

    code = "reader_link.reader_not_known"


class TooManyAttempts(ReaderLinkError):
    """So many have confirmed through this link within the hour that it waits."""

    code = "reader_link.too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link shows: the part for all employees in force."""

    link: ReaderLink
    guideline: Guideline
    document: Document


def create_link(
    *, name: str, domain: str, days: int, actor: User, brand_id: int | None = None
) -> tuple[ReaderLink, str]:
    """A new link and its token, which is shown once and not stored; raises NothingToRead, LinkNotPossible."""
    name, domain = clean(name, most=120), _ascii(domain)
    for field, is_fine in (
        ("name", bool(name)),
        ("domain", bool(_DOMAIN.match(domain))),
        ("days", 0 < days <= MOST_DAYS),
    ):
        if not is_fine:
            raise LinkNotPossible(field=field)
    series, token, now = brand_id or in_force.COMPANY, random_bytes.token_urlsafe(32), clock.now()
    if _to_read(series) is None:
        raise NothingToRead
    with transaction.atomic():
        link = ReaderLink.objects.create(
            series=series, name=name, domain=domain, token_hash=_hash(token), created_at=now, created_by=actor,
            expires_at=now + timedelta(days=days),
        )  # fmt: skip
        audit.record(act="reader_link.made", actor=actor_of(actor), thing="reader_link", thing_id=link.pk)
    return link, token


def links() -> QuerySet[ReaderLink]:
    """All links that are kept, the newest first."""
    return ReaderLink.objects.select_related("created_by").order_by("-created_at", "-pk")


def revoke(*, link_id: int, actor: User) -> None:
    """End a link now; what was read through it stays noted."""
    with transaction.atomic():
        if ReaderLink.objects.filter(pk=link_id, revoked_at__isnull=True).update(revoked_at=clock.now()):
            audit.record(act="reader_link.revoked", actor=actor_of(actor), thing="reader_link", thing_id=link_id)


def open_link(*, token: str) -> Opened:
    """What the link shows, without noting anything; raises ReaderLinkError, NothingToRead."""
    # The database compares keyed hashes, so how long it takes tells nothing about a token.
    alive = ReaderLink.objects.filter(expires_at__gt=clock.now(), revoked_at__isnull=True)
    link = alive.filter(token_hash=_hash(token)).first()
    if link is None:
        raise ReaderLinkError
    guideline = _to_read(link.series)
    if guideline is None:
        raise NothingToRead
    return Opened(link=link, guideline=guideline, document=read(guideline.document))


def confirm(*, token: str, name: str, email: str) -> Reading:
    """Note that somebody has read what the link shows now; a second time changes nothing.

    Raises ReaderLinkError, NothingToRead, ReaderNotKnown, TooManyAttempts.
    """
    opened = open_link(token=token)
    _count_attempt(opened.link)
    name, email = clean(name, most=120), email.strip().lower()
    if not any(letter.isalpha() for letter in name):
        raise ReaderNotKnown(field="name")
    if not _is_at(email, opened.link.domain):
        raise ReaderNotKnown(field="email", domain=opened.link.domain)
    made = {"email": email, "name": name, "link": opened.link, "at": clock.now(), "delete_on": retention.today() + KEPT}
    reading, _ = Reading.objects.get_or_create(guideline=opened.guideline, email__iexact=email, defaults=made)
    return reading


def readings(*, guideline_id: int) -> QuerySet[Reading]:
    """Who has read a version, by name."""
    return Reading.objects.filter(guideline_id=guideline_id).order_by("name", "pk")


def forget_reader(*, email: str, actor: User) -> int:
    """Delete what is noted about an employee, who left, say; how many notes went."""
    with transaction.atomic():
        gone, _ = Reading.objects.filter(email__iexact=email.strip()).delete()
        if gone:
            audit.record(act="reader.forgotten", actor=actor_of(actor), thing="reading", thing_id=None, rows=gone)
    return gone


def _to_read(series: int) -> Guideline | None:
    return in_force.guideline(brand_id=series, part=Part.EMPLOYEES)


def _hash(token: str) -> bytes:
    return secrets.keyed_hash("guideline-reader", token)


def _ascii(domain: str) -> str:
    """A domain as the network writes it; "" for what is none."""
    try:
        return domain.strip().lower().lstrip("@").encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _is_at(email: str, domain: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return _ascii(email.rpartition("@")[2]) == domain


def _count_attempt(link: ReaderLink) -> None:
    """Count in a transaction of its own, so that attempts that fail count, too."""
    now = clock.now()
    with transaction.atomic():
        fresh = ReaderLink.objects.filter(pk=link.pk).exclude(tried_since__gt=now - _HOUR)
        if fresh.update(tried=1, tried_since=now):
            return
        if not ReaderLink.objects.filter(pk=link.pk, tried__lt=MOST_ATTEMPTS).update(tried=F("tried") + 1):
            raise TooManyAttempts

"""What the operator says of the machine that drafts; without processor, place and contract it cannot be switched on.

It is switched off by itself when it leads elsewhere: the contract was made with somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import httpx
from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, http, secrets
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.privacy import audit
from resonanz.service.assistant.client import Endpoint
from resonanz.service.models import Assistant, Place

THE_ONE = 1
NEEDED = ("endpoint", "model", "processor", "place", "address", "contract_on")


class EndpointRefused(ResonanzError):
    """The address is none of the web, or one that nobody should ask."""

    code = "assistant.endpoint_refused"


class NotEncrypted(ResonanzError):
    """What leaves the house goes over TLS."""

    code = "assistant.not_encrypted"


class NotReady(ResonanzError):
    """Something has to be recorded first; `missing` names the fields, with commas."""

    code = "assistant.not_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the operator typed. `key`: None leaves the one there is. Prices: hundredths of a cent a million tokens."""

    endpoint: str
    model: str
    key: str | None = field(default=None, repr=False)
    processor: str = ""
    place: str = ""
    address: str = ""
    contract_on: date | None = None
    with_private: bool = False
    with_sensitive: bool = False
    tokens_a_month: int = 2_000_000
    cents_a_month: int = 2_000
    price_in: int = 0
    price_out: int = 0


def known() -> Assistant | None:
    """The machine that was named, on or off."""
    return Assistant.objects.filter(pk=THE_ONE).first()


def in_use() -> Assistant | None:
    """The same, if it is on."""
    return Assistant.objects.filter(pk=THE_ONE, is_on=True).first()


def save(*, written: Written, actor: User) -> Assistant:
    """Record what is known of it; where it leads elsewhere now, it is off. Raises EndpointRefused, NotEncrypted."""
    endpoint = _endpoint(written.endpoint, written.place)
    with transaction.atomic():
        row = Assistant.objects.select_for_update().filter(pk=THE_ONE).first() or Assistant(pk=THE_ONE)
        before = _leads_to(row)
        row.endpoint, row.model = endpoint, clean(written.model, most=200)
        row.processor, row.address = clean(written.processor, most=200), clean(written.address, most=300)
        row.place, row.contract_on = written.place, written.contract_on
        row.with_private, row.with_sensitive = written.with_private, written.with_sensitive
        row.tokens_a_month, row.cents_a_month = written.tokens_a_month, written.cents_a_month
        row.price_in, row.price_out = written.price_in, written.price_out
        if written.key is not None:
            row.key = secrets.encrypt(written.key) if written.key else None
        row.is_on = row.is_on and not missing(row) and _leads_to(row) == before
        row.changed_at = clock.now()
        row.save()
        _record("assistant.saved", row, actor)
    return row


def switch(*, on: bool, actor: User) -> None:
    """Let it draft, or no longer; raises NotReady while something is not recorded. Switching off always works."""
    with transaction.atomic():
        row = Assistant.objects.select_for_update().filter(pk=THE_ONE).first()
        lacking = missing(row)
        if on and lacking:
            raise NotReady(missing=", ".join(lacking))
        if row is not None and row.is_on != on:
            row.is_on, row.changed_at = on, clock.now()
            row.save(update_fields=["is_on", "changed_at"])
            _record("assistant.on" if on else "assistant.off", row, actor)


def missing(row: Assistant | None) -> list[str]:
    """What has to be recorded before it may be switched on."""
    return [name for name in NEEDED if row is None or not getattr(row, name)]


def endpoint_of(row: Assistant) -> Endpoint:
    """Where to ask, with the key."""
    key = secrets.decrypt(bytes(row.key)) if row.key else ""
    return Endpoint(base_url=row.endpoint, model=row.model, key=key, in_house=row.place == Place.HOUSE)


def _leads_to(row: Assistant) -> tuple[str, str, str, str]:
    return (row.endpoint, row.model, row.processor, row.place)


def _endpoint(typed: str, place: str) -> str:
    """The address without a blank or a stroke at its end."""
    try:
        url = httpx.URL(clean(typed, most=500).rstrip("/"))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise EndpointRefused from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or _is_inside_clouds(url.host):
        raise EndpointRefused
    if url.scheme != "https" and place != Place.HOUSE:
        raise NotEncrypted
    return str(url)


def _is_inside_clouds(host: str) -> bool:
    """Nobody's language model works there. A name that leads there is refused when it is asked (`core.http`)."""
    address = http.literal(host)
    return address is not None and (http.is_inside_a_cloud(address) or address.is_multicast)


def _record(act: str, row: Assistant, actor: User) -> None:
    audit.record(
        act=act, actor=actor_of(actor), thing="assistant", thing_id=row.pk, place=row.place, is_on=row.is_on,
        contract_on=row.contract_on.isoformat() if row.contract_on else "",
        with_private=row.with_private, with_sensitive=row.with_sensitive,
    )  # fmt: skip

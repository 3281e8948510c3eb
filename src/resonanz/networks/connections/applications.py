"""The company's own applications at networks: what IT typed of them, encrypted, and the webhook that each one has."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hmac import compare_digest

from django.db import transaction
from django.db.models import F

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.networks import registry
from resonanz.networks.authorising import AppTerms, NeedsApp
from resonanz.networks.contract import App, Capability, able
from resonanz.networks.models import Application
from resonanz.networks.webhooks import Keys
from resonanz.privacy import audit

_FIELDS = frozenset({"client_secret", "bearer"})


class EntryMissing(ResonanzError):
    """Something that the network needs was neither typed nor stored before."""

    code = "application.entry_missing"


def networks() -> list[str]:
    """Those at which the company registers an application."""
    return [name for name in registry.names() if able(registry.connector(name), Capability.APP)]


def terms_of(network: str) -> AppTerms:
    """What registering takes there; call for `networks()` alone."""
    needs: NeedsApp = registry.connector(network)  # type: ignore[assignment] # declared; tests/house compares
    return needs.app


def is_missing(*, network: str) -> bool:
    """Whether nothing can be connected there before IT has registered the application."""
    if not able(registry.connector(network), Capability.APP) or not terms_of(network).is_needed:
        return False
    return not Application.objects.filter(network=network).exists()


def app_of(*, network: str) -> App | None:
    """The application as connectors see it; None where none is registered, or its keys cannot be read any more."""
    if not able(registry.connector(network), Capability.APP):
        return None
    row = Application.objects.filter(network=network).first()
    return None if row is None else _opened(row)


def keep(*, network: str, typed: Mapping[str, str], actor: User) -> Application:
    """What IT typed, by the keys of the entries; a secret that was left empty stays. Raises EntryMissing."""
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(network=network).first()
        before = None if row is None else _opened(row)
        kept = _merged(terms_of(network), {} if before is None else _typed_before(before), typed)
        now = clock.now()
        stored = {
            "client_id": kept.pop("client_id", ""),
            "sealed": _sealed(kept),
            "changed_at": now,
            "refused_at": None,
        }
        made, is_new = Application.objects.update_or_create(
            network=network, defaults=stored, create_defaults={**stored, "registered_at": now}
        )
        _record("application.registered" if is_new else "application.changed", made, actor)
    return made


def forget(*, network: str, actor: User) -> None:
    """The keys go; what is connected through them fails until they are there again."""
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(network=network).first()
        if row is not None:
            _record("application.forgotten", row, actor)
            row.delete()


def stored_keys(*, network: str) -> frozenset[str]:
    """Which entries hold something, so that a form can say so without showing it."""
    app = app_of(network=network)
    return frozenset() if app is None else frozenset(key for key, value in _typed_before(app).items() if value)


def shown(*, network: str) -> dict[str, str]:
    """What is no secret, as it was typed."""
    app = app_of(network=network)
    known = {} if app is None else _typed_before(app)
    return {entry.key: known.get(entry.key, "") for entry in terms_of(network).entries if not entry.is_secret}


def signing_secret(*, network: str) -> str:
    """What signs deliveries of webhooks there; "" where no application is registered."""
    app = app_of(network=network)
    return "" if app is None else _typed_before(app).get(terms_of(network).signs_with, "")


def webhook_key(*, network: str) -> str:
    """The last part of the address to which the network brings what happens; nobody can guess it.

    It follows from the key file, so that it is the same before the application is registered and after.
    """
    return urlsafe_b64encode(secrets.keyed_hash("webhook of the application", network)).rstrip(b"=").decode()


def webhook_keys(*, network: str) -> Keys:
    """What only the network and we know: the word it shows when it asks whose address that is, and what signs."""
    word = secrets.keyed_hash("word of the application", network).hex()[:40]
    app = app_of(network=network)
    own = "" if app is None else app.client_secret
    return Keys(secret=word, app_secret=signing_secret(network=network), client_secret=own)


def network_of(*, key: str) -> str | None:
    """The network whose application has this webhook; None where there is none, or no application yet."""
    candidates = [name for name in networks() if able(registry.connector(name), Capability.APP_WEBHOOK)]
    found = [name for name in candidates if compare_digest(webhook_key(network=name).encode(), key.encode())]
    return found[0] if found and Application.objects.filter(network=found[0]).exists() else None


def note_forged(*, network: str, count: int) -> None:
    """Deliveries came that nobody signed who knows the secret."""
    Application.objects.filter(network=network).update(forged=F("forged") + count, forged_at=clock.now())


def note_refused(*, network: str) -> None:
    """The network does not take its keys any more: somebody changed them there, or typed them wrongly here."""
    Application.objects.filter(network=network, refused_at__isnull=True).update(refused_at=clock.now())


def note_taken(*, network: str) -> None:
    """It took them."""
    Application.objects.filter(network=network, refused_at__isnull=False).update(refused_at=None)


def _merged(terms: AppTerms, known: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for entry in terms.entries:
        said = typed.get(entry.key, "").strip()
        kept[entry.key] = said or (known.get(entry.key, "") if entry.is_secret else "")
        if entry.is_needed and not kept[entry.key]:
            raise EntryMissing(name=entry.called)
    return kept


def _typed_before(app: App) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.client_secret, "bearer": app.bearer, **app.settings}


def _sealed(kept: Mapping[str, str]) -> bytes:
    return secrets.encrypt(json.dumps({key: value for key, value in kept.items() if value}))


def _opened(row: Application) -> App | None:
    """None where it was sealed with another key file: then it is as if nobody had typed anything."""
    try:
        kept: dict[str, str] = json.loads(secrets.decrypt(bytes(row.sealed)))
    except secrets.NotOurs:
        return None
    settings = {key: value for key, value in kept.items() if key not in _FIELDS}
    return App(row.client_id, kept.get("client_secret", ""), kept.get("bearer", ""), settings)


def _record(act: str, row: Application, actor: User) -> None:
    audit.record(act=act, actor=actor_of(actor), thing="application", thing_id=row.pk, network=row.network)

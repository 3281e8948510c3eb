"""Links that sign one colleague in, once and within half an hour. Only a keyed hash of the token is stored."""

from __future__ import annotations

import secrets as random_bytes
from datetime import timedelta

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Role, SignInLink, User
from resonanz.core import clock, secrets
from resonanz.core.errors import ResonanzError
from resonanz.privacy import audit

VALID_MINUTES = 30
FIRST_ADMINISTRATOR_EMAIL = "admin@localhost"


class SignInLinkError(ResonanzError):
    """The link signs nobody in."""

    code = "sign_in_link.unknown"


class LinkUsed(SignInLinkError):
    """The link was used before."""

    code = "sign_in_link.used"


class LinkExpired(SignInLinkError):
    """The link was not used in time."""

    code = "sign_in_link.expired"


def create_first_administrator_link(base_url: str) -> str | None:
    """A link for the first administrator; None when an administrator has signed in before and can do so again."""
    administrators = User.objects.filter(role=Role.ADMIN, is_active=True)
    if administrators.filter(last_login__isnull=False).exists():
        return None
    return create_link(user=first_administrator(), base_url=base_url)


def first_administrator() -> User:
    """The oldest active administrator; made where there is none yet."""
    administrators = User.objects.filter(role=Role.ADMIN, is_active=True)
    return administrators.order_by("id").first() or User.objects.create_user(
        FIRST_ADMINISTRATOR_EMAIL, name="Administrator", role=Role.ADMIN, created_at=clock.now()
    )


def create_link(*, user: User, base_url: str, actor: User | None = None) -> str:
    """An address that signs `user` in once; links made for them before stop working.

    Whoever makes one (nobody: an operator on the server) could come in as `user`, so the audit says who it was.
    """
    token = random_bytes.token_urlsafe(32)
    with transaction.atomic():
        SignInLink.objects.filter(user=user, used_at__isnull=True).delete()
        expires_at = clock.now() + timedelta(minutes=VALID_MINUTES)
        SignInLink.objects.create(user=user, token_hash=_hash(token), expires_at=expires_at)
        audit.record(act="sign_in_link.made", actor=actor_of(actor), thing="user", thing_id=user.pk)
    return f"{base_url.rstrip('/')}/sign-in/{token}/"


def use_link(*, token: str) -> User:
    """The colleague the link is for, who is to be signed in now; raises a SignInLinkError."""
    with transaction.atomic():
        link = _check(token=token, lock=True)
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        audit.record(act="sign_in_link.used", actor=actor_of(link.user), thing="user", thing_id=link.user_id)
    return link.user


def check_link(*, token: str) -> User:
    """The colleague the link would sign in, leaving it unused; raises a SignInLinkError."""
    return _check(token=token, lock=False).user


def _hash(token: str) -> bytes:
    return secrets.keyed_hash("sign-in-link", token)


def _check(*, token: str, lock: bool) -> SignInLink:
    # The database compares keyed hashes, so how long it takes tells nothing about a token.
    links = SignInLink.objects.select_related("user")
    links = links.select_for_update(of=("self",)) if lock else links
    link = links.filter(token_hash=_hash(token), user__is_active=True).first()
    if link is None:
        raise SignInLinkError()
    if link.used_at is not None:
        raise LinkUsed()
    if link.expires_at <= clock.now():
        raise LinkExpired()
    return link

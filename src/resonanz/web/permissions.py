"""What each page asks of a person. A page that declares nothing is never served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpResponseBase

from resonanz.accounts.access import Act

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Declaration:
    """Which act a page needs; a public page needs none and says why."""

    act: Act | None
    because: str = ""


# Pages of allauth cannot wear our decorator. Each one guards itself as far as it must.
ALLAUTH_PAGES = {
    "account_login": "signing in",
    "account_logout": "signing out does no harm",
    "account_signup": "says that sign-up is closed",
    "account_inactive": "says that an account was closed",
    "account_reauthenticate": "asks for the password again; allauth sends strangers to the sign-in page",
    "account_change_password": "one's own password; allauth sends strangers to the sign-in page",
    "account_set_password": "one's own password; allauth sends strangers to the sign-in page",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "mfa_index": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_reauthenticate": "asks for the second factor again; allauth sends strangers to the sign-in page",
    "mfa_reauthenticate_webauthn": "asks for the passkey again; allauth sends strangers to the sign-in page",
    "mfa_activate_totp": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_deactivate_totp": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_view_recovery_codes": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_generate_recovery_codes": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_download_recovery_codes": "one's own second factors; allauth sends strangers to the sign-in page",
    "mfa_list_webauthn": "one's own passkeys; allauth sends strangers to the sign-in page",
    "mfa_add_webauthn": "one's own passkeys; allauth sends strangers to the sign-in page",
    "mfa_remove_webauthn": "one's own passkeys; allauth sends strangers to the sign-in page",
    "mfa_edit_webauthn": "one's own passkeys; allauth sends strangers to the sign-in page",
}


def page(act: Act) -> Callable[[View], View]:
    """Declare that a page needs `act`."""
    return _declare(Declaration(act))


def public_page(*, because: str) -> Callable[[View], View]:
    """Declare that everybody may see a page, and why."""
    return _declare(Declaration(None, because))


def declared(view: object, name: str | None) -> Declaration | None:
    """What the page behind a route declares; None when nobody thought of it."""
    found = getattr(view, "declaration", None)
    if isinstance(found, Declaration):
        return found
    if name in ALLAUTH_PAGES and getattr(view, "__module__", "").startswith("allauth."):
        return Declaration(None, ALLAUTH_PAGES[name])
    return None


def _declare(declaration: Declaration) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.declaration = declaration  # type: ignore[attr-defined]
        return view

    return decorate

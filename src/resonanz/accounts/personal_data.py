"""What tables of colleagues and of signing in hold of people; those of Django and allauth too."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal, declare_personal

_PURPOSE = "employment: access to the product (Art. 6(1)(f), 88 GDPR)"


def declare() -> None:
    """Enter them in the register."""
    _declare_own()
    _declare_sign_in()
    declare_impersonal("auth_permission", because="names of permissions; unused")
    declare_impersonal("auth_group", because="names of groups; unused")
    declare_impersonal("auth_group_permissions", because="which group has which permission; unused")
    declare_impersonal("django_content_type", because="names of tables")


def _declare_own() -> None:
    colleague = {
        "email": "e-mail address of a colleague",
        "name": "name",
        "initials": "initials",
        "password": "hash of the password",
        "last_login": "last sign-in",
        "role": "role",
        "language": "language",
        "time_zone": "time zone",
        "keys": "letters they chose as keys",
        "toured_at": "when they took the tour",
    }
    leaves = "deactivated by an administrator when the colleague leaves; deletion by hand in the database so far"
    declare_personal(
        "accounts_user", fields=colleague, purpose=_PURPOSE, kept="while employed", exported=False, erased=leaves
    )
    declare_personal(
        "accounts_membership",
        fields={"user": "colleague", "team": "team"},
        purpose=_PURPOSE,
        kept="while employed",
        exported=False,
        erased="with the colleague",
    )
    declare_impersonal("accounts_team", because="names of teams")
    declare_impersonal("accounts_company", because="the company itself, and what it uses")
    declare_personal(
        "accounts_signinlink",
        fields={"user": "colleague"},
        purpose=_PURPOSE,
        kept="until used or expired",
        exported=False,
        erased="by the daily job",
    )


def _declare_sign_in() -> None:
    for table, fields in {
        "account_emailaddress": {"email": "e-mail address of a colleague"},
        "account_emailconfirmation": {"email_address": "e-mail address of a colleague"},
        "mfa_authenticator": {"user": "colleague", "data": "keys of the second factor"},
    }.items():
        declare_personal(
            table,
            fields=fields,
            purpose=_PURPOSE,
            kept="while employed",
            exported=False,
            erased="with the colleague",
        )
    declare_personal(
        "django_session",
        fields={"session_data": "who is signed in"},
        purpose=_PURPOSE,
        kept="two weeks",
        exported=False,
        erased="by the daily job when ended",
    )

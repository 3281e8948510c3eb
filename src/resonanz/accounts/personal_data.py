"""What tables of colleagues and of signing in hold of people; those of Django and allauth too."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal, declare_personal

_PURPOSE = "employment: access to the product (Art. 6(1)(f), 88 GDPR)"


def declare() -> None:
    """Enter them in the register."""
    _declare_colleagues()
    _declare_company()
    _declare_notifications()
    _declare_sign_in()
    declare_impersonal("auth_permission", because="names of permissions; unused")
    declare_impersonal("auth_group", because="names of groups; unused")
    declare_impersonal("auth_group_permissions", because="which group has which permission; unused")
    declare_impersonal("django_content_type", because="names of tables")


def _declare_colleagues() -> None:
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
        "notified_by_email": "whether warnings reach them by e-mail",
        "reads_employee_names": "whether they are the neutral person who reads what names employees",
        "connects_accounts": "whether they may connect the company's accounts",
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


def _declare_company() -> None:
    declare_impersonal("accounts_team", because="names of teams")
    declare_impersonal("accounts_brand", because="names under which the company speaks")
    declare_impersonal("accounts_company", because="the company itself, and what it uses")


def _declare_notifications() -> None:
    declare_personal(
        "accounts_notificationservice",
        fields={"name": "name of a service", "user": "colleague whose service it is", "encrypted_address": "address"},
        purpose=_PURPOSE,
        kept="until removed",
        exported=False,
        erased="with the colleague, or by an administrator",
    )
    declare_personal(
        "accounts_notification",
        fields={"user": "colleague who was told", "created_at": "when", "lines": "codes of what was told"},
        purpose="telling who is on duty of work that is due (Art. 6(1)(f), 88 GDPR)",
        kept="30 days",
        exported=False,
        erased="by the daily job; with the colleague",
    )


def _declare_sign_in() -> None:
    declare_personal(
        "accounts_signinlink",
        fields={"user": "colleague"},
        purpose=_PURPOSE,
        kept="until used or expired",
        exported=False,
        erased="by the daily job",
    )
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
    declare_personal(
        "accounts_recentattempt",
        fields={"cache_key": "network address, or hash of the account, that tried to sign in", "value": "when"},
        purpose="security: nobody tries passwords without end (Art. 32 GDPR)",
        kept="until it counts no more: minutes, at most a day",
        exported=False,
        erased="by the daily job",
    )

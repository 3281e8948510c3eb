"""What the tables of people hold, and which rows concern an account."""

from __future__ import annotations

from resonanz.people.erasure import identities_of, memberships_of, persons_of, staff_accounts_of
from resonanz.privacy import export
from resonanz.privacy.register import declare_impersonal, declare_personal

_KEPT = "two years after the last contact (privacy.retention)"
_DAYS = {
    "purpose": "why it is kept",
    "source": "where it comes from",
    "delete_on": "when it will be deleted",
    "keep_until_at_least": "until when it must be kept",
    "keep_reason": "why it must be kept",
}


def declare() -> None:
    """Enter them in the register."""
    _declare_accounts()
    _declare_staff()
    _declare_groups()
    export.register(table="people_person", rows=persons_of)
    export.register(table="people_identity", rows=identities_of)
    export.register(table="people_staffaccount", rows=staff_accounts_of)
    export.register(table="people_targetgroupmember", rows=memberships_of)


def _declare_accounts() -> None:
    declare_personal(
        "people_person",
        fields={"name": "name", "created_at": "since when", **_DAYS},
        purpose="answering whoever addressed us (Art. 6(1)(b), (f) GDPR)",
        kept=_KEPT,
        exported=True,
        erased="with the last identity",
    )
    declare_personal(
        "people_identity",
        fields={
            "network": "network",
            "origin": "server",
            "native_id": "id of the account",
            "handle": "handle",
            "name": "name shown",
            "url": "address of the profile",
            "first_seen_at": "first contact",
            "last_seen_at": "last contact",
            **_DAYS,
        },
        purpose="knowing who addressed us (Art. 6(1)(b), (f) GDPR)",
        kept=_KEPT,
        exported=True,
        erased="with the account",
    )


def _declare_staff() -> None:
    declare_personal(
        "people_staffaccount",
        fields={
            "user": "colleague who named the account as their own",
            "network": "network",
            "origin": "server",
            "native_id": "id of the account",
            "handle": "handle",
            "asked_at": "when they asked for a code",
            "confirmed_at": "when they confirmed it, and so agreed",
        },
        purpose="not treating colleagues as customers, of their own will (Art. 6(1)(a), 7, 88 GDPR)",
        kept="until they take it back or leave the company; a code that nobody said a week",
        exported=True,
        erased="with the account; by the colleague at any time",
    )


def _declare_groups() -> None:
    declare_impersonal("people_targetgroup", because="names of groups and rules that describe many accounts")
    declare_personal(
        "people_targetgroupmember",
        fields={
            "group__name": "target group",
            "belongs": "whether a colleague said that they belong to it",
            "said_at": "when",
        },
        purpose="answering existing customers, press, partners as each needs (Art. 6(1)(f) GDPR)",
        kept=_KEPT,
        exported=True,
        erased="with the person",
    )

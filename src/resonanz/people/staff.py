"""Private accounts that colleagues name as their own, if they like: what they say there is no customer's.

Nobody is looked up: a colleague asks for a code and says it from the account that is meant, to one of our channels.
That proves that it is theirs, so nobody can hide another's posts. No page, list or log shows who did; leaving takes the
entry away, and with it everything that stands of the account.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.networks.contract import Posted
from resonanz.people.models import StaffAccount
from resonanz.privacy import audit, erasure

AccountKey = tuple[str, str, str]
"""(network, origin, native id of the account)."""

CODE_DAYS = 7
MOST_ACCOUNTS = 20
# No letter or digit that is mistaken for another; nobody guesses one of 10^12.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE = re.compile(rf"\bmein-([{_LETTERS}]{{8}})\b", re.IGNORECASE)


class TooManyAccounts(ResonanzError):
    """Nobody has that many accounts of their own."""

    code = "staff.too_many_accounts"


def ask(*, user: User) -> StaffAccount:
    """A code for an account of one's own, good for CODE_DAYS; one still waiting is given again."""
    with transaction.atomic():
        mine = list(StaffAccount.objects.select_for_update().filter(user=user))
        waiting = [one for one in mine if one.confirmed_at is None]
        if fresh := [one for one in waiting if one.asked_at > _oldest()]:
            return fresh[0]
        StaffAccount.objects.filter(pk__in=[one.pk for one in waiting]).delete()
        if len(mine) - len(waiting) >= MOST_ACCOUNTS:
            raise TooManyAccounts(most=MOST_ACCOUNTS)
        code = "mein-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
        return StaffAccount.objects.create(user=user, code=code, asked_at=clock.now())


def accounts_of(*, user: User) -> QuerySet[StaffAccount]:
    """What a colleague named as their own, and the code that still waits; for their own eyes."""
    asked = StaffAccount.objects.filter(user=user).exclude(confirmed_at__isnull=True, asked_at__lte=_oldest())
    return asked.order_by("confirmed_at", "id")


def leave(*, account_id: int, user: User) -> None:
    """Take an account out of the register, with everything that stands of it; another's is none of one's business."""
    with transaction.atomic():
        account = StaffAccount.objects.select_for_update().filter(pk=account_id, user=user).first()
        if account is None:
            return
        account.delete()
        if account.confirmed_at is not None:
            _forget_account((account.network, account.origin, account.native_id))


def confirm(*, said: Iterable[Posted]) -> set[AccountKey]:
    """Take into the register whoever says a waiting code among these posts; which accounts that were.

    What stood of the account until then, as of somebody outside, goes. The posts with a code are for nobody else.
    """
    codes: dict[str, tuple[AccountKey, str]] = {}
    for posted in said:
        if posted.author and (found := _CODE.search(posted.text)):
            codes[found[0].lower()] = (posted.network, posted.origin, posted.author.native_id), posted.author.handle
    if not codes:
        return set()
    confirmed: set[AccountKey] = set()
    waiting = StaffAccount.objects.filter(code__in=codes, confirmed_at__isnull=True, asked_at__gt=_oldest())
    for account in waiting.order_by("id"):
        key, handle = codes[account.code]
        _confirm(account, key, handle)
        confirmed.add(key)
    return confirmed


def among(*, keys: Collection[AccountKey]) -> set[AccountKey]:
    """Which of these accounts are in the register; those of colleagues who left the company no longer count."""
    if not keys:
        return set()
    wanted = StaffAccount.objects.filter(
        confirmed_at__isnull=False, user__is_active=True, native_id__in={native_id for _, _, native_id in keys}
    )
    return set(wanted.values_list("network", "origin", "native_id")) & set(keys)


def delete_due(_day: object, limit: int) -> int:
    """Codes that nobody said, and the accounts of colleagues who left the company."""
    unsaid = Q(confirmed_at__isnull=True, asked_at__lte=_oldest())
    due = StaffAccount.objects.filter(unsaid | Q(user__is_active=False)).order_by("pk").values_list("pk", flat=True)
    return StaffAccount.objects.filter(pk__in=list(due[:limit])).delete()[0]


def _confirm(account: StaffAccount, key: AccountKey, handle: str) -> None:
    try:
        with transaction.atomic():
            _forget_account(key)
            network, origin, native_id = key
            StaffAccount.objects.filter(pk=account.pk, confirmed_at__isnull=True).update(
                network=network, origin=origin, native_id=native_id, handle=handle, confirmed_at=clock.now()
            )
    except IntegrityError:  # it is in the register already
        StaffAccount.objects.filter(pk=account.pk).delete()


def _forget_account(key: AccountKey) -> None:
    network, origin, native_id = key
    erasure.erase_account(network=network, origin=origin, native_id=native_id, actor=audit.SYSTEM, suppress=False)


def _oldest() -> datetime:
    return clock.now() - timedelta(days=CODE_DAYS)

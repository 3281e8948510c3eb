"""Colleagues who are called in notes: `@Ole`, `@Miriam Kessler`. Only who may see cases can be called.

They are told while they are on duty, and find what calls them by `mentions:me`. A first name alone calls somebody only
where one colleague bears it; nobody is told who reads how much, and nobody finds what calls others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.service.models import CaseNote, NoteMention
from resonanz.service.times import telling

MOST = 20
CALLED = "note.calls"


def mentionable() -> list[User]:
    """Who can be called, by name."""
    rows = User.objects.filter(is_active=True).exclude(name="").order_by("name", "pk")
    return [user for user in rows if may(user, Act.READ_CASES)]


def beginning(*, typed: str, most: int) -> list[User]:
    """Who can be called and has a name, or a part of it, that begins so."""
    wanted = typed.casefold().strip()
    found = [user for user in mentionable() if any(part.startswith(wanted) for part in _parts(user.name))]
    return found[:most]


def called(*, text: str, among: Collection[User]) -> list[User]:
    """Who of them the text calls, in the order of their names."""
    if "@" not in text:
        return []
    firsts = Counter(user.name.split()[0].casefold() for user in among)
    names = {user.name.casefold(): user for user in among}
    names |= {first: user for user in among if firsts[first := user.name.split()[0].casefold()] == 1}
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w.@])@({'|'.join(map(re.escape, longest_first)) or '(?!)'})(?![\w@])")
    found = {names[name].pk: names[name] for name in pattern.findall(text.casefold())}
    return list(found.values())[:MOST]


def call(*, note: CaseNote) -> list[User]:
    """Remember whom a new note calls, and tell them; its author needs no telling."""
    users = [user for user in called(text=note.text, among=mentionable()) if user.pk != note.author_id]
    if users:
        NoteMention.objects.bulk_create([NoteMention(note=note, user=user) for user in users], ignore_conflicts=True)
        path = f"/inbox/{note.case_id}/#note-{note.pk}"
        telling.tell(user_ids=[user.pk for user in users], code=CALLED, params={"case": note.case_id}, path=path)
    return users


def lately(*, user: User, since: datetime) -> list[CaseNote]:
    """The notes that called this colleague since then, oldest first."""
    rows = NoteMention.objects.filter(user=user, note__created_at__gt=since).select_related("note", "note__author")
    return [row.note for row in rows.order_by("pk")]


def _parts(name: str) -> list[str]:
    whole = name.casefold()
    return [whole, *whole.split()]

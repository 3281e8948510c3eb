"""Employees who are named in posts: hidden from everybody, for their sake, but from a neutral person who asks to read.

What somebody wrote of an employee by name is no business of their superiors: pages and lists show `[name]` in its place
to everybody. The exact words are one act away for the neutral persons whom the company named
(`Act.READ_EMPLOYEE_NAMES`), and the audit says that they were read. Cases in which somebody is named go to a neutral
person where there is one, and leave earlier (`service.retention`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from resonanz.accounts.access import Act, may
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.guidelines import in_force
from resonanz.guidelines.checks.contract import Context
from resonanz.guidelines.checks.employee_names import NAME
from resonanz.guidelines.checks.options import with_options
from resonanz.guidelines.naming import Names, Piece
from resonanz.listening.models import Post
from resonanz.privacy import audit
from resonanz.service.models import Case, CaseEvent, CasePost
from resonanz.service.times.musts import ASSIGNED
from resonanz.service.work.workload import open_cases

GIVEN = "case.given_to_neutral"
_KNOWN_SECONDS = 30.0
_known: tuple[float, Names] | None = None


def pieces(text: str) -> list[Piece]:
    """Where the text names one of our employees, in order."""
    return _names().pieces(text)


def masked(text: str, *, mask: str) -> str:
    """The text with `mask` in place of each employee it names."""
    parts, at = [], 0
    for start, end in pieces(text):
        parts += [text[at:start], mask]
        at = end
    return "".join([*parts, text[at:]]) if at else text


def begin(text: str, *, most: int) -> str:
    """How a text begins; what would be half a name, which nobody could hide any more, is left off."""
    ends = next((start for start, end in pieces(text) if start < most < end), most)
    return text[:ends].rstrip()


def may_name(words: str) -> bool:
    """Whether these words may look for an employee."""
    return _names().may_mean(words)


def out_of_reach(*, words: str, reader: User) -> bool:
    """Whether these words may look for an employee: then cases that name some are found by neutral persons alone."""
    return not may(reader, Act.READ_EMPLOYEE_NAMES) and may_name(words)


def neutral_person() -> User | None:
    """The neutral person with the fewest open cases who may answer; None where the company named none."""
    named = User.objects.filter(reads_employee_names=True, is_active=True).order_by("pk")
    able = [user for user in named if may(user, Act.ANSWER)]
    if not able:
        return None
    load = open_cases([user.pk for user in able])
    return min(able, key=lambda user: (load.get(user.pk, 0), user.pk))


def guard(cases: Sequence[Case]) -> None:
    """Somebody is named in these open cases: unless that is known, they go to a neutral person. Call with them locked.

    Whom the guideline says must answer keeps the case, and so does whoever works on it: they see no names.
    """
    new = {case.pk: case for case in cases if not case.names_employees}
    if not new:
        return
    Case.objects.filter(pk__in=new).update(names_employees=True)
    person, now = neutral_person(), clock.now()
    bound = set(CaseEvent.objects.filter(case__in=new, act=ASSIGNED).values_list("case_id", flat=True))
    free = [case for case in new.values() if person and not case.is_held and case.pk not in bound]
    for case in new.values():
        case.names_employees = True
    for case in free:
        case.assignee = person
    Case.objects.filter(pk__in=[case.pk for case in free]).update(assignee=person)
    details = {"assignee": person.pk if person else None, "because": "NAMES_EMPLOYEES"}
    CaseEvent.objects.bulk_create([CaseEvent(case=case, at=now, act=GIVEN, details=details) for case in free])


def read_original(*, case_id: int, post_id: int, reader: User) -> Post | None:
    """The post with its exact words, which the audit remembers; None where it does not stand in the case."""
    place = CasePost.objects.filter(case_id=case_id, post_id=post_id).select_related("post").first()
    if place is None:
        return None
    audit.record(act="post.read_with_names", actor=actor_of(reader), thing="post", thing_id=post_id, case=case_id)
    return place.post


def take_for_granted(names: Iterable[str] | None) -> None:
    """Whose names are looked for during the next 30 seconds; None lets them be looked up."""
    global _known
    _known = None if names is None else (clock.monotonic(), _made(tuple(names)))


def _names() -> Names:
    """Up to 30 seconds old, for every row of every list asks."""
    global _known
    now = clock.monotonic()
    if _known is None or now - _known[0] > _KNOWN_SECONDS:
        _known = (now, _made(_stored()))
    return _known[1]


@lru_cache(maxsize=2)
def _made(names: tuple[str, ...]) -> Names:
    return Names(names)


def _stored() -> tuple[str, ...]:
    """Everybody who signs in here or did, and whom the guidelines list."""
    brands: list[int | None] = [None, *Brand.objects.order_by("pk").values_list("pk", flat=True)]
    guidelines = filter(None, (in_force.compiled(brand_id=brand) for brand in brands))
    rules = filter(None, (guideline.checks.get(NAME) for guideline in guidelines))
    listed = {name for rule in rules for name in with_options(Context(checks={NAME: rule})).employee_names}
    called = User.objects.exclude(name="").values_list("name", flat=True)
    return tuple(sorted({*called, *listed}))

"""Labels that can be taught: those that ship, and those that the company defines by a name and a few examples."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from resonanz.accounts.access import Act, may
from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.listening.models import Post, Visible
from resonanz.privacy import audit
from resonanz.triage import feedback
from resonanz.triage.feedback import LABELS, UnknownLabel
from resonanz.triage.learning import champions
from resonanz.triage.models import (
    CompanyLabel,
    Feedback,
    How,
    LabelExample,
    LabelWeek,
    LearningRun,
    LearntHead,
)

MOST_EXAMPLE = 4000
NAMES_KNOWN_SECONDS = 5.0
NOT_TAUGHT = frozenset({"sensitive"})
"""What tells of somebody's health, beliefs or the like is never learnt from, so nobody can teach it."""

_names: tuple[float, dict[str, str]] | None = None


class LabelTaken(ResonanzError):
    """Another label bears this name."""

    code = "triage.label_taken"


class UnreadablePost(ResonanzError):
    """There is no such post, or not for this person."""

    code = "triage.unreadable_post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label that can be taught. One that ships has no name here: pages have their own words for it."""

    code: str
    name: str = ""
    description: str = ""
    is_own: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a label of the company means (`value`), or does not: typed, or a post (`post_id`)."""

    id: int
    text: str
    value: bool
    post_id: int | None = None


def every() -> list[Label]:
    """Those that ship, then the company's own by name."""
    own = [_shown(label) for label in CompanyLabel.objects.order_by("name", "pk")]
    return [Label(code=code) for code in sorted(LABELS - NOT_TAUGHT)] + own


def names() -> dict[str, str]:
    """The names of the company's own labels by code, some seconds old, for what asks in every row."""
    global _names
    now = clock.monotonic()
    if _names is None or now - _names[0] > NAMES_KNOWN_SECONDS:
        _names = (now, {label.code: label.name for label in CompanyLabel.objects.order_by("pk")})
    return _names[1]


def define(*, name: str, description: str = "", actor: User) -> Label:
    """A new label of the company; raises LabelTaken."""
    return _save(CompanyLabel(created_at=clock.now()), name, description, "triage.label_defined", actor)


def change(*, code: str, name: str, description: str, actor: User) -> Label:
    """Another name or description; what was taught stays. Raises LabelTaken, UnknownLabel."""
    return _save(_own(code), name, description, "triage.label_changed", actor)


def remove(*, code: str, actor: User) -> None:
    """The label goes, with all that people said of it and all that was learnt; raises UnknownLabel."""
    label = _own(code)
    with transaction.atomic():
        for table in (Feedback, LearntHead, LearningRun, LabelWeek):
            table._default_manager.filter(label=code).delete()
        audit.record(act="triage.label_removed", actor=actor_of(actor), thing="label", thing_id=label.pk)
        label.delete()
        transaction.on_commit(_look_again)


def add_example(*, code: str, text: str, value: bool, actor: User) -> Example:
    """A text somebody typed; raises UnknownLabel."""
    label = _own(code)
    with transaction.atomic():
        made = LabelExample.objects.create(label=label, text=text[:MOST_EXAMPLE], value=value, added_at=clock.now())
        audit.record(act="triage.example_added", actor=actor_of(actor), thing="label", thing_id=label.pk)
    return Example(id=made.pk, text=made.text, value=value)


def example_of_post(*, code: str, post_id: int, value: bool, actor: User) -> None:
    """A post that shows what the label means: a word that teaches and never measures. Raises UnreadablePost."""
    _own(code)
    readable = {} if may(actor, Act.READ_CASES) else {"visibility": Visible.PUBLIC}
    if not Post.objects.filter(pk=post_id, evaluation__isnull=False, **readable).exists():
        raise UnreadablePost(post=post_id)
    feedback.give(post_id=post_id, label=code, value=str(value).lower(), by=actor, how=How.EXAMPLE)


def remove_example(*, example_id: int) -> None:
    """Take a typed example back."""
    LabelExample.objects.filter(pk=example_id).delete()


def examples(*, code: str, viewer: User) -> list[Example]:
    """What was typed, then the posts, those written in private only for who reads cases."""
    label = _own(code)
    typed = [
        Example(id=one.pk, text=one.text, value=one.value)
        for one in LabelExample.objects.filter(label=label).order_by("pk")
    ]
    shown = {} if may(viewer, Act.READ_CASES) else {"post__visibility": Visible.PUBLIC}
    rows = Feedback.objects.filter(label=code, how=How.EXAMPLE, **shown).select_related("post").order_by("pk")
    return typed + [
        Example(id=one.pk, text=one.post.text, value=one.value == "true", post_id=one.post_id) for one in rows
    ]


def _own(code: str) -> CompanyLabel:
    number = code.removeprefix("own-")
    found = CompanyLabel.objects.filter(pk=int(number)).first() if number != code and number.isdecimal() else None
    if found is None:
        raise UnknownLabel(label=code, value="")
    return found


def _save(label: CompanyLabel, name: str, description: str, act: str, actor: User) -> Label:
    label.name, label.description = " ".join(name.split()), description.strip()
    try:
        with transaction.atomic():
            label.save()
            audit.record(act=act, actor=actor_of(actor), thing="label", thing_id=label.pk)
            transaction.on_commit(_look_again)
    except IntegrityError as error:
        raise LabelTaken(name=label.name) from error
    return _shown(label)


def _shown(label: CompanyLabel) -> Label:
    return Label(code=label.code, name=label.name, description=label.description, is_own=True, id=label.pk)


def _look_again() -> None:
    global _names
    _names = None
    champions.look_again()

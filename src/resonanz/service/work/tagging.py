"""Tags: words under which colleagues file cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.db.models.functions import Lower

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.privacy import audit
from resonanz.service.models import Case, CaseTag, Tag, TagColour
from resonanz.service.work.acting import CaseAct, Done, act_on

MOST_LETTERS = 40
MOST_TAGS = 500


class NoName(ResonanzError):
    """A tag is a word, and there is none."""

    code = "tag.no_name"


class NameTaken(ResonanzError):
    """There is such a tag already."""

    code = "tag.name_taken"


class ItsOwn(ResonanzError):
    """A tag cannot be merged into itself."""

    code = "tag.its_own"


class TagGone(ResonanzError):
    """One of the tags was removed meanwhile."""

    code = "tag.gone"


class TooManyTags(ResonanzError):
    """So many tags find nothing any more."""

    code = "tag.too_many"


def create(*, name: str, colour: TagColour, actor: User) -> Tag:
    """A new tag; raises NoName, NameTaken, TooManyTags."""
    if Tag.objects.count() >= MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    return _save(Tag(created_at=clock.now()), name, colour, "tag.created", actor)


def change(*, tag_id: int, name: str, colour: TagColour, actor: User) -> Tag:
    """Another name or colour, in all cases that bear it; raises NoName, NameTaken."""
    return _save(Tag.objects.get(pk=tag_id), name, colour, "tag.changed", actor)


def remove(*, tag_id: int, actor: User) -> None:
    """The tag leaves all cases; nothing where it is gone already."""
    with transaction.atomic():
        if Tag.objects.filter(pk=tag_id).delete()[0]:
            audit.record(act="tag.removed", actor=actor_of(actor), thing="tag", thing_id=tag_id)


def merge(*, tag_id: int, into_id: int, actor: User) -> Tag:
    """Cases that bear the one bear the other from now on, and the one is no more; raises TagGone, ItsOwn."""
    if tag_id == into_id:
        raise ItsOwn
    with transaction.atomic():
        both = {tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=[tag_id, into_id]).order_by("pk")}
        if len(both) < 2:
            raise TagGone
        borne = CaseTag.objects.filter(tag=into_id).values("case")
        CaseTag.objects.filter(tag=tag_id).exclude(case__in=borne).update(tag=into_id)
        both[tag_id].delete()
        audit.record(act="tag.merged", actor=actor_of(actor), thing="tag", thing_id=tag_id, into=into_id)
    return both[into_id]


def listed() -> list[Tag]:
    """All of them by name, each with `case_count`."""
    return list(Tag.objects.annotate(case_count=Count("case_tags")).order_by(Lower("name")))


def _save(tag: Tag, name: str, colour: TagColour, act: str, actor: User) -> Tag:
    # Written with commas or quotes it could not be typed as `tag:` any more.
    tag.name = clean(name, most=MOST_LETTERS).strip(' ",').replace('"', "")
    tag.colour = colour
    if not tag.name:
        raise NoName
    try:
        with transaction.atomic():
            tag.save()
            audit.record(act=act, actor=actor_of(actor), thing="tag", thing_id=tag.pk)
    except IntegrityError:
        raise NameTaken(name=tag.name) from None
    return tag


class Retag(CaseAct):
    """Put tags on cases and take others away."""

    name: ClassVar[str] = "case.tagged"

    def __init__(self, *, add: Collection[int] = (), remove: Collection[int] = ()) -> None:
        self._add, self._remove = set(add), set(remove)
        self._borne: dict[int, set[int]] = {}

    def prepare(self, cases: Sequence[Case]) -> None:
        """Which of the tags the cases bear; a tag that was removed meanwhile is passed over."""
        self._add &= set(Tag.objects.filter(pk__in=self._add).values_list("pk", flat=True))
        self._borne = {case.pk: set() for case in cases}
        for case_id, tag_id in CaseTag.objects.filter(case__in=cases, tag__in=self._add | self._remove).values_list(
            "case_id", "tag_id"
        ):
            self._borne[case_id].add(tag_id)

    def apply(self, case: Case) -> Mapping[str, object] | None:
        """Nothing where all is so already."""
        borne = self._borne[case.pk]
        added, removed = sorted(self._add - borne), sorted(self._remove & borne)
        return {"added": added, "removed": removed} if added or removed else None

    def finish(self, done: Sequence[Done]) -> None:
        """Two statements for all."""
        cases = [each.case for each in done]
        CaseTag.objects.filter(case__in=cases, tag__in=self._remove).delete()
        new = [CaseTag(case=case, tag_id=tag_id) for case in cases for tag_id in sorted(self._add)]
        CaseTag.objects.bulk_create(new, ignore_conflicts=True)


def retag(*, case_id: int, actor: User, add: Collection[int] = (), remove: Collection[int] = ()) -> Case:
    """Put tags on a case and take others away."""
    return act_on(act=Retag(add=add, remove=remove), case_id=case_id, actor=actor)


def retag_back(*, cases: Sequence[Case], added: Collection[int], removed: Collection[int]) -> None:
    """As it was before `Retag` did this to all of these cases."""
    CaseTag.objects.filter(case__in=cases, tag__in=added).delete()
    there = Tag.objects.filter(pk__in=removed).values_list("pk", flat=True)
    new = [CaseTag(case=case, tag_id=tag_id) for case in cases for tag_id in there]
    CaseTag.objects.bulk_create(new, ignore_conflicts=True)

"""Writing a guideline: one draft per series and part, signed off, published with its day, never changed afterwards.

Two who write at once lose no word: what only one of them touched is brought together, and where both changed the same
clause the later one is told which, with their words still in their hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.guidelines import acknowledging, in_force, starter
from resonanz.guidelines.comparing import Change, compare
from resonanz.guidelines.compiling import compile
from resonanz.guidelines.contradictions import Contradiction, contradictions
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.merging import merge
from resonanz.guidelines.models import Council, Guideline, GuidelineState, Part
from resonanz.privacy import audit

MOST_EARLIER = 20
"""So many wordings of a draft are kept to bring together what was written at the same time."""
LONGEST_AHEAD = timedelta(days=730)


class VersionError(ResonanzError):
    """The version cannot be changed like this."""

    code = "guideline.not_possible"


class NotADraft(VersionError):
    """It was signed or published meanwhile, or taken away."""

    code = "guideline.not_a_draft"


class ChangedMeanwhile(VersionError):
    """Somebody else changed the same clauses; `clauses` names them."""

    code = "guideline.changed_meanwhile"


class NewerVersion(VersionError):
    """A version was published since the draft was begun; its changes have to be taken in first."""

    code = "guideline.newer_version"


class CouncilUnspoken(VersionError):
    """It rules how employees behave, and nothing is said about the works council; or a day is missing or to come."""

    code = "guideline.council_unspoken"


class DayNotPossible(VersionError):
    """The day on which it is to take effect has passed, or is too far away."""

    code = "guideline.day_not_possible"


class BrandGone(VersionError):
    """The brand was removed."""

    code = "guideline.brand_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A draft as it stands now, and clauses that get in each other's way. `merged`: with another's changes in it."""

    guideline: Guideline
    contradictions: tuple[Contradiction, ...]
    merged: bool = False


def published(*, brand_id: int | None, part: str = Part.OFFICIAL) -> QuerySet[Guideline]:
    """Versions of one guideline, the newest first; those of a removed brand, too."""
    return in_force.published().filter(series=brand_id or in_force.COMPANY, part=part).order_by("-version")


def at_work(*, brand_id: int | None, part: str = Part.OFFICIAL) -> Guideline | None:
    """The draft, or what waits to be published; there is at most one."""
    rows = Guideline.objects.exclude(state=GuidelineState.PUBLISHED)
    return rows.filter(series=brand_id or in_force.COMPANY, part=part).first()


def begin(*, brand_id: int | None, actor: User, part: str = Part.OFFICIAL) -> Guideline:
    """The draft of the next version, begun with the words of the newest one; raises BrandGone."""
    with transaction.atomic():
        lock(brand_id, part)
        if found := at_work(brand_id=brand_id, part=part):
            return found
        brand = _brand(brand_id)
        newest = published(brand_id=brand_id, part=part).first()
        now = clock.now()
        draft = Guideline.objects.create(
            series=brand_id or in_force.COMPANY, brand=brand, part=part, state=GuidelineState.DRAFT,
            document=_first_words(newest, part), based_on=newest, created_at=now, created_by=actor, changed_at=now,
            changed_by=actor,
        )  # fmt: skip
        _note("guideline.begun", actor, draft)
    return draft


def save(*, guideline_id: int, revision: int, document: Document, actor: User) -> Saved:
    """Keep a draft's words; `revision` is that on which they were written.

    Raises NotADraft, ChangedMeanwhile, and DocumentInvalid for a document that cannot be read back.
    """
    document = read(document.as_json())
    with transaction.atomic():
        draft = _locked(guideline_id, GuidelineState.DRAFT)
        merged = revision != draft.revision
        if merged:
            document = _brought_together(draft, revision, document)
        if document.as_json() != draft.document:
            _write(draft, document, actor)
    return Saved(guideline=draft, contradictions=contradictions_in(document), merged=merged)


def discard(*, guideline_id: int, actor: User) -> None:
    """Throw a draft away; raises NotADraft."""
    with transaction.atomic():
        draft = _locked(guideline_id, GuidelineState.DRAFT)
        _note("guideline.discarded", actor, draft)
        draft.delete()


def catch_up(*, guideline_id: int, actor: User) -> tuple[str, ...]:
    """Take into a draft what was published since it was begun; clauses that both changed stay as drafted and are named.

    Raises NotADraft, and DocumentInvalid where the two together are none: one check in two clauses, say.
    """
    with transaction.atomic():
        draft = _locked(guideline_id, GuidelineState.DRAFT)
        newest = published(brand_id=draft.series, part=draft.part).first()
        if newest is None or newest.pk == draft.based_on_id:
            return ()
        base = draft.based_on or newest
        merged = merge(base=read(base.document), mine=read(draft.document), theirs=read(newest.document))
        draft.based_on = newest
        _write(draft, read(merged.document.as_json()), actor)
    return merged.conflicts


def sign(
    *, guideline_id: int, revision: int, actor: User, council: str = Council.NOT_CONCERNED,
    council_date: date | None = None,
) -> Guideline:  # fmt: skip
    """Sign a draft off as it was read, with what the works council said if clauses rule how employees behave.

    Raises NotADraft, ChangedMeanwhile, NewerVersion, CouncilUnspoken.
    """
    with transaction.atomic():
        draft = _locked(guideline_id, GuidelineState.DRAFT)
        if draft.revision != revision:
            raise ChangedMeanwhile(clauses=[])
        _refuse_outdated(draft)
        _set_council(draft, council, council_date)
        draft.state, draft.signed_at, draft.signed_by = GuidelineState.SIGNED, clock.now(), actor
        draft.earlier = []
        draft.save()
        _note("guideline.signed", actor, draft, council=draft.council)
    return draft


def reopen(*, guideline_id: int, actor: User) -> Guideline:
    """Make a draft again of what was signed and not published yet; raises NotADraft."""
    with transaction.atomic():
        found = _locked(guideline_id, GuidelineState.SIGNED)
        found.state, found.signed_at, found.signed_by = GuidelineState.DRAFT, None, None
        found.council, found.council_date = Council.NOT_CONCERNED, None
        found.save()
        _note("guideline.reopened", actor, found)
    return found


def publish(*, guideline_id: int, effective_date: date | None, actor: User, emergency: bool = False) -> Guideline:
    """Put what was signed into force with the beginning of a day; today, and in an emergency, at once.

    Whoever signed it has read it. Raises NotADraft, NewerVersion, DayNotPossible.
    """
    with transaction.atomic():
        found = _locked(guideline_id, GuidelineState.SIGNED)
        lock(found.series, found.part)
        _refuse_outdated(found)
        effective_at = clock.now() if emergency else beginning(effective_date)
        put_into_force(found, effective_at=effective_at, emergency=emergency, actor=actor)
    return found


def beginning(day: date | None) -> datetime:
    """When a version takes effect that is to do so on this day: now if it is today, else with the day.

    Raises DayNotPossible.
    """
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    today = clock.today(zone)
    if day is None or day == today:
        return clock.now()
    if not today < day <= today + LONGEST_AHEAD:
        raise DayNotPossible(day=day.isoformat())
    return datetime.combine(day, time(), zone)


def record_council(*, guideline_id: int, council: str, council_date: date | None, actor: User) -> Guideline:
    """Add later what the works council said; the words of the version stay. Raises CouncilUnspoken."""
    with transaction.atomic():
        found = Guideline.objects.select_for_update(of=("self",)).get(pk=guideline_id)
        _set_council(found, council, council_date)
        found.save(update_fields=["council", "council_date"])
        _note("guideline.council_recorded", actor, found, council=found.council)
    return found


def contradictions_in(document: Document) -> tuple[Contradiction, ...]:
    """Clauses that get in each other's way."""
    return contradictions(compile(document, 0))


def changes(*, before_id: int, after_id: int) -> tuple[Change, ...]:
    """What differs from one version to another; raises Guideline.DoesNotExist."""
    before, after = (read(Guideline.objects.get(pk=pk).document) for pk in (before_id, after_id))
    return compare(before, after)


def predecessor(guideline: Guideline) -> Guideline | None:
    """The version that was in force before this one took effect; the company's before a brand's first."""
    earlier = in_force.published().filter(part=guideline.part, series=guideline.series).exclude(pk=guideline.pk)
    if guideline.state == GuidelineState.PUBLISHED:
        earlier = earlier.filter(effective_at__lte=guideline.effective_at, version__lt=guideline.version)
    found = earlier.order_by("-effective_at", "-version").first()
    if found is None and guideline.series != in_force.COMPANY:
        return in_force.guideline(brand_id=None, at=guideline.effective_at, part=guideline.part)
    return found


def put_into_force(found: Guideline, *, effective_at: datetime, emergency: bool, actor: User) -> None:
    """Give a row its number and its moment, under the lock of its series."""
    now = clock.now()
    newest = published(brand_id=found.series, part=found.part).first()
    found.version = (newest.version or 0) + 1 if newest else 1
    found.state, found.is_emergency = GuidelineState.PUBLISHED, emergency
    found.effective_at, found.published_at = effective_at, now
    found.save()
    _note("guideline.published", actor, found, version=found.version, emergency=emergency)
    if found.signed_by is not None and found.part == Part.OFFICIAL:
        acknowledging.acknowledge(guideline_id=found.pk, user=found.signed_by)


def _locked(guideline_id: int, state: GuidelineState) -> Guideline:
    rows = Guideline.objects.select_for_update(of=("self",)).select_related("based_on", "signed_by")
    found = rows.filter(pk=guideline_id, state=state).first()
    if found is None:
        raise NotADraft
    return found


def lock(series: int | None, part: str) -> None:
    """Let no two give out the same number, or begin two drafts, of one series."""
    with connection.cursor() as cursor:
        key = f"guideline {series or in_force.COMPANY} {part}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _brand(brand_id: int | None) -> Brand | None:
    if not brand_id:
        return None
    found = Brand.objects.filter(pk=brand_id).first()
    if found is None:
        raise BrandGone
    return found


def _first_words(newest: Guideline | None, part: str) -> object:
    """A brand's first version begins with the company's words, the company's with the starter's."""
    if newest is None:
        newest = in_force.guideline(brand_id=None, part=part)
    if newest is not None:
        return newest.document
    return starter.OFFICIAL if part == Part.OFFICIAL else starter.EMPLOYEES


def _brought_together(draft: Guideline, revision: int, document: Document) -> Document:
    base = next((words for number, words in draft.earlier if number == revision), None)
    if base is None:
        raise ChangedMeanwhile(clauses=[])
    merged = merge(base=read(base), mine=document, theirs=read(draft.document))
    if merged.conflicts:
        raise ChangedMeanwhile(clauses=list(merged.conflicts))
    return read(merged.document.as_json())


def _write(draft: Guideline, document: Document, actor: User) -> None:
    draft.earlier = [*draft.earlier, [draft.revision, draft.document]][-MOST_EARLIER:]
    draft.document, draft.revision = document.as_json(), draft.revision + 1
    draft.changed_at, draft.changed_by = clock.now(), actor
    draft.save()


def _refuse_outdated(draft: Guideline) -> None:
    newest = published(brand_id=draft.series, part=draft.part).first()
    if newest is not None and newest.pk != draft.based_on_id:
        raise NewerVersion(version=newest.version)
    if draft.series != in_force.COMPANY and draft.brand_id is None:
        raise BrandGone


def _set_council(guideline: Guideline, council: str, council_date: date | None) -> None:
    conduct = read(guideline.document).conduct
    if not conduct:
        council, council_date = Council.NOT_CONCERNED, None
    elif council not in set(Council) - {Council.NOT_CONCERNED}:
        raise CouncilUnspoken(clauses=list(conduct))
    dated = council == Council.CONSENTED
    if dated and (council_date is None or council_date > clock.today(ZoneInfo(settings.DEFAULT_TIME_ZONE))):
        raise CouncilUnspoken(clauses=list(conduct))
    guideline.council, guideline.council_date = council, council_date if dated else None


def _note(act: str, actor: User, guideline: Guideline, **details: object) -> None:
    audit.record(
        act=act, actor=actor_of(actor), thing="guideline", thing_id=guideline.pk, series=guideline.series,
        part=guideline.part, **details,
    )  # fmt: skip

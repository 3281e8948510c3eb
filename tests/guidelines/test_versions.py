from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from resonanz.accounts.models import Brand, Role, User
from resonanz.core import clock
from resonanz.guidelines import in_force, versions
from resonanz.guidelines.acknowledging import Why, may_send
from resonanz.guidelines.comparing import Kind
from resonanz.guidelines.contradictions import Contradiction
from resonanz.guidelines.contradictions import Why as Reason
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.models import Council, Guideline
from resonanz.guidelines.ruling import Outcome
from resonanz.privacy.models import AuditRecord
from tests.guidelines.documents import AGENTS_MAY, clause, document, rules
from tests.guidelines.published import publish
from tests.guidelines.test_ruling import DRAFT
from tests.service.beside import Beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_starter")]
DAY = timedelta(days=1)


@pytest.fixture
def nele() -> User:
    return User.objects.create_user("nele@nordhain.example", name="Nele", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def draft(nele: User) -> Guideline:
    begun = versions.begin(brand_id=None, actor=nele)
    words = read(document(clause("1.1", rule=AGENTS_MAY), clause("1.2")))
    return versions.save(guideline_id=begun.pk, revision=1, document=words, actor=nele).guideline


def with_words(draft: Guideline, number: str, german: str) -> Document:
    record = read(draft.document).as_json()
    for one in record["sections"][0]["clauses"]:  # type: ignore[index]
        if one["number"] == number:
            one["text"]["de"] = german
    return read(record)


def in_effect(draft: Guideline, actor: User) -> Guideline:
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=actor)
    return versions.publish(guideline_id=draft.pk, effective_date=None, actor=actor)


def test_draft_begins_with_the_words_of_the_newest_version(nele: User, old_starter: Guideline) -> None:
    draft = versions.begin(brand_id=None, actor=nele)

    assert (draft.document, draft.based_on) == (old_starter.document, old_starter)
    assert versions.begin(brand_id=None, actor=nele) == draft
    assert in_force.guideline(brand_id=None) == old_starter


def test_version_bites_from_the_moment_it_is_published(draft: Guideline, nele: User) -> None:
    assert in_force.ruling(draft=DRAFT).version == 1

    published = in_effect(draft, nele)

    assert (published.version, in_force.ruling(draft=DRAFT).guideline_id) == (2, draft.pk)
    assert may_send(user=nele, brand_id=None).why == Why.GIVEN
    assert list(AuditRecord.objects.order_by("pk").values_list("act", flat=True)) == [
        "guideline.begun",
        "guideline.signed",
        "guideline.published",
        "guideline.acknowledged",
    ]


def test_version_takes_effect_with_the_beginning_of_its_day(draft: Guideline, nele: User) -> None:
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)

    published = versions.publish(guideline_id=draft.pk, effective_date=clock.today(zone) + 7 * DAY, actor=nele)

    assert published.effective_at is not None
    assert published.effective_at.astimezone(zone).strftime("%H:%M") == "00:00"
    assert in_force.ruling(draft=DRAFT).version == 1
    with clock.moved_to(clock.now() + 8 * DAY):
        assert in_force.ruling(draft=DRAFT).version == 2


@pytest.mark.parametrize("days", [-1, -400, 731])
def test_day_that_has_passed_or_is_too_far_away_is_refused(draft: Guideline, nele: User, days: int) -> None:
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)
    day = clock.today(ZoneInfo(settings.DEFAULT_TIME_ZONE)) + days * DAY

    with pytest.raises(versions.DayNotPossible):
        versions.publish(guideline_id=draft.pk, effective_date=day, actor=nele)

    draft.refresh_from_db()
    assert draft.state == "SIGNED"


def test_two_who_write_at_once_lose_nothing(draft: Guideline, nele: User) -> None:
    first, second = with_words(draft, "1.1", "Erste"), with_words(draft, "1.2", "Zweite")

    versions.save(guideline_id=draft.pk, revision=draft.revision, document=first, actor=nele)
    saved = versions.save(guideline_id=draft.pk, revision=draft.revision, document=second, actor=nele)

    assert saved.merged
    assert [one.text.de for one in read(saved.guideline.document).clauses] == ["Erste", "Zweite"]


def test_second_who_changes_the_same_clause_is_told(draft: Guideline, nele: User) -> None:
    first, second = with_words(draft, "1.1", "Erste"), with_words(draft, "1.1", "Zweite")
    versions.save(guideline_id=draft.pk, revision=draft.revision, document=first, actor=nele)

    with pytest.raises(versions.ChangedMeanwhile) as refused:
        versions.save(guideline_id=draft.pk, revision=draft.revision, document=second, actor=nele)

    assert refused.value.params["clauses"] == ["1.1"]
    draft.refresh_from_db()
    assert read(draft.document) == first


def test_words_written_on_a_forgotten_wording_are_refused(draft: Guideline, nele: User) -> None:
    with pytest.raises(versions.ChangedMeanwhile):
        versions.save(guideline_id=draft.pk, revision=0, document=with_words(draft, "1.1", "Alt"), actor=nele)


def test_saving_names_contradicting_clauses(draft: Guideline, nele: User) -> None:
    words = read(rules(AGENTS_MAY, {"outcome": "FORBIDDEN", "roles": ["AGENT"]}))

    saved = versions.save(guideline_id=draft.pk, revision=draft.revision, document=words, actor=nele)

    assert saved.contradictions == (Contradiction("1.1", "1.2", Reason.OPPOSITE),)


def test_what_was_changed_after_reading_is_not_signed(draft: Guideline, nele: User) -> None:
    versions.save(guideline_id=draft.pk, revision=draft.revision, document=with_words(draft, "1.1", "Neu"), actor=nele)

    with pytest.raises(versions.ChangedMeanwhile):
        versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)


def test_signed_words_do_not_change_until_opened_again(draft: Guideline, nele: User) -> None:
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)

    with pytest.raises(versions.NotADraft):
        versions.save(guideline_id=draft.pk, revision=draft.revision, document=Document(), actor=nele)
    with pytest.raises(versions.NotADraft):
        versions.discard(guideline_id=draft.pk, actor=nele)
    versions.reopen(guideline_id=draft.pk, actor=nele)
    versions.discard(guideline_id=draft.pk, actor=nele)

    assert versions.at_work(brand_id=None) is None


def test_draft_cannot_be_published_unsigned(draft: Guideline, nele: User) -> None:
    with pytest.raises(versions.NotADraft):
        versions.publish(guideline_id=draft.pk, effective_date=None, actor=nele)


def test_draft_takes_in_what_was_published_meanwhile_before_it_is_signed(draft: Guideline, nele: User) -> None:
    emergency = rules({"outcome": "FORBIDDEN", "topics": [7]})
    emergency["sections"][0]["key"] = "emergency"
    emergency["sections"][0]["clauses"][0]["number"] = "99.1"
    publish(emergency, version=2)

    with pytest.raises(versions.NewerVersion):
        versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)
    versions.catch_up(guideline_id=draft.pk, actor=nele)
    draft.refresh_from_db()

    assert [one.number for one in read(draft.document).clauses][-1] == "99.1"
    versions.sign(guideline_id=draft.pk, revision=draft.revision, actor=nele)


@pytest.mark.parametrize(
    ("council", "days_ago"), [("NOT_CONCERNED", None), ("CONSENTED", None), ("CONSENTED", -2), ("PERHAPS", None)]
)
def test_clauses_on_conduct_need_a_word_on_the_council(nele: User, council: str, days_ago: int | None) -> None:
    draft = versions.begin(brand_id=None, actor=nele)
    versions.save(guideline_id=draft.pk, revision=1, document=read(document(clause(conduct=True))), actor=nele)
    day = None if days_ago is None else clock.today(ZoneInfo("Europe/Berlin")) - days_ago * DAY

    with pytest.raises(versions.CouncilUnspoken) as refused:
        versions.sign(guideline_id=draft.pk, revision=2, actor=nele, council=council, council_date=day)

    assert refused.value.params["clauses"] == ["1.1"]


def test_consent_that_is_missing_is_shown_as_open_and_can_be_added(nele: User) -> None:
    draft = versions.begin(brand_id=None, actor=nele)
    versions.save(guideline_id=draft.pk, revision=1, document=read(document(clause(conduct=True))), actor=nele)
    versions.sign(guideline_id=draft.pk, revision=2, actor=nele, council=Council.NOT_YET)
    published = versions.publish(guideline_id=draft.pk, effective_date=None, actor=nele)
    assert published.council_is_open

    day = clock.today(ZoneInfo("Europe/Berlin")) - DAY
    later = versions.record_council(guideline_id=draft.pk, council=Council.CONSENTED, council_date=day, actor=nele)

    assert (later.council_is_open, later.council_date) == (False, day)


def test_brand_begins_with_the_companys_words_and_goes_its_own_way(draft: Guideline, nele: User) -> None:
    in_effect(draft, nele)
    brand = Brand.objects.create(name="Nord")

    own = versions.begin(brand_id=brand.pk, actor=nele)
    versions.save(guideline_id=own.pk, revision=1, document=read(rules({"outcome": "FORBIDDEN"})), actor=nele)
    own.refresh_from_db()
    own = in_effect(own, nele)

    assert in_force.ruling(draft=DRAFT, brand_id=brand.pk).outcome is Outcome.FORBIDDEN
    assert in_force.ruling(draft=DRAFT).outcome is Outcome.ALLOWED
    assert (own.version, versions.predecessor(own)) == (1, draft)


def test_draft_of_a_removed_brand_is_refused(nele: User) -> None:
    brand = Brand.objects.create(name="Nord")
    own = versions.begin(brand_id=brand.pk, actor=nele)
    brand_id = brand.pk
    brand.delete()

    with pytest.raises(versions.BrandGone):
        versions.sign(guideline_id=own.pk, revision=1, actor=nele, council=Council.NOT_YET)
    with pytest.raises(versions.BrandGone):
        versions.begin(brand_id=brand_id + 1, actor=nele)


def test_changes_between_versions_name_what_changed(draft: Guideline, nele: User) -> None:
    in_effect(draft, nele)
    after = versions.begin(brand_id=None, actor=nele)
    versions.save(guideline_id=after.pk, revision=1, document=with_words(after, "1.2", "Anders"), actor=nele)

    (change,) = versions.changes(before_id=draft.pk, after_id=after.pk)

    assert (change.kind, change.number, change.fields) == (Kind.CHANGED, "1.2", ("text.de",))


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_the_same_moment_share_one_draft(nele: User) -> None:
    begun: list[int] = []

    def begin() -> None:
        begun.append(versions.begin(brand_id=None, actor=nele).pk)

    together = [Beside(begin) for _ in range(3)]
    for one in together:
        one.finished()

    assert len(begun) == 3
    assert len(set(begun)) == 1

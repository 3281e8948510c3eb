from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.guidelines import in_force, versions
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.models import Guideline, GuidelineState
from resonanz.service.answers.judging import judge
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
RULE = {"outcome": "FORBIDDEN", "networks": ["memory"]}
WORDS = {
    "sections": [
        {
            "key": "tone",
            "heading": {"de": "Ton", "en": "Tone"},
            "clauses": [
                {"number": "1.1", "text": {"de": "Eins", "en": "One"}, "rule": RULE},
                {"number": "1.2", "text": {"de": "Zwei", "en": "Two"}},
            ],
        },
        {
            "key": "rights",
            "heading": {"de": "Rechte", "en": "Rights"},
            "clauses": [{"number": "2.1", "text": {"de": "Drei", "en": ""}, "rule": {"outcome": "ALLOWED"}}],
        },
    ]
}


@pytest.fixture
def lead() -> User:
    return User.objects.create_user("lead@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def page(client: Client, lead: User) -> Client:
    client.force_login(lead, backend=BACKEND)
    return client


@pytest.fixture
def draft(lead: User) -> Guideline:
    in_force.ensure_starter()
    begun = versions.begin(brand_id=None, actor=lead)
    return versions.save(guideline_id=begun.pk, revision=1, document=read(WORDS), actor=lead).guideline


def words_of(draft: Guideline) -> Document:
    return read(Guideline.objects.get(pk=draft.pk).document)


def revision_of(draft: Guideline) -> dict[str, str]:
    """What a form says that was opened just now."""
    return {"revision": str(Guideline.objects.get(pk=draft.pk).revision)}


def typed(draft: Guideline, *clauses: dict[str, str], **more: str) -> dict[str, str]:
    """The form of the section Tone as a browser sends it."""
    form = {"heading_de": "Ton", "heading_en": "Tone", "text_de": "", "text_en": "", "revision": str(draft.revision)}
    form |= {"form-TOTAL_FORMS": str(len(clauses)), "form-INITIAL_FORMS": str(len(clauses))}
    for place, clause in enumerate(clauses):
        form |= {f"form-{place}-{name}": value for name, value in clause.items()}
    return form | more


ONE = {"was": "1.1", "number": "1.1", "text_de": "Eins", "text_en": "One"}
TWO = {"was": "1.2", "number": "1.2", "text_de": "Zwei", "text_en": "Two"}


def address(draft: Guideline, rest: str = "sections/tone/") -> str:
    return f"/guideline/drafts/{draft.pk}/{rest}"


def test_section_keeps_words_new_numbers_and_what_a_clause_sets(page: Client, draft: Guideline) -> None:
    form = typed(draft, ONE | {"number": "1.7", "text_de": "Eins,\r\nneu", "conduct": "on"}, TWO | {"remove": "on"})

    answer = page.post(address(draft), form)

    assert answer.status_code == 302
    clauses = list(words_of(draft).sections[0].clauses)
    assert [(one.number, one.text.de, one.conduct) for one in clauses] == [("1.7", "Eins,\nneu", True)]
    assert clauses[0].rule is not None
    assert clauses[0].rule.networks == ("memory",)


def test_a_clause_is_added_after_saving_and_an_empty_one_is_no_clause(page: Client, draft: Guideline) -> None:
    new = {"was": "", "number": "1.3", "text_de": "", "text_en": ""}

    saved = page.post(address(draft), typed(draft, ONE, TWO, new, act="add"))
    shown = page.get(saved.headers["Location"]).content.decode()

    assert [one.number for one in words_of(draft).sections[0].clauses] == ["1.1", "1.2"]
    assert 'name="form-2-number" value="1.3"' in shown


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ([ONE | {"number": "eins"}], "A number looks like 3.2 or 3.2.1."),
        ([ONE, TWO | {"number": "1.1"}], "Another clause of this section has this number."),
        ([ONE | {"number": "2.1"}], "A clause of another section has this number."),
        ([ONE | {"text_de": " ", "text_en": ""}], "A clause needs words, at least in one language."),
    ],
)
def test_what_is_wrong_stands_at_its_clause_and_all_words_are_kept(
    page: Client, draft: Guideline, clauses: list[dict[str, str]], said: str
) -> None:
    form = typed(draft, *clauses, text_de="Lange <b>getippt</b>")

    shown = page.post(address(draft), form).content.decode()

    assert shown.count(said) == 1
    assert "Lange &lt;b&gt;getippt&lt;/b&gt;" in shown
    assert words_of(draft) == read(WORDS)


def test_two_who_write_at_once_in_different_clauses_are_brought_together(page: Client, draft: Guideline) -> None:
    page.post(address(draft), typed(draft, ONE | {"text_de": "Eins von Lea"}, TWO))

    page.post(address(draft), typed(draft, ONE, TWO | {"text_de": "Zwei von Milan"}))

    assert [one.text.de for one in words_of(draft).sections[0].clauses] == ["Eins von Lea", "Zwei von Milan"]


def test_two_who_change_the_same_words_lose_none_of_them(page: Client, draft: Guideline) -> None:
    page.post(address(draft), typed(draft, ONE | {"text_de": "Eins von Lea"}, TWO | {"text_de": "Zwei von Lea"}))

    answer = page.post(address(draft), typed(draft, ONE | {"text_de": "Eins von Milan"}, TWO))
    shown = answer.content.decode()
    before_choosing = words_of(draft).clause("1.1")
    revision = Guideline.objects.get(pk=draft.pk).revision
    mine = typed(draft, ONE | {"text_de": "Eins von Milan"}, TWO | {"text_de": "Zwei von Lea"}, revision=str(revision))
    page.post(address(draft), mine)

    assert answer.status_code == 409
    assert "Eins von Milan</textarea>" in shown
    assert ">Eins von Lea</p>" in shown
    assert "Zwei von Lea</textarea>" in shown
    assert before_choosing is not None
    assert before_choosing.text.de == "Eins von Lea"
    assert [one.text.de for one in words_of(draft).sections[0].clauses] == ["Eins von Milan", "Zwei von Lea"]


def test_rule_is_attached_in_a_form_and_said_in_words(page: Client, draft: Guideline, lead: User) -> None:
    form = {"set": "rule", "outcome": "NEEDS_APPROVAL", "roles": "AGENT", "networks": "memory", "hours": "CLOSED"}
    form |= {"approver_people": str(lead.pk), "within": "2", "unit": "HOURS"}

    preview = page.post(address(draft, "clauses/1.2/"), form | revision_of(draft) | {"act": "preview"}).content.decode()
    unchanged = words_of(draft).clause("1.2")
    page.post(address(draft, "clauses/1.2/"), form | revision_of(draft))

    said = (
        "Everybody in the role Answering, on Practice network, outside of business hours:"
        " answer after approval by Lea within 2 hours."
    )
    stored = words_of(draft).clause("1.2")
    assert said in preview
    assert unchanged is not None
    assert unchanged.rule is None
    assert stored is not None
    assert stored.rule is not None
    assert stored.rule.approvers is not None
    assert (stored.rule.approvers.people, stored.rule.approvers.within_minutes) == ((lead.pk,), 120)


def test_contradiction_is_shown_with_both_clauses(page: Client, draft: Guideline) -> None:
    page.post(
        address(draft, "clauses/1.2/"), {"set": "rule", "outcome": "ALLOWED", "networks": "memory"} | revision_of(draft)
    )

    clause = page.get(address(draft, "clauses/1.2/")).content.decode()
    outline = page.get(address(draft, "")).content.decode()

    for shown in (clause, outline):
        assert "1.2 never takes effect: wherever it applies, 1.1 is stricter." in shown


def test_a_rule_about_somebody_who_left_does_not_widen_when_it_is_saved(
    page: Client, draft: Guideline, lead: User
) -> None:
    gone = User.objects.create_user("gone@nordhain.example", name="Gerd", role=Role.AGENT, created_at=clock.now())
    page.post(
        address(draft, "clauses/1.2/"),
        {"set": "rule", "outcome": "ALLOWED", "people": str(gone.pk)} | revision_of(draft),
    )
    User.objects.filter(pk=gone.pk).update(is_active=False)

    shown = page.get(address(draft, "clauses/1.2/")).content.decode()
    page.post(
        address(draft, "clauses/1.2/"),
        {"set": "rule", "outcome": "FORBIDDEN", "people": str(gone.pk)} | revision_of(draft),
    )

    stored = words_of(draft).clause("1.2")
    assert "Gerd" in shown
    assert stored is not None
    assert stored.rule is not None
    assert stored.rule.people == (gone.pk,)


def test_sections_are_added_moved_numbered_and_removed(page: Client, draft: Guideline) -> None:
    page.post(address(draft, "sections/"), {"heading_de": "Ziele", "heading_en": "Goals"} | revision_of(draft))
    page.post(address(draft, "sections/rights/move/"), {"by": "-1"} | revision_of(draft))
    page.post(address(draft, "renumber/"), revision_of(draft))
    page.post(address(draft, "sections/goals/remove/"), revision_of(draft))

    found = words_of(draft)
    assert [(one.key, [clause.number for clause in one.clauses]) for one in found.sections] == [
        ("rights", ["1.1"]),
        ("tone", ["2.1", "2.2"]),
    ]


def test_version_is_signed_and_published_with_the_councils_consent(page: Client, draft: Guideline) -> None:
    page.post(address(draft), typed(draft, ONE | {"conduct": "on"}, TWO))
    revision = str(Guideline.objects.get(pk=draft.pk).revision)

    page.post(address(draft, "sign/"), {"revision": revision, "council": "CONSENTED", "council_date": ""})
    unsigned = Guideline.objects.get(pk=draft.pk).state
    page.post(address(draft, "sign/"), {"revision": revision, "council": "CONSENTED", "council_date": "2026-01-05"})
    page.post(address(draft, "publish/"), {"effective_date": ""})

    found = Guideline.objects.get(pk=draft.pk)
    assert unsigned == GuidelineState.DRAFT
    assert (found.state, found.version) == (GuidelineState.PUBLISHED, 2)
    assert "The works council agreed on 5 January 2026." in page.get("/guideline/").content.decode()


def test_comparison_shows_only_what_changed(page: Client, draft: Guideline) -> None:
    page.post(address(draft), typed(draft, ONE | {"text_de": "Eins neu"}, TWO))
    page.post(address(draft, "sign/"), {"revision": "3"})
    page.post(address(draft, "publish/"), {"effective_date": ""})
    page.post("/guideline/versions/new/", {})
    newer = Guideline.objects.exclude(state=GuidelineState.PUBLISHED).get()
    page.post(f"/guideline/drafts/{newer.pk}/sections/tone/", typed(newer, ONE | {"text_de": "Eins ganz neu"}, TWO))

    shown = page.get(f"/guideline/versions/{newer.pk}/changes/").content.decode()

    assert "<ins>ganz </ins>" in shown
    assert "Zwei" not in shown


def test_rule_at_once_is_in_force_at_once(page: Client, draft: Guideline) -> None:
    form = {"text_de": "Kein Wort zum Rückruf.", "text_en": "", "outcome": "FORBIDDEN", "brand": "0"}

    page.post("/guideline/emergency/", form)

    shown = page.get("/guideline/").content.decode()
    assert "Kein Wort zum Rückruf." in shown
    assert Guideline.objects.filter(is_emergency=True).count() == 1


def test_outline_of_three_clauses_asks_as_little_as_of_thirty(page: Client, draft: Guideline, lead: User) -> None:
    many = [{"number": f"3.{n}", "text": {"de": "x", "en": ""}, "rule": {"outcome": "ALLOWED"}} for n in range(1, 31)]
    counts = []
    for clauses in ([], many):
        section = {"key": "goals", "heading": {"de": "Ziele", "en": ""}, "clauses": clauses}
        document = read({"sections": [*WORDS["sections"], section]})
        current = Guideline.objects.get(pk=draft.pk)
        versions.save(guideline_id=draft.pk, revision=current.revision, document=document, actor=lead)
        with CaptureQueriesContext(connection) as asked:
            page.get(address(draft, ""))
        counts.append(len(asked))

    assert counts == [10, 10]


@pytest.mark.parametrize("rest", ["", "sections/tone/", "clauses/1.1/", "whole/", "sign/", "publish/", "discard/"])
def test_agents_write_nothing(page: Client, draft: Guideline, lead: User, rest: str) -> None:
    User.objects.filter(pk=lead.pk).update(role=Role.AGENT)

    assert page.post(address(draft, rest)).status_code == 403
    assert words_of(draft) == read(WORDS)


def test_pattern_of_own_numbers_typed_on_the_page_is_looked_for_in_answers(
    page: Client, draft: Guideline, lead: User, new_case: Callable[..., Case]
) -> None:
    form = {"set": "check", "check": "personal_data", "severity": "APPROVAL", "patterns": "KD-######\r\nNH/@@-#+"}
    page.post(address(draft, "clauses/1.2/"), form | revision_of(draft))
    case = new_case("p")
    before = judge(case=case, text="Zu KD-204817 und NH/ab-77 ist alles gut.", author=lead)

    page.post(address(draft, "sign/"), revision_of(draft))
    page.post(address(draft, "publish/"), {"effective_date": ""})
    judged = judge(case=case, text="Zu KD-204817 und NH/ab-77 ist alles gut.", author=lead)

    assert not [one for one in before.findings if one.check == "personal_data"]
    found = [(one.clause, one.start, one.end) for one in judged.findings if one.check == "personal_data"]
    assert found == [("1.2", 3, 12), ("1.2", 17, 25)]


def test_two_who_set_the_same_rule_at_once_overwrite_nothing_unseen(page: Client, draft: Guideline) -> None:
    opened = revision_of(draft)
    page.post(address(draft, "clauses/1.2/"), opened | {"set": "rule", "outcome": "ALLOWED", "roles": "LEAD"})

    second = page.post(address(draft, "clauses/1.2/"), opened | {"set": "rule", "outcome": "FORBIDDEN"})
    shown = second.content.decode()
    kept = words_of(draft).clause("1.2")
    current = revision_of(draft)
    page.post(address(draft, "clauses/1.2/"), current | {"set": "rule", "outcome": "FORBIDDEN"})

    chosen = words_of(draft).clause("1.2")
    assert second.status_code == 409
    assert "This is what is stored: Everybody in the role " in shown
    assert "Everybody: no answer is given." in shown
    assert f'name="revision" value="{current["revision"]}"' in shown
    assert kept is not None
    assert kept.rule is not None
    assert kept.rule.roles == ("LEAD",)
    assert chosen is not None
    assert chosen.rule is not None
    assert chosen.rule.outcome == "FORBIDDEN"


def test_a_rule_stays_beside_what_another_set_on_the_same_clause(page: Client, draft: Guideline) -> None:
    opened = revision_of(draft)
    must = {"set": "must", "within": "2", "unit": "HOURS", "roles": "AGENT"}
    page.post(address(draft, "clauses/1.2/"), opened | must)

    answer = page.post(address(draft, "clauses/1.2/"), opened | {"set": "rule", "outcome": "ALLOWED"})

    stored = words_of(draft).clause("1.2")
    assert answer.status_code == 302
    assert stored is not None
    assert stored.rule is not None
    assert stored.must is not None


def test_a_rule_is_not_set_on_a_clause_that_was_rewritten_or_removed_meanwhile(page: Client, draft: Guideline) -> None:
    opened = revision_of(draft)
    form = opened | {"set": "rule", "outcome": "ALLOWED"}
    page.post(address(draft), typed(draft, ONE, TWO | {"text_de": "Ganz anders"}))
    rewritten = page.post(address(draft, "clauses/1.2/"), form)
    page.post(address(draft), typed(draft, ONE, TWO | {"remove": "on"}, **revision_of(draft)))
    removed = page.post(address(draft, "clauses/1.2/"), form, follow=True)

    assert rewritten.status_code == 409
    assert "1.2 is not in this version any more" in removed.content.decode()


def test_an_outline_act_never_removes_what_its_reader_did_not_see(page: Client, draft: Guideline) -> None:
    opened = revision_of(draft)
    page.post(address(draft), typed(draft, ONE | {"text_de": "Eins von Lea"}, TWO))

    told = page.post(address(draft, "sections/tone/remove/"), opened, follow=True).content.decode()
    page.post(address(draft, "sections/rights/move/"), opened | {"by": "-1"})

    stored = words_of(draft)
    assert "Somebody else changed it meanwhile" in told
    assert [one.key for one in stored.sections] == ["rights", "tone"]
    assert stored.sections[1].clauses[0].text.de == "Eins von Lea"


def test_form_of_a_rule_at_once_says_in_words_whom_it_binds(page: Client) -> None:
    shown = page.get("/guideline/emergency/").content.decode()

    assert "Series(" not in shown
    assert shown.count('<span class="chosen" data-all="') >= 5

"""A section of a guideline as it is typed: words in German and English side by side, clauses with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from resonanz.guidelines.document import Clause, Document, Section
from resonanz.guidelines.fields import MOST_IN_CLAUSE, MOST_IN_SECTION, DocumentInvalid, Words
from resonanz.guidelines.ruling import in_order
from resonanz.web.wording import words

MOST_CLAUSES_TYPED = 200


def _text(label: Any, language: str, *, rows: int, most: int) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": language, "dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=most, strip=True, widget=widget)


def _line(label: Any, language: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": language, "dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=200, widget=widget)


def revision_of(typed: Mapping[str, Any]) -> int:
    """The revision that a form was opened on; 0, which is none, where it does not say."""
    written = str(typed.get("revision", ""))
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0


class SectionForm(forms.Form):
    """Heading and words of a section. `revision`: that of the version when the page was opened."""

    heading_de = _line(_("Heading in German"), "de")
    heading_en = _line(_("Heading in English"), "en")
    text_de = _text(_("Words in German"), "de", rows=4, most=MOST_IN_SECTION)
    text_en = _text(_("Words in English"), "en", rows=4, most=MOST_IN_SECTION)
    revision = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A section without any heading could not be found again."""
        cleaned = super().clean() or {}
        if not cleaned.get("heading_de") and not cleaned.get("heading_en"):
            self.add_error("heading_de", _("A section needs a heading, at least in one language."))
        return cleaned

    @property
    def heading(self) -> Words:
        """The heading that was typed."""
        return Words(de=self.cleaned_data["heading_de"], en=self.cleaned_data["heading_en"])

    @property
    def text(self) -> Words:
        """The words that were typed."""
        return Words(de=_ends_as_lf(self.cleaned_data["text_de"]), en=_ends_as_lf(self.cleaned_data["text_en"]))


class ClauseForm(forms.Form):
    """One clause. `was`: the number under which it is stored, so that what it sets goes along."""

    number = forms.RegexField(
        r"\A[0-9]{1,3}(\.[0-9]{1,3}){1,2}\Z",
        label=_("Number"),
        max_length=20,
        error_messages={"invalid": _("A number looks like 3.2 or 3.2.1.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    text_de = _text(_("German"), "de", rows=3, most=MOST_IN_CLAUSE)
    text_en = _text(_("English"), "en", rows=3, most=MOST_IN_CLAUSE)
    conduct = forms.BooleanField(
        label=_("Rules how employees behave"), required=False, help_text=_("The works council has a say in it.")
    )
    remove = forms.BooleanField(label=_("Remove when saving"), required=False)
    was = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Words in one language at least, unless it is to go."""
        cleaned = super().clean() or {}
        if cleaned.get("remove") or self.is_left_empty:
            for name in ("number", "text_de", "text_en"):
                self.errors.pop(name, None)
        elif not cleaned.get("text_de") and not cleaned.get("text_en"):
            self.add_error("text_de", _("A clause needs words, at least in one language."))
        return cleaned

    @property
    def is_left_empty(self) -> bool:
        """A new clause that nobody filled in."""
        cleaned = self.cleaned_data
        return not (cleaned.get("was") or cleaned.get("text_de") or cleaned.get("text_en"))

    @property
    def stays(self) -> bool:
        """Whether it is part of the section once that is saved."""
        return not (self.cleaned_data.get("remove") or self.is_left_empty)

    def clause(self, stored: Clause | None) -> Clause:
        """The clause as typed, with what the stored one sets."""
        typed = self.cleaned_data
        text = Words(de=_ends_as_lf(typed["text_de"]), en=_ends_as_lf(typed["text_en"]))
        before = stored or Clause(number=typed["number"], text=text)
        return replace(before, number=typed["number"], text=text, conduct=typed["conduct"])


class _Clauses(forms.BaseFormSet):  # type: ignore[type-arg]
    """All clauses of a section; each number once."""

    def clean(self) -> None:
        """Say at a clause that another one has its number."""
        seen: set[str] = set()
        for form in self.forms:
            number = form.cleaned_data.get("number") if form.is_bound and not form.errors and form.stays else None
            if number in seen:
                form.add_error("number", _("Another clause of this section has this number."))
            elif number:
                seen.add(number)


ClauseFormSet = forms.formset_factory(
    ClauseForm, formset=_Clauses, extra=0, max_num=MOST_CLAUSES_TYPED, absolute_max=MOST_CLAUSES_TYPED
)


def shown(section: Section) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the two forms show of a stored section."""
    heading = {"heading_de": section.heading.de, "heading_en": section.heading.en}
    words = {"text_de": section.text.de, "text_en": section.text.en}
    clauses = [
        {
            "number": clause.number,
            "was": clause.number,
            "text_de": clause.text.de,
            "text_en": clause.text.en,
            "conduct": clause.conduct,
        }
        for clause in sorted(section.clauses, key=lambda one: in_order(one.number))
    ]
    return heading | words, clauses


def typed_section(form: SectionForm, clauses: Any, stored: Section) -> Section:
    """The section that the forms say; what clauses set is taken from the stored one."""
    before = {clause.number: clause for clause in stored.clauses}
    typed = tuple(one.clause(before.get(one.cleaned_data["was"])) for one in clauses.forms if one.stays)
    return replace(stored, heading=form.heading, text=form.text, clauses=typed)


def say_numbers_taken(clauses: Any, document: Document, key: str) -> bool:
    """Say at each clause whose number stands in another section, too; whether there was any."""
    elsewhere = {clause.number for one in document.sections if one.key != key for clause in one.clauses}
    taken = [one for one in clauses.forms if one.stays and one.cleaned_data["number"] in elsewhere]
    for one in taken:
        one.add_error("number", _("A clause of another section has this number."))
    return bool(taken)


def say_invalid(form: SectionForm, clauses: Any, error: DocumentInvalid) -> None:
    """Say what the guideline itself refuses, at the clause where it is wrong."""
    told = words.told(error)
    for one in clauses.forms:
        if one.cleaned_data.get("number") == error.params.get("clause"):
            one.add_error(None, told)
            return
    form.add_error(None, told)


def _ends_as_lf(text: str) -> str:
    """Browsers send carriage returns, which would make every text look changed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class EmergencyWordsForm(forms.Form):
    """The words of a clause that bites at once."""

    text_de = _text(_("German"), "de", rows=3, most=MOST_IN_CLAUSE)
    text_en = _text(_("English"), "en", rows=3, most=MOST_IN_CLAUSE)
    conduct = forms.BooleanField(
        label=_("Rules how employees behave"), required=False, help_text=_("The works council has a say in it.")
    )

    def clean(self) -> dict[str, Any]:
        """One language at least."""
        cleaned = super().clean() or {}
        if not cleaned.get("text_de") and not cleaned.get("text_en"):
            self.add_error("text_de", _("A clause needs words, at least in one language."))
        return cleaned

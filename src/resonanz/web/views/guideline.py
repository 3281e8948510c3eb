"""The guideline as it is read: the version in force, any other one, what changed, and that it was read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines import acknowledging, in_force, versions
from resonanz.guidelines.comparing import Change, compare
from resonanz.guidelines.document import Document, read
from resonanz.guidelines.models import Acknowledgement, Guideline, GuidelineState, Part
from resonanz.web import guideline_changes, guideline_problems, guideline_reading, guideline_series, times
from resonanz.web.acts import attempt, signed_in
from resonanz.web.guideline_problems import Problem
from resonanz.web.guideline_series import Series
from resonanz.web.guideline_words import Names
from resonanz.web.permissions import page
from resonanz.web.wording import words


@page(Act.READ_GUIDELINE)
@require_GET
def guideline(request: HttpRequest) -> HttpResponse:
    """The guideline in force."""
    among = guideline_series.all_series()
    here = guideline_series.chosen(request.GET, among=among)
    found = in_force.guideline(brand_id=here.series or None, part=here.part)
    return _page(request, here, among, found, found)


@page(Act.READ_GUIDELINE)
@require_GET
def guideline_version(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """One version; what is being written only for those who write."""
    found = get_object_or_404(Guideline.objects.select_related("signed_by"), pk=guideline_id)
    if found.state != GuidelineState.PUBLISHED and not may(request.user, Act.WRITE_GUIDELINE):
        raise PermissionDenied
    among = guideline_series.all_series()
    here = guideline_series.of(found, among=among)
    return _page(request, here, among, found, in_force.guideline(brand_id=here.series or None, part=here.part))


@page(Act.READ_GUIDELINE)
@require_POST
def acknowledge_guideline(request: HttpRequest, guideline_id: int) -> HttpResponse:
    """Record that the reader has read a version and will go by it."""
    found = get_object_or_404(Guideline.objects.defer("document", "earlier"), pk=guideline_id)
    user = signed_in(request)
    attempt(
        request,
        lambda: acknowledging.acknowledge(guideline_id=found.pk, user=user),
        done=_("Noted: version %(version)s was read.") % {"version": found.version},
    )
    return redirect("guideline_version", found.pk)


def _page(
    request: HttpRequest,
    here: Series,
    among: list[Series],
    shown: Guideline | None,
    current: Guideline | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "chosen": here,
        "shown": shown,
        "is_current": shown == current,
        "title": _("Guideline") if here.series == in_force.COMPANY and not here.is_for_employees else here.name,
        "tabs": guideline_series.pages(request, here),
        "several": guideline_series.several(here, among=among, page="guideline"),
        "at_work": versions.at_work(brand_id=here.series or None, part=here.part),
        "nothing": _nothing(here),
    }
    if shown is not None:
        context |= _document(signed_in(request), here, shown, current)
    return render(request, "web/guideline.html", context)


def _document(user: User, here: Series, shown: Guideline, current: Guideline | None) -> dict[str, Any]:
    document, names, language = read(shown.document), Names.everybody(), get_language() or "de"
    known = _last_acknowledged(user, shown)
    must_read = _must_read(user, shown, known)
    changed = compare(read(known.document), document) if known and must_read else ()
    new = {change.number for change in changed if change.number}
    return {
        "about": _about(shown),
        "state_words": _state_words(shown, current),
        "current_address": guideline_series.several(here, among=[here], page="guideline")[0].address,
        "company_speaks_for": here.name if shown == current and shown.series != here.series else "",
        "council": _council(shown),
        "council_is_open": shown.council_is_open,
        "problems": _without_signers(user, document, names, language) if shown == current else [],
        "coming": _coming(shown, here) if shown == current else [],
        "document": guideline_reading.read(document, language=language, names=names, new=new),
        **_acknowledging(user, here, shown, must_read),
        **_changes(changed, known, names, language),
    }


def _without_signers(user: User, document: Document, names: Names, language: str) -> list[Problem]:
    """For those who can name others."""
    if not may(user, Act.WRITE_GUIDELINE):
        return []
    return guideline_problems.without_signers(document, names=names, language=language)


def _acknowledging(user: User, here: Series, shown: Guideline, must_read: bool) -> dict[str, Any]:
    if not must_read:
        return {"must_acknowledge": False}
    right = acknowledging.may_send(user=user, brand_id=here.series or None)
    return {"must_acknowledge": True, "right": right, "right_words": _right_words(right, shown)}


def _changes(changed: tuple[Change, ...], known: Guideline | None, names: Names, language: str) -> dict[str, Any]:
    if not changed or known is None:
        return {}
    return {
        "changes": guideline_changes.shown(changed, names=names, language=language, only_language=True),
        "changes_from": known,
        "changes_heading": _("What changed since version %(version)s, the last one that you have read")
        % {"version": known.version},
    }


def _last_acknowledged(user: User, shown: Guideline) -> Guideline | None:
    """The newest version of the same guideline that the reader has acknowledged, the shown one included."""
    rows = Acknowledgement.objects.filter(user=user, guideline__series=shown.series, guideline__part=shown.part)
    found = rows.select_related("guideline").order_by("-guideline__version").first()
    return found.guideline if found else None


def _must_read(user: User, shown: Guideline, known: Guideline | None) -> bool:
    """Whether the reader still has to acknowledge the shown version: who answers, in force or to come."""
    if shown.state != GuidelineState.PUBLISHED or shown.is_starter or shown.part != Part.OFFICIAL:
        return False
    is_newer = known is None or (known.version or 0) < (shown.version or 0)
    return is_newer and may(user, Act.ANSWER)


def _coming(current: Guideline, here: Series) -> list[Guideline]:
    """Versions that were published and whose day is still to come."""
    rows = in_force.published().filter(series=here.series, part=here.part, effective_at__gt=clock.now())
    return list(rows.defer("document", "earlier").exclude(pk=current.pk).order_by("effective_at", "version"))


def _about(shown: Guideline) -> str:
    if shown.is_starter:
        return _("A start, as Resonanz brings it. The company's own begins with these words.")
    if shown.state != GuidelineState.PUBLISHED or shown.effective_at is None:
        return words.word("guideline_states", shown.state).capitalize()
    filled = {"version": shown.version, "day": times.exact(shown.effective_at)}
    if shown.effective_at > clock.now():
        return _("Version %(version)s, from %(day)s") % filled
    return _("Version %(version)s, since %(day)s") % filled


def _state_words(shown: Guideline, current: Guideline | None) -> str:
    if shown.state != GuidelineState.PUBLISHED:
        return _("This is being written and not in force.")
    if shown.effective_at and shown.effective_at > clock.now():
        return _("This version is not in force yet.")
    return _("This version is no longer in force.")


def _council(shown: Guideline) -> str:
    """What the works council said of the clauses on conduct; nothing where none was asked."""
    if shown.council_date:
        return _("The works council agreed on %(day)s.") % {"day": times.day(shown.council_date)}
    if shown.council == "NO_COUNCIL":
        return _("There is no works council.")
    return _("The works council has not agreed yet.") if shown.council_is_open else ""


def _right_words(right: acknowledging.SendRight, shown: Guideline) -> str:
    if right.guideline_id != shown.pk and shown.effective_at and shown.effective_at > clock.now():
        return _("It takes effect on %(day)s. Read before that, it holds nobody up.") % {
            "day": times.exact(shown.effective_at)
        }
    if right.allowed and right.until:
        filled = {"day": times.exact(right.until)}
        return _("Answers can be sent without it until %(day)s, and not after that.") % filled
    if right.allowed:
        return _("It asks to be read by everybody who answers.")
    return _("This version is in force and has not been read: nothing can be sent until it is.")


def _nothing(here: Series) -> str:
    if here.is_for_employees:
        return _("What all employees should know about their own accounts. They read it by a link, without an account.")
    return _("What may be said in the company's name, by whom, where and to whom.")

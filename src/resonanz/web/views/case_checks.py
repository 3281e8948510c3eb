"""What the guideline and the checks say to an answer while it is written. Nothing of it is stored."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.guidelines.checks.contract import Severity
from resonanz.service.answers.drafts import MOST_CHARACTERS
from resonanz.service.answers.judging import judge
from resonanz.service.models import Case
from resonanz.web import findings, rulings
from resonanz.web.acts import signed_in
from resonanz.web.permissions import page

_DECIDING = {Severity.APPROVAL, Severity.FORBIDDEN}


@page(Act.ANSWER)
@require_POST
def look(request: HttpRequest, case_id: int) -> HttpResponse:
    """A piece of the page: the ruling on the text so far, and each finding with its words, clause and mend."""
    case = get_object_or_404(Case.objects.select_related("channel"), pk=case_id)
    # As the field counts: a form may have made two characters of each line break.
    text = request.POST.get("text", "").replace("\r\n", "\n")[: MOST_CHARACTERS + 1]
    text = text.replace("\x00", "\x01")  # the database takes no NUL; places stay as they are
    if not text.strip():
        return render(request, "web/findings.html", {"found": []})
    judged = judge(case=case, text=text, author=signed_in(request), post_id=_post_id(request))
    ruling = judged.ruling
    found = findings.shown(judged.findings, text=text, guideline_id=ruling.guideline_id)
    context = {
        "ruling": ruling,
        "told_below": any(one.clause == ruling.clause and one.finding.severity in _DECIDING for one in found),
        "told": rulings.told(ruling.clause, {**ruling.params, "guideline": ruling.guideline_id}),
        "clause": ruling.clause,
        "found": found,
        "more": max(0, len(judged.findings) - findings.MOST_SHOWN),
    }
    return render(request, "web/findings.html", context)


def _post_id(request: HttpRequest) -> int | None:
    wanted = request.POST.get("post_id", "")
    return int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else None

"""Target groups: existing customers, press, partners; who belongs to them, by rule or by hand."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.accounts.access import Act
from resonanz.core.errors import ResonanzError
from resonanz.people import groups as room
from resonanz.people.group_rules import GroupRule, GroupRuleInvalid, read_rule
from resonanz.people.models import Person, TargetGroup, TargetGroupMember
from resonanz.web import guideline_series
from resonanz.web.acts import attempt, back, signed_in
from resonanz.web.forms.groups import GroupForm, shown
from resonanz.web.guideline_words import either
from resonanz.web.permissions import page
from resonanz.web.wording import words

MOST_BY_HAND = 200
BELONGS = {"yes": True, "no": False, "rule": None}


@page(Act.MANAGE_GROUPS)
@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    """All groups, and one more."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := _kept(request, form, None)):
        return redirect("group", made.pk)
    by_hand = Count("members", filter=Q(members__belongs=True))
    found = list(TargetGroup.objects.annotate(by_hand=by_hand).order_by("name"))
    among = guideline_series.all_series()
    context = {
        "groups": [(one, in_words(read_rule(one.rule))) for one in found],
        "form": form,
        "tabs": guideline_series.pages(request, among[0]),
    }
    return render(request, "web/groups.html", context)


@page(Act.MANAGE_GROUPS)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group: its rule, whom that fits, and who was put in or left out by hand."""
    found = get_object_or_404(TargetGroup, pk=group_id)
    stored = read_rule(found.rule)
    form = GroupForm(request.POST or None, initial=shown(found.name, stored))
    if request.method == "POST" and form.is_valid():
        if request.POST.get("act") != "try" and _kept(request, form, found):
            return redirect("group", found.pk)
        stored = _tried(form) or stored
    by_hand = TargetGroupMember.objects.filter(group=found).select_related("person")
    context = {
        "group": found,
        "form": form,
        "rule": stored,
        "fitting": [] if stored.is_empty else room.fitting(rule=stored),
        "by_hand": by_hand.prefetch_related("person__identities").order_by("-said_at", "pk")[:MOST_BY_HAND],
    }
    return render(request, "web/group.html", context)


@page(Act.MANAGE_GROUPS)
@require_POST
def remove_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Dissolve a group."""
    get_object_or_404(TargetGroup, pk=group_id)
    attempt(
        request, lambda: room.remove(group_id=group_id, actor=signed_in(request)), done=_("The group was dissolved.")
    )
    return redirect("groups")


@page(Act.GROUP_PEOPLE)
@require_POST
def person_groups(request: HttpRequest, person_id: int) -> HttpResponse:
    """Put a person into a group, take them out, or leave it to the rule."""
    person = get_object_or_404(Person, pk=person_id)
    asked = request.POST.get("group", "")
    found = get_object_or_404(TargetGroup, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    belongs = BELONGS.get(request.POST.get("belongs", "yes"), True)
    attempt(
        request,
        lambda: room.say_by_hand(group_id=found.pk, person_id=person.pk, belongs=belongs, actor=signed_in(request)),
        done=_("Saved."),
    )
    return back(request, f"/people/{person.pk}/")


def in_words(rule: GroupRule) -> str:
    """The rule as a line; nothing where the group is filled by hand."""
    said = []
    if rule.networks:
        named = either(words.word("networks", one) for one in rule.networks)
        said.append(_("on %(networks)s") % {"networks": named})
    if rule.handles:
        said.append(_("handle like %(handles)s") % {"handles": either(rule.handles)})
    if rule.name_words:
        said.append(_("name with %(words)s") % {"words": either(rule.name_words)})
    if rule.least_cases:
        said.append(_("at least %(count)s settled cases") % {"count": rule.least_cases})
    return ", ".join(said)


def _kept(request: HttpRequest, form: GroupForm, found: TargetGroup | None) -> TargetGroup | None:
    """The group as it was typed; None where the room refuses it, which then stands at its field."""
    typed: dict[str, Any] = {"name": form.cleaned_data["name"], "rule": form.rule, "actor": signed_in(request)}
    try:
        kept = room.change(group_id=found.pk, **typed) if found else room.create(**typed)
    except ResonanzError as error:
        field = str(error.params.get("field", "name"))
        form.add_error(field if field in form.fields else None, words.told(error))
        return None
    attempt(request, lambda: None, done=_("Saved."))
    return kept


def _tried(form: GroupForm) -> GroupRule | None:
    try:
        return read_rule(form.rule)
    except GroupRuleInvalid as error:
        form.add_error(str(error.params["field"]), words.told(error))
        return None

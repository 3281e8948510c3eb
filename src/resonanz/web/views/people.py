"""A person: who they are on the networks, and what we had to do with them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.people import queries
from resonanz.people.models import Person
from resonanz.service.models import Case
from resonanz.web.permissions import page

MOST_CASES = 100


@page(Act.READ_PEOPLE)
@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """The card of a person with their cases, newest first."""
    try:
        found = queries.person_card(person_id=person_id)
    except Person.DoesNotExist as error:
        raise Http404 from error
    cases = Case.objects.filter(identity__person=found).select_related("channel", "topic")
    context = {"person": found, "cases": cases.order_by("-opened_at", "-id")[:MOST_CASES]}
    return render(request, "web/person.html", context)

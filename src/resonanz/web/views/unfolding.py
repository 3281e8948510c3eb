"""Where the links of a post lead: asked when a person wants to know, at that moment, and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from resonanz.accounts.access import Act
from resonanz.listening.models import Speaker, Visible
from resonanz.networks import links, page_reading
from resonanz.networks.page_reading import PageError
from resonanz.service.models import CasePost
from resonanz.web.permissions import page
from resonanz.web.wording import words

MOST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A link as it was written, where it leads, and what the page is called; or why that is not known."""

    written: str
    link: str = ""
    host: str = ""
    title: str = ""
    problem: str = ""


@page(Act.ANSWER)
@never_cache
@require_POST
def unfold_links(request: HttpRequest, case_id: int, post_id: int) -> HttpResponse:
    """Ask the servers behind the links of a public post of somebody else.

    What was said in private may hold an address that does something when it is asked, for its reader alone.
    """
    places = CasePost.objects.select_related("post")
    place = get_object_or_404(
        places, case_id=case_id, post_id=post_id,
        post__visibility=Visible.PUBLIC, post__speaker=Speaker.OUTSIDER,
    )  # fmt: skip
    found = [_unfolded(link) for link in links.within(place.post.text, most=MOST_LINKS)]
    part = request.headers.get("HX-Request") == "true"
    context = {"unfolded": found, "case_id": case_id, "post": place.post}
    return render(request, "web/unfolded.html" if part else "web/unfolded_page.html", context)


def _unfolded(link: str) -> Unfolded:
    try:
        facts = page_reading.unfold(link)
    except PageError as error:
        return Unfolded(link, problem=words.told(error))
    parts = links.parts_of(facts.link)
    return Unfolded(link, facts.link, links.bare_host(parts) if parts else "", facts.title)

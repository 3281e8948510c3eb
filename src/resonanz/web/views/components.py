"""Every component of the pages in every state, to look at and to test: what is not here does not exist."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from resonanz.accounts.access import Act
from resonanz.core import clock
from resonanz.web.channel_health import Sign
from resonanz.web.permissions import page


class SampleForm(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As colleagues call it."), max_length=40)
    about = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("a", _("Lead")), ("b", _("Analysis"))])
    teams = forms.MultipleChoiceField(
        label=_("Teams"), choices=[("a", "Service"), ("b", "Presse")], widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False)


class WrongForm(forms.Form):
    """A field whose value was refused."""

    email = forms.EmailField(label=_("Email address"))


@page(Act.ENTER)
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """The page of components."""
    now = clock.now()
    context = {
        "sample": SampleForm(),
        "wrong": WrongForm({"email": "nora@"}),
        "icons": ICONS,
        "late": now - timedelta(minutes=42),
        "soon": now + timedelta(minutes=18),
        "calm": now + timedelta(hours=5),
        "signs": [
            Sign(str(_("heard")), "good", now - timedelta(minutes=1)),
            Sign(str(_("silent")), "soon", now - timedelta(hours=2)),
            Sign(str(_("no longer accepted")), "late", now - timedelta(days=40), str(_("stored"))),
            None,
        ],
        "lately": now - timedelta(minutes=12),
        "long_name": "Maximiliane Freifrau von Donaudampfschifffahrtsgesellschaft",
    }
    return render(request, "web/components.html", context)


ICONS = [
    *("brand", "today", "inbox", "listening", "people", "colleagues", "topics", "channels", "responsibilities"),
    *("more", "search", "clock", "back", "close", "help", "settings", "language", "out", "act", "components", "key"),
]

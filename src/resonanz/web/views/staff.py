"""One's own private accounts: naming them, and words that say "my own opinion". Nobody else has such a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from resonanz.accounts.access import Act
from resonanz.accounts.company import company
from resonanz.networks.models import Channel, ChannelState
from resonanz.people import staff
from resonanz.web.acts import attempt, signed_in
from resonanz.web.permissions import page

# To be copied into a profile or before a post, in either language whatever the page speaks; so not in the catalogue.
_PROFILE = {
    "de": "Ich arbeite bei {company} und schreibe hier privat. Es ist meine Meinung.",
    "en": "I work for {company}. What I write here is my own opinion.",
}
_POST = {
    "de": "Kurz vorweg: Ich arbeite bei {company}. Das hier ist meine eigene Sicht, nicht die des Unternehmens.",
    "en": "First of all: I work for {company}. This is how I see it myself, not what the company says.",
}


@page(Act.ENTER)
@require_GET
def own_accounts(request: HttpRequest) -> HttpResponse:
    """What a colleague named, the code that waits, and words to copy."""
    accounts = list(staff.accounts_of(user=signed_in(request)))
    named = [account for account in accounts if account.confirmed_at]
    context = {
        "named": named,
        "waiting": next((account for account in accounts if account.confirmed_at is None), None),
        "channels": Channel.objects.filter(state=ChannelState.ACTIVE).exclude(handle="").order_by("name"),
        "wordings": _wordings() if named else [],
        "code_days": staff.CODE_DAYS,
    }
    return render(request, "web/own_accounts.html", context)


def _wordings() -> list[tuple[str, str, str, str]]:
    """(id, language, what it is for, words)."""
    name = company().name or "…"
    for_what = {"profile": (_("For the profile"), _PROFILE), "post": (_("Before a post"), _POST)}
    return [
        (f"{kind}-{language}", language, label, words.format(company=name))
        for kind, (label, by_language) in for_what.items()
        for language, words in by_language.items()
    ]


@page(Act.ENTER)
@require_POST
def ask_for_code(request: HttpRequest) -> HttpResponse:
    """A code for an account of one's own; asking is agreeing, as the page says above the button."""
    attempt(request, lambda: staff.ask(user=signed_in(request)))
    return redirect("own_accounts")


@page(Act.ENTER)
@require_POST
def forget_own_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, a code as well as an account, without a trace."""
    attempt(
        request,
        lambda: staff.leave(account_id=pk, user=signed_in(request)),
        done=_("Taken back. Nothing of it is left."),
    )
    return redirect("own_accounts")

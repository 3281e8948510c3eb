"""What may still be taken back. The session knows whether anything was sent just now, so most pages need not ask."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from resonanz.core import clock
from resonanz.service import inbox
from resonanz.service.models import Outgoing, OutgoingState
from resonanz.web.acts import signed_in

_UNTIL = "undo_until"
_TAKEN_BACK = "taken_back_id"
_LONGEST = timedelta(minutes=1)


def remember(request: HttpRequest) -> None:
    """Something was put on its way that can be taken back for a moment."""
    request.session[_UNTIL] = (clock.now() + _LONGEST).timestamp()


def open_for(request: HttpRequest) -> list[Outgoing]:
    """What this reader can still take back."""
    until = request.session.get(_UNTIL)
    if until is None:
        return []
    if until < clock.now().timestamp():
        del request.session[_UNTIL]
        return []
    return inbox.in_time_to_undo(user=signed_in(request))


def keep_text(request: HttpRequest, outgoing: Outgoing) -> None:
    """An answer was taken back, and the form of its case shall show its words. They stay where erasure finds them."""
    request.session[_TAKEN_BACK] = outgoing.pk


def take_text(request: HttpRequest, case_id: int) -> str:
    """The words kept for this case, once; "" where there are none."""
    kept = request.session.get(_TAKEN_BACK)
    if kept is None:
        return ""
    states = [OutgoingState.DRAFT, OutgoingState.CANCELLED]
    taken_back = Outgoing.objects.filter(pk=kept, case_id=case_id, state__in=states).first()
    if taken_back is None:
        return ""
    del request.session[_TAKEN_BACK]
    return taken_back.text

"""What every page shows around its content: the rooms this person may enter, and what waits in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from resonanz.accounts import company
from resonanz.accounts.access import Act, may
from resonanz.accounts.models import Area, User
from resonanz.service.lists import inbox
from resonanz.web import first_start, times

_IN_ROOM = {
    "moderation": "/guideline/", "groups": "/guideline/", "tags": "/inbox/", "outgoing": "/inbox/",
    "answered": "/", "ended": "/", "capture": "/inbox/",
}  # fmt: skip
"""In which room a page stands whose address does not begin with the room's."""


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation. `rare` ones leave the bar of a phone and stand under "More".

    With an `area` it shows only where the company uses that; with `waits` it shows in any case. A `hidden` one is there
    for a script that shows it as soon as something waits in it.
    """

    act: Act
    name: str
    address: str
    icon: str
    rare: bool = False
    count: str = ""
    area: Area | None = None
    waits: bool = False
    hidden: bool = False


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The navigation of a signed-in reader; strangers and error pages get none."""
    user = getattr(request, "user", None)
    if user is None or not may(user, Act.ENTER):
        return {}
    waiting = waiting_of(request, user) if may(user, Act.READ_CASES) else {"waiting": 0, "late": 0, "open": 0}
    starting = first_start.is_under_way(user)
    rooms = [room for room in _rooms(waiting, starting) if may(user, room.act)]
    rooms = [room for room in rooms if _is_in_use(room) or _is_in(request.path, room)]
    here = [room.address for room in rooms if _is_in(request.path, room)]
    return {
        "daily_rooms": [room for room in rooms if not room.rare],
        "rare_rooms": [room for room in rooms if room.rare],
        "room_here": here[0] if here else "",
        "late_count": waiting["late"],
        "first_start": starting,
    }


def _is_in(path: str, room: Room) -> bool:
    if (elsewhere := _IN_ROOM.get(path.split("/")[1])) is not None:
        return room.address == elsewhere
    return path == room.address or (room.address != "/" and path.startswith(room.address))


def _is_in_use(room: Room) -> bool:
    """Whether the company uses it. A company that never said what it uses uses everything."""
    areas = company.glance().areas
    return room.area is None or room.waits or not areas or room.area in areas


def _rooms(waiting: dict[str, int], starting: bool) -> list[Room]:
    mine, some_open = times.number(waiting["waiting"]) if waiting["waiting"] else "", bool(waiting["open"])
    signing = times.number(waiting["to_sign"]) if waiting.get("to_sign") else ""
    reading = times.number(waiting["to_read"]) if waiting.get("to_read") else ""
    service, listening = Area.SERVICE, Area.LISTENING
    return [
        *([Room(Act.SET_UP, _("First start"), "/start/", "start")] if starting else []),
        Room(Act.ENTER, _("Today"), "/", "today"),
        Room(Act.READ_CASES, _("Inbox"), "/inbox/", "inbox", count=mine, area=service, waits=some_open),
        Room(Act.ANSWER, _("Approvals"), "/approvals/", "approvals", count=signing, hidden=not signing),
        Room(Act.READ_POSTS, _("Listening"), "/listening/", "listening", area=listening),
        Room(Act.MANAGE_TOPICS, _("Topics"), "/topics/", "topics", rare=True, area=listening),
        Room(Act.CORRECT_TRIAGE, _("Judges"), "/judges/", "judges", rare=True),
        Room(Act.READ_CASES, _("Known issues"), "/issues/", "help", rare=True, area=service),
        Room(Act.MANAGE_MACROS, _("Macros"), "/macros/", "note", rare=True, area=service),
        Room(Act.ANSWER, _("Knowledge"), "/knowledge/", "knowledge", rare=True, area=service),
        Room(Act.CONNECT_ACCOUNTS, _("Channels"), "/channels/", "channels", rare=True),
        Room(
            Act.MANAGE_RESPONSIBILITIES,
            _("Responsibilities"),
            "/responsibilities/",
            "responsibilities",
            rare=True,
            area=service,
            waits=some_open,
        ),
        Room(Act.READ_GUIDELINE, _("Guideline"), "/guideline/", "guideline", rare=True, count=reading),
        Room(Act.MANAGE_COLLEAGUES, _("Colleagues"), "/colleagues/", "colleagues", rare=True),
        Room(Act.SET_UP, _("Company"), "/company/", "company", rare=True),
    ]


def waiting_of(request: HttpRequest, user: User) -> dict[str, int]:
    """One's own open cases, how many of all are late, and whether there are any: one bounded query, once a request."""
    known: dict[str, int] | None = getattr(request, "waiting", None)
    if known is None:
        known = _waiting(user)
        request.waiting = known  # type: ignore[attr-defined] # kept on the request for whoever asks next
    return known


def _waiting(user: User) -> dict[str, int]:
    waiting = inbox.waiting(user=user)
    return {
        "waiting": waiting.mine,
        "late": waiting.late,
        "open": int(waiting.some_open),
        "to_sign": waiting.to_sign,
        "to_read": waiting.to_read if may(user, Act.ANSWER) else 0,
    }

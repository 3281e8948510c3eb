"""What the search over everything offers: pages and acts by their words, and what the rooms find. Each group only to
those who may enter its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from resonanz.accounts.access import Act, may
from resonanz.accounts.models import User
from resonanz.listening.models import Topic
from resonanz.networks.models import Channel
from resonanz.people.queries import identities_called
from resonanz.service import naming
from resonanz.service.lists import views
from resonanz.service.lists.finding import find_cases
from resonanz.web import context, marking
from resonanz.web.wording import words

MOST_OF_A_KIND = 6
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Found:
    """Something to go to, or (`form`) a form of the page that is sent with `value`."""

    words: str
    address: str = ""
    about: str = ""
    icon: str = ""
    form: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    name: str
    found: list[Found] = field(default_factory=list)


def groups(*, user: User, request: HttpRequest, asked: str) -> list[Group]:
    """What fits the words, kind by kind; without words every page and every act."""
    offered = [
        Group(_("Pages"), _fitting(asked, _pages(request))),
        Group(_("Views"), _fitting(asked, _views(user))),
        Group(_("Actions"), _fitting(asked, _acts(user))),
    ]
    if asked:
        searched = [Group(name, find(asked)) for act, name, find in _searches(user) if may(user, act)]
        offered = [*searched[:2], *offered, *searched[2:]]
    return [group for group in offered if group.found]


def _searches(user: User) -> list[tuple[Act, str, Callable[[str], list[Found]]]]:
    return [
        (Act.READ_CASES, _("Cases"), partial(_cases, user)),
        (Act.READ_PEOPLE, _("People"), _people),
        (Act.READ_POSTS, _("Topics"), _topics),
        (Act.CONNECT_ACCOUNTS, _("Channels"), _channels),
    ]


def _fitting(asked: str, offered: Iterator[Found]) -> list[Found]:
    wanted = asked.casefold().split()
    return [found for found in offered if all(word in found.words.casefold() for word in wanted)]


def _pages(request: HttpRequest) -> Iterator[Found]:
    """The rooms of the navigation, and the pages about oneself."""
    shown = context.navigation(request)
    for room in [*shown.get("daily_rooms", []), *shown.get("rare_rooms", [])]:
        yield Found(room.name, room.address, icon=room.icon)
    yield Found(_("Settings"), reverse("settings"), icon="settings")
    yield Found(_("Components of the pages"), reverse("components"), icon="components")


def _views(user: User) -> Iterator[Found]:
    """Lists with a name: the reader's own, and those shared with them."""
    if may(user, Act.READ_CASES):
        for view in views.in_order(user=user):
            asked = {"view": view.listed, **({"q": view.asked} if view.asked else {}), **view.narrowed}
            yield Found(view.name, f"{reverse('inbox')}?{urlencode(asked)}", about=view.asked, icon="inbox")


def _acts(user: User) -> Iterator[Found]:
    for act, told, name in [
        (Act.MANAGE_TOPICS, _("New topic"), "new_topic"),
        (Act.CONNECT_ACCOUNTS, _("Connect a channel"), "new_channel"),
        (Act.MANAGE_TAGS, _("Change tags"), "tags"),
        (Act.ENTER, _("Change the password"), "account_change_password"),
        (Act.ENTER, _("Passkeys"), "mfa_list_webauthn"),
        (Act.ENTER, _("Second factor"), "mfa_index"),
    ]:
        if may(user, act):
            yield Found(told, reverse(name), icon="act")
    yield Found(_("Show the pages in German: Deutsch"), form="choose-language", value="de", icon="act")
    yield Found(_("Show the pages in English"), form="choose-language", value="en", icon="act")
    yield Found(_("Sign out"), form="sign-out", icon="act")


def _cases(user: User, asked: str) -> list[Found]:
    found = find_cases(words=asked, most=MOST_OF_A_KIND, reader=user)
    return [
        Found(
            case.author or f"#{case.case_id}",
            reverse("case", args=[case.case_id]),
            about=f"{words.word('intents', case.intent)} · {_begin(case.text)}",
            icon="inbox",
        )
        for case in found
    ]


def _begin(said: str) -> str:
    return Truncator(naming.masked(said, mask=marking.mask())).chars(_LONGEST)


def _people(asked: str) -> list[Found]:
    found = {row.person_id: row for row in identities_called(words=asked)[: 2 * MOST_OF_A_KIND]}
    return [
        Found(
            row.name or row.handle,
            reverse("person", args=[row.person_id]),
            about=f"{row.handle} · {words.word('networks', row.network)}",
            icon="people",
        )
        for row in list(found.values())[:MOST_OF_A_KIND]
    ]


def _topics(asked: str) -> list[Found]:
    found = Topic.objects.filter(name__icontains=asked).order_by("name")[:MOST_OF_A_KIND]
    return [Found(row.name, f"{reverse('listening')}?topic={row.pk}", icon="topics") for row in found]


def _channels(asked: str) -> list[Found]:
    found = Channel.objects.filter(name__icontains=asked).order_by("name")[:MOST_OF_A_KIND]
    return [
        Found(row.name, reverse("channel", args=[row.pk]), words.word("networks", row.network), icon="channels")
        for row in found
    ]

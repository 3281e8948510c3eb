"""The scene: Nordhain, its people, what it listens for, and who answers what. One hole is left on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from resonanz.accounts import colleagues, company
from resonanz.accounts.models import Area, Role, Team, User
from resonanz.accounts.sign_in_links import first_administrator
from resonanz.core import clock
from resonanz.duties.calendars import DEFAULT_CALENDAR, due_finder, ensure_defaults
from resonanz.duties.models import BusinessCalendar
from resonanz.duties.responsibilities import set_responsibility
from resonanz.guidelines.models import Guideline
from resonanz.listening import topics
from resonanz.listening.models import Intent, Topic
from resonanz.networks import capture
from resonanz.networks.connections.channels import connect, import_channel
from resonanz.networks.models import Channel
from resonanz.ops.demo_world.lines import OURS
from resonanz.ops.demo_world.moments import business_hours
from resonanz.ops.demo_world.practice import Practice

NAME = "Nordhain"
CHANNEL = "Nordhain"
REVIEWS = "Shop-Bewertungen"
CAPTURED = "Von Hand erfasst"
YOU = "you"
"""Whoever signs in first."""

TEAMS = ("Service", "Technik", "Filialen", "Presse", "Marke")
COLLEAGUES = {
    "nele": ("Nele Friis", Role.LEAD, ("Service",)),
    "milan": ("Milan Okoro", Role.AGENT, ("Service",)),
    "aylin": ("Aylin Demirci", Role.AGENT, ("Technik", "Service")),
    "henning": ("Henning Bruhns", Role.AGENT, ("Filialen",)),
    "paula": ("Paula Reuter", Role.AGENT, ("Presse", "Marke")),
    "vera": ("Vera Tannert", Role.AGENT, ("Marke",)),
}
_US = "(Nordhain OR @nordhain)"
TOPICS = {
    "Akku X2": f'"Akku X2" OR "X2 battery" OR {_US} (Akku* OR batter* OR X2 OR Firmware* OR "4.2")',
    "Lastenrad Huckelin": f"Huckelin* OR {_US} (Lastenrad* OR cargo*)",
    "Presse": f"{_US} (Presse* OR Redaktion* OR Journalist* OR recherch* OR interview*)",
    "Werkstatt und Filialen": f"{_US} (Werkstatt* OR Filial* OR workshop* OR Inspektion* OR Freiburg OR Lüneburg"
    " OR Kassel OR Rostock OR Gera)",
    "Rückenwindwochen": "Rückenwindwoche* OR #Rückenwindwochen",
    "Spatzensitz": "Spatzensitz* OR Kindersitz*",
    "Wettbewerb": "Pedarion* OR Velgrund*",
    "Marke": "Nordhain* OR @nordhain",
}
"""From the narrow to the wide: a case bears the first that it touches."""
OPENING = frozenset({"Akku X2"})
"""A post about it becomes a case though it does not mention us: it may be a matter of safety."""
RESPONSIBLE = (
    # topic, intent, owner, deputy, team
    ("Akku X2", "", "aylin", "milan", "Technik"),
    ("Presse", "", "paula", "nele", "Presse"),
    ("Werkstatt und Filialen", "", "henning", "nele", "Filialen"),
    ("Rückenwindwochen", "", "vera", "paula", "Marke"),
    ("", Intent.QUESTION, "milan", YOU, "Service"),
    ("", Intent.PRAISE, "vera", "milan", "Marke"),
    ("", "", YOU, "nele", "Service"),
)


def set_up(*, practice: Practice, start: datetime) -> None:
    """Put everything in its place; what is there already stays as it is."""
    you = first_administrator()
    users = _colleagues(you)
    _calendar(start)
    # The installation put its guideline into force just now; the company of this world had it in its past as well.
    Guideline.objects.filter(effective_at__gt=clock.now()).update(effective_at=clock.now())
    company.choose_areas(areas=[Area.LISTENING, Area.SERVICE], name=NAME, actor=you)
    company.finish_start(actor=you)
    by_name = _topics(you)
    channel = _channel(practice, you)
    import_channel(name=REVIEWS)
    _responsibilities(channel, by_name, users, you)


def actors() -> dict[str, User]:
    """Who acts in the past, by the key that the lines use."""
    found = {user.email.partition(".")[0]: user for user in User.objects.filter(email__endswith="@nordhain.example")}
    return found | {YOU: first_administrator()}


def zone() -> ZoneInfo:
    """Where Nordhain is."""
    return ZoneInfo(settings.DEFAULT_TIME_ZONE)


def due(*, network: str = "memory") -> Callable[[datetime], datetime]:
    """When a post of a moment is to be answered, as the calendar in force says."""
    return due_finder(network=network)


def _colleagues(you: User) -> dict[str, User]:
    teams = {team.name: team for team in Team.objects.all()}
    teams |= {name: colleagues.add_team(name=name, actor=you) for name in TEAMS if name not in teams}
    users = actors()
    for key, (name, role, in_teams) in COLLEAGUES.items():
        if key not in users:
            email = f"{name.lower().replace(' ', '.')}@nordhain.example"
            team_ids = [teams[team].pk for team in in_teams]
            users[key] = colleagues.add(name=name, email=email, role=role, team_ids=team_ids, actor=you)
    if not you.teams.exists():
        colleagues.change(
            user_id=you.pk, name=you.name, role=you.role, team_ids=[teams["Service"].pk], is_active=True, actor=you
        )
    return users


def _calendar(start: datetime) -> None:
    ensure_defaults()
    hours = business_hours(start=start, zone=zone())
    BusinessCalendar.objects.filter(name=DEFAULT_CALENDAR).update(periods=hours)


def _topics(you: User) -> dict[str, Topic]:
    found = {topic.name: topic for topic in Topic.objects.all()}
    for name, query in TOPICS.items():
        if name not in found:
            found[name] = topics.create(name=name, query=query, opens_cases=name in OPENING, actor=you)
    return found


def _channel(practice: Practice, you: User) -> Channel:
    if found := Channel.objects.filter(name=CHANNEL).first():
        return found
    ours = practice.play([{"act": "token", "handle": OURS, "name": NAME}])[0]
    return connect(
        network="memory",
        name=CHANNEL,
        address=practice.url,
        handle=OURS,
        native_id=ours["id"],
        secret=ours["token"],
        actor=you,
    )


def _responsibilities(channel: Channel, by_name: dict[str, Topic], users: dict[str, User], you: User) -> None:
    if channel.responsibilities.exists():
        return
    teams = {team.name: team.pk for team in Team.objects.all()}
    set_responsibility(
        channel_id=None, network=capture.NAME, topic_id=None, intent="", owner_id=users[YOU].pk,
        deputy_id=users["nele"].pk, team_id=teams["Service"], actor=you,
    )  # fmt: skip
    for topic, intent, owner, deputy, team in RESPONSIBLE:
        set_responsibility(
            channel_id=channel.pk,
            topic_id=by_name[topic].pk if topic else None,
            intent=intent,
            owner_id=users[owner].pk,
            deputy_id=users[deputy].pk,
            team_id=teams[team],
            actor=you,
        )

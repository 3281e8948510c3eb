"""Practising: an account of ours on the practice network, strangers who speak to it, and the end of it all.

What they say comes in by the real way, is evaluated and assigned as everything else, and can be answered; nobody
outside of this machine ever reads it.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from resonanz.accounts.actors import actor_of
from resonanz.accounts.company import company
from resonanz.accounts.models import User
from resonanz.core.errors import ResonanzError
from resonanz.duties.responsibilities import set_responsibility
from resonanz.networks import registry
from resonanz.networks.connections import channels
from resonanz.networks.connections.channels import PRACTICE
from resonanz.networks.contract import Account, Reads
from resonanz.networks.errors import Refused
from resonanz.networks.memory import practice
from resonanz.networks.models import Channel
from resonanz.pipeline import channel_removal
from resonanz.pipeline.practice_posts import POSTS, Stranger
from resonanz.privacy import audit
from resonanz.service.models import Case, Outgoing, OutgoingState

_NETWORK = "memory"
_MOST_HANDLE = 20
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})


class NoPracticeNetwork(ResonanzError):
    """No practice network runs here."""

    code = "practice.no_network"


@dataclass(frozen=True, slots=True)
class Practice:
    """How far it is: `posts` came, `answered` left."""

    channel: Channel | None
    available: bool
    posts: int = 0
    open_cases: int = 0
    answered: int = 0


def channel_of_practice() -> Channel | None:
    """The channel on which somebody practises, if anybody does."""
    return Channel.objects.filter(network=_NETWORK, settings__has_key=PRACTICE).order_by("id").first()


def real_channels() -> list[Channel]:
    """All others."""
    return list(Channel.objects.filter(~Q(settings__has_key=PRACTICE)).order_by("id"))


def state() -> Practice:
    """How practising stands."""
    channel = channel_of_practice()
    available = bool(settings.PRACTICE_URL)
    if channel is None:
        return Practice(None, available)
    return Practice(
        channel,
        available,
        posts=channel.posts.filter(speaker="OUTSIDER").count(),
        open_cases=Case.objects.filter(channel=channel, state="OPEN").count(),
        answered=Outgoing.objects.filter(channel=channel, state=OutgoingState.SENT).count(),
    )


def begin(*, actor: User, channel_name: str, language: str) -> Channel:
    """Connect an account on the practice network and let strangers speak to it; raises NoPracticeNetwork.

    Begun twice, it stays begun once. Raises a NetworkError where the practice network does not answer, and
    ChannelNameTaken.
    """
    address = settings.PRACTICE_URL.rstrip("/")
    if not address:
        raise NoPracticeNetwork
    if (running := channel_of_practice()) is not None:
        return running
    name = company().name or actor.name
    ours = _open_account(address, name, name)
    channel = _connect(ours, channel_name, actor, cursor=_newest(ours))
    for stranger in POSTS.get(language, POSTS["en"]):
        _speak(address, stranger, us=ours.handle, name=name)
    return channel


def end(*, actor: User) -> None:
    """Remove everything of practice: channel, posts, cases, people, answers. Raises AnswersOnTheirWay."""
    channel = channel_of_practice()
    if channel is not None:
        channel_removal.remove(channel_id=channel.pk, actor=actor)
        audit.record(act="practice.ended", actor=actor_of(actor), thing="channel", thing_id=channel.pk)


@transaction.atomic
def _connect(ours: Account, name: str, actor: User, *, cursor: str) -> Channel:
    """All of it at once: a listener that saw it half made would repeat what others practised before."""
    channel = channels.connect(
        network=_NETWORK, name=name, address=ours.address, handle=ours.handle, native_id=ours.native_id,
        secret=ours.secret, settings={PRACTICE: "yes"}, is_live=True, actor=actor,
    )  # fmt: skip
    channels.move_cursor(channel_id=channel.pk, cursor=cursor)
    set_responsibility(
        channel_id=channel.pk, topic_id=None, intent="", owner_id=actor.pk, deputy_id=None, team_id=None, actor=actor
    )
    audit.record(act="practice.begun", actor=actor_of(actor), thing="channel", thing_id=channel.pk)
    return channel


def _newest(ours: Account) -> str:
    """The cursor after everything that was said there so far."""
    reading: Reads = registry.connector(_NETWORK)  # type: ignore[assignment] # it declares POLL
    cursor = ""
    for batch in reading.poll(ours, ""):
        cursor = batch.cursor or cursor
    return cursor


def _speak(address: str, stranger: Stranger, *, us: str, name: str) -> None:
    account = _open_account(address, stranger.handle, stranger.name)
    practice.say(account=account, text=stranger.text.format(us=us, name=name))


def _open_account(address: str, wanted: str, name: str) -> Account:
    """Under the handle wanted, or one like it: handles are taken for good, by who practised before too."""
    handle = _handle(wanted)
    try:
        return practice.open_account(address=address, handle=handle, name=name)
    except Refused:
        return practice.open_account(address=address, handle=f"{handle}_{secrets.token_hex(3)}", name=name)


def _handle(name: str) -> str:
    spelled = unicodedata.normalize("NFKD", name.lower().translate(_SPELLED))
    letters = re.sub(r"_{2,}", "_", re.sub(r"[^a-z0-9_]", "", re.sub(r"[\s-]+", "_", spelled))).strip("_")
    whole_words = letters if len(letters) <= _MOST_HANDLE else letters[:_MOST_HANDLE].rpartition("_")[0]
    return whole_words or letters[:_MOST_HANDLE] or "company"

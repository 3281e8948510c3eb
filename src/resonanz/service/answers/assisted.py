"""Posted by hand: where a network takes no answers from here, a person posts the text there and shows that it stands.

Nothing else is different: the same ruling, the same signature, the same clock. The post counts as answered only once
the answer was found there, or its address is known, or whoever wrote it says why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from django.db import transaction

from resonanz.accounts.actors import actor_of
from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.listening.models import Post
from resonanz.networks import registry
from resonanz.networks.contract import Capability, Receipt, able
from resonanz.networks.errors import NetworkError
from resonanz.privacy import audit
from resonanz.service.answers import guarding, outbox
from resonanz.service.cases import locked_with_case
from resonanz.service.models import NoAddress, Outgoing, OutgoingState, Proof

LOOK_AGAIN = timedelta(minutes=5)
LOOKED_FOR = timedelta(days=14)
"""So long an answer is looked for by itself; its author can show it at any time."""
_MOST_ADDRESS = 2_000
_MOST_LOOKED_AT = 200
_FEW_CHARACTERS = 40


class NotByHand(ResonanzError):
    """This answer does not wait to be posted by hand, or no longer."""

    code = "assisted.not_by_hand"


class NotAnAddress(ResonanzError):
    """What was pasted is no address of a web page."""

    code = "assisted.not_an_address"


class OtherPlace(ResonanzError):
    """The address leads to another place than the post that was answered; `expected` is its host."""

    code = "assisted.other_place"


class IsTheQuestion(ResonanzError):
    """The address is that of the post that was answered."""

    code = "assisted.is_the_question"


class ShownBefore(ResonanzError):
    """The address is that of another answer."""

    code = "assisted.shown_before"


class NotItsAuthor(ResonanzError):
    """Without an address only whoever wrote it can say that it stands there."""

    code = "assisted.not_its_author"


def prove(*, outgoing_id: int, permalink: str, actor: User) -> Outgoing:
    """It was posted by hand, and stands at this address. Raises NotByHand and why the address is not taken."""
    permalink = clean(permalink, most=_MOST_ADDRESS + 1).strip()
    with transaction.atomic():
        outgoing = _waiting(outgoing_id)
        _look_at_address(outgoing, permalink)
        return _proved(outgoing, Receipt("", permalink), Proof.PERMALINK, actor)


def confirm(*, outgoing_id: int, reason: NoAddress, actor: User) -> Outgoing:
    """It was posted by hand, and the network shows no address, for this reason; its author's word is what is kept.

    Raises NotByHand, NotItsAuthor.
    """
    with transaction.atomic():
        outgoing = _waiting(outgoing_id)
        author = outgoing.author
        if author is not None and author.is_active and author != actor:
            raise NotItsAuthor
        return _proved(outgoing, Receipt("", ""), Proof.CONFIRMED, actor, reason)


def waiting() -> Iterator[int]:
    """Ids of what is to be looked for by now."""
    now = clock.now()
    due = Outgoing.objects.filter(state=OutgoingState.ASSISTED, due_at__lte=now, created_at__gt=now - LOOKED_FOR)
    yield from due.order_by("due_at", "pk").values_list("pk", flat=True)


def look_for(*, outgoing_id: int) -> bool:
    """Look whether the answer stands on its network; whether it does. What may not be said any more is stopped."""
    outgoing = _taken_up(outgoing_id)
    if outgoing is None:
        return False
    found = _read_back(outgoing) or _heard(outgoing)
    if found is None:
        _stop_if_forbidden(outgoing_id)
        return False
    receipt, at = found
    return outbox.arrived(outgoing_id=outgoing_id, receipt=receipt, at=at, proof=Proof.READ_BACK) is not None


def _waiting(outgoing_id: int) -> Outgoing:
    outgoing = locked_with_case(outgoing_id=outgoing_id)
    if outgoing is None or outgoing.state != OutgoingState.ASSISTED:
        raise NotByHand
    return outgoing


def _proved(outgoing: Outgoing, receipt: Receipt, proof: Proof, actor: User, reason: str = "") -> Outgoing:
    audit.record(
        act="reply.proved", actor=actor_of(actor), thing="outgoing", thing_id=outgoing.pk, proof=proof.value,
        reason=reason,
    )  # fmt: skip
    arrived = outbox.arrived(outgoing_id=outgoing.pk, receipt=receipt, proof=proof, no_address=reason)
    if arrived is None:
        raise NotByHand
    return arrived


def _look_at_address(outgoing: Outgoing, permalink: str) -> None:
    address = _parts(permalink)
    if address is None or len(permalink) > _MOST_ADDRESS:
        raise NotAnAddress
    asked = outgoing.in_reply_to.url if outgoing.in_reply_to else ""
    if permalink == asked:
        raise IsTheQuestion
    hosts = _hosts(outgoing, asked)
    if hosts and _host(address) not in hosts:
        raise OtherPlace(expected=sorted(hosts)[0])
    if Outgoing.objects.filter(channel=outgoing.channel, url=permalink, state=OutgoingState.SENT).exists():
        raise ShownBefore


def _parts(written: str) -> SplitResult | None:
    """The parts of a web address; None where it is none."""
    try:
        parts = urlsplit(written)
        return parts if parts.scheme in ("https", "http") and parts.hostname else None
    except ValueError:
        return None


def _hosts(outgoing: Outgoing, asked: str) -> set[str]:
    """Where the answer can stand: where the post does, or where the channel does. Empty: nobody knows."""
    known = (asked, outgoing.channel.address, f"https://{outgoing.channel.origin}")
    return {_host(parts) for parts in map(_parts, known) if parts is not None}


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.").removeprefix("m.")


def _taken_up(outgoing_id: int) -> Outgoing | None:
    """The answer, not to be looked for again before a while; None where somebody else has it."""
    now = clock.now()
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state != OutgoingState.ASSISTED or (outgoing.due_at and outgoing.due_at > now):
            return None
        outgoing.due_at = now + LOOK_AGAIN
        outgoing.save(update_fields=["due_at"])
    return outgoing


def _read_back(outgoing: Outgoing) -> tuple[Receipt, datetime | None] | None:
    """What the network itself shows below the post."""
    connector = registry.connector(outgoing.channel.network)
    if not able(connector, Capability.READ_BACK):
        return None
    try:
        receipt = outbox.find_there(outgoing)
    except NetworkError:
        return None
    return (receipt, None) if receipt else None


def _heard(outgoing: Outgoing) -> tuple[Receipt, datetime | None] | None:
    """The same words, as they came in with what is heard from that place since."""
    since = outgoing.created_at - outbox.CLOCK_SKEW
    said = Post.objects.filter(network=outgoing.channel.network, posted_at__gte=since)
    if outgoing.case is not None and outgoing.case.origin:
        said = said.filter(origin=outgoing.case.origin)
    taken = Outgoing.objects.filter(channel=outgoing.channel).exclude(native_id="").values("native_id")
    if outgoing.in_reply_to is not None and outgoing.in_reply_to.author_native_id:
        said = said.exclude(author_native_id=outgoing.in_reply_to.author_native_id)
    for post in said.exclude(native_id__in=taken).order_by("-posted_at", "-pk")[:_MOST_LOOKED_AT]:
        if _says(post.text, outgoing.text):
            return Receipt(post.native_id, post.url), post.posted_at
    return None


def _says(found: str, wanted: str) -> bool:
    """Whether these are the words; with something around them only where nobody else would have said them."""
    found, wanted = _plain(found), _plain(wanted)
    return found == wanted or (len(wanted) >= _FEW_CHARACTERS and wanted in found)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _stop_if_forbidden(outgoing_id: int) -> None:
    with transaction.atomic():
        outgoing = locked_with_case(outgoing_id=outgoing_id)
        if outgoing is None or outgoing.state != OutgoingState.ASSISTED:
            return
        stopped = guarding.obstacle(outgoing=outgoing)
        if stopped is not None:
            outbox.stop(outgoing=outgoing, stopped=stopped)

"""Pictures beside an answer: put to a draft, described, and leaving with it.

They are drawn anew when they come in (core.pictures), so nothing else of a file is ever kept. From the moment the
answer is put on its way they stay as they are; a signature is for them, too (`signing.fingerprint`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from resonanz.accounts.models import User
from resonanz.core import clock, pictures
from resonanz.core.errors import ResonanzError
from resonanz.core.text import clean
from resonanz.networks import registry
from resonanz.networks.contract import Capability, able
from resonanz.service.answers import drafts
from resonanz.service.models import Attachment, Outgoing, OutgoingState
from resonanz.service.models.attachments import MOST_ALT, MOST_BYTES
from resonanz.service.work.giving_back import drafts_of
from resonanz.service.work.merging import standing

MOST_UPLOAD = 15 * 1024 * 1024
"""A photo as a telephone takes it; drawn anew it is much smaller."""
MOST_SIDE = 2560
_BY_HAND = 4


class NotFit(ResonanzError):
    """These pictures cannot leave with the answer."""

    code = "attachment.not_fit"


class NoPictures(NotFit):
    """This network takes no pictures beside an answer."""

    code = "attachment.not_here"


class TooMany(NotFit):
    """More than the network takes, `most`."""

    code = "attachment.too_many"


class TooLarge(NotFit):
    """The file is larger than is read, `most` megabytes."""

    code = "attachment.too_large"


class Undescribed(NotFit):
    """A picture leaves only with words on what it shows."""

    code = "attachment.undescribed"


class DescriptionTooLong(NotFit):
    """What a picture shows is told in more characters than the network takes, `most`."""

    code = "attachment.description_too_long"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What pictures an answer may have on a network."""

    count: int
    size: int
    types: tuple[str, ...]
    alt: int


def bounds(*, network: str) -> Bounds | None:
    """What pictures may stand beside an answer there; None: none. Whoever posts by hand takes them along."""
    try:
        connector = registry.connector(network)
    except registry.UnknownNetwork:
        return None
    limits = connector.limits
    if able(connector, Capability.PICTURES):
        size, alt = min(limits.picture_bytes, MOST_BYTES), min(limits.alt_length, MOST_ALT)
        return Bounds(limits.picture_count, size, limits.picture_types, alt)
    if able(connector, Capability.REPLY):
        return None
    return Bounds(_BY_HAND, MOST_BYTES, (pictures.PNG, pictures.JPEG), MOST_ALT)


def beside(*, outgoing: Outgoing) -> QuerySet[Attachment]:
    """The pictures of an answer, in their order, without their bytes."""
    return Attachment.objects.filter(outgoing=outgoing).defer("data").order_by("place")


def add(
    *, case_id: int, post_id: int, author: User, key: UUID, files: Sequence[bytes], text: str | None = None
) -> Outgoing:
    """Put pictures to the author's draft in the case, which is begun where there is none; its words become `text`.

    All of them or none. Raises NoPictures, TooMany, TooLarge, pictures.NotAPicture, pictures.TooManyPixels, CaseGone,
    NotInCase.
    """
    with transaction.atomic():
        draft = drafts.begun(case_id=case_id, post_id=post_id, text=text, author=author, key=key)
        Outgoing.objects.select_for_update().get(pk=draft.pk)
        allowed = bounds(network=draft.channel.network)
        if allowed is None:
            raise NoPictures
        if draft.attachments.count() + len(files) > allowed.count:
            raise TooMany(most=allowed.count)
        last = draft.attachments.aggregate(last=Max("place"))["last"]
        begin = 0 if last is None else last + 1
        for place, data in enumerate(files, begin):
            _drawn(draft, place, data, allowed).save()
    return draft


def describe(*, case_id: int, author: User, alts: Mapping[int, str]) -> None:
    """Say what pictures of the author's draft show, by their ids; those of others stay as they are."""
    if not alts:
        return
    with transaction.atomic():
        draft = drafts_of(standing(case_id=case_id), author).select_for_update(of=("self",)).first()
        for row in beside(outgoing=draft) if draft else ():
            told = clean(alts.get(row.pk, row.alt), most=MOST_ALT)
            if told != row.alt:
                # A network that has the picture already has it with the words from before.
                row.alt, row.native_id, row.is_ready_there, row.uploaded_at = told, "", False, None
                row.save(update_fields=["alt", "native_id", "is_ready_there", "uploaded_at"])


def remove(*, case_id: int, author: User, attachment_id: int) -> None:
    """Take a picture off the author's draft; a draft without words and pictures goes, too."""
    with transaction.atomic():
        draft = drafts_of(standing(case_id=case_id), author).select_for_update(of=("self",)).first()
        if draft is None:
            return
        draft.attachments.filter(pk=attachment_id).delete()
        if not draft.text and not draft.attachments.exists():
            draft.delete()


def check(*, outgoing: Outgoing) -> None:
    """Whether its pictures may leave. Raises NoPictures, TooMany, Undescribed, DescriptionTooLong."""
    found = list(beside(outgoing=outgoing)) if outgoing.pk else []
    if not found:
        return
    allowed = bounds(network=outgoing.channel.network)
    if allowed is None:
        raise NoPictures
    if len(found) > allowed.count:
        raise TooMany(most=allowed.count)
    if any(not row.alt.strip() for row in found):
        raise Undescribed
    if any(len(row.alt) > allowed.alt for row in found):
        raise DescriptionTooLong(most=allowed.alt)


def seen_by(*, attachment_id: int, user: User) -> Attachment | None:
    """The picture with its bytes; what is still a draft only its author sees."""
    found = Attachment.objects.select_related("outgoing").filter(pk=attachment_id).first()
    if found is None or (found.outgoing.state == OutgoingState.DRAFT and found.outgoing.author_id != user.pk):
        return None
    return found


def _drawn(draft: Outgoing, place: int, data: bytes, allowed: Bounds) -> Attachment:
    if len(data) > MOST_UPLOAD:
        raise TooLarge(most=MOST_UPLOAD // (1024 * 1024))
    drawn = pictures.draw(data, most_side=MOST_SIDE, most_bytes=allowed.size, types=allowed.types)
    return Attachment(
        outgoing=draft,
        place=place,
        content_type=drawn.content_type,
        data=drawn.data,
        size=len(drawn.data),
        digest=hashlib.sha256(drawn.data).hexdigest(),
        width=drawn.width,
        height=drawn.height,
        added_at=clock.now(),
    )

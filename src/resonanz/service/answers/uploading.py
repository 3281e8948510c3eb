"""Bringing pictures to the network before the answer that names them, one after the other.

Until an answer refers to it nobody reads a picture there, so one that was perhaps brought is brought again without
harm; what is known to be there is not brought twice, however often the answer itself is tried.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from resonanz.core import clock
from resonanz.networks import registry
from resonanz.networks.contract import Account, Capability, able
from resonanz.networks.pictures import Picture, TakesPictures
from resonanz.service.models import Attachment, Outgoing

FORGOTTEN_AFTER = timedelta(hours=12)
"""What no post refers to the networks forget after a day."""


def next_to_bring(*, outgoing: Outgoing) -> Attachment | None:
    """The first of its pictures that the network does not have, or is not done with."""
    forgotten = Q(uploaded_at__lt=clock.now() - FORGOTTEN_AFTER)
    missing = Attachment.objects.filter(forgotten | Q(is_ready_there=False), outgoing=outgoing)
    found = missing.defer("data").order_by("place").first()
    if found is None or not able(registry.connector(outgoing.channel.network), Capability.PICTURES):
        return None
    return found


def bring(*, picture: Attachment, network: str, account: Account) -> bool:
    """Bring it, or ask whether the network is done with it by now; whether it is. Raises a NetworkError."""
    connector = _as_takes_pictures(registry.connector(network))
    if picture.native_id and (picture.uploaded_at or clock.now()) >= clock.now() - FORGOTTEN_AFTER:
        picture.is_ready_there = connector.is_ready(account, picture.native_id)
    else:
        told = Picture(content_type=picture.content_type, data=bytes(picture.data), alt=picture.alt)
        brought = connector.upload(account, told)
        picture.native_id, picture.is_ready_there = brought.native_id, brought.is_ready
        picture.uploaded_at = clock.now()
    # It may have been taken off meanwhile, or described anew; then what was brought is not what is to be shown.
    same = Attachment.objects.filter(pk=picture.pk, alt=picture.alt)
    same.update(native_id=picture.native_id, is_ready_there=picture.is_ready_there, uploaded_at=picture.uploaded_at)
    return picture.is_ready_there


def ids_there(*, outgoing: Outgoing) -> tuple[str, ...]:
    """Under which the network keeps its pictures, in their order."""
    rows = Attachment.objects.filter(outgoing=outgoing).order_by("place").values_list("native_id", flat=True)
    return tuple(native_id for native_id in rows if native_id)


def _as_takes_pictures(connector: object) -> TakesPictures:
    return connector  # type: ignore[return-value]  # its capabilities say so, and a test in tests/house holds it

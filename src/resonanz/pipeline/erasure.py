"""The pipeline's part in erasure: deliveries, those put aside, and rejected lines that contain the account."""

from __future__ import annotations

import json
import re

from django.db import transaction
from django.db.models import Q

from resonanz.core.secrets import SecretsError
from resonanz.networks import registry
from resonanz.networks.forgetting import Forgets
from resonanz.networks.models import Channel
from resonanz.pipeline import hearsay, receiving, rejected_files
from resonanz.pipeline.models import Delivery, PutAside
from resonanz.privacy import erasure
from resonanz.privacy.erasure import Removed, Subject


def erase_account(subject: Subject) -> Removed:
    """Delete deliveries that contain the account's id, handle or name, and drop such lines from rejected files.

    Too much is better here than too little: what is put aside belongs to nobody's case yet.
    """
    words = _spellings(subject)
    # The letter of a JSON escape (\n) before a word does not belong to it.
    before = r"(?:(?<!\w)|(?<=\\[bfnrt]))"
    patterns = [re.compile(rf"{before}{re.escape(word)}(?!\w)", re.IGNORECASE) for word in sorted(words)]
    containing = Q(pk__in=[])
    for word in words:
        containing |= Q(raw__icontains=word) | Q(reason__icontains=word)
    found = PutAside.objects.filter(containing, channel__network__in=registry.tells_of(subject.network))
    ids = [row.pk for row in found if any(p.search(f"{row.raw}\n{row.reason}") for p in patterns)]
    rows, _ = PutAside.objects.filter(pk__in=ids).delete()
    rows += _erase_arrivals(subject, patterns)
    _forget_in_cursors(subject)
    if patterns:
        # Files know no transactions: they change once it is certain that the rows have.
        transaction.on_commit(lambda: _drop_lines(patterns))
    return Removed(rows=rows)


def _erase_arrivals(subject: Subject, patterns: list[re.Pattern[str]]) -> int:
    """What waits to be taken in, mostly nothing; of what was taken in no words are left."""
    waiting = Delivery.objects.filter(channel__network__in=registry.tells_of(subject.network), taken_at__isnull=True)
    rows = waiting.order_by("pk").iterator(chunk_size=50)  # each may hold a megabyte
    ids = [row.pk for row in rows if any(one.search(_words(row)) for one in patterns)]
    return Delivery.objects.filter(pk__in=ids).delete()[0]


def _forget_in_cursors(subject: Subject) -> None:
    """Some connectors keep by whom it is what they look at again."""
    connector = registry.connector(subject.network) if subject.network in registry.names() else None
    if not isinstance(connector, Forgets) or not subject.native_id:
        return
    naming = Q(cursor__contains=subject.native_id) | Q(stream_place__contains=subject.native_id)
    for channel in Channel.objects.select_for_update().filter(naming, network=subject.network):
        for kept in ("cursor", "stream_place"):
            if subject.native_id in getattr(channel, kept):
                setattr(channel, kept, connector.forget(getattr(channel, kept), subject.native_id))
        channel.save(update_fields=["cursor", "stream_place"])


def _words(row: Delivery) -> str:
    try:
        return receiving.opened(row).body.decode("utf-8", "replace")
    except SecretsError:  # nobody can read it any more
        return ""


def _drop_lines(patterns: list[re.Pattern[str]]) -> None:
    rejected_files.drop_lines(patterns)


def _spellings(subject: Subject) -> set[str]:
    """The account's words, also as JSON writes them with escapes (\\u00fc), and as JSON within JSON does."""
    words = {subject.native_id, *(handle.lstrip("@") for handle in subject.handles), *subject.names} - {""}
    once = {json.dumps(word)[1:-1] for word in words}
    return words | once | {json.dumps(word)[1:-1] for word in once}


PART = erasure.Part(room="pipeline", erase_account=erase_account, told_posts=hearsay.told_posts)

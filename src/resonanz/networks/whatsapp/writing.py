"""Answering within a day after a person wrote. Later WhatsApp takes templates alone, which are not sent from here."""

from __future__ import annotations

from datetime import timedelta

from resonanz.core import clock
from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.meta.answering import checked
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.faults import OutsideWindow
from resonanz.networks.meta.reading import FAULTS, objects
from resonanz.networks.whatsapp.messages import message_id, person_in

_PRIVATE = "private"
_MARGIN = timedelta(minutes=2)
"""Meta's clock and ours, and the time until it arrives."""


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """As words, never as a template. WhatsApp says only afterwards that it was too late, so our own clock decides."""
    if order.visibility is not Visibility.PRIVATE:
        raise Refused(_PRIVATE)
    if order.until is None or order.until - _MARGIN <= clock.now():
        raise OutsideWindow
    try:
        parent_id = message_id(order.parent_id)
    except ValueError as error:
        raise Refused("NotFound") from error
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": checked(person_in(order.root_id)),
        "type": "text",
        "text": {"body": order.text, "preview_url": False},
        "context": {"message_id": parent_id},
    }
    answer = graph(account).post(f"/{account.native_id}/messages", body)
    try:
        return Receipt(native_id=message_id(objects(answer.get("messages"))[0]["id"]))
    except (*FAULTS, IndexError) as error:
        raise NoAnswer(reason="answer.unreadable") from error

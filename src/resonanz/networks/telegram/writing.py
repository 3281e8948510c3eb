"""Answering, and what is done to messages besides: a thumb, other words for ours, and taking them away.

Telegram knows no key of an order and shows a bot nothing of what it said: after no answer a person has to look.
"""

from __future__ import annotations

from typing import Any

from resonanz.networks.contract import Account, Correction, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.telegram.client import Moved, call
from resonanz.networks.telegram.messages import FAULTS
from resonanz.networks.telegram.places import Place, chat_of, counted, place_of

_THUMB = "👍"
_UNCHANGED = "message is not modified"
_GONE = ("message to delete not found", "message to react not found")


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """As an answer to the message. Where the group became a large one, its messages are others: then without."""
    place = place_of(order.parent_id)
    if order.visibility is Visibility.PUBLIC and place.chat > 0:
        raise Refused("private")  # what was to be public would be read by one alone
    try:
        found = call(account, "sendMessage", chat_id=place.chat, text=order.text, reply_parameters=_below(place))
    except Moved as moved:
        found = call(account, "sendMessage", chat_id=moved.chat_id, text=order.text)
    return _receipt(found, account)


def like(account: Account, native_id: str, *, on: bool) -> None:
    """A thumb beside it, or none of ours."""
    place = place_of(native_id)
    reaction = [{"type": "emoji", "emoji": _THUMB}] if on else []
    call(account, "setMessageReaction", chat_id=place.chat, message_id=place.message, reaction=reaction)


def correct(account: Account, correction: Correction) -> None:
    """Other words; the same ones again are no error."""
    place = place_of(correction.native_id)
    try:
        call(account, "editMessageText", chat_id=place.chat, message_id=place.message, text=correction.text)
    except Refused as error:
        if _UNCHANGED not in error.words:
            raise


def take_away(account: Account, native_id: str) -> None:
    """Delete a message; one that is gone is no error. Telegram lets a bot do so for 48 hours."""
    place = place_of(native_id)
    try:
        call(account, "deleteMessage", chat_id=place.chat, message_id=place.message)
    except Refused as error:
        if not any(words in error.words for words in _GONE):
            raise


def _below(place: Place) -> dict[str, Any]:
    """With one person alone the answer is understood even where the question was taken back; in a group it is not."""
    return {"message_id": place.message, "allow_sending_without_reply": place.chat > 0}


def _receipt(found: Any, account: Account) -> Receipt:
    try:
        chat, message = chat_of(found), counted(found["message_id"])
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error
    return Receipt(native_id=chat.id_of(message, account), url=chat.address_of(message))

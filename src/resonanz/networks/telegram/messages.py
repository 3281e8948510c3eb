"""A message as Telegram describes it, as events of the house. The same for what is asked and what is brought."""

from __future__ import annotations

from datetime import UTC, datetime

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Author, Edited, Event, Posted, PostKind, Visibility
from resonanz.networks.telegram.places import WORLD, Chat, Found, address_of, chat_of, counted, name_of, number
from resonanz.networks.telegram.words import named_in, words_of

NAME = "telegram"
OWN_CHANNELS = "own_channels"
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
"""What reading foreign JSON that lies about its shape can raise."""
_MOST_NAME = 200


def told(found: Found, account: Account, *, is_edit: bool) -> list[Event]:
    """What a message tells; nothing where only Telegram speaks, or somebody pressed "Start". Raises one of FAULTS.

    An edit may be the first that we hear of a message, so it is told as said, too.
    """
    chat, words = chat_of(found), words_of(found)
    names, is_start = named_in(found)
    if not words or (chat.is_private and is_start):
        return []
    said = _posted(found, chat, words, names, account)
    below = found.get("reply_to_message")
    parents = _posts_of_channels(below, account) if said.addressed and isinstance(below, dict) else []
    return [*parents, said, *([_edited(said, found)] if is_edit else [])]


def _posted(found: Found, chat: Chat, words: str, names: tuple[str, ...], account: Account) -> Posted:
    parent_id, root_id = _thread(found, chat, account)
    author = _author(found, account)
    return Posted(
        network=NAME,
        origin=WORLD,
        native_id=chat.id_of(counted(found["message_id"]), account),
        author=author,
        text=words,
        posted_at=min(_moment(found["date"]), clock.now()),
        kind=_kind(chat, parent_id),
        visibility=Visibility.PRIVATE if chat.is_closed else Visibility.PUBLIC,
        url=chat.address_of(counted(found["message_id"])),
        parent_id=parent_id,
        root_id=root_id,
        mentions=names,
        addressed=chat.is_private or _is_to_us(found, names, account),
    )


def _edited(said: Posted, found: Found) -> Edited:
    at = found.get("edit_date")
    edited_at = clock.now() if at is None else min(_moment(at), clock.now())
    return Edited(network=NAME, origin=WORLD, native_id=said.native_id, text=said.text, edited_at=edited_at)


def _posts_of_channels(below: Found, account: Account) -> list[Posted]:
    """The post of our channel that a comment stands below, as the group shows it: nobody tells of it again."""
    if not _is_our_channels(below, account) or not (words := words_of(below)):
        return []
    return [_posted(below, chat_of(below), words, (), account)]


def _thread(found: Found, chat: Chat, account: Account) -> tuple[str, str]:
    """The message that this one answers, and the first of its thread; "" where that is not known.

    With one person all is one thread. What stands in a topic of a forum starts one there, unless it answers something.
    """
    below = found.get("reply_to_message")
    answered = below if isinstance(below, dict) and not below.get("forum_topic_created") else {}
    own_id = chat.id_of(counted(found["message_id"]), account)
    parent_id = chat.id_of(counted(answered["message_id"]), account) if answered else ""
    if chat.is_private:
        return parent_id, str(chat.number)
    if not answered:
        return "", own_id
    thread = found.get("message_thread_id")
    if thread is None or found.get("is_topic_message"):
        return parent_id, ""
    return parent_id, chat.id_of(counted(thread), account)


def _kind(chat: Chat, parent_id: str) -> PostKind:
    if chat.is_private:
        return PostKind.MESSAGE
    return PostKind.COMMENT if parent_id else PostKind.POST


def _is_to_us(found: Found, names: tuple[str, ...], account: Account) -> bool:
    """It names the bot, or answers it, or a post of a channel of ours."""
    if account.native_id in names or account.handle.casefold() in {name.casefold() for name in names if account.handle}:
        return True
    below = found.get("reply_to_message")
    if not isinstance(below, dict):
        return False
    writer = below.get("from")
    is_ours = isinstance(writer, dict) and str(writer.get("id")) == account.native_id
    return is_ours or _is_our_channels(below, account)


def _author(found: Found, account: Account) -> Author | None:
    """Who is seen as the writer: a person, or the channel or group in whose name somebody writes.

    No more is kept than number, handle and name: neither who signs a channel's post, nor from whom it was forwarded.
    """
    if _is_our_channels(found, account):
        return Author(native_id=account.native_id, handle=account.handle, name=_line(found["sender_chat"].get("title")))
    chat, user = found.get("sender_chat"), found.get("from")
    if isinstance(chat, dict):
        return Author(str(number(chat["id"])), name_of(chat), _line(chat.get("title")), address_of(name_of(chat)))
    if not isinstance(user, dict):
        return None
    name = f"{_line(user.get('first_name'))} {_line(user.get('last_name'))}".strip()
    return Author(str(number(user["id"])), name_of(user), name or name_of(user), address_of(name_of(user)))


def _is_our_channels(found: Found, account: Account) -> bool:
    """Whether a channel of the company says it, as it stands among the settings by handle or number."""
    chat = found.get("sender_chat")
    if not isinstance(chat, dict) or chat.get("type") != "channel":
        return False
    ours = {word.removeprefix("@").casefold() for word in account.settings.get(OWN_CHANNELS, "").split()}
    return str(chat.get("id")) in ours or name_of(chat).casefold() in ours - {""}


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        raise ValueError("no moment")
    return datetime.fromtimestamp(seconds, UTC)


def _line(value: object) -> str:
    return " ".join(text.clean(value, most=_MOST_NAME).split()) if isinstance(value, str) else ""

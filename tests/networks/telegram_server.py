"""Telegram's Bot API on the loopback, as core.telegram.org/bots/api says that it answers.

Updates wait until one behind them is asked for, and for a day at most; who set a webhook is given none. Chats of four
kinds, messages that are answered, edited, reacted to and deleted, each with its refusals in Telegram's words. What is
wrong with it is said by `faulty`, which answers first, and by `is_lossy`: what is asked for happens, unanswered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock

TOKEN = "4711:AAE-loopback_token_of_a_bot_0123456789"
BOT = 4711
Said = dict[str, Any]
ADA = {
    "id": 11,
    "is_bot": False,
    "first_name": "Ada",
    "last_name": "Lovelace",
    "username": "ada_l",
    "language_code": "de",
}
BOB = {"id": 12, "is_bot": False, "first_name": "Bob"}
OURS = {"id": BOT, "is_bot": True, "first_name": "Nordhain", "username": "nordhain_bot"}
GROUP: dict[str, Any] = {"id": -501, "type": "group", "title": "Radfreunde"}
CLOSED: dict[str, Any] = {"id": -1009001, "type": "supergroup", "title": "Kunden"}
OPEN: dict[str, Any] = {"id": -1009002, "type": "supergroup", "title": "Räder", "username": "raeder"}
CHANNEL: dict[str, Any] = {"id": -1009003, "type": "channel", "title": "Nordhain Neues", "username": "nordhain_neues"}


def as_json(found: object, status: int = 200) -> Answer:
    """An answer of Telegram."""
    return status, {"Content-Type": "application/json"}, json.dumps(found).encode()


def no(code: int, words: str, *, status: int = 0, **parameters: object) -> Answer:
    """A no of Telegram; with `status` another one than the code it says."""
    said: dict[str, object] = {"ok": False, "error_code": code, "description": words}
    return as_json(said | ({"parameters": parameters} if parameters else {}), status or code)


@dataclass
class TelegramServer(LoopbackServer):
    """`waiting`: updates not yet confirmed. `messages`: by chat and number. `asked`: methods, with what for."""

    token: str = TOKEN
    waiting: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[tuple[int, int], Said] = field(default_factory=dict)
    reactions: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    requests_left: int = 10_000
    webhook: dict[str, Any] = field(default_factory=dict)
    is_lossy: bool = False
    next_update: int = 900_000
    faulty: Callable[[str], Answer | None] = lambda _method: None

    # What people do there.

    def say(
        self,
        who: dict[str, Any],
        words: str,
        *,
        chat: dict[str, Any] | None = None,
        below: Said | None = None,
        ago: timedelta = timedelta(minutes=5),
        **more: Any,
    ) -> Said:
        """A message that the bot is told of; to the bot alone, where no chat is named."""
        said = self.stand(who, words, chat=chat, below=below, ago=ago, **more)
        self.update("channel_post" if said["chat"]["type"] == "channel" else "message", said)
        return said

    def stand(
        self,
        who: dict[str, Any],
        words: str,
        *,
        chat: dict[str, Any] | None = None,
        below: Said | None = None,
        ago: timedelta = timedelta(0),
        **more: Any,
    ) -> Said:
        """A message that stands there, of which nobody is told."""
        place = chat or {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        number = 1 + max((one for chat_id, one in self.messages if chat_id == place["id"]), default=0)
        said: Said = {
            "message_id": number, "chat": place, "date": int((clock.now() - ago).timestamp()), **_named(words), **more,
        }  # fmt: skip
        if place["type"] != "channel":
            said.setdefault("from", who)
        if below is not None:
            said["reply_to_message"] = {key: value for key, value in below.items() if key != "reply_to_message"}
            if place["type"] == "supergroup":
                said["message_thread_id"] = below.get("message_thread_id", below["message_id"])
        self.messages[place["id"], number] = said
        return said

    def edit(self, said: Said, words: str) -> None:
        """Its author says it otherwise."""
        said |= {**_named(words), "edit_date": int(clock.now().timestamp())}
        self.update("edited_channel_post" if said["chat"]["type"] == "channel" else "edited_message", said)

    def update(self, kind: str, said: object) -> dict[str, Any]:
        """The bot is told of something."""
        self.next_update += 1
        update = {"update_id": self.next_update, kind: json.loads(json.dumps(said))}
        self.waiting.append(update)
        return update

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to one request, if it is not lost on its way."""
        done = self._done(path, json.loads(body or b"{}"))
        return None if self.is_lossy else done

    def _done(self, path: str, sent: dict[str, Any]) -> Answer:
        _, bot, method = path.split("/", 2)
        self.asked.append((method, sent))
        if found := self.faulty(method):
            return found
        if bot != f"bot{self.token}":
            return no(401, "Unauthorized")
        self.requests_left -= 1
        if self.requests_left < 0:
            return no(429, "Too Many Requests: retry after 19", retry_after=19)
        act = getattr(self, f"_{method}", None)
        return act(sent) if act else no(404, "Not Found: method not found")

    def _getMe(self, _sent: dict[str, Any]) -> Answer:
        return _yes({**OURS, "can_join_groups": True, "can_read_all_group_messages": False})

    def _getUpdates(self, sent: dict[str, Any]) -> Answer:
        if self.webhook.get("url"):
            words = (
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
            )
            return no(409, words)
        if offset := sent.get("offset"):
            self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        wanted = [one for one in self.waiting if set(one) & {*sent.get("allowed_updates", []), "odd"}]
        return _yes(wanted[: sent.get("limit", 100)])

    def _setWebhook(self, sent: dict[str, Any]) -> Answer:
        if not sent["url"].startswith("https://"):
            return no(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = {**sent, "pending_update_count": len(self.waiting)}
        return _yes(True)

    def _deleteWebhook(self, _sent: dict[str, Any]) -> Answer:
        self.webhook = {}
        return _yes(True)

    def _getWebhookInfo(self, _sent: dict[str, Any]) -> Answer:
        known = {key: value for key, value in self.webhook.items() if key not in {"secret_token", "allowed_updates"}}
        return _yes({"url": "", "has_custom_certificate": False, "pending_update_count": 0, **known})

    def _sendMessage(self, sent: dict[str, Any]) -> Answer:
        chat_id = sent["chat_id"]
        if chat_id in self.moved:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            return no(400, words, migrate_to_chat_id=self.moved[chat_id])
        if chat_id in self.blocked:
            return no(403, "Forbidden: bot was blocked by the user")
        if len(sent["text"].encode("utf-16-le")) // 2 > 4096:
            return no(400, "Bad Request: message is too long")
        below = sent.get("reply_parameters", {})
        parent = self.messages.get((chat_id, below.get("message_id", 0)))
        if below and parent is None and not below.get("allow_sending_without_reply"):
            return no(400, "Bad Request: message to be replied not found")
        chat = next((one["chat"] for key, one in self.messages.items() if key[0] == chat_id), None)
        if chat is None:
            return no(400, "Bad Request: chat not found")
        return _yes(self.stand(OURS, sent["text"], chat=chat, below=parent))

    def _editMessageText(self, sent: dict[str, Any]) -> Answer:
        said = self.messages.get((sent["chat_id"], sent["message_id"]))
        if said is None:
            return no(400, "Bad Request: message to edit not found")
        if said.get("from", {}).get("id") != BOT:
            return no(400, "Bad Request: message can't be edited")
        if said["text"] == sent["text"]:
            words = "Bad Request: message is not modified: specified new message content and reply markup are the same"
            return no(400, words)
        said["text"] = sent["text"]
        return _yes(said)

    def _deleteMessage(self, sent: dict[str, Any]) -> Answer:
        said = self.messages.get((sent["chat_id"], sent["message_id"]))
        if said is None:
            return no(400, "Bad Request: message to delete not found")
        if clock.now().timestamp() - said["date"] > 48 * 3600:
            return no(400, "Bad Request: message can't be deleted for everyone")
        del self.messages[sent["chat_id"], sent["message_id"]]
        return _yes(True)

    def _setMessageReaction(self, sent: dict[str, Any]) -> Answer:
        place = (sent["chat_id"], sent["message_id"])
        if place not in self.messages:
            return no(400, "Bad Request: message to react not found")
        self.reactions[place] = sent["reaction"]
        return _yes(True)


def _yes(result: object) -> Answer:
    return as_json({"ok": True, "result": result})


def _named(words: str) -> dict[str, Any]:
    """The words with their mentions and orders marked, as Telegram counts: in UTF-16."""
    entities, place = [], 0
    for part in words.split(" "):
        length = len(part.encode("utf-16-le")) // 2
        kind = {"@": "mention", "/": "bot_command"}.get(part[:1])
        entities += [{"type": kind, "offset": place, "length": length}] if kind and length > 1 else []
        place += length + 1
    return {"text": words, **({"entities": entities} if entities else {})}

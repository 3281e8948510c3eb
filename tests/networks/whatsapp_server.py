"""WhatsApp's Cloud API on the loopback, as Meta's published description says that it answers: one number of a company.

A message is taken and gets a number; that it came too late is told later, by webhook, as the real one does.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.networks.loopback_server import Answer
from tests.networks.meta_server import GONE, MetaServer, Request, Said, as_json, lacking, no, signed

from resonanz.core import clock

NUMBER, TOKEN, PERSON = "106540352242922", "EAAG-system", "4915112345678"


@dataclass
class WhatsAppServer(MetaServer):
    """`sent`: the messages that were taken."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens |= {TOKEN: NUMBER}
        self.rights |= {"whatsapp_business_messaging", "whatsapp_business_management"}

    def message(self, kind: str = "text", *, ago: timedelta = timedelta(0), **more: Any) -> Said:
        """Somebody writes to the number."""
        at = str(int((clock.now() - ago).timestamp()))
        said: Said = {"from": PERSON, "id": f"wamid.HB/+{len(self.sent)}==", "timestamp": at, "type": kind}
        words = {"text": {"body": "Wann kommt mein Rad?"}} if kind == "text" else {}
        return said | words | more

    def told(self, *said: Said, number: str = NUMBER, field: str = "messages") -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery."""
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "49301234567", "phone_number_id": number},
            "contacts": [{"profile": {"name": "Ada Lovelace"}, "wa_id": PERSON}],
            "messages": list(said),
        }
        entry = {"id": "waba", "changes": [{"field": field, "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        return signed(body), body

    def failed(self, native_id: str, *, code: int = 131047, **more: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery that tells of what became of a message of ours."""
        status = {
            "id": native_id,
            "status": "failed",
            "timestamp": str(int(clock.now().timestamp())),
            "recipient_id": PERSON,
            "errors": [{"code": code, "title": "Re-engagement message", "error_data": {"details": "24 hours passed."}}],
        }
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "49301234567", "phone_number_id": NUMBER},
            "statuses": [status | more],
        }
        entry = {"id": "waba", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        return signed(body), body

    def route(self, request: Request) -> Answer:
        """By method and path."""
        if request.method == "GET" and request.path == f"/{NUMBER}":
            if "whatsapp_business_management" not in self.rights:
                return lacking("whatsapp_business_management")
            return as_json({"id": NUMBER, "display_phone_number": "+49 30 1234567", "verified_name": "Nordhain"})
        if request.method == "POST" and re.fullmatch(rf"/{NUMBER}/messages", request.path):
            if len(request.body["text"]["body"]) > 4_096:
                return no(100, "(#100) Param text['body'] must be at most 4096 characters long.")
            self.sent.append(request.body)
            return as_json({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.SE/NT{len(self.sent)}"}]})
        return GONE

"""What the company's people captured by hand a moment ago, where no connection reaches: it waits for an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from resonanz.core import clock
from resonanz.networks.capture import PRINT, SPOKEN, WEB, Brought
from resonanz.ops.demo_world import company
from resonanz.pipeline import capturing

_KEYS = uuid.UUID("1d0a3c52-7a55-4f0a-8f4e-0a2b8a1c9d43")


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody said it `ago` minutes before the start, and a colleague, `by`, brought it five minutes later."""

    by: str
    ago: int
    place: str
    text: str
    name: str
    where: str = ""
    link: str = ""


HEARD = (
    Heard(
        "henning", 25, SPOKEN, where="Radmesse Huckelshausen, unser Stand", name="Frau Wiebold, Händlerin",
        text="Bei drei Kundinnen ist der Akku X2 seit gestern am Berg ausgegangen. Soll ich die Räder zurückholen?",
    ),
    Heard(
        "paula", 20, PRINT, where="Geraer Wochenblatt, Leserbriefe", name="Ottokar Lenz",
        text="Fünf Wochen wartet man bei Nordhain auf ein Lastenrad. Früher hat man in der Zeit eins gebaut.",
    ),
    Heard(
        company.YOU, 15, WEB, link="https://lastenradforum.example/thema/2214", name="huckelmama",
        text="Weiß jemand, ob der Spatzensitz von Nordhain auch vorn auf das Huckelin passt? Finde nirgends was dazu.",
    ),
)  # fmt: skip


def bring(*, start: datetime) -> None:
    """Capture all of it; what was captured before stays as it is."""
    actors = company.actors()
    for number, heard in enumerate(HEARD):
        said_at = start - timedelta(minutes=heard.ago)
        brought = Brought(
            place=heard.place, text=heard.text, said_at=said_at, key=str(uuid.uuid5(_KEYS, str(number))),
            link=heard.link, where=heard.where, name=heard.name,
        )  # fmt: skip
        with clock.moved_to(said_at + timedelta(minutes=5)):
            capturing.capture(brought=brought, shot=None, alt="", channel_name=company.CAPTURED, actor=actors[heard.by])

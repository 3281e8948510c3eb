"""What the address of a list of posts asks for; what makes no sense there is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from resonanz.insights import answers, days
from resonanz.insights.answers import Answer
from resonanz.listening.models import Kind, Topic
from resonanz.listening.posts import Wanted
from resonanz.networks.models import Channel
from resonanz.triage.feedback import SENTIMENTS

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts, of which day, on which topic. `answer` narrows the posts of a day by what became of them."""

    topic: Topic | None = None
    channel: Channel | None = None
    day: date | None = None
    sentiment: str = ""
    kind: str = ""
    answer: str = ""
    alike: int | None = None

    @classmethod
    def of(
        cls, asked: Mapping[str, str], *, topics: Sequence[Topic], channels: Sequence[Channel], may_read_cases: bool
    ) -> PostFilter:
        """From an address; what became of a post is a matter of cases."""
        day = days.parsed(asked.get("day", ""))
        return cls(
            topic=next((topic for topic in topics if str(topic.pk) == asked.get("topic")), None),
            channel=next((channel for channel in channels if str(channel.pk) == asked.get("channel")), None),
            day=day,
            sentiment=_one_of(asked.get("sentiment", ""), SENTIMENTS),
            kind=_one_of(asked.get("kind", ""), Kind.values),
            answer=_one_of(asked.get("answer", ""), list(Answer) if day and may_read_cases else []),
            alike=_number(asked.get("alike", "")),
        )

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """The same for the room of listening, in moments of the reader's time zone."""
        since, until = days.span(self.day, zone) if self.day else (None, None)
        return Wanted(
            ids=answers.posts_of(day=self.day, zone=zone, answer=Answer(self.answer))
            if self.day and self.answer
            else None,
            topic_id=self.topic.pk if self.topic else None,
            channel_id=self.channel.pk if self.channel else None,
            sentiment=self.sentiment,
            kind=self.kind,
            alike=self.alike,
            since=since,
            until=until,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the topic narrows the list."""
        return bool(self.channel or self.day or self.sentiment or self.kind or self.alike)

    def address(self, **changed: object) -> str:
        """The query of a link to this list, with some parts changed; "" takes a part away."""
        parts: dict[str, object] = {
            "topic": self.topic.pk if self.topic else "",
            "channel": self.channel.pk if self.channel else "",
            "day": self.day.isoformat() if self.day else "",
            "sentiment": self.sentiment,
            "kind": self.kind,
            "answer": self.answer,
            "alike": self.alike or "",
        }
        return "?" + urlencode({name: part for name, part in (parts | changed).items() if part})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _one_of(text: str, known: Collection[str]) -> str:
    return text if text in known else ""

"""A round of checking: some posts one after the other, and what was said of each.

The session keeps where one is, for the day: who said what of a post is known no longer than that.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

from resonanz.accounts.models import User
from resonanz.privacy.retention import today
from resonanz.triage.learning import choosing

SKIPPED = ""
_KEPT = "checking"


@dataclass(frozen=True, slots=True)
class Asked:
    """A post of the round: why it came, what the judge decided ("" where none did), and how probable that is."""

    post_id: int
    how: str
    value: str
    probability: float | None


@dataclass(slots=True)
class Round:
    """The posts in their order; `said` of the first ones, SKIPPED where nothing."""

    label: str
    asked: list[Asked] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def current(self) -> Asked | None:
        """The post to look at now."""
        return self.asked[len(self.said)] if len(self.said) < len(self.asked) else None

    @property
    def last(self) -> tuple[Asked, str] | None:
        """The post before, and what was said of it."""
        return (self.asked[len(self.said) - 1], self.said[-1]) if self.said else None

    @property
    def checked(self) -> int:
        """Of how many something was said."""
        return sum(value != SKIPPED for value in self.said)

    @property
    def agreed(self) -> int:
        """How often people and judge said the same, of those that somebody judged."""
        return sum(bool(value) and asked.value == value for asked, value in zip(self.asked, self.said, strict=False))

    @property
    def judged(self) -> int:
        """How many of those checked somebody had judged."""
        return sum(bool(value and asked.value) for asked, value in zip(self.asked, self.said, strict=False))


def begin(request: HttpRequest, *, label: str, viewer: User) -> Round:
    """Choose posts anew."""
    chosen = choosing.twenty(label=label, viewer=viewer)
    made = Round(label, [Asked(one.post.pk, str(one.how), one.value, one.probability) for one in chosen])
    keep(request, made)
    return made


def under_way(request: HttpRequest, *, label: str) -> Round | None:
    """The round of this label that this browser is in; None where it is in none."""
    kept = request.session.get(_KEPT)
    if kept and kept.get("day") != today().isoformat():
        del request.session[_KEPT]
        return None
    if not kept or kept["label"] != label:
        return None
    return Round(label, [Asked(**one) for one in kept["asked"]], list(kept["said"]))


def keep(request: HttpRequest, made: Round) -> None:
    """Remember where one is."""
    request.session[_KEPT] = {**asdict(made), "day": today().isoformat()}

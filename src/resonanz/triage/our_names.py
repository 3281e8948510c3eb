"""What is known of a post, and of ourselves, to tell whether it is about us (`triage.about_us`).

What the company is called and what people said of a topic's posts is asked every few seconds, not for every batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q

from resonanz.accounts.company import company
from resonanz.accounts.models import Brand
from resonanz.core import clock
from resonanz.listening.models import Post, PostChannel, PostTopic, Visible
from resonanz.networks.models import Channel
from resonanz.triage import about_us
from resonanz.triage.about_us import Evidence, Ourselves
from resonanz.triage.contract import Evaluated
from resonanz.triage.models import Feedback

KNOWN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A post as far as it tells whether it is about us. `spoken_to`: see `about_us.Evidence`."""

    text: str
    network: str
    spoken_to: bool
    topic_ids: Collection[int] = ()


def judged(*, found: Sequence[Evaluated], asked: Sequence[Asked]) -> list[Evaluated]:
    """The evaluations with the label about_us."""
    known = _known() if asked else _Known({}, (), {})
    return [_with(evaluated, one, known) for evaluated, one in zip(found, asked, strict=True)]


def stored(*, post_ids: Iterable[int]) -> dict[int, Asked]:
    """What is known of posts that are stored."""
    addressed = Exists(PostChannel.objects.filter(post=OuterRef("pk"), addressed=True))
    rows = Post.objects.filter(pk__in=list(post_ids)).annotate(addressed=addressed).prefetch_related("topics")
    return {
        post.pk: Asked(
            text=post.text,
            network=post.network,
            spoken_to=post.addressed or post.visibility == Visible.PRIVATE,
            topic_ids=[topic.pk for topic in post.topics.all()],
        )
        for post in rows
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """Handles by network, names, and of each topic how many of its posts people said something, and yes."""

    handles: dict[str, frozenset[str]]
    names: tuple[str, ...]
    topics: dict[int, tuple[int, int]]


_kept: tuple[float, _Known] | None = None


def look_again() -> None:
    """What the company is called has just changed."""
    global _kept
    _kept = None


def _known() -> _Known:
    global _kept
    now = clock.monotonic()
    if _kept is None or now - _kept[0] > KNOWN_SECONDS:
        names = [company().name, *Brand.objects.order_by("pk").values_list("name", flat=True)]
        _kept = (now, _Known(_handles(), tuple(dict.fromkeys(name for name in names if name)), _topics()))
    return _kept[1]


def _handles() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for network, handle in Channel.objects.exclude(handle="").order_by("pk").values_list("network", "handle"):
        found.setdefault(network, set()).add(handle.removeprefix("@").lower())
    return {network: frozenset(handles) for network, handles in found.items()}


def _topics() -> dict[int, tuple[int, int]]:
    said = Feedback.objects.filter(label=about_us.LABEL).values("post")
    rows = PostTopic.objects.filter(post__in=said).order_by().values("topic_id").annotate(
        said=Count("post"),
        yes=Count("post", filter=Q(Exists(said.filter(post=OuterRef("post"), value="true")))),
    )  # fmt: skip
    return {row["topic_id"]: (row["yes"], row["said"]) for row in rows}


def _with(evaluated: Evaluated, asked: Asked, known: _Known) -> Evaluated:
    counts = [known.topics[topic] for topic in asked.topic_ids if topic in known.topics]
    judgement = about_us.judge(
        asked.text,
        known=Evidence(asked.spoken_to, yes=sum(yes for yes, _ in counts), said=sum(said for _, said in counts)),
        ourselves=Ourselves(known.names, known.handles.get(asked.network, frozenset())),
        taught=evaluated.labels.get(about_us.LABEL),
    )
    versions = {about_us.LABEL: about_us.VERSION, **evaluated.versions}
    return replace(evaluated, labels={**evaluated.labels, about_us.LABEL: judgement}, versions=versions)

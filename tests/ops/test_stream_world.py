"""The events that `resonanz bench stream` replays are such as a Jetstream server tells, and its topics touch few."""

from __future__ import annotations

import json

from resonanz.listening.matching import Matcher
from resonanz.networks.bluesky.jetstream_events import read, words_of
from resonanz.ops.benches.stream_world import StreamWorld


def test_one_in_a_hundred_touches_a_topic_and_is_known_to_the_app_view() -> None:
    world = StreamWorld()
    events = list(world.events(1_000, share=0.01, first=1))
    matcher = Matcher.compile(dict(enumerate(world.topics(10_000))))
    burst = read([message.encode() for message, _ in events], latest=10**18)

    views = {view["uri"] for _, view in events if view}
    texts = [words_of(one) for one in burst.said]
    touched = {one.uri for one, topics in zip(burst.said, matcher.match_all(texts), strict=True) if topics}

    assert len(views) == 10
    assert touched == views
    assert burst.unread == 0
    assert 750 < len(burst.said) < 900
    assert 60 < len(burst.deleted) < 140
    assert all(len(json.loads(message)["did"]) == 32 for message, _ in events)

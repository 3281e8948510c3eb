from __future__ import annotations

from datetime import timedelta

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, Edited, Posted
from resonanz.networks.models import Channel
from resonanz.pipeline.take_in import take_in
from resonanz.service.models import Case
from resonanz.triage import likeness
from resonanz.triage.models import Likeness

from .events import NETWORK, ORIGIN, at, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

STORM = "Schon wieder fällt der Zug nach Nordhain aus, und niemand sagt uns am Bahnsteig Bescheid"
CHANGED = "Schon wieder fällt der Zug nach Nordhain aus und keiner sagt uns am Bahnsteig Bescheid!!! 😡"
OTHER = "Die neue Filiale in der Gartenstraße hat wirklich freundliche Leute und lange geöffnet"


@pytest.fixture
def channel() -> Channel:
    nora = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())
    return connect(network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=nora)


def _said(number: int, text: str, *, ago: timedelta = timedelta(hours=1)) -> Posted:
    return posted(str(number), text, ago=ago, addressed=True, author=Author(native_id=f"a-{number}", handle="x"))


def _groups() -> dict[str, str]:
    """Of each post that does not stand alone the first one of its group."""
    names = dict(Post.objects.values_list("pk", "native_id"))
    rows = Likeness.objects.filter(alike__isnull=False)
    return {names[row.post_id]: names.get(row.alike or 0, "gone") for row in rows}


def test_posts_that_nearly_repeat_an_earlier_one_are_bound_to_the_first(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(1, STORM), _said(2, OTHER)])
    assert _groups() == {}

    take_in(channel=channel, events=[_said(3, CHANGED), _said(4, f"@nordhain {STORM.upper()}")])

    assert _groups() == {"1": "1", "3": "1", "4": "1"}
    assert [bool(row.bands) for row in Likeness.objects.order_by("post")] == [True, True, False, False]


def test_posts_of_one_batch_are_bound_to_each_other(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(2, CHANGED), _said(1, STORM, ago=timedelta(hours=2)), _said(3, OTHER)])

    assert _groups() == {"1": "1", "2": "1"}


def test_everybody_who_waits_for_an_answer_keeps_a_case(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(1, STORM), _said(2, STORM), _said(3, CHANGED)])

    assert Case.objects.count() == 3


def test_what_was_said_long_before_is_another_matter(channel: Channel) -> None:
    days = timedelta(days=likeness.DAYS, hours=2)
    take_in(channel=channel, events=[_said(1, STORM, ago=days), _said(2, STORM)])
    take_in(channel=channel, events=[_said(3, OTHER, ago=days)])
    take_in(channel=channel, events=[_said(4, OTHER.replace("lange", "selten"))])

    assert _groups() == {}


def test_short_thanks_are_never_nearly_the_same(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(1, "Danke!"), _said(2, "Danke!"), _said(3, "danke euch")])

    assert not Likeness.objects.exists()


def test_a_reworded_post_leaves_its_group_and_finds_another(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(1, STORM), _said(2, STORM), _said(3, OTHER)])

    edited = Edited(network=NETWORK, origin=ORIGIN, native_id="2", text=f"{OTHER}!", edited_at=at(0))
    take_in(channel=channel, events=[edited])

    assert _groups() == {"1": "1", "2": "3", "3": "3"}


def test_what_is_erased_leaves_the_others_together_and_copies_still_find_them(channel: Channel) -> None:
    take_in(channel=channel, events=[_said(1, STORM), _said(2, STORM)])
    Post.objects.get(native_id="1").delete()

    take_in(channel=channel, events=[_said(3, STORM)])

    assert _groups() == {"2": "gone", "3": "gone"}

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.service.models import Case

pytestmark = pytest.mark.django_db
NewCase = Callable[..., Case]


def test_the_key_leads_into_the_private_case(new_case: NewCase, signed_in: Client) -> None:
    case = new_case("p")
    Post.objects.update(author_native_id="author-p")
    post_id = case.case_posts.get().post_id
    assert f'action="/inbox/{case.pk}/private/"' in signed_in.get(f"/inbox/{case.pk}/").content.decode()

    answer = signed_in.post(f"/inbox/{case.pk}/private/", {"post_id": post_id})

    private = Case.objects.exclude(pk=case.pk).get()
    assert (answer.status_code, answer["Location"]) == (302, f"/inbox/{private.pk}/")
    page = signed_in.get(f"/inbox/{private.pk}/").content.decode()
    assert "Wann kommt mein Rad?" in page
    assert f'action="/inbox/{private.pk}/private/"' not in page
    assert "Goes on in private" in signed_in.get(f"/inbox/{case.pk}/").content.decode()


def test_nonsense_instead_of_a_post_goes_nowhere(new_case: NewCase, signed_in: Client) -> None:
    case = new_case("p")

    assert signed_in.post(f"/inbox/{case.pk}/private/", {"post_id": "x"}).status_code == 404
    for digits in (30, 5000):
        assert signed_in.post(f"/inbox/{case.pk}/private/", {"post_id": "9" * digits}).status_code == 404
        assert signed_in.post(f"/inbox/{case.pk}/split/", {"post": "9" * digits}).status_code == 302

    assert Case.objects.get() == case


def test_where_they_write_first_they_are_asked_with_our_address(
    new_case: NewCase, signed_in: Client, channel: Channel
) -> None:
    case = new_case("p")
    Channel.objects.update(network="files")
    signed_in.post(f"/channels/{channel.pk}/private/", {"write_to_us": "https://nordhain.example/write"})
    signed_in.post(f"/channels/{channel.pk}/private/", {"write_to_us": "no address"})
    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()
    assert "invite=1" in page

    asking = signed_in.get(f"/inbox/{case.pk}/?invite=1").content.decode()

    assert "private message to us: https://nordhain.example/write" in asking
    assert 'value="https://nordhain.example/write"' in signed_in.get(f"/channels/{channel.pk}/").content.decode()


@pytest.mark.parametrize(
    ("hours", "says", "says_not"),
    [
        (1, "Can be answered from here until", "The first day is over"),
        (30, "The first day is over", "Keep ready to post"),
        (200, "this network takes no answer from here any more", "Send answer"),
    ],
)
def test_time_that_a_network_leaves_for_an_answer_is_told_ahead(
    new_case: NewCase, signed_in: Client, monkeypatch: pytest.MonkeyPatch, hours: int, says: str, says_not: str
) -> None:
    limits = replace(MemoryNetwork.limits, private_hours=168, private_hours_freely=24)
    monkeypatch.setattr(MemoryNetwork, "limits", limits)
    case = new_case("p")
    Post.objects.update(visibility="PRIVATE", posted_at=clock.now() - timedelta(hours=hours))
    Case.objects.update(visibility="PRIVATE", private_with="author-p")

    page = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert says in page
    assert says_not not in page


def test_in_public_there_is_no_such_time(new_case: NewCase, signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, private_hours=168))
    case = new_case("p")

    assert "Can be answered from here until" not in signed_in.get(f"/inbox/{case.pk}/").content.decode()

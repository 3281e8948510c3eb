"""What stands beside a post: kept as an address and a description, changed and erased with the post."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening.models import EarlierWording, Post, PostMedia
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, Deleted, Edited, Media, MediaKind
from resonanz.networks.models import Channel
from resonanz.pipeline.take_in import take_in
from resonanz.privacy import audit, erasure, export

from .events import NETWORK, ORIGIN, at, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]
PHOTO = Media(
    MediaKind.IMAGE, "https://a.example/1.jpg", "https://a.example/1-small.jpg", "Ein Rad ohne Sattel", 640, 1
)
FILM = Media(MediaKind.VIDEO, "https://a.example/2.mp4")


@pytest.fixture
def channel(db: None) -> Channel:
    calendars.ensure_defaults()
    nora = User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())
    made = connect(network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=nora)
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=nora.pk, deputy_id=None, team_id=None, actor=nora
    )
    return made


def kept() -> list[tuple[str, str, str]]:
    return list(PostMedia.objects.order_by("post", "place").values_list("kind", "url", "alt"))


def edit(text: str, *, hours: float, media: tuple[Media, ...] | None = None) -> Edited:
    return Edited(network=NETWORK, origin=ORIGIN, native_id="1", text=text, edited_at=at(hours), media=media)


def test_address_and_description_are_kept_once(channel: Channel) -> None:
    said = posted("1", addressed=True, media=(PHOTO, FILM))

    take_in(channel=channel, events=[said])
    take_in(channel=channel, events=[said])

    assert kept() == [("IMAGE", PHOTO.url, PHOTO.alt), ("VIDEO", FILM.url, "")]


def test_edit_brings_other_pictures_and_an_older_one_does_not(channel: Channel) -> None:
    take_in(channel=channel, events=[posted("1", "Kaputt", addressed=True, media=(PHOTO,))])

    take_in(channel=channel, events=[edit("Kaputt", hours=-0.5, media=(FILM,))])
    take_in(channel=channel, events=[edit("Kaputt", hours=-0.7, media=(PHOTO, PHOTO))])
    take_in(channel=channel, events=[edit("Ganz kaputt", hours=-0.4)])

    assert kept() == [("VIDEO", FILM.url, "")]
    assert Post.objects.get().edited_at == at(-0.4)
    assert [wording.text for wording in EarlierWording.objects.all()] == ["Kaputt"]


def test_what_is_no_address_or_too_much_is_dropped(channel: Channel) -> None:
    wrong = (Media(MediaKind.IMAGE, "javascript:alert(1)"), Media(MediaKind.IMAGE, f"https://{'a' * 2000}.example"))
    odd = Media(MediaKind.IMAGE, "https://a.example/3.png", "data:image/png;base64,AAAA", "\x00Alt" * 600, -3, 10**9)

    take_in(channel=channel, events=[posted("1", addressed=True, media=(*wrong, odd, *(FILM for _ in range(99))))])

    first, *others = PostMedia.objects.order_by("place")
    assert (first.url, first.preview_url, len(first.alt) <= 1500, "\x00" in first.alt) == (odd.url, "", True, False)
    assert len(others) == 15


def test_it_leaves_with_its_post_and_others_no_longer_name_who_is_erased(channel: Channel) -> None:
    other = Author(native_id="a-2", handle="eva", name="Eva Kranz")
    portrait = Media(MediaKind.IMAGE, "https://a.example/4.png", alt="Jonas B. hält sein Rad")
    take_in(
        channel=channel,
        events=[
            posted("1", addressed=True, media=(PHOTO,)),
            posted("2", addressed=True, author=other, media=(portrait,)),
        ],
    )
    told = export.export_account(network=NETWORK, origin=ORIGIN, native_id="a-1")["tables"]["listening_postmedia"]
    assert [row["alt"] for row in told["rows"]] == [PHOTO.alt]

    erasure.erase_account(network=NETWORK, origin=ORIGIN, native_id="a-1", actor=audit.SYSTEM, suppress=True)

    assert kept() == [("IMAGE", portrait.url, "█████ hält sein Rad")]

    take_in(channel=channel, events=[Deleted(network=NETWORK, origin=ORIGIN, native_id="2", deleted_at=at(0))])
    assert kept() == []


def test_erasure_does_not_fail_where_a_mask_is_longer_than_the_name_and_has_no_room(channel: Channel) -> None:
    other = Author(native_id="a-2", handle="eva", name="Eva Kranz")
    portrait = replace(PHOTO, alt=f"@eva {'x' * 1495}")
    take_in(
        channel=channel,
        events=[posted("1", addressed=True, media=(portrait,)), posted("2", addressed=True, author=other)],
    )

    erasure.erase_account(network=NETWORK, origin=ORIGIN, native_id="a-2", actor=audit.SYSTEM, suppress=True)

    assert kept() == [("IMAGE", PHOTO.url, f"█████ {'x' * 1494}")]

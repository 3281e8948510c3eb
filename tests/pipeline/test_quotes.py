"""What a post quotes: kept to understand it, and gone with what is quoted, however that leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import topics
from resonanz.listening.models import Post, PostQuote
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import AccountGone, Author, Deleted, Edited, Posted, Quoted
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, StaffAccount
from resonanz.pipeline.cleaning import clean_event
from resonanz.pipeline.sieve import TopicSieve
from resonanz.pipeline.take_in import take_in
from resonanz.privacy import audit, erasure, export, tombstones
from resonanz.privacy.models import TombstoneKind
from resonanz.service.models import Case
from resonanz.triage.models import Evaluation

from .events import NETWORK, ORIGIN, at, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]
EVA = Author(native_id="a-2", handle="eva", name="Eva Kranz")
QUOTED = Quoted("77", "https://a.example/77", EVA, "Der neue Sattel ist da, sagt Jonas B.")
GONE = ("", "", "", "")


@pytest.fixture
def nora(db: None) -> User:
    calendars.ensure_defaults()
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def channel(nora: User) -> Channel:
    made = connect(
        network=NETWORK, name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", is_live=True, actor=nora
    )
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=nora.pk, deputy_id=None, team_id=None, actor=nora
    )
    return made


def hear(channel: Channel, quoted: Quoted = QUOTED, native_id: str = "1") -> None:
    take_in(channel=channel, events=[posted(native_id, "Was soll das denn?", addressed=True, quoted=quoted)])


def kept() -> list[tuple[str, str, str, str]]:
    rows = PostQuote.objects.order_by("post__native_id")
    return list(rows.values_list("native_id", "url", "author_handle", "text"))


def edit(native_id: str, text: str, *, hours: float, quoted: Quoted | None = None) -> Edited:
    return Edited(network=NETWORK, origin=ORIGIN, native_id=native_id, text=text, edited_at=at(hours), quoted=quoted)


def deleted(native_id: str) -> Deleted:
    return Deleted(network=NETWORK, origin=ORIGIN, native_id=native_id, deleted_at=at(0))


def test_it_is_kept_once_and_is_no_post_of_its_own(channel: Channel) -> None:
    hear(channel)
    hear(channel)

    assert kept() == [("77", "https://a.example/77", "eva", QUOTED.text)]
    assert [post.native_id for post in Post.objects.all()] == ["1"]
    assert not Identity.objects.filter(native_id="a-2").exists()


def test_it_widens_neither_what_is_heard_nor_what_is_judged(channel: Channel, nora: User) -> None:
    """Who only quotes our topic, or us, is heard no sooner for it; and nobody is judged by the words of another."""
    topics.create(name="Sattel", query="sattel", opens_cases=True, actor=nora)
    quoted = Quoted("77", "", Author("us"), "@nordhain Euer Sattel ist Betrug und das Letzte!")

    taken = take_in(channel=channel, events=[posted("1", "Schönes Wetter heute", quoted=quoted)])
    assert (taken.stored, taken.dropped) == (0, 1)

    take_in(channel=channel, events=[posted("2", "Wann macht ihr auf?", addressed=True)])
    take_in(channel=channel, events=[posted("3", "Wann macht ihr auf?", addressed=True, quoted=quoted)])
    plain, quoting = Evaluation.objects.order_by("post__native_id")
    assert (plain.labels, plain.urgency) == (quoting.labels, quoting.urgency)
    assert not Post.objects.get(native_id="3").topics.exists()


def test_it_is_bounded_and_a_broken_one_takes_no_post_along(channel: Channel) -> None:
    hear(channel, replace(QUOTED, text="a" * 1_000_000, url="javascript:alert(1)"))
    hear(channel, replace(QUOTED, native_id="7" * 600), "2")
    hear(channel, replace(QUOTED, author=replace(EVA, native_id="a" * 600)), "3")
    hear(channel, replace(QUOTED, native_id="4"), "4")
    hear(channel, replace(QUOTED, author=None), "5")

    assert kept() == [("77", "", "eva", "a" * 999 + "…"), GONE, GONE, ("77", QUOTED.url, "", "")]
    assert Post.objects.count() == 5


def test_the_deletion_of_what_is_quoted_empties_it_for_good(channel: Channel) -> None:
    hear(channel)
    hear(channel, replace(QUOTED, native_id="78"), "2")

    take_in(channel=channel, events=[deleted("77")])
    hear(channel, native_id="3")

    assert kept() == [GONE, ("78", QUOTED.url, "eva", QUOTED.text), GONE]
    assert Post.objects.count() == Case.objects.count() == 3


def test_it_goes_where_the_account_goes_that_is_quoted(channel: Channel) -> None:
    hear(channel)

    take_in(channel=channel, events=[AccountGone(network=NETWORK, origin=ORIGIN, native_id="a-2", gone_at=at(0))])
    hear(channel, native_id="2")

    assert kept() == [GONE, GONE]
    assert PostQuote.objects.exclude(author_native_id="").count() == 0


def test_other_words_of_what_is_quoted_are_taken_over_and_older_ones_are_not(channel: Channel) -> None:
    hear(channel)
    hear(channel, replace(QUOTED, native_id="78", text=""), "2")

    take_in(channel=channel, events=[edit("77", "b" * 2000, hours=-0.5), edit("78", "c", hours=-0.5)])
    take_in(channel=channel, events=[edit("77", "Älter", hours=-0.7)])

    assert [text for *_, text in kept()] == ["b" * 999 + "…", ""]


def test_a_quote_may_be_taken_back_and_allowed_later(channel: Channel) -> None:
    hear(channel)
    take_in(channel=channel, events=[posted("2", addressed=True)])

    take_in(channel=channel, events=[edit("1", "Was soll das denn?", hours=0, quoted=Quoted())])
    take_in(channel=channel, events=[edit("2", "Wann kommt mein Rad?", hours=0, quoted=QUOTED)])
    take_in(channel=channel, events=[edit("2", "Wann kommt mein Rad?", hours=0)])

    assert kept() == [GONE, ("77", QUOTED.url, "eva", QUOTED.text)]


def test_news_of_a_quote_alone_make_no_edited_post(channel: Channel) -> None:
    hear(channel)

    take_in(channel=channel, events=[edit("1", "Was soll das denn?", hours=-1, quoted=Quoted())])

    assert kept() == [GONE]
    assert Post.objects.get().edited_at is None


def test_erasing_who_is_quoted_leaves_nothing_of_them_and_nothing_comes_back(channel: Channel) -> None:
    hear(channel)
    told = export.export_account(network=NETWORK, origin=ORIGIN, native_id="a-2")["tables"]["listening_postquote"]
    assert [row["text"] for row in told["rows"]] == [QUOTED.text]
    before = list(PostQuote.objects.all())

    erasure.erase_account(network=NETWORK, origin=ORIGIN, native_id="a-2", actor=audit.SYSTEM, suppress=True)
    hear(channel, native_id="2")
    assert kept() == [GONE, GONE]

    PostQuote.objects.all().delete()
    PostQuote.objects.bulk_create(before)  # as a backup brings it back
    assert erasure.erase_what_tombstones_name() == 2  # the post, and whose it is
    assert kept() == [GONE]


def test_who_is_named_in_a_quote_is_masked_when_they_are_erased(channel: Channel) -> None:
    hear(channel)
    other = posted("2", addressed=True, author=Author("a-3", "mia", "Mia Holm"), quoted=QUOTED)
    take_in(channel=channel, events=[other])
    told = export.export_account(network=NETWORK, origin=ORIGIN, native_id="a-1")["tables"]["listening_postquote"]
    assert told["rows"] == []  # whom one quotes is somebody else

    erasure.erase_account(network=NETWORK, origin=ORIGIN, native_id="a-1", actor=audit.SYSTEM, suppress=False)

    assert kept() == [("77", QUOTED.url, "eva", "Der neue Sattel ist da, sagt █████")]


def test_what_a_colleague_says_in_private_life_is_quoted_without_a_word(channel: Channel, nora: User) -> None:
    StaffAccount.objects.create(
        user=nora, network=NETWORK, origin=ORIGIN, native_id="a-2", handle="eva", asked_at=at(-9), confirmed_at=at(-8)
    )

    hear(channel)
    take_in(channel=channel, events=[posted("2", author=EVA, parent_id="1", root_id="1", quoted=QUOTED)])

    assert kept() == [GONE]
    assert Post.objects.get(native_id="2").speaker == "STAFF"


def test_streams_are_told_that_deletions_of_what_is_quoted_count(channel: Channel) -> None:
    hear(channel)
    sieve = TopicSieve(channel)

    assert sieve.held(["1", "77", "78"]) == {"1", "77"}
    assert sieve.people(["a-1", "a-2", "a-3"]) == {"a-1", "a-2"}


def test_others_than_the_network_empty_only_what_they_told_alone(channel: Channel, nora: User) -> None:
    teller = connect(network="capture", name="Captured", is_live=True, actor=nora)
    other = replace(QUOTED, native_id="78")
    hear(channel)
    hear(teller, native_id="2")
    hear(teller, other, "3")

    take_in(channel=teller, events=[deleted("77"), deleted("78")])

    assert [native_id for native_id, *_ in kept()] == ["77", "77", ""]
    assert not tombstones.raised(kind=TombstoneKind.POST, hashes=[tombstones.post_hash(NETWORK, ORIGIN, "78")])

    take_in(channel=channel, events=[deleted("77")])
    assert [native_id for native_id, *_ in kept()] == ["", "", ""]


def test_of_a_post_that_others_told_before_the_network_has_the_last_word(channel: Channel, nora: User) -> None:
    teller = connect(network="capture", name="Captured", is_live=True, actor=nora)
    hear(teller)

    hear(channel, replace(QUOTED, text=""))
    hear(teller)

    assert kept() == [("77", QUOTED.url, "eva", "")]
    assert Post.objects.get().edited_at is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.builds(Quoted, st.text(), st.text(), st.none() | st.builds(Author, st.text(), st.text()), st.text()))
def test_whatever_is_quoted_can_be_stored(quoted: Quoted) -> None:
    said = clean_event(posted("1", quoted=quoted))

    assert isinstance(said, Posted)
    assert said.quoted is None or len(said.quoted.text) <= 1000
    assert clean_event(said) == said

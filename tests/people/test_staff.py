from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.responsibilities import set_responsibility
from resonanz.listening import posts, topics
from resonanz.listening.models import Post, Speaker
from resonanz.networks.connections.channels import connect
from resonanz.networks.contract import Author, Edited, Posted, Visibility
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.people.models import Identity, Person, StaffAccount
from resonanz.pipeline.take_in import take_in
from resonanz.privacy.models import AuditRecord
from resonanz.service.models import Case, CasePost
from resonanz.triage.models import Evaluation

pytestmark = [pytest.mark.django_db]

ORIGIN = "practice.example"
ELIF = Author(native_id="a-elif", handle="elif", name="Elif Sander")


@pytest.fixture
def colleague() -> User:
    return User.objects.create_user("nora@nordhain.example", name="Nora", role=Role.ADMIN, created_at=clock.now())


@pytest.fixture
def channel(colleague: User) -> Channel:
    calendars.ensure_defaults()
    made = connect(network="memory", name="Practice", origin=ORIGIN, handle="nordhain", native_id="us", actor=colleague)
    set_responsibility(
        channel_id=made.pk, topic_id=None, intent="", owner_id=colleague.pk, deputy_id=None, team_id=None,
        actor=colleague,
    )  # fmt: skip
    return made


def said(native_id: str, text: str, *, author: Author = ELIF, root_id: str = "", addressed: bool = True) -> Posted:
    return Posted(
        network="memory", origin=ORIGIN, native_id=native_id, author=author, text=text, posted_at=clock.now(),
        addressed=addressed, parent_id=root_id, root_id=root_id,
    )  # fmt: skip


def registered(channel: Channel, user: User) -> StaffAccount:
    code = staff.ask(user=user).code
    take_in(channel=channel, events=[said("code", f"Das bin ich: {code.upper()}")])
    return StaffAccount.objects.get(user=user)


def test_account_that_says_the_code_is_registered_and_the_post_is_kept_by_nobody(
    channel: Channel, colleague: User
) -> None:
    account = registered(channel, colleague)

    assert (account.network, account.origin, account.native_id, account.handle) == ("memory", ORIGIN, "a-elif", "elif")
    assert account.confirmed_at is not None
    assert not Post.objects.exists()
    assert not Case.objects.exists()


def test_post_of_a_registered_account_is_no_case_and_no_person_and_stands_in_no_list(
    channel: Channel, colleague: User
) -> None:
    registered(channel, colleague)
    topics.create(name="Bikes", query="Rad*", opens_cases=True, actor=colleague)

    taken = take_in(channel=channel, events=[said("1", "Mein Rad ist schon wieder kaputt, Nordhain!")])

    assert (taken.stored, taken.dropped) == (0, 1)
    assert not Case.objects.exists()
    assert not Person.objects.exists()
    assert not posts.stream().exists()


def test_in_the_thread_of_a_case_it_is_a_place_without_words_name_or_evaluation(
    channel: Channel, colleague: User
) -> None:
    registered(channel, colleague)
    stranger = Author(native_id="a-jonas", handle="jonas", name="Jonas B.")
    take_in(channel=channel, events=[said("1", "Wann kommt mein Rad an?", author=stranger)])

    take_in(channel=channel, events=[said("2", "Ich finde das Lager auch zu langsam.", root_id="1", addressed=False)])
    take_in(
        channel=channel,
        events=[
            Edited(network="memory", origin=ORIGIN, native_id="2", text="Das Lager ist lahm.", edited_at=clock.now())
        ],
    )

    post = Post.objects.get(native_id="2")
    assert (post.speaker, post.is_context) == (Speaker.STAFF, True)
    assert (post.text, post.author_handle, post.author_name, post.url) == ("", "", "", "")
    assert CasePost.objects.get(post=post).state == "NONE_NEEDED"
    assert not Evaluation.objects.filter(post=post).exists()
    assert Identity.objects.get().native_id == "a-jonas"


def test_what_stood_of_the_account_as_a_customer_goes_when_it_is_registered(channel: Channel, colleague: User) -> None:
    take_in(channel=channel, events=[said("1", "Wann kommt mein Rad an?")])
    assert Identity.objects.filter(native_id="a-elif").exists()

    registered(channel, colleague)

    assert not Identity.objects.exists()
    assert not Post.objects.exists()
    assert not Case.objects.exists()


def test_stranger_cannot_be_named_as_a_colleague(channel: Channel, colleague: User) -> None:
    staff.ask(user=colleague)

    take_in(channel=channel, events=[said("1", "Wann kommt mein Rad an? mein-abcdefgh")])

    assert Case.objects.count() == 1
    assert StaffAccount.objects.get().confirmed_at is None


def test_code_too_old_confirms_nothing(channel: Channel, colleague: User) -> None:
    account = staff.ask(user=colleague)
    StaffAccount.objects.update(asked_at=clock.now() - timedelta(days=staff.CODE_DAYS, seconds=1))

    take_in(channel=channel, events=[said("1", account.code)])

    assert StaffAccount.objects.get().confirmed_at is None
    assert staff.delete_due(None, 10) == 1


def test_leaving_takes_every_trace_away_and_posts_count_again(channel: Channel, colleague: User) -> None:
    account = registered(channel, colleague)
    stranger = Author(native_id="a-jonas", handle="jonas", name="Jonas B.")
    take_in(channel=channel, events=[said("1", "Wann kommt mein Rad an?", author=stranger)])
    take_in(channel=channel, events=[said("2", "Bald, denke ich.", root_id="1", addressed=False)])

    staff.leave(account_id=account.pk, user=colleague)

    assert not StaffAccount.objects.exists()
    assert not Post.objects.filter(author_native_id="a-elif").exists()
    assert "elif" not in str(list(AuditRecord.objects.values()))
    take_in(channel=channel, events=[said("3", "Wann kommt mein Rad an?")])
    assert Case.objects.count() == 2


def test_nobody_takes_out_the_account_of_another(channel: Channel, colleague: User) -> None:
    account = registered(channel, colleague)
    other = User.objects.create_user("tom@nordhain.example", name="Tom", role=Role.ADMIN, created_at=clock.now())

    staff.leave(account_id=account.pk, user=other)

    assert list(staff.accounts_of(user=other)) == []
    assert list(staff.accounts_of(user=colleague)) == [account]


def test_private_message_of_a_registered_account_opens_nothing(channel: Channel, colleague: User) -> None:
    registered(channel, colleague)

    take_in(channel=channel, events=[replace(said("1", "Wo bleibt mein Rad?"), visibility=Visibility.PRIVATE)])

    assert not Case.objects.exists()
    assert not Post.objects.exists()


def test_account_of_who_left_the_company_no_longer_counts(channel: Channel, colleague: User) -> None:
    registered(channel, colleague)
    User.objects.update(is_active=False)

    assert staff.among(keys={("memory", ORIGIN, "a-elif")}) == set()
    assert staff.delete_due(None, 10) == 1

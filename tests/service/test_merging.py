"""Merging: everything goes on in one case, nothing is lost, nothing is said twice, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from resonanz.accounts.models import Brand, User
from resonanz.core import clock
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.service import cases, notes
from resonanz.service.answers import attachments, drafts, outbox, replies
from resonanz.service.lists import inbox
from resonanz.service.models import (
    Case,
    CaseLink,
    CaseNote,
    CasePost,
    CaseState,
    CaseTag,
    MachineDraft,
    Outgoing,
    OutgoingState,
    Tag,
)
from resonanz.service.work import linking, merging, splitting, tagging, undoing
from tests.networks.memory_process import MemoryProcess
from tests.pictures import photo, picture
from tests.service.conftest import MovingClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(network: MemoryProcess, channel: Channel, case: Case, stranger: Account) -> Case:
    """Jonas asks the same in another thread."""
    network.say(stranger, "@nordhain Hallo? Mein Rad fehlt immer noch.")
    poll_once(channel.pk)
    return Case.objects.select_related("channel").exclude(pk=case.pk).get()


def merge(case: Case, into: Case, actor: User) -> None:
    merging.merge(case_id=case.pk, into_id=into.pk, actor=actor)
    case.refresh_from_db()
    into.refresh_from_db()


def post_of(case: Case) -> int:
    return CasePost.objects.filter(case=case).values_list("post_id", flat=True).get()


def undo_latest(actor: User) -> None:
    undoing.undo(event_id=undoing.latest(user=actor)[0].pk, actor=actor)


def test_merge_moves_everything_and_the_earlier_due_time_stands(case: Case, other: Case, agent: User) -> None:
    early, tag = clock.now() + timedelta(minutes=5), Tag.objects.create(name="Rückruf", created_at=clock.now())
    CasePost.objects.filter(case=case).update(due_at=early)
    cases.settle(case=case)
    notes.write(case_id=case.pk, text="Ruft morgen an.", author=agent)
    tagging.retag(case_id=case.pk, add=[tag.pk], actor=agent)
    drafts.keep(case_id=case.pk, post_id=post_of(case), text="Morgen!", author=agent, key=uuid4())

    merge(case, other, agent)

    assert (case.state, case.closed_because, case.merged_into_id) == (CaseState.RESOLVED, "MERGED", other.pk)
    assert other.answer_due_at == early
    assert CasePost.objects.filter(case=other).count() == 2
    assert not CasePost.objects.filter(case=case).exists()
    assert CaseNote.objects.get().case == other
    assert CaseTag.objects.filter(case=other, tag=tag).exists()
    draft = drafts.of(case_id=other.pk, author=agent)
    assert draft is not None
    assert draft.text == "Morgen!"


def test_merged_case_is_in_no_list(case: Case, other: Case, agent: User) -> None:
    merge(case, other, agent)

    shown = [one.pk for one in inbox.cases(user=agent, view=inbox.View.RESOLVED)]

    assert case.pk not in shown


def test_new_post_in_the_merged_thread_lands_in_the_surviving_case(
    network: MemoryProcess, channel: Channel, stranger: Account, case: Case, other: Case, agent: User
) -> None:
    root = CasePost.objects.select_related("post").get(case=case).post
    merge(case, other, agent)

    network.say(stranger, "@nordhain Noch jemand da?", parent_id=root.native_id)
    poll_once(channel.pk)

    assert CasePost.objects.filter(case=other).count() == 3
    assert Case.objects.count() == 2


def test_reply_to_the_old_case_is_sent_once_in_its_own_thread(
    network: MemoryProcess, case: Case, other: Case, agent: User, moving_clock: MovingClock
) -> None:
    post_id, key = post_of(case), uuid4()
    root = CasePost.objects.select_related("post").get(case=case).post
    merge(case, other, agent)

    for _ in range(2):
        replies.queue_reply(case_id=case.pk, post_id=post_id, text="Morgen früh kommt es.", author=agent, key=key)
    moving_clock.forward(seconds=11)
    for outgoing_id in outbox.waiting():
        outbox.send_due(outgoing_id=outgoing_id)

    sent = Outgoing.objects.get()
    assert (sent.state, sent.case_id, sent.root_native_id) == (OutgoingState.SENT, other.pk, root.root_native_id)


def test_words_typed_on_the_old_page_are_kept_in_the_surviving_case(case: Case, other: Case, agent: User) -> None:
    post_id, other_post, key = post_of(case), post_of(other), uuid4()
    drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen", author=agent, key=key)
    drafts.keep(case_id=other.pk, post_id=other_post, text="Heute", author=agent, key=uuid4())
    merge(case, other, agent)

    draft = drafts.of(case_id=other.pk, author=agent)
    assert draft is not None
    assert draft.text == "Heute\n\nMorgen"
    kept = drafts.keep(case_id=case.pk, post_id=post_id, text="Morgen früh", author=agent, key=key)
    assert kept is not None
    assert kept.case_id == other.pk


def test_note_and_act_on_the_old_case_reach_the_surviving_one(case: Case, other: Case, agent: User) -> None:
    merge(case, other, agent)

    notes.write(case_id=case.pk, text="Bitte zurückrufen.", author=agent)
    cases.assign(case_id=case.pk, assignee_id=None, actor=agent)

    assert CaseNote.objects.get().case == other
    other.refresh_from_db()
    assert other.assignee is None


def test_pointer_is_not_opened_again(case: Case, other: Case, agent: User) -> None:
    merge(case, other, agent)

    with pytest.raises(merging.Merged) as refused:
        cases.reopen(case_id=case.pk, actor=agent)

    assert refused.value.params == {"case": other.pk}


def test_merging_further_leads_all_the_way(case: Case, other: Case, quiet_case: Case, agent: User) -> None:
    Case.objects.filter(pk=quiet_case.pk).update(channel=case.channel)
    quiet_case.refresh_from_db()
    merge(case, other, agent)

    merge(other, quiet_case, agent)

    assert merging.standing(case_id=case.pk) == quiet_case.pk
    assert CasePost.objects.filter(case=quiet_case).count() == 3
    undo_latest(agent)
    assert merging.standing(case_id=case.pk) == other.pk


def test_undo_puts_everything_back(case: Case, other: Case, quiet_case: Case, agent: User, colleague: User) -> None:
    linking.link(case_id=case.pk, other_id=quiet_case.pk, actor=agent)
    drafts.keep(case_id=case.pk, post_id=post_of(case), text="Morgen!", author=colleague, key=uuid4())
    stood = Case.objects.filter(pk__in=[case.pk, other.pk]).order_by("pk").values()
    before, post_id = list(stood), post_of(case)
    merge(case, other, agent)

    undo_latest(agent)

    assert list(stood.all()) == before
    assert post_of(case) == post_id
    assert Outgoing.objects.get().case_id == case.pk
    assert CaseLink.objects.get().one_id in {case.pk, quiet_case.pk}
    assert [one.pk for one in linking.linked(case_id=case.pk)] == [quiet_case.pk]


def test_undo_is_refused_once_the_surviving_case_is_done(case: Case, other: Case, agent: User) -> None:
    merge(case, other, agent)
    event = undoing.latest(user=agent)[0]
    cases.resolve(case_id=other.pk, actor=agent, reason="SPAM")

    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo(event_id=event.pk, actor=agent)


def test_post_that_stood_in_both_is_there_once_and_comes_back_twice(case: Case, quiet_case: Case, agent: User) -> None:
    post_id = post_of(case)
    Case.objects.filter(pk=quiet_case.pk).update(channel=case.channel)
    CasePost.objects.create(case=quiet_case, post_id=post_id, state="ANSWERED")
    quiet_case.refresh_from_db()

    merge(quiet_case, case, agent)

    assert CasePost.objects.get(case=case, post=post_id).state == "ANSWERED"
    undo_latest(agent)
    assert set(CasePost.objects.filter(post=post_id).values_list("case", "state")) == {
        (case.pk, "OPEN"), (quiet_case.pk, "ANSWERED"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ({"visibility": "PRIVATE", "private_with": "jonas"}, {}, "merge.private"),
        (
            {"visibility": "PRIVATE", "private_with": "jonas"},
            {"visibility": "PRIVATE", "private_with": "tessa"},
            "merge.private",
        ),
        ({"visibility": "PRIVATE"}, {"visibility": "PRIVATE"}, "merge.private"),
        ({"state": "RESOLVED", "resolved_at": "2026-11-01T09:00Z"}, {}, "case.not_open"),
        ({}, {"state": "RESOLVED", "resolved_at": "2026-11-01T09:00Z"}, "case.not_open"),
    ],
)
def test_what_may_not_stand_together_is_not_merged(
    quiet_case: Case, agent: User, one: dict[str, str], other: dict[str, str], code: str
) -> None:
    made = {
        "channel": quiet_case.channel,
        "network": "memory",
        "intent": "OTHER",
        "opened_at": clock.now(),
        "last_post_at": clock.now(),
    }
    source = Case.objects.create(root_native_id="a", **{"visibility": "PUBLIC", **made, **one})
    target = Case.objects.create(root_native_id="b", **{"visibility": "PUBLIC", **made, **other})

    with pytest.raises(Exception, match=code):
        merging.merge(case_id=source.pk, into_id=target.pk, actor=agent)

    assert not Case.objects.filter(merged_into__isnull=False).exists()


def test_brands_and_networks_stay_apart(quiet_case: Case, agent: User) -> None:
    brand = Brand.objects.create(name="Nordlicht")
    of_brand = Channel.objects.create(name="B", network="memory", brand=brand, created_at=clock.now())
    elsewhere = Channel.objects.create(name="M", network="mastodon", created_at=clock.now())
    made = {"visibility": "PUBLIC", "intent": "OTHER", "opened_at": clock.now(), "last_post_at": clock.now()}
    branded = Case.objects.create(channel=of_brand, network="memory", root_native_id="a", **made)
    abroad = Case.objects.create(channel=elsewhere, network="mastodon", root_native_id="a", **made)

    with pytest.raises(merging.OtherBrand):
        merging.merge(case_id=branded.pk, into_id=quiet_case.pk, actor=agent)
    with pytest.raises(merging.OtherNetwork):
        merging.merge(case_id=abroad.pk, into_id=quiet_case.pk, actor=agent)


def test_many_are_merged_into_the_oldest_and_the_others_are_named(case: Case, other: Case, agent: User) -> None:
    private = Case.objects.create(
        channel=case.channel, network=case.channel.network, root_native_id="p", visibility="PRIVATE",
        private_with="jonas", intent="OTHER",
        opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip

    outcome = merging.merge_all(case_ids=[case.pk, other.pk, private.pk], actor=agent)

    assert outcome.done == [case.pk, other.pk]
    assert [(one.case_id, one.code) for one in outcome.refused] == [(private.pk, "merge.private")]
    assert merging.standing(case_id=other.pk) == case.pk


def test_pictures_of_both_drafts_are_kept(case: Case, other: Case, agent: User) -> None:
    for one, data in ((case, photo()), (other, picture("PNG"))):
        attachments.add(case_id=one.pk, post_id=post_of(one), author=agent, key=uuid4(), files=(data,), text="So.")

    merge(case, other, agent)

    draft = drafts.of(case_id=other.pk, author=agent)
    assert draft is not None
    assert list(draft.attachments.order_by("place").values_list("content_type", flat=True)) == [
        "image/png", "image/jpeg",
    ]  # fmt: skip


def test_what_a_machine_drafted_is_known_in_the_surviving_case(case: Case, other: Case, agent: User) -> None:
    drafted = MachineDraft.objects.create(case=case, asked_by=agent, asked_at=clock.now(), prints=[1, 2, 3])

    merge(case, other, agent)
    drafted.refresh_from_db()
    followed = drafted.case_id
    undo_latest(agent)
    drafted.refresh_from_db()

    assert (followed, drafted.case_id) == (other.pk, case.pk)


def test_undo_of_two_cases_of_one_thread_leaves_each_its_posts(
    network: MemoryProcess, channel: Channel, stranger: Account, case: Case, agent: User
) -> None:
    first = CasePost.objects.select_related("post").get(case=case).post
    network.say(stranger, "@nordhain Und wo ist die Werkstatt?", parent_id=first.native_id)
    poll_once(channel.pk)
    second_id = CasePost.objects.exclude(post=first).get(case=case).post_id
    part = splitting.split(case_id=case.pk, post_ids=[second_id], actor=agent)
    merge(case, part, agent)

    undo_latest(agent)

    assert (post_of(case), post_of(part)) == (first.pk, second_id)

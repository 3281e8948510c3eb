"""Splitting: posts become a case of their own, due as they were promised; and old private cases of several people."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.listening.models import Post
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.erasure import Subject
from resonanz.privacy.models import Purpose
from resonanz.service import cases, notes
from resonanz.service.answers import drafts
from resonanz.service.erasure import erase_account
from resonanz.service.models import Case, CasePost, CaseState, Outgoing
from resonanz.service.work import linking, merging, parting, splitting, undoing
from tests.networks.memory_process import MemoryProcess

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(network: MemoryProcess, channel: Channel, case: Case) -> Post:
    """Tessa asks something else below what Jonas asked."""
    root = CasePost.objects.select_related("post").get(case=case).post
    tessa = network.open_account("tessa", "Tessa K.")
    network.say(tessa, "@nordhain Wo ist eure Werkstatt?", parent_id=root.native_id)
    poll_once(channel.pk)
    return CasePost.objects.select_related("post").exclude(post=root).get(case=case).post


def first_of(case: Case, second: Post) -> Post:
    return CasePost.objects.select_related("post").exclude(post=second).get(case=case).post


def test_split_off_posts_are_due_as_promised_and_both_cases_lead_to_each_other(
    case: Case, second: Post, agent: User, colleague: User
) -> None:
    first, early, late = first_of(case, second), clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=5)
    CasePost.objects.filter(post=first).update(due_at=early)
    CasePost.objects.filter(post=second).update(due_at=late)
    drafts.keep(case_id=case.pk, post_id=second.pk, text="In der Hafenstraße.", author=agent, key=uuid4())

    part = splitting.split(case_id=case.pk, post_ids=[second.pk], actor=agent, assignee_id=colleague.pk)

    case.refresh_from_db()
    assert (case.answer_due_at, part.answer_due_at) == (early, late)
    assert part.assignee == colleague
    assert part.identity is not None
    assert part.identity.handle == second.author_handle
    assert [one.pk for one in linking.linked(case_id=part.pk)] == [case.pk]
    assert drafts.of(case_id=part.pk, author=agent) is not None
    assert drafts.of(case_id=case.pk, author=agent) is None


def test_split_gives_to_whom_the_directory_names(case: Case, second: Post, agent: User, colleague: User) -> None:
    cases.assign(case_id=case.pk, assignee_id=colleague.pk, actor=agent)

    part = splitting.split(case_id=case.pk, post_ids=[second.pk], actor=agent)

    assert part.assignee == agent


def test_what_is_said_below_comes_to_the_part_and_the_rest_to_the_case(
    network: MemoryProcess, channel: Channel, stranger: Account, case: Case, second: Post, agent: User
) -> None:
    first = first_of(case, second)
    part = splitting.split(case_id=case.pk, post_ids=[second.pk], actor=agent)

    network.say(stranger, "@nordhain Das wüsste ich auch gern!", parent_id=second.native_id)
    network.say(stranger, "@nordhain Und mein Rad?", parent_id=first.native_id)
    poll_once(channel.pk)

    assert CasePost.objects.filter(case=part, post__text__contains="auch gern").exists()
    assert CasePost.objects.filter(case=case, post__text__contains="mein Rad?").count() == 2
    assert Case.objects.count() == 2


def test_first_post_of_a_thread_can_be_split_off(case: Case, second: Post, agent: User) -> None:
    part = splitting.split(case_id=case.pk, post_ids=[first_of(case, second).pk], actor=agent)

    assert part.state == CaseState.OPEN
    assert CasePost.objects.get(case=case).post == second


def test_split_refuses_nothing_everything_and_what_is_not_there(case: Case, second: Post, agent: User) -> None:
    first = first_of(case, second)

    with pytest.raises(splitting.NothingChosen):
        splitting.split(case_id=case.pk, post_ids=[], actor=agent)
    with pytest.raises(splitting.NothingLeft):
        splitting.split(case_id=case.pk, post_ids=[first.pk, second.pk], actor=agent)
    with pytest.raises(cases.NotInCase):
        splitting.split(case_id=case.pk, post_ids=[second.pk, 10**9], actor=agent)


def test_undo_joins_again_and_the_address_of_the_part_leads_back(case: Case, second: Post, agent: User) -> None:
    before = Case.objects.filter(pk=case.pk).values().get()
    part = splitting.split(case_id=case.pk, post_ids=[second.pk], actor=agent)
    notes.write(case_id=part.pk, text="Werkstatt fragen.", author=agent)
    event = next(one for one in undoing.latest(user=agent) if one.act == "case.split")

    undoing.undo(event_id=event.pk, actor=agent)

    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert merging.standing(case_id=part.pk) == case.pk
    assert CasePost.objects.filter(case=case).count() == 2
    assert linking.linked(case_id=case.pk) == []


def test_part_is_merged_back_into_its_case(case: Case, second: Post, agent: User) -> None:
    part = splitting.split(case_id=case.pk, post_ids=[second.pk], actor=agent)

    merging.merge(case_id=part.pk, into_id=case.pk, actor=agent)

    assert CasePost.objects.filter(case=case).count() == 2


def test_old_private_case_of_several_people_is_parted(case: Case) -> None:
    shared = Case.objects.create(
        channel=case.channel, network=case.channel.network, root_native_id="p", visibility="PRIVATE",
        private_with="jonas", intent="QUESTION",
        state="RESOLVED", resolved_at=clock.now(), closed_because="ANSWERED", opened_at=clock.now(),
        last_post_at=clock.now(),
    )  # fmt: skip
    said = {author: _message(author) for author in ("jonas", "tessa")}
    ours = _message("", speaker="OWN", parent="dm-tessa")
    CasePost.objects.bulk_create(
        [CasePost(case=shared, post=post, state="NONE_NEEDED", reason="CONTEXT") for post in (*said.values(), ours)]
    )
    Outgoing.objects.create(
        key=uuid4(), channel=case.channel, case=shared, in_reply_to=said["tessa"], text="Gern.", state="CANCELLED",
        parent_native_id="dm-tessa", root_native_id="p", visibility="PRIVATE", created_at=clock.now(),
        delete_on=date(2099, 1, 1),
    )  # fmt: skip

    assert parting.part_all() == 1

    own = Case.objects.get(private_with="tessa")
    assert set(CasePost.objects.filter(case=own).values_list("post", flat=True)) == {said["tessa"].pk, ours.pk}
    assert CasePost.objects.get(case=shared).post == said["jonas"]
    assert (own.state, own.closed_because) == ("RESOLVED", "ANSWERED")
    assert Outgoing.objects.get().case == own
    assert parting.part_all() == 0


def _message(author: str, *, speaker: str = "OUTSIDER", parent: str = "") -> Post:
    return Post.objects.create(
        network="memory", native_id=f"dm-{author or 'ours'}", kind="MESSAGE", visibility="PRIVATE", speaker=speaker,
        text="…", author_native_id=author, root_native_id="p", parent_native_id=parent, posted_at=clock.now(),
        received_at=clock.now(), purpose=Purpose.SERVICE, source="memory", delete_on=date(2099, 1, 1),
    )  # fmt: skip


def test_erased_account_is_not_told_by_where_a_part_begins(case: Case, second: Post, agent: User) -> None:
    first = first_of(case, second)
    Post.objects.filter(pk=first.pk).update(native_id="jonas_1/77")
    Case.objects.filter(pk=case.pk).update(root_native_id="jonas_1/77")
    part = splitting.split(case_id=case.pk, post_ids=[first.pk], actor=agent)
    assert part.root_native_id.startswith("jonas_1/77#")
    CasePost.objects.create(case=part, post=second, state="NONE_NEEDED", reason="CONTEXT")

    erase_account(
        Subject(
            network="memory",
            origin=first.origin,
            native_id=first.author_native_id,
            handles=frozenset({"jonas_1"}),
        )
    )

    roots = set(Case.objects.values_list("root_native_id", flat=True))
    assert len(roots) == 2
    assert not any("jonas_1" in root for root in roots)

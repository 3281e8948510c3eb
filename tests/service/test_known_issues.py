"""Known issues: released wordings, bound cases, and one message to everybody, each once, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.listening.models import Post, PostChannel
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.pipeline.polling import poll_once
from resonanz.privacy.models import TombstoneKind
from resonanz.privacy.tombstones import account_hash, raise_stones
from resonanz.service import naming
from resonanz.service.answers import outbox, telling_solved
from resonanz.service.answers.approvals import MayNotSign, NotAllowed
from resonanz.service.answers.replies import queue_reply
from resonanz.service.answers.stopping import says_stop
from resonanz.service.lists import inbox
from resonanz.service.models import (
    Case,
    CasePost,
    IssueCase,
    IssueWording,
    KnownIssue,
    Occasion,
    Outgoing,
    OutgoingState,
    WordingState,
)
from resonanz.service.work import known_issues, merging, undoing
from resonanz.service.work.acting import act_on_all
from resonanz.service.work.known_issues import About, Bind
from tests.networks.memory_process import MemoryProcess
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish

pytestmark = pytest.mark.django_db
SOLVED = "Die Tretlager sind wieder da, alle Räder gehen diese Woche raus. Viele Grüße, Miriam"
Asks = Callable[..., Case]


@pytest.fixture
def lead(agent: User) -> User:
    return User.objects.create_user("lea@nordhain.example", name="Lea", role=Role.LEAD, created_at=clock.now())


@pytest.fixture
def issue(channel: Channel, lead: User) -> KnownIssue:
    about = About(title="Tretlager fehlen", brand=None, owner=lead, topic=None, words="Tretlager")
    return known_issues.open_issue(about=about, actor=lead)


@pytest.fixture
def asks(network: MemoryProcess, channel: Channel) -> Asks:
    """Somebody of this name asks, each in a thread of their own."""

    def ask(handle: str, text: str = "Wann kommt mein Rad? Das Tretlager fehlt.") -> Case:
        person = network.open_account(handle, handle.title())
        network.say(person, f"@nordhain {text}")
        poll_once(channel.pk)
        return Case.objects.select_related("channel", "identity").order_by("-pk")[0]

    return ask


def bind(issue: KnownIssue, *cases: Case, actor: User) -> None:
    act = Bind(issue_id=issue.pk, actor=actor)
    act_on_all(act=act, case_ids=[case.pk for case in cases], actor=actor, batch=uuid4())


def release(issue: KnownIssue, text: str, actor: User, occasion: Occasion = Occasion.SOLVED) -> IssueWording:
    wording = known_issues.set_wording(issue_id=issue.pk, occasion=occasion, language="de", text=text, actor=actor)
    assert wording is not None
    return known_issues.release_wording(wording_id=wording.pk, actor=actor)


def tell(issue: KnownIssue, actor: User) -> dict[int, tuple[str, str]]:
    known_issues.solve(issue_id=issue.pk, actor=actor)
    telling_solved.begin(issue_id=issue.pk, actor=actor)
    while telling_solved.go_on(issue_id=issue.pk):
        pass
    return {bound.case_id: (bound.state, bound.why) for bound in IssueCase.objects.filter(issue=issue)}


def send_all(moving_clock: MovingClock) -> None:
    moving_clock.forward(seconds=11)
    for outgoing_id in list(outbox.waiting()):
        outbox.send_due(outgoing_id=outgoing_id)


def test_everybody_is_told_once_and_whoever_must_not_be_is_named(
    issue: KnownIssue, asks: Asks, lead: User, moving_clock: MovingClock
) -> None:
    told, stops, erased, answered = asks("ada"), asks("ben", "Stop! Schreibt mir nicht mehr."), asks("cem"), asks("dia")
    bind(issue, told, stops, erased, answered, actor=lead)
    who = CasePost.objects.select_related("post").get(case=erased).post
    hashed = account_hash(who.network, who.origin, who.author_native_id)
    raise_stones(kind=TombstoneKind.ACCOUNT, hashes=[hashed])
    release(issue, SOLVED, lead)
    known_issues.solve(issue_id=issue.pk, actor=lead)
    post_id = CasePost.objects.get(case=answered).post_id
    queue_reply(case_id=answered.pk, post_id=post_id, text="Ist wieder da, Dia!", author=lead, key=uuid4())

    seen = telling_solved.preview(issue_id=issue.pk)
    became = tell(issue, lead)
    send_all(moving_clock)

    assert became == {
        told.pk: ("TOLD", ""),
        stops.pk: ("LEFT_OUT", "STOP"),
        erased.pk: ("LEFT_OUT", "SUPPRESSED"),
        answered.pk: ("LEFT_OUT", "ANSWERED_BY_HAND"),
    }
    assert (seen.told, seen.left_out) == (1, {"STOP": 1, "SUPPRESSED": 1, "ANSWERED_BY_HAND": 1})
    sent = Outgoing.objects.get(case=told)
    assert (sent.state, sent.text) == (OutgoingState.SENT, SOLVED)
    issue.refresh_from_db()
    assert issue.telling == "DONE"


def test_killed_in_the_middle_it_goes_on_and_nobody_gets_two(
    issue: KnownIssue, asks: Asks, lead: User, moving_clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [asks(handle) for handle in ("ada", "ben", "cem")]
    bind(issue, *cases, actor=lead)
    release(issue, SOLVED, lead)
    monkeypatch.setattr(telling_solved, "CHUNK", 1)
    known_issues.solve(issue_id=issue.pk, actor=lead)
    telling_solved.begin(issue_id=issue.pk, actor=lead)
    telling_solved.go_on(issue_id=issue.pk)
    moving_clock.forward(minutes=3)

    assert telling_solved.stalled() == [issue.pk]
    tell(issue, lead)
    tell(issue, lead)
    send_all(moving_clock)

    assert Outgoing.objects.filter(state=OutgoingState.SENT).count() == 3
    assert Outgoing.objects.values("in_reply_to").distinct().count() == 3


def test_person_of_two_cases_hears_it_once(issue: KnownIssue, asks: Asks, lead: User) -> None:
    one, other = asks("ada"), asks("ben")
    Case.objects.filter(pk=other.pk).update(identity=one.identity)
    bind(issue, one, other, actor=lead)
    release(issue, SOLVED, lead)

    became = tell(issue, lead)

    assert became == {one.pk: ("TOLD", ""), other.pk: ("LEFT_OUT", "TOLD_ELSEWHERE")}


def test_stopped_takes_back_what_has_not_left_and_goes_on_later(issue: KnownIssue, asks: Asks, lead: User) -> None:
    case = asks("ada")
    bind(issue, case, actor=lead)
    release(issue, SOLVED, lead)
    tell(issue, lead)

    assert telling_solved.stop(issue_id=issue.pk, actor=lead) == 1
    assert IssueCase.objects.get().why == "TAKEN_BACK"
    assert not inbox.in_time_to_undo(user=lead)
    tell(issue, lead)

    assert list(Outgoing.objects.order_by("pk").values_list("state", flat=True)) == ["CANCELLED", "QUEUED"]


def test_other_language_is_left_out(issue: KnownIssue, asks: Asks, lead: User) -> None:
    case = asks("ada")
    said = CasePost.objects.select_related("post").get(case=case).post
    said.language = "en"
    said.save()
    bind(issue, case, actor=lead)
    release(issue, SOLVED, lead)

    assert tell(issue, lead) == {case.pk: ("LEFT_OUT", "NO_WORDING")}


def test_post_that_is_answered_by_hand_is_left_out_and_others_of_its_network_are_told(
    issue: KnownIssue, asks: Asks, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryNetwork, "limits", replace(MemoryNetwork.limits, only_if_addressed=True))
    to_us, of_us = asks("ada"), asks("bob")
    PostChannel.objects.filter(post__case_posts__case=of_us).update(addressed=False)
    bind(issue, to_us, of_us, actor=lead)
    release(issue, SOLVED, lead)

    assert tell(issue, lead) == {to_us.pk: ("TOLD", ""), of_us.pk: ("LEFT_OUT", "BY_HAND_ONLY")}


def test_wording_is_signed_for_all_and_holds_at_the_door(
    issue: KnownIssue, asks: Asks, agent: User, lead: User, moving_clock: MovingClock
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    case = asks("ada")
    bind(issue, case, actor=agent)

    wording = release(issue, SOLVED, agent)
    assert wording.state == WordingState.AWAITING
    with pytest.raises(MayNotSign):
        known_issues.sign_wording(wording_id=wording.pk, actor=agent)
    known_issues.sign_wording(wording_id=wording.pk, actor=lead)
    tell(issue, agent)
    send_all(moving_clock)

    assert Outgoing.objects.get().state == OutgoingState.SENT


def test_changed_wording_is_released_anew(issue: KnownIssue, lead: User) -> None:
    wording = release(issue, SOLVED, lead)

    changed = known_issues.set_wording(
        issue_id=issue.pk, occasion=Occasion.SOLVED, language="de", text=f"{SOLVED}!", actor=lead
    )

    assert wording.state == WordingState.RELEASED
    assert changed is not None
    assert (changed.state, changed.released_at) == (WordingState.DRAFT, None)
    known_issues.solve(issue_id=issue.pk, actor=lead)
    with pytest.raises(telling_solved.NothingReleased):
        telling_solved.begin(issue_id=issue.pk, actor=lead)


def test_what_the_guideline_forbids_is_not_released(issue: KnownIssue, lead: User) -> None:
    publish({"outcome": "FORBIDDEN", "roles": ["AGENT", "LEAD", "ADMIN"]})

    with pytest.raises(NotAllowed):
        release(issue, SOLVED, lead)


def test_cases_are_suggested_bound_and_taken_back(issue: KnownIssue, asks: Asks, agent: User) -> None:
    fits, other = asks("ada"), asks("ben", "Schöner Laden! Habt ihr Samstag offen?")

    assert [case.pk for case in known_issues.suggested(issue=issue)] == [fits.pk]
    bind(issue, fits, other, actor=agent)
    assert IssueCase.objects.count() == 2
    undoing.undo(event_id=undoing.latest(user=agent)[0].pk, actor=agent)

    assert IssueCase.objects.count() == 0


def test_nobody_finds_by_an_issue_who_of_us_is_named(issue: KnownIssue, asks: Asks) -> None:
    naming.take_for_granted(["Petra Zwickel"])
    case = asks("ada", "Frau Zwickel war unhöflich, und das Licht flackert.")
    assert Case.objects.get(pk=case.pk).names_employees

    def found(words: str) -> list[int]:
        issue.words = words
        return [one.pk for one in known_issues.suggested(issue=issue)]

    assert (found("Zwickel"), found("Licht")) == ([], [case.pk])


def test_merged_case_stays_bound(issue: KnownIssue, asks: Asks, lead: User) -> None:
    one, other = asks("ada"), asks("ben")
    bind(issue, one, other, actor=lead)
    merging.merge(case_id=one.pk, into_id=other.pk, actor=lead)
    release(issue, SOLVED, lead)

    became = tell(issue, lead)

    assert became[other.pk] == ("TOLD", "")
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True),
        ("@nordhain stopp!", True),
        ("Bitte schreibt mir nicht mehr.", True),
        ("Lasst mich in Ruhe", True),
        ("Please stop writing to me", True),
        ("Keine Nachrichten mehr, danke.", True),
        ("Die Bremse stoppt nicht richtig", False),
        ("Wann stoppt ihr den Verkauf?", False),
        ("Bitte antwortet mir, ich warte seit Tagen.", False),
        ("Schreibt mir bitte, wenn es da ist.", False),
        ("Never had such a good bike", False),
    ],
)
def test_stop_is_understood(text: str, stops: bool) -> None:
    assert says_stop(text) is stops


def begun(issue: KnownIssue, lead: User, *cases: Case) -> Outgoing:
    """The one message, on its way."""
    bind(issue, *cases, actor=lead)
    release(issue, SOLVED, lead)
    tell(issue, lead)
    return Outgoing.objects.get(state=OutgoingState.QUEUED)


def test_stopped_takes_back_what_the_network_wants_later(
    issue: KnownIssue, asks: Asks, lead: User, network: MemoryProcess, moving_clock: MovingClock
) -> None:
    message = begun(issue, lead, asks("ada"))
    network.trouble("limited", next=1, seconds=5, method="POST")
    send_all(moving_clock)

    assert telling_solved.stop(issue_id=issue.pk, actor=lead) == 1

    message.refresh_from_db()
    assert (message.attempt, message.state) == (1, OutgoingState.CANCELLED)


def test_message_that_comes_back_after_the_stop_is_stopped_at_the_door_and_told_when_begun_again(
    issue: KnownIssue, asks: Asks, lead: User, moving_clock: MovingClock
) -> None:
    message = begun(issue, lead, asks("ada"))
    Outgoing.objects.update(state=OutgoingState.SENDING, attempt=1, lease_until=clock.now())
    telling_solved.stop(issue_id=issue.pk, actor=lead)
    Outgoing.objects.update(state=OutgoingState.QUEUED, lease_until=None)
    send_all(moving_clock)
    message.refresh_from_db()
    assert (message.state, message.failure_code) == (OutgoingState.FAILED, "outgoing.telling_stopped")

    tell(issue, lead)
    send_all(moving_clock)

    states = Outgoing.objects.exclude(state=OutgoingState.DRAFT).order_by("pk").values_list("state", flat=True)
    assert list(states) == [OutgoingState.CANCELLED, OutgoingState.SENT]


def test_person_who_says_stop_while_the_message_waits_does_not_get_it(
    issue: KnownIssue, asks: Asks, lead: User, moving_clock: MovingClock
) -> None:
    case = asks("ada")
    message = begun(issue, lead, case)
    said = CasePost.objects.select_related("post").get(case=case).post
    said.pk, said.native_id, said.text = None, "later", "@nordhain STOP"
    said.save(force_insert=True)
    CasePost.objects.create(case=case, post=said)

    send_all(moving_clock)

    message.refresh_from_db()
    assert (message.state, message.failure_code) == (OutgoingState.FAILED, "outgoing.asked_to_stop")


def test_nobody_is_told_for_a_colleague_who_left(issue: KnownIssue, asks: Asks, lead: User, agent: User) -> None:
    case = asks("ada")
    bind(issue, case, actor=lead)
    release(issue, SOLVED, lead)
    known_issues.solve(issue_id=issue.pk, actor=lead)
    telling_solved.begin(issue_id=issue.pk, actor=lead)
    User.objects.filter(pk=lead.pk).update(is_active=False)

    while telling_solved.go_on(issue_id=issue.pk):
        pass

    issue.refresh_from_db()
    assert (issue.telling, IssueCase.objects.get().state) == ("STOPPED", "BOUND")
    assert not Outgoing.objects.exists()
    assert tell(issue, agent) == {case.pk: ("TOLD", "")}


def test_account_in_two_cases_without_a_person_hears_it_once(issue: KnownIssue, asks: Asks, lead: User) -> None:
    one, other = asks("ada"), asks("ben")
    Case.objects.filter(pk__in=[one.pk, other.pk]).update(identity=None)
    author_id = CasePost.objects.select_related("post").get(case=one).post.author_native_id
    Post.objects.filter(case_posts__case=other).update(author_native_id=author_id)
    bind(issue, one, other, actor=lead)
    release(issue, SOLVED, lead)
    known_issues.solve(issue_id=issue.pk, actor=lead)

    assert telling_solved.preview(issue_id=issue.pk).told == 1
    assert tell(issue, lead) == {one.pk: ("TOLD", ""), other.pk: ("LEFT_OUT", "TOLD_ELSEWHERE")}


def test_stopping_what_nobody_began_does_nothing(issue: KnownIssue, lead: User) -> None:
    assert telling_solved.stop(issue_id=issue.pk, actor=lead) == 0


def test_whoever_wrote_a_wording_does_not_sign_it_though_a_colleague_asked(
    issue: KnownIssue, agent: User, lead: User
) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    wording = known_issues.set_wording(
        issue_id=issue.pk, occasion=Occasion.SOLVED, language="de", text=SOLVED, actor=lead
    )
    assert wording is not None
    assert known_issues.release_wording(wording_id=wording.pk, actor=agent).state == WordingState.AWAITING

    with pytest.raises(MayNotSign):
        known_issues.sign_wording(wording_id=wording.pk, actor=lead)

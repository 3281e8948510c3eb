"""Pictures beside an answer: without what the camera added, described, signed, and there exactly once."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.core.pictures import NotAPicture, TooManyPixels
from resonanz.networks.connections.channels import account_of
from resonanz.networks.contract import Account
from resonanz.networks.memory import MemoryNetwork
from resonanz.networks.models import Channel
from resonanz.service.answers import approvals, attachments, drafts, guarding, outbox, uploading
from resonanz.service.answers.attachments import NoPictures, TooMany, Undescribed
from resonanz.service.answers.replies import cancel, queue_reply
from resonanz.service.answers.signing import thread_mark
from resonanz.service.models import Approval, Attachment, Case, CasePost, Outgoing, OutgoingState
from tests.networks.memory_process import MemoryProcess
from tests.pictures import bomb, photo, picture
from tests.service.conftest import MovingClock
from tests.service.guideline import EVERYBODY, LEAD_SIGNS, publish

pytestmark = pytest.mark.django_db
ANSWER = "So sieht es aus. ^MK"
ALT = "Das Ladegerät leuchtet grün"


def asked(case: Case) -> int:
    return CasePost.objects.filter(case=case).values_list("post_id", flat=True)[0]


def attach(case: Case, agent: User, *files: bytes, key: UUID | None = None, alt: str = ALT) -> Outgoing:
    draft = attachments.add(
        case_id=case.pk, post_id=asked(case), author=agent, key=key or uuid4(), files=files or (photo(),), text=ANSWER
    )
    alts = dict.fromkeys(draft.attachments.values_list("pk", flat=True), alt)
    attachments.describe(case_id=case.pk, author=agent, alts=alts)
    return draft


def queue(case: Case, agent: User, key: UUID) -> Outgoing:
    return queue_reply(case_id=case.pk, post_id=asked(case), text=ANSWER, author=agent, key=key)


def standing(network: MemoryProcess, stranger: Account) -> list[list[str]]:
    """What each answer that stands there shows."""
    events = network.call("GET", "/events?after=0&limit=500", stranger.secret)["events"]
    answers = [event["post"] for event in events if (event.get("post") or {}).get("parent_id")]
    return [[one["alt"] for one in answer["media"]] for answer in answers]


def brought(network: MemoryProcess, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts what is brought to the network from now on."""
    seen: list[str] = []
    bring = uploading.bring

    def counting(**asked: Any) -> bool:
        seen.append(asked["picture"].digest)
        return bring(**asked)

    monkeypatch.setattr(uploading, "bring", counting)
    return seen


def test_photo_is_kept_without_where_it_was_taken(quiet_case: Case, agent: User) -> None:
    attach(quiet_case, agent, photo())

    kept = Attachment.objects.get()
    assert (kept.content_type, kept.alt, kept.size) == ("image/jpeg", ALT, len(kept.data))
    with Image.open(io.BytesIO(bytes(kept.data))) as found:
        assert dict(found.getexif()) == {}


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (b"<!doctype html><script>alert(1)</script>", NotAPicture),
        (bomb(), TooManyPixels),
        (bytes(attachments.MOST_UPLOAD + 1), attachments.TooLarge),
    ],
)
def test_what_is_no_fit_picture_is_refused_and_nothing_is_kept(
    quiet_case: Case, agent: User, data: bytes, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        attach(quiet_case, agent, picture("PNG"), data)

    assert not Attachment.objects.exists()


def test_no_more_than_the_network_takes(quiet_case: Case, agent: User) -> None:
    attach(quiet_case, agent, *[picture("PNG")] * 4)

    with pytest.raises(TooMany) as refused:
        attach(quiet_case, agent)

    assert refused.value.params == {"most": 4}


def test_picture_that_nobody_described_does_not_leave(quiet_case: Case, agent: User) -> None:
    draft = attach(quiet_case, agent, alt="  ")

    with pytest.raises(Undescribed):
        queue(quiet_case, agent, draft.key)

    kept = drafts.of(case_id=quiet_case.pk, author=agent)
    assert kept is not None
    assert (kept.text, kept.attachments.count()) == (ANSWER, 1)


def test_draft_without_words_stays_for_its_pictures(quiet_case: Case, agent: User) -> None:
    draft = attach(quiet_case, agent)
    drafts.keep(case_id=quiet_case.pk, post_id=asked(quiet_case), text="", author=agent, key=draft.key)
    assert drafts.of(case_id=quiet_case.pk, author=agent) is not None

    attachments.remove(case_id=quiet_case.pk, author=agent, attachment_id=Attachment.objects.get().pk)

    assert drafts.of(case_id=quiet_case.pk, author=agent) is None


def test_another_tab_adds_to_the_same_answer(quiet_case: Case, agent: User) -> None:
    attach(quiet_case, agent)
    tab = uuid4()

    attach(quiet_case, agent, picture("PNG"), key=tab)

    assert queue(quiet_case, agent, tab).attachments.count() == 2
    assert Outgoing.objects.count() == 1


def test_draft_is_its_authors_alone(quiet_case: Case, agent: User, colleague: User) -> None:
    draft = attach(quiet_case, agent)
    picture_id = draft.attachments.get().pk
    attachments.describe(case_id=quiet_case.pk, author=colleague, alts={picture_id: "Unfug"})
    attachments.remove(case_id=quiet_case.pk, author=colleague, attachment_id=picture_id)

    assert draft.attachments.get().alt == ALT
    assert attachments.seen_by(attachment_id=picture_id, user=colleague) is None
    queue(quiet_case, agent, draft.key)
    assert attachments.seen_by(attachment_id=picture_id, user=colleague) is not None


def test_pictures_on_their_way_cannot_be_changed(quiet_case: Case, agent: User) -> None:
    draft = attach(quiet_case, agent)
    queue(quiet_case, agent, draft.key)
    row = draft.attachments.get()

    attachments.describe(case_id=quiet_case.pk, author=agent, alts={row.pk: "anders"})
    attachments.remove(case_id=quiet_case.pk, author=agent, attachment_id=row.pk)

    assert [one.alt for one in draft.attachments.all()] == [ALT]


def test_answer_stands_there_once_with_its_pictures(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent, attach(case, agent, photo(), picture("GIF")).key)
    outbox.send_due(outgoing_id=outgoing.pk)
    assert Attachment.objects.filter(native_id="").count() == 2  # nothing leaves before the undo

    moving_clock.forward(seconds=11)
    outbox.send_due(outgoing_id=outgoing.pk)
    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.attempt) == (OutgoingState.SENT, 1)
    assert standing(network, stranger) == [[ALT, ALT]]


def test_lost_upload_is_brought_again_and_a_lost_answer_is_not(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    outgoing = queue(case, agent, attach(case, agent).key)
    moving_clock.forward(seconds=11)
    seen = brought(network, monkeypatch)
    network.trouble("lost", next=1, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.attempt, len(seen)) == (OutgoingState.QUEUED, 0, 1)

    moving_clock.forward(seconds=61)
    network.trouble("limited", next=1, seconds=5, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)
    moving_clock.forward(seconds=6)
    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.attempt) == (OutgoingState.SENT, 1)
    assert (standing(network, stranger), len(seen)) == ([[ALT]], 3)


def test_retry_of_the_answer_brings_no_picture_twice(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    outgoing = queue(case, agent, attach(case, agent).key)
    moving_clock.forward(seconds=11)
    seen = brought(network, monkeypatch)
    claimed = outbox._claim(outgoing.pk)
    assert claimed is not None
    assert outbox._bring_picture(*claimed)
    network.trouble("limited", next=1, seconds=5, method="POST")
    outbox.send_due(outgoing_id=outgoing.pk)
    moving_clock.forward(seconds=6)
    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.attempt, len(seen)) == (OutgoingState.SENT, 2, 1)
    assert standing(network, stranger) == [[ALT]]


def test_what_the_network_has_forgotten_is_brought_anew(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    outgoing = queue(case, agent, attach(case, agent).key)
    long_ago = clock.now() - uploading.FORGOTTEN_AFTER * 2
    Attachment.objects.update(native_id="gone", is_ready_there=True, uploaded_at=long_ago)
    moving_clock.forward(seconds=11)
    seen = brought(network, monkeypatch)

    outbox.send_due(outgoing_id=outgoing.pk)

    assert (len(seen), standing(network, stranger)) == (1, [[ALT]])


def test_network_that_refuses_a_picture_says_why(
    case: Case, agent: User, network: MemoryProcess, stranger: Account, moving_clock: MovingClock
) -> None:
    outgoing = queue(case, agent, attach(case, agent).key)
    moving_clock.forward(seconds=11)
    network.trouble("refused", next=1, method="POST")

    outbox.send_due(outgoing_id=outgoing.pk)

    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.failure_words, outgoing.attempt) == (
        OutgoingState.FAILED, "Refused on command.", 0,
    )  # fmt: skip
    assert standing(network, stranger) == []
    cancel(outgoing_id=outgoing.pk, actor=agent)
    given_back = drafts.of(case_id=case.pk, author=agent)
    assert given_back is not None
    assert [row.alt for row in given_back.attachments.all()] == [ALT]


def test_new_words_for_a_picture_reach_the_network(quiet_case: Case, agent: User) -> None:
    draft = attach(quiet_case, agent)
    Attachment.objects.update(native_id="7", is_ready_there=True, uploaded_at=clock.now())

    alts = {draft.attachments.get().pk: "Doch ein anderes"}
    attachments.describe(case_id=quiet_case.pk, author=agent, alts=alts)

    assert (draft.attachments.get().native_id, draft.attachments.get().is_ready_there) == ("", False)


def test_network_without_pictures_takes_none_and_one_posted_by_hand_does(quiet_case: Case, agent: User) -> None:
    allowed = attachments.bounds(network="feeds")
    assert allowed is not None
    assert allowed.count == 4
    assert attachments.bounds(network="myspace") is None
    Channel.objects.update(network="myspace")
    with pytest.raises(NoPictures):
        attach(quiet_case, agent)


def test_signature_is_for_the_pictures_too(quiet_case: Case, agent: User, colleague: User) -> None:
    publish(EVERYBODY, LEAD_SIGNS)
    colleague.role = Role.LEAD
    colleague.save()
    outgoing = queue(quiet_case, agent, attach(quiet_case, agent).key)
    asked_for = Approval.objects.get(outgoing=outgoing)
    approvals.approve(approval_id=asked_for.pk, actor=colleague, seen=thread_mark(case=quiet_case))
    assert guarding.obstacle(outgoing=Outgoing.objects.get(pk=outgoing.pk)) is None

    Attachment.objects.update(alt="Etwas ganz anderes")

    stopped = guarding.obstacle(outgoing=Outgoing.objects.get(pk=outgoing.pk))
    assert stopped is not None
    assert stopped.code == guarding.NEEDS_APPROVAL
    Attachment.objects.update(alt=ALT, digest="0" * 64)
    assert guarding.obstacle(outgoing=Outgoing.objects.get(pk=outgoing.pk)) is not None


def test_picture_described_anew_while_it_is_brought_is_brought_anew(
    case: Case, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture_row = attach(case, agent).attachments.get()
    upload = MemoryNetwork.upload

    def described_meanwhile(self: MemoryNetwork, *asked: Any) -> Any:
        attachments.describe(case_id=case.pk, author=agent, alts={picture_row.pk: "Es leuchtet rot"})
        return upload(self, *asked)

    monkeypatch.setattr(MemoryNetwork, "upload", described_meanwhile)
    uploading.bring(picture=picture_row, network="memory", account=account_of(case.channel))

    picture_row.refresh_from_db()
    assert (picture_row.alt, picture_row.native_id) == ("Es leuchtet rot", "")

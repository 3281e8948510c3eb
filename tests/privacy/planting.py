"""Run as a process of its own on a throw-away database: `planting.py plant|expire|erase`."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (after setup, as for all models below)

from resonanz.accounts.models import User  # noqa: E402
from resonanz.core import clock, secrets  # noqa: E402
from resonanz.listening.models import EarlierWording, Post, PostMedia, PostQuote  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.people.models import Identity, Person, StaffAccount, TargetGroup, TargetGroupMember  # noqa: E402
from resonanz.pipeline.models import Delivery, PutAside, RejectedFile  # noqa: E402
from resonanz.privacy import audit, erasure, retention  # noqa: E402
from resonanz.privacy.models import Purpose  # noqa: E402
from resonanz.service.models import (  # noqa: E402
    Approval,
    Attachment,
    Case,
    CaseNote,
    CasePost,
    Declaration,
    Enquiry,
    IssueCase,
    IssueWording,
    KnownIssue,
    MachineDraft,
    Moderation,
    Outgoing,
)
from resonanz.triage import evaluations  # noqa: E402
from resonanz.triage.learning.forgetting import forget  # noqa: E402
from resonanz.triage.learning.material import fingerprint  # noqa: E402
from resonanz.triage.models import CompanyLabel, Evaluation, Feedback, LabelExample, LearntHead, Likeness  # noqa: E402

DUE = "Quirinus Zwoelfmond"
ERASED = "Zwetana Übelhör-Xanthopoulos"
YEARS_LATER = timedelta(days=3 * 365)


def plant() -> None:
    """Two unusual names in every place where a name can come to stand."""
    made = {"network": "memory", "created_at": clock.now()}
    channel, _ = Channel.objects.get_or_create(name="Memory", defaults=made)
    for name in (DUE, ERASED):
        with transaction.atomic():
            _plant_person(channel, name)
    _failed_job(DUE)
    _leave_dead_rows()


def expire() -> None:
    """The daily job, three years later."""
    with clock.moved_to(clock.now() + YEARS_LATER):
        retention.delete_everything_due()
        forget()


def erase() -> None:
    """One of the two asks to be erased."""
    erasure.erase_account(network="memory", origin="", native_id=_id(ERASED), actor=audit.SYSTEM, suppress=True)
    forget()  # as the worker does, whom the erasure woke


def _plant_person(channel: Channel, name: str) -> None:
    kept = {"purpose": Purpose.SERVICE, "source": "memory", "delete_on": _day()}
    person = Person.objects.create(name=name, created_at=clock.now(), **kept)
    seen = {"first_seen_at": clock.now(), "last_seen_at": clock.now()}
    account = {"network": "memory", "native_id": _id(name), "handle": _handle(name), "name": name}
    identity = Identity.objects.create(person=person, **account, **seen, **kept)
    group, _ = TargetGroup.objects.get_or_create(
        name="Press", defaults={"created_at": clock.now(), "changed_at": clock.now()}
    )
    TargetGroupMember.objects.create(group=group, person=person, belongs=True, said_at=clock.now())
    posts = [_post(name, number) for number in range(40)]  # enough for the planner's list of most common values
    EarlierWording.objects.create(post=posts[0], text=f"Earlier {name} said so", replaced_at=clock.now())
    PostMedia.objects.create(
        post=posts[0], place=0, kind="IMAGE", url=f"https://a.example/{_handle(name)}.jpg", alt=f"{name} beside a bike"
    )
    _quoted(posts[0])
    labels = {"complaint": {"value": True, "because": [name]}}
    Evaluation.objects.create(post=posts[0], labels=labels, evaluated_at=clock.now())
    Likeness.objects.create(post=posts[0], digest=1, bands=[2], alike=posts[0].pk)
    _learning(posts[0], name)
    case = Case.objects.create(
        channel=channel, network=channel.network, root_native_id=posts[0].native_id, visibility="PUBLIC",
        intent="COMPLAINT", identity=identity,
        opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip
    CasePost.objects.create(case=case, post=posts[0])
    _answer(channel, case, posts[0], name)
    _draft(channel, case, posts[0], name)
    _moderation(channel, case, posts[0], name)
    _issue(case, name)
    CaseNote.objects.create(case=case, text=f"{name} rang up", created_at=clock.now(), delete_on=_day())
    Enquiry.objects.create(
        case=case, name="Doris", email="doris@nordhain.example", question=f"Does anybody know {name}?",
        excerpt=f"{name} wrote", token_hash=_id(name).encode(), created_at=clock.now(), ends_at=clock.now(),
        delete_on=_day(),
    )  # fmt: skip
    Declaration.objects.create(
        case=case, post=posts[0], state="DONE", kind="OBJECTION", probability=0.9, received_at=clock.now(),
        by_network=True, found_at=clock.now(), due_at=clock.now(), decided_at=clock.now(), done=f"{name} was told",
    )  # fmt: skip
    MachineDraft.objects.create(case=case, asked_at=clock.now(), state="READY", text=f"Dear {name}, we will look.")
    left, _ = User.objects.get_or_create(
        email=f"left-{len(name)}@nordhain.example", defaults={"created_at": clock.now(), "is_active": False}
    )
    StaffAccount.objects.get_or_create(
        user=left, code=f"mein-{len(name)}", network="memory", native_id=_id(name), handle=_handle(name),
        defaults={"asked_at": clock.now(), "confirmed_at": clock.now()},
    )  # fmt: skip
    _waiting(channel, name)
    _rejected(name)


def _waiting(channel: Channel, name: str) -> None:
    """What came and could not be read, and what is still to be."""
    raw = f'{{"author": "{name}", "id": "{_id(name)}"}}'
    PutAside.objects.create(channel=channel, raw=raw, reason="bad", at=clock.now(), delete_on=_day())
    sealed = secrets.seal(b"{}\n" + raw.encode())
    Delivery.objects.create(
        channel=channel, digest=secrets.keyed_hash(raw), sealed=sealed, received_at=clock.now(), delete_on=_day()
    )


def _quoted(post: Post) -> None:
    """Somebody else carries it below their own words."""
    kept = {"purpose": Purpose.REPUTATION, "source": "memory", "delete_on": _day()}
    said = Post.objects.create(
        network=post.network, native_id=f"quoting-{post.pk}", kind="POST", visibility="PUBLIC", speaker="OUTSIDER",
        author_native_id="somebody", text="So that is how", root_native_id=f"quoting-{post.pk}",
        posted_at=post.posted_at, received_at=post.received_at, **kept,
    )  # fmt: skip
    PostQuote.objects.create(
        post=said, native_id=post.native_id, author_native_id=post.author_native_id,
        author_handle=post.author_handle, author_name=post.author_name, text=post.text,
    )  # fmt: skip


def _post(name: str, number: int) -> Post:
    return Post.objects.create(
        network="memory", native_id=f"{_id(name)}-{number}", kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER",
        author_native_id=_id(name), author_handle=_handle(name), author_name=name, text=f"I am {name}, number {number}",
        root_native_id=f"{_id(name)}-0", posted_at=clock.now(), received_at=clock.now(), purpose=Purpose.REPUTATION,
        source="memory", delete_on=_day(),
    )  # fmt: skip


def _answer(channel: Channel, case: Case, post: Post, name: str) -> None:
    answer = Outgoing.objects.create(
        key=f"00000000-0000-4000-8000-{case.pk:012}", channel=channel, case=case, in_reply_to=post,
        parent_native_id=post.native_id, root_native_id=post.native_id, visibility="PUBLIC", state="SENT",
        text=f"Dear {name}, dear {name.split()[-1]}, sorry! @{_handle(name)}", created_at=clock.now(),
        sent_at=clock.now(), native_id=f"answer-{case.pk}", delete_on=_day(),
    )  # fmt: skip
    Attachment.objects.create(
        outgoing=answer, place=0, content_type="image/png", data=b"pixels", size=6, digest="0" * 64, width=1, height=1,
        alt=f"The bike of {name}", added_at=clock.now(),
    )  # fmt: skip
    Approval.objects.create(
        outgoing=answer, state="APPROVED", clause="4.2", text_hash="", newest_place=0, thread_mark="",
        requested_at=clock.now(), decided_at=clock.now(), wording_before=f"Dear {name}, no.", comment=f"{name} cries",
    )  # fmt: skip


def _moderation(channel: Channel, case: Case, post: Post, name: str) -> None:
    Moderation.objects.create(
        act="HIDE", state="DONE", channel=channel, case=case, post=post, target_native_id=post.native_id, rule="17.1",
        author_native_id=_id(name), visibility="PUBLIC", excerpt=f"I am {name}", url=f"https://p.example/{_id(name)}",
        words=f"{name} insults people", comment=f"{name} again", text=f"Dear {name}", text_before=f"{name},",
        created_at=clock.now(), done_at=clock.now(), delete_on=_day(),
    )  # fmt: skip


def _learning(post: Post, name: str) -> None:
    label, _ = CompanyLabel.objects.get_or_create(name="Nonsense", defaults={"created_at": clock.now()})
    LabelExample.objects.create(label=label, text=f"{name} sells watches", value=True, added_at=clock.now())
    said = Feedback.objects.create(
        post=post, label=label.code, value="true", judged_value="", version="", at=clock.now()
    )
    LearntHead.objects.create(
        label=label.code, place="EARLIER", version="company-0", code=evaluations.shipped().features,
        weights=name.encode(), texts=1, learnt_from=[["post", said.pk, fingerprint(post.text)]], trained_at=clock.now(),
    )  # fmt: skip


def _issue(case: Case, name: str) -> None:
    issue = KnownIssue.objects.create(
        title=f"What {name} wrote", words=name, state="SOLVED", telling="DONE", opened_at=clock.now(),
        solved_at=clock.now(), delete_on=_day(),
    )  # fmt: skip
    IssueWording.objects.create(
        issue=issue, occasion="SOLVED", language="en", text=f"Dear {name}, done.", changed_at=clock.now()
    )
    IssueCase.objects.create(issue=issue, case=case, bound_at=clock.now(), state="TOLD")


def _draft(channel: Channel, case: Case, post: Post, name: str) -> None:
    Outgoing.objects.create(
        key=f"00000000-0000-4000-9000-{case.pk:012}", channel=channel, case=case, in_reply_to=post,
        parent_native_id=post.native_id, root_native_id=post.native_id, visibility="PUBLIC", state="DRAFT",
        text=f"Dear {name}, we", created_at=clock.now(), delete_on=_day(),
    )  # fmt: skip


def _rejected(name: str) -> None:
    path = Path(os.environ["RESONANZ_DATA"], "uploads", f"{_handle(name)[:3]}.jsonl.rejected.jsonl")
    path.write_text(f'{{"line": 1, "raw": "{name}"}}\n', "utf-8")
    RejectedFile.objects.create(path=str(path), delete_on=_day())


def _failed_job(name: str) -> None:
    """No job of ours carries a name; one that did would leave with the daily job."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args, attempts)"
            " VALUES ('default', 'ops.planted', 'failed', jsonb_build_object('name', %s::text), 1)",
            [name],
        )


def _leave_dead_rows() -> None:
    """Rows changed and deleted long before anybody asks to be erased, and statistics taken of them."""
    Post.objects.filter(native_id__endswith="-39").delete()
    Post.objects.filter(native_id__endswith="-38").update(text="changed")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_events")


def _id(name: str) -> str:
    return f"id-of-{name.split()[0].lower()}"


def _handle(name: str) -> str:
    return name.split()[-1].lower().replace("-", "_")


def _day() -> date:
    return retention.delete_on(purpose=Purpose.SERVICE, network="memory", since=_now())


def _now() -> datetime:
    return clock.now()


if __name__ == "__main__":
    {"plant": plant, "expire": expire, "erase": erase}[sys.argv[1]]()

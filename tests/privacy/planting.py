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

from resonanz.core import clock  # noqa: E402
from resonanz.listening.models import EarlierWording, Post  # noqa: E402
from resonanz.networks.models import Channel  # noqa: E402
from resonanz.people.models import Identity, Person  # noqa: E402
from resonanz.pipeline.models import PutAside, RejectedFile  # noqa: E402
from resonanz.privacy import audit, erasure, retention  # noqa: E402
from resonanz.privacy.models import Purpose  # noqa: E402
from resonanz.service.models import Case, CaseNote, CasePost, Outgoing  # noqa: E402
from resonanz.triage.models import Evaluation  # noqa: E402

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


def erase() -> None:
    """One of the two asks to be erased."""
    erasure.erase_account(network="memory", origin="", native_id=_id(ERASED), actor=audit.SYSTEM, suppress=True)


def _plant_person(channel: Channel, name: str) -> None:
    kept = {"purpose": Purpose.SERVICE, "source": "memory", "delete_on": _day()}
    person = Person.objects.create(name=name, created_at=clock.now(), **kept)
    seen = {"first_seen_at": clock.now(), "last_seen_at": clock.now()}
    account = {"network": "memory", "native_id": _id(name), "handle": _handle(name), "name": name}
    identity = Identity.objects.create(person=person, **account, **seen, **kept)
    posts = [_post(name, number) for number in range(40)]  # enough for the planner's list of most common values
    EarlierWording.objects.create(post=posts[0], text=f"Earlier {name} said so", replaced_at=clock.now())
    labels = {"complaint": {"value": True, "because": [name]}}
    Evaluation.objects.create(post=posts[0], labels=labels, evaluated_at=clock.now())
    case = Case.objects.create(
        channel=channel, root_native_id=posts[0].native_id, visibility="PUBLIC", intent="COMPLAINT", identity=identity,
        opened_at=clock.now(), last_post_at=clock.now(),
    )  # fmt: skip
    CasePost.objects.create(case=case, post=posts[0])
    _answer(channel, case, posts[0], name)
    _draft(channel, case, posts[0], name)
    CaseNote.objects.create(case=case, text=f"{name} rang up", created_at=clock.now(), delete_on=_day())
    raw = f'{{"author": "{name}", "id": "{_id(name)}"}}'
    PutAside.objects.create(channel=channel, raw=raw, reason="bad", at=clock.now(), delete_on=_day())
    _rejected(name)


def _post(name: str, number: int) -> Post:
    return Post.objects.create(
        network="memory", native_id=f"{_id(name)}-{number}", kind="COMMENT", visibility="PUBLIC", speaker="OUTSIDER",
        author_native_id=_id(name), author_handle=_handle(name), author_name=name, text=f"I am {name}, number {number}",
        root_native_id=f"{_id(name)}-0", posted_at=clock.now(), received_at=clock.now(), purpose=Purpose.REPUTATION,
        source="memory", delete_on=_day(),
    )  # fmt: skip


def _answer(channel: Channel, case: Case, post: Post, name: str) -> None:
    Outgoing.objects.create(
        key=f"00000000-0000-4000-8000-{case.pk:012}", channel=channel, case=case, in_reply_to=post,
        parent_native_id=post.native_id, root_native_id=post.native_id, visibility="PUBLIC", state="SENT",
        text=f"Dear {name}, dear {name.split()[-1]}, sorry! @{_handle(name)}", created_at=clock.now(),
        sent_at=clock.now(), native_id=f"answer-{case.pk}", delete_on=_day(),
    )  # fmt: skip


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

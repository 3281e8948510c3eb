"""A colleague who may everything, and cases to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.guidelines import in_force
from resonanz.listening.models import Post
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person
from resonanz.service.models import Case, CasePost
from resonanz.triage.models import Evaluation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2030, 1, 1)}


@pytest.fixture
def miriam() -> User:
    return User.objects.create_user(
        "miriam@nordhain.example", name="Miriam Kessler", role=Role.ADMIN, created_at=clock.now()
    )


@pytest.fixture
def signed_in(client: Client, miriam: User) -> Client:
    client.force_login(miriam, backend=BACKEND)
    return client


@pytest.fixture
def channel() -> Channel:
    in_force.ensure_starter()
    return Channel.objects.create(network="memory", name="Nordhain", handle="nordhain", created_at=clock.now())


@pytest.fixture
def new_case(channel: Channel, miriam: User) -> Callable[..., Case]:
    """Makes an open case of one post; `labels` are those of its evaluation."""

    def make(native_id: str, *, text: str = "Wann kommt mein Rad?", name: str = "Jonas", labels: object = None) -> Case:
        now = clock.now()
        person = Person.objects.create(name=name, created_at=now, **KEPT)
        identity = Identity.objects.create(
            network="memory", native_id=f"author-{native_id}", name=name, handle="jonas", person=person,
            first_seen_at=now, last_seen_at=now, **KEPT,
        )  # fmt: skip
        post = Post.objects.create(
            network="memory", native_id=native_id, kind="POST", visibility="PUBLIC", speaker="OUTSIDER", text=text,
            author_name=name, author_handle="jonas", root_native_id=native_id, posted_at=now, received_at=now, **KEPT,
        )  # fmt: skip
        Evaluation.objects.create(
            post=post, sentiment="neutral", is_complaint=bool(labels), labels=labels or {}, evaluated_at=now
        )
        case = Case.objects.create(
            channel=channel, network=channel.network, root_native_id=native_id, visibility="PUBLIC",
            intent="QUESTION", identity=identity,
            assignee=miriam, opened_at=now, last_post_at=now, answer_due_at=now + timedelta(minutes=18),
        )  # fmt: skip
        CasePost.objects.create(case=case, post=post, due_at=case.answer_due_at)
        return case

    return make

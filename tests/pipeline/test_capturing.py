"""Capturing by two at the same moment: one post, one channel, one record."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connections, transaction

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.guidelines import in_force
from resonanz.listening import screenshots
from resonanz.listening.models import Screenshot
from resonanz.networks.capture import Brought
from resonanz.networks.models import Channel
from resonanz.pipeline.capturing import Captured, capture
from resonanz.privacy.models import AuditRecord
from tests.pictures import photo

pytestmark = pytest.mark.django_db(transaction=True)


def test_form_that_is_sent_twice_at_once_captures_once() -> None:
    miriam = User.objects.create_user(
        "miriam@nordhain.example", name="Miriam Kessler", role=Role.ADMIN, created_at=clock.now()
    )
    in_force.ensure_starter()
    brought = Brought(place="spoken", text="Warum ist Nordhain zu spät?", said_at=clock.now(), key=str(uuid4()))
    shot, done = screenshots.draw(photo()), []

    def send(name: str) -> Captured:
        return capture(brought=brought, shot=shot, alt="", channel_name=name, actor=miriam)

    def second() -> None:
        try:
            done.append(send("Von Hand erfasst"))
        finally:
            connections.close_all()

    other = threading.Thread(target=second)
    with transaction.atomic():
        first = send("Captured by hand")
        other.start()
        clock.sleep(1.0)  # the second one is by now where the first one is not committed
    other.join(30)

    assert [(one.case_id, one.was_known) for one in done] == [(first.case_id, True)]
    assert (Screenshot.objects.count(), Channel.objects.filter(network="capture").count()) == (1, 1)
    assert AuditRecord.objects.filter(act="post.captured").count() == 1

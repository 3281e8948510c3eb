from __future__ import annotations

from datetime import date

import pytest

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.duties import calendars
from resonanz.duties.directory import Directory
from resonanz.duties.responsibilities import set_responsibility
from resonanz.networks.models import Channel
from resonanz.people.models import Identity, Person, TargetGroup, TargetGroupMember
from resonanz.service.times.grouping import groups_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moved_clock")]

KEPT = {"purpose": "SERVICE", "source": "memory", "delete_on": date(2099, 1, 1)}


def test_row_for_the_press_answers_the_press_and_nobody_else() -> None:
    calendars.ensure_defaults()
    now = clock.now()
    anna, ben = (
        User.objects.create_user(f"{name}@n.example", name=name, role=Role.AGENT, created_at=now)
        for name in ("anna", "ben")
    )
    channel = Channel.objects.create(network="memory", name="N", created_at=now)
    press = TargetGroup.objects.create(name="Press", created_at=now, changed_at=now)
    ids = []
    for name in ("editor", "jonas"):
        person = Person.objects.create(name=name, created_at=now, **KEPT)
        seen = {"network": "memory", "native_id": name, "person": person, "first_seen_at": now, "last_seen_at": now}
        ids.append(Identity.objects.create(**seen, **KEPT).pk)
        TargetGroupMember.objects.create(group=press, person=person, belongs=name == "editor", said_at=now)
    said = {"channel_id": channel.pk, "topic_id": None, "intent": "", "deputy_id": None, "team_id": None, "actor": anna}
    set_responsibility(owner_id=anna.pk, **said)  # type: ignore[arg-type] # what is said of both
    assert groups_for(Directory(channel_id=channel.pk), ids) == {}

    set_responsibility(owner_id=ben.pk, group_id=press.pk, **said)  # type: ignore[arg-type] # as above

    directory = Directory(channel_id=channel.pk)
    groups = groups_for(directory, [*ids, None])
    answers = [
        directory.who_answers(topic_ids=[], intent="OTHER", group_ids=groups.get(one, ()))[1] for one in [*ids, None]
    ]
    assert answers == [ben, anna, anna]

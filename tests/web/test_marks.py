"""Marks that say what waits: in the navigation and in the rows of the inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from tests.guidelines.documents import AGENTS_MAY, rules
from tests.guidelines.published import publish

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.guidelines.acknowledging import acknowledge
from resonanz.service.models import Case, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db


def guideline_in(page: str) -> str:
    """What the navigation says of the guideline."""
    return page.split('href="/guideline/"', 1)[1].split("</a>", 1)[0]


def test_a_version_that_was_not_read_is_marked_until_it_is(signed_in: Client, miriam: User) -> None:
    newest = publish(rules(AGENTS_MAY), version=2)
    assert '<span class="n">1</span>' in guideline_in(signed_in.get("/settings/").content.decode())

    acknowledge(guideline_id=newest.pk, user=miriam)

    assert '<span class="n">' not in guideline_in(signed_in.get("/settings/").content.decode())


def test_a_case_whose_answer_is_to_be_posted_by_hand_is_marked(
    signed_in: Client, miriam: User, new_case: Callable[..., Case]
) -> None:
    case, _other = new_case("p"), new_case("q")
    Outgoing.objects.create(
        key=uuid4(), channel=case.channel, case=case, parent_native_id="p", root_native_id="p", visibility="PUBLIC",
        author=miriam, text="Morgen", state=OutgoingState.ASSISTED, created_at=clock.now(), delete_on=date(2030, 1, 1),
    )  # fmt: skip

    assert signed_in.get("/inbox/?view=all").content.decode().count("to be posted by hand") == 1

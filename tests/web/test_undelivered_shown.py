"""An answer that its network could not deliver says so on the page of its case, and not that it was never sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from resonanz.accounts.models import User
from resonanz.core import clock
from resonanz.service.answers.undelivered import CODE
from resonanz.service.models import Case, Outgoing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "told", "never"),
    [
        ("de", ["nicht zugestellt", "später gemeldet", "Nobody lives &lt;there&gt;."], "nicht gesendet"),
        ("en", ["not delivered", "said later", "Nobody lives &lt;there&gt;."], "not sent"),
    ],
)
def test_it_was_taken_and_not_delivered(
    signed_in: Client, new_case: Callable[..., Case], miriam: User, language: str, told: list[str], never: str
) -> None:
    case = new_case("1")
    Outgoing.objects.create(
        channel=case.channel, case=case, in_reply_to=case.case_posts.get().post, key=uuid4(), text="Morgen. ^MK",
        visibility="PUBLIC", state="FAILED", failure_code=CODE, failure_words="Nobody lives <there>.", author=miriam,
        native_id="5", sent_at=clock.now(), created_at=clock.now(),
        delete_on=(clock.now() + timedelta(days=9)).date(),
    )  # fmt: skip

    shown = signed_in.get(f"/inbox/{case.pk}/", headers={"accept-language": language}).content.decode()

    assert [words for words in told if words not in shown] == []
    assert never not in shown

"""A case of what a provider brought: where it was said, and answered by hand there, never through the provider."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from tests.networks.provider_asking import batch, headers, line

from resonanz.accounts.models import User
from resonanz.networks.connections import batch_keys
from resonanz.networks.connections.channels import connect
from resonanz.networks.models import Webhook
from resonanz.pipeline import arrivals
from resonanz.pipeline.receiving import receive
from resonanz.service.models import Case, Outgoing, OutgoingState

pytestmark = pytest.mark.django_db
ADDRESS = "https://www.kununu.com/de/nordhain/kommentare/1"


@pytest.fixture
def case(miriam: User) -> Case:
    channel = connect(network="service_provider", name="Agency", is_live=True, actor=None)
    key = batch_keys.make(channel_id=channel.pk, actor=miriam)
    body = batch(line("1", "Warum <b>so</b> lange?", network="kununu", origin="", url=ADDRESS))
    receive(key=Webhook.objects.get().key, headers=headers(key.key_id, key.secret, 1, body), body=body)
    arrivals.take_waiting()
    return Case.objects.get()


def test_page_of_the_case_says_where_it_was_said_and_leads_there(signed_in: Client, case: Case) -> None:
    shown = signed_in.get(f"/inbox/{case.pk}/").content.decode()

    assert "Ada Berg" in shown
    assert 'title="Brought by a service provider">kununu</span>' in shown
    assert ADDRESS in shown
    assert "&lt;b&gt;so&lt;/b&gt;" in shown
    assert "/webhooks/" not in shown


def test_answer_is_kept_for_posting_by_hand(signed_in: Client, case: Case) -> None:
    form = {"text": "Das klären wir, bitte kurz Geduld.", "post_id": case.case_posts.get().post_id, "key": uuid4()}
    signed_in.post(f"/inbox/{case.pk}/reply/", form)

    assert Outgoing.objects.get().state == OutgoingState.ASSISTED


def test_answer_is_given_in_the_name_of_no_provider(signed_in: Client, case: Case) -> None:
    assert "<b>Agency</b>" not in signed_in.get(f"/inbox/{case.pk}/").content.decode()

"""Of two who connect the same account at once, the second goes on with the channel of the first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from resonanz.accounts.models import Role, User
from resonanz.core import clock
from resonanz.networks.connections import connecting
from resonanz.networks.contract import Account
from resonanz.networks.models import Channel

TOGETHER = 4


@pytest.mark.django_db(transaction=True)
def test_account_that_several_connect_at_once_becomes_one_channel() -> None:
    actor = User.objects.create_user("it@nordhain.example", name="Ida", role=Role.ADMIN, created_at=clock.now())
    account = Account(network="mastodon", address="https://m.example", origin="m.example", native_id="7", handle="we")
    begin = Barrier(TOGETHER)

    def connect(number: int) -> int:
        try:
            begin.wait(10)
            (made,) = connecting.keep(accounts=[account], actor=actor)
            return made.pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TOGETHER) as threads:
        made = set(threads.map(connect, range(TOGETHER)))

    assert len(made) == Channel.objects.count() == 1

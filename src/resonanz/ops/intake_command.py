"""`resonanz intake`: takes in what listeners handed over to the broker."""

from __future__ import annotations

import click
from django.conf import settings

from resonanz.core.broker import Broker
from resonanz.ops.errors import OperatorError
from resonanz.pipeline import intake_worker


@click.command()
def intake() -> None:
    """Run one intake worker alone, where RESONANZ_STREAM names a broker; as many as wanted, on any machine."""
    if not settings.STREAM_SERVERS:
        raise OperatorError(
            "ops.intake.no_broker",
            "Without RESONANZ_STREAM the listeners take in what they hear themselves; there is nothing to do here.",
        )
    intake_worker.run(Broker(settings.STREAM_SERVERS))

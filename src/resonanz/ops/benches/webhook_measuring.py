"""What `resonanz bench webhook` runs in a process of its own on its database: makes a webhook, counts what came of it.

    python -m resonanz.ops.benches.webhook_measuring make     prints the address and the secret
    python -m resonanz.ops.benches.webhook_measuring count    prints deliveries, those that wait, and posts

Both print one JSON object.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
django.setup()

from resonanz.accounts.company import finish_start  # noqa: E402 (models need the setup above)
from resonanz.accounts.sign_in_links import first_administrator  # noqa: E402
from resonanz.listening.models import Post  # noqa: E402
from resonanz.networks import registry  # noqa: E402
from resonanz.networks.connections import channels, webhook_keys  # noqa: E402
from resonanz.networks.contract import Capability, able  # noqa: E402
from resonanz.pipeline.models import Delivery, PutAside  # noqa: E402

HOST = "forum.invalid"
"""Where the forum would be that brings all this; polls of it fail, and change nothing."""


def make() -> dict[str, object]:
    """A channel of the first network that brings what happens, and where it brings it."""
    administrator = first_administrator()
    finish_start(actor=administrator)
    name = next(name for name in registry.names() if able(registry.connector(name), Capability.WEBHOOK))
    channel = channels.connect(
        network=name, name="Bench", address=f"https://{HOST}", origin=HOST, handle="nordhain", native_id="1",
        is_live=True, actor=administrator,
    )  # fmt: skip
    webhook = webhook_keys.make(channel_id=channel.pk, actor=administrator)
    return {"path": f"{webhook_keys.PATH}{webhook.key}", "secret": webhook_keys.keys_of(webhook).secret}


def count() -> dict[str, object]:
    """What is stored, what of it waits, and what became posts."""
    return {
        "deliveries": Delivery.objects.count(),
        "waiting": Delivery.objects.filter(taken_at__isnull=True).count(),
        "posts": Post.objects.count(),
        "put_aside": PutAside.objects.count(),
    }


def main(arguments: list[str]) -> None:
    """Print what was asked for."""
    sys.stdout.write(json.dumps(make() if arguments[0] == "make" else count()))


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the tables of networks hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal


def declare() -> None:
    """Enter them in the register."""
    declare_impersonal(
        "networks_channel", because="the company's own accounts, tokens encrypted; bare ids of recent posts"
    )
    declare_impersonal("networks_gap", because="when a channel could not be read")
    declare_impersonal("networks_spending", because="how often a channel used what its network charges for, by the day")
    declare_impersonal("networks_webhook", because="where networks bring what happens, the secret encrypted; counts")
    declare_impersonal("networks_registration", because="how servers know this installation, its word encrypted")

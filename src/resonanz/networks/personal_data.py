"""What the tables of networks hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_impersonal, declare_personal


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "networks_channel",
        fields={"connected_by": "colleague who let Resonanz in"},
        purpose="whose rights a connection uses, so that it goes on when they leave (Art. 6(1)(f) GDPR); the rest are "
        "the company's own accounts, tokens encrypted, and bare ids of recent posts",
        kept="until somebody else connects it, the channel goes, or what the network gave has ended after they left",
        exported=False,
        erased="by the daily job after they left; with the colleague",
    )
    declare_impersonal("networks_application", because="the company's applications at networks, their keys encrypted")
    declare_impersonal("networks_gap", because="when a channel could not be read")
    declare_impersonal("networks_lease", because="until when networks bring what happens; their words about it")
    declare_impersonal("networks_spending", because="how often a channel used what its network charges for, by the day")
    declare_impersonal("networks_webhook", because="where networks bring what happens, the secret encrypted; counts")
    declare_impersonal("networks_registration", because="how servers know this installation, its word encrypted")

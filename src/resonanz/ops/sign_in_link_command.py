"""`resonanz sign-in-link`: the way in before anybody has a password."""

from __future__ import annotations

import click

from resonanz.accounts.models import User
from resonanz.accounts.sign_in_links import create_first_administrator_link, create_link
from resonanz.core import env
from resonanz.ops.health import running_at

_NONE = (
    "An administrator has signed in before, so there is no such link any more. For whoever lost every way in: "
    "./resonanz sign-in-link --for ADDRESS"
)


@click.command(name="sign-in-link")
@click.option("--base-url", default=None, help="The address people use. [default: that of what runs here]")
@click.option("--for", "email", default=None, help="The address of a colleague who lost every other way in.")
def sign_in_link(base_url: str | None, email: str | None) -> None:
    """Print a link that signs the first administrator in, once; when one has signed in before, say so instead.

    With --for, a link for that colleague, whenever; whoever can run this on the server can read its data anyway.
    """
    base_url = base_url or env.text("RESONANZ_BASE_URL", "") or running_at() or "http://localhost:8000"
    link = create_first_administrator_link(base_url) if email is None else _link_for(email, base_url)
    if link is None:
        click.echo(_NONE, err=True)
    else:
        click.echo(link)


def _link_for(email: str, base_url: str) -> str:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise click.ClickException(f"No active colleague has the address {email}; the page Colleagues lists them.")
    return create_link(user=user, base_url=base_url)

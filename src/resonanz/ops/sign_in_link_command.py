"""`resonanz sign-in-link`: the way in before anybody has a password."""

from __future__ import annotations

import click

from resonanz.accounts.sign_in_links import create_first_administrator_link
from resonanz.core import env


@click.command(name="sign-in-link")
@click.option("--base-url", default=None, help="The address people use. [default: RESONANZ_BASE_URL]")
def sign_in_link(base_url: str | None) -> None:
    """Print a link that signs the first administrator in, once; nothing when one has signed in before."""
    if link := create_first_administrator_link(base_url or env.text("RESONANZ_BASE_URL", "http://localhost:8000")):
        click.echo(link)

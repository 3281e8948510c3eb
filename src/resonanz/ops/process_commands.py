"""Web server and migration as commands of their own: `up` runs them, and an operator with another supervisor may."""

from __future__ import annotations

import os

import click
import django
import psycopg
from django.core.management import call_command
from granian.constants import Interfaces
from granian.server import Server

from resonanz.core import env
from resonanz.ops.database.roles import grant_application_role

MOST_WEB_PROCESSES = 4
# Two `migrate` at once, on two machines that share a database, take turns.
_MIGRATION_LOCK = 7_360_511_297


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to answer.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--webhooks-only", is_flag=True, help="Take in webhooks and serve nothing else, on a machine at the edge."
)
def web(host: str, port: int, *, webhooks_only: bool) -> None:
    """Run the web server alone, for example under systemd. Needs DATABASE_URL and RESONANZ_DATA."""
    server = Server(
        "resonanz.config.webhooks_asgi:application" if webhooks_only else "resonanz.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=env.number("RESONANZ_WEB_PROCESSES", _web_processes(), least=1),
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.serve()


def _web_processes() -> int:
    """One for each core, but no more than one machine's database has connections for."""
    return min(os.cpu_count() or 1, MOST_WEB_PROCESSES)


@click.command()
def migrate() -> None:
    """Bring the tables to this version, and give the application its rights on them.

    Signs in as DATABASE_OWNER_URL, or as DATABASE_URL when there is only one role.
    """
    application_url = env.text("DATABASE_URL")
    owner_url = env.text("DATABASE_OWNER_URL", application_url)
    os.environ["DATABASE_URL"] = owner_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
    django.setup()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        call_command("migrate", interactive=False, verbosity=1)
        grant_application_role(owner_url=owner_url, application_url=application_url)

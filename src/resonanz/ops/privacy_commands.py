"""`resonanz privacy …`: what an operator does for data protection."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from resonanz.core import env
from resonanz.ops.errors import OperatorError
from resonanz.privacy import audit, erasure, export, register, retention, scrub

_OPERATOR = audit.Actor(None, "operator")

_REMAINDERS = {
    "scrub.in_use": "{about} was in use all the time and was not written anew; run the command again.",
    "scrub.old_transaction": "{about} keeps dead rows for a transaction that is still running; run the command again "
    "when it has ended.",
    "scrub.not_owner": "{about} does not belong to the role of DATABASE_OWNER_URL and was not written anew; have its "
    "owner run: VACUUM (FULL, ANALYZE) {about}",
    "scrub.statistics": "The planner's statistics of {about} could not be cleared.",
    "scrub.log_kept": "The write-ahead log could not be begun anew: the owner's role needs {about}. Old segments go "
    "when the server recycles them, usually within a day.",
    "scrub.log_setting": "The server's {about} keeps old write-ahead log; it holds erased words until that log is "
    "removed.",
}


def _data(command: Callable[..., None]) -> Callable[..., None]:
    """`--data` was read before the command was loaded (ops.cli); here it is only allowed and explained."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        help="The data folder, when it is not the usual one.",
    )(command)


def _account(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--account", required=True, help="The account's id on its network, not its handle."),
        click.option("--origin", default="", help="The server, where the network has many (mastodon.social)."),
        click.option("--network", required=True, help="The network, for example mastodon."),
    ):
        command = option(command)
    return command


@click.group()
def privacy() -> None:
    """Export, erase and scrub personal data, and say what is held."""


@privacy.command("erase", short_help="Erase everything held about an account.")
@_account
@click.option("--yes", is_flag=True, help="Do not ask.")
@_data
def erase_account(network: str, origin: str, account: str, yes: bool) -> None:
    """Erase everything held about an account (Art. 17 GDPR), and never collect it again.

    What a legal duty keeps stays until that has passed. Run `resonanz privacy scrub` afterwards to make the erased
    words vanish from the database's own files at once.
    """
    if not yes:
        click.confirm(f"Erase everything about {account} on {network}? This cannot be undone.", abort=True)
    erased = erasure.erase_account(network=network, origin=origin, native_id=account, actor=_OPERATOR, suppress=True)
    click.echo(f"Erased {erased.rows} rows, masked the account in {erased.masked} texts.")
    if erased.held:
        click.echo(
            f"{erased.held} had to stay for now (a legal duty, or what is just being sent or done); "
            "the daily job erases them once they may go."
        )


@privacy.command("export", short_help="Write everything held about an account as JSON.")
@_account
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file. [default: standard output]")
@_data
def export_account(network: str, origin: str, account: str, output: Path | None) -> None:
    """Write everything held about an account as JSON (Art. 15 and 20 GDPR)."""
    held = export.export_account(network=network, origin=origin, native_id=account)
    audit.record(act="privacy.account_exported", actor=_OPERATOR, thing="account", thing_id=None, network=network)
    text = json.dumps(held, ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    output.touch(mode=0o600)
    output.chmod(0o600)  # also where the file was there before
    output.write_text(text + "\n", "utf-8")
    click.echo(f"Written to {output}.", err=True)


@privacy.command("due", short_help="Delete what has reached its day, now.")
@_data
def delete_due() -> None:
    """Delete what has reached its day, now. The schedule does so every night."""
    deleted = retention.delete_everything_due()
    for name, count in deleted.items():
        if count:
            click.echo(f"{count:>8}  {name}")
    click.echo(f"{sum(deleted.values()):>8}  deleted")


@privacy.command("scrub", short_help="Delete what is due and write the database's files anew.")
@_data
def scrub_everything() -> None:
    """Delete what is due, erase what was erased before but came back, and write the database's files anew.

    Afterwards erased words stand in no table, no index, no statistics, no write-ahead log and no log file. Each table
    is locked while it is written, so pages wait; on a large database choose a quiet hour.
    """
    deleted = retention.delete_everything_due()
    click.echo(f"Deleted {sum(deleted.values())} rows that were due.", err=True)
    owner_url = env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL"))
    remainders = scrub.scrub_database(owner_url=owner_url, say=lambda what: click.echo(f"  {what}", err=True))
    click.echo(f"Emptied {scrub.empty_logs():,} bytes of logs.", err=True)
    audit.record(act="privacy.scrubbed", actor=_OPERATOR, thing="database", thing_id=None, left=len(remainders))
    _tell_remainders(remainders)


@privacy.command("register", short_help="Print what is held of people, why and how long.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@_data
def print_register(as_json: bool) -> None:
    """Print what every table and file holds of people, why, how long, and how it is erased (Art. 30 GDPR)."""
    if as_json:
        click.echo(json.dumps(_register_as_data(), ensure_ascii=False, indent=2))
        return
    for table in register.tables():
        click.echo(f"{table.name}: {_sentence(table)}")
    for files in register.files():
        click.echo(f"{files.path}: {files.holds}; kept {files.kept}; erased {files.erased}")


def _tell_remainders(remainders: list[scrub.Remainder]) -> None:
    click.echo("What may remain, and until when:")
    for remainder in remainders:
        click.echo("- " + _REMAINDERS[remainder.code].format(about=remainder.about))
    click.echo("- Blocks that the files gave back to the disk, until the file system overwrites them.")
    click.echo("- Backups made before, until they are deleted; restoring one erases again what was erased.")
    click.echo("- What others wrote about somebody without the handle or the full name, until it is due itself.")
    if remainders:
        raise OperatorError("ops.privacy.remainder", "Not everything could be scrubbed; the list above says what.")


def _sentence(table: register.Table) -> str:
    if not table.personal:
        return f"nothing of people ({table.because})"
    held = ", ".join(f"{name} ({meaning})" for name, meaning in table.fields.items())
    given = "given out on request" if table.exported else "not part of an export"
    return f"{held}; for {table.purpose}; kept {table.kept}; erased {table.erased}; {given}"


def _register_as_data() -> dict[str, object]:
    return {
        "tables": [
            {
                "table": table.name,
                "personal": table.personal,
                "fields": dict(table.fields),
                "purpose": table.purpose,
                "kept": table.kept,
                "exported": table.exported,
                "erased": table.erased,
                "because": table.because,
            }
            for table in register.tables()
        ],
        "files": [
            {"path": files.path, "holds": files.holds, "kept": files.kept, "erased": files.erased}
            for files in register.files()
        ],
    }

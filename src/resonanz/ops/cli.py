"""The command line. Each command is loaded when it is called: `--help` of one costs nothing of the others."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from resonanz.core.errors import ResonanzError


@dataclass(frozen=True)
class Entry:
    """Where a command lies, and what the overview says about it; a hidden one serves the supervisor.

    One with `application` works on the product's data: it takes `--data DIR`, and before its module is imported the
    database answers and Django is set up, so that the module may import models at its top.
    """

    target: str
    summary: str
    application: bool = False
    hidden: bool = False

    def load(self) -> click.Command:
        module, _, attribute = self.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        if self.application and not any(parameter.name == "data" for parameter in command.params):
            command.params.append(_data_option())
        return command


def _data_option() -> click.Option:
    return click.Option(
        ["--data"],
        type=click.Path(path_type=Path, readable=False),
        expose_value=False,
        help="The data folder, when it is not the usual one.",
    )


_OPS = "resonanz.ops"
COMMANDS = {
    "up": Entry(f"{_OPS}.up_command:up", "Start everything and print the address."),
    "status": Entry(f"{_OPS}.health:status", "What runs, how much there is, what is stuck.", application=True),
    "doctor": Entry(f"{_OPS}.doctor:doctor", "Examine this installation and say what to mend."),
    "import": Entry(f"{_OPS}.import_command:import_posts", "Take in posts from files.", application=True),
    "triage": Entry(f"{_OPS}.triage.commands:triage", "Evaluate lines of text and say why."),
    "evaluate": Entry(
        f"{_OPS}.triage.evaluate_command:evaluate_command", "Measure the judges, or a label of your own."
    ),
    "train": Entry(f"{_OPS}.triage.commands:train", "Build the judges' models from labelled data."),
    "model": Entry(f"{_OPS}.triage.model_command:model", "Add, list and remove models beside those that ship."),
    "privacy": Entry(f"{_OPS}.privacy_commands:privacy", "Export, erase and scrub personal data.", application=True),
    "backup": Entry(f"{_OPS}.backup:backup", "Write database and uploads into one file."),
    "restore": Entry(f"{_OPS}.restore:restore", "Bring a backup back; what was erased stays erased."),
    "rotate-key": Entry(
        f"{_OPS}.rotate_key_command:rotate_key", "Another key for what is encrypted at rest.", application=True
    ),
    "migrate": Entry(f"{_OPS}.process_commands:migrate", "Bring the database to this version."),
    "test": Entry(f"{_OPS}.testing:test", "Run the tests on a throw-away database."),
    "check": Entry(f"{_OPS}.checking:check", "Style, types, floors, migrations, German, docs."),
    "bench": Entry(f"{_OPS}.bench:bench", "Measure, and compare with the goals."),
    "web": Entry(f"{_OPS}.process_commands:web", "Run the web server alone."),
    "worker": Entry(f"{_OPS}.worker_command:worker", "Run a worker for one queue alone.", application=True),
    "listen": Entry(f"{_OPS}.listen_command:listen", "Run the listeners alone.", application=True),
    "intake": Entry(f"{_OPS}.intake_command:intake", "Run one intake worker behind a broker alone.", application=True),
    "memory": Entry(f"{_OPS}.memory_command:memory", "Run the practice network alone."),
    "demo": Entry(f"{_OPS}.living_command:demo", "Let the demo world go on living alone.", hidden=True),
    "sign-in-link": Entry(
        f"{_OPS}.sign_in_link_command:sign_in_link", "A link for the first administrator.", application=True
    ),
    "tidy": Entry(f"{_OPS}.tidy_command:tidy", "", hidden=True),
    "keep-tombstones": Entry(f"{_OPS}.tombstone_commands:keep_tombstones", "", application=True, hidden=True),
    "replay-tombstones": Entry(f"{_OPS}.tombstone_commands:replay_tombstones", "", application=True, hidden=True),
    "prepare-demo": Entry(f"{_OPS}.demo_command:prepare_demo", "Fill in the demo.", application=True, hidden=True),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if not entry.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        return entry.load() if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        entry = COMMANDS.get(args[0])
        if entry is not None and entry.application:
            # Imported here, because only these commands need Django, which takes a second.
            application = importlib.import_module("resonanz.ops.application")
            if {"-h", "--help"} & set(args[1:]):
                application.set_up_without_database()
            else:
                ctx.with_resource(application.application(_named_data(args[1:])))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


def _named_data(args: Sequence[str]) -> Path | None:
    """The value of `--data` among the words of a command that click has not read yet."""
    for place, word in enumerate(args):
        if word.startswith("--data="):
            return Path(word.removeprefix("--data="))
        if word == "--data" and place + 1 < len(args):
            return Path(args[place + 1])
    return None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name=None, version="0.1.0", prog_name="resonanz")
def resonanz() -> None:
    """Resonanz listens to what people say about you, and helps you answer.

    Begin with `./resonanz up`. Every command explains itself with --help.
    """


def main() -> None:
    """Run the command line; what was foreseen ends as one sentence on standard error."""
    # Read when numpy is first imported, here and in the processes started from here. Judging multiplies small matrices:
    # a thread for each of many cores would wait for the others, and take the processor from them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        resonanz.main(prog_name="resonanz", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as refusal:
        refusal.show()
        sys.exit(refusal.exit_code)
    except ResonanzError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader went away (`| head`); Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        click.echo(_sentence(error), err=True)
        sys.exit(1)
    except Exception as error:  # the edge: what the database says is foreseen, everything else is a fault of ours
        if (told := _of_the_database(error)) is None:
            raise
        click.echo(told, err=True)
        sys.exit(1)


def _of_the_database(error: Exception) -> str | None:
    """A sentence for what PostgreSQL refuses for the moment, without importing its client for every help."""
    cause = error.__cause__ or error
    if not type(cause).__module__.startswith("psycopg"):
        return None
    state = str(getattr(cause, "sqlstate", None) or "")
    if state == "53100":
        return "The disk of the database is full; make room and start again. Nothing that was stored is lost."
    if type(cause).__name__ == "OperationalError" or state.startswith(("08", "57P")):
        return "The database does not answer; look at ./resonanz status, then start again. Nothing is half done."
    return None


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full{where}; make room and start again. Nothing that was stored is lost."
    return f"{error.strerror or error}{where}."

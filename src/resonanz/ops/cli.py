"""The command line. Each command is loaded when it is called: `--help` of one costs nothing of the others."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from dataclasses import dataclass

import click

from resonanz.core.errors import ResonanzError


@dataclass(frozen=True)
class Entry:
    """Where a command lies, and what the overview says about it; a hidden one serves the supervisor."""

    target: str
    summary: str
    hidden: bool = False


COMMANDS = {
    "up": Entry("resonanz.ops.up_command:up", "Start everything and print the address."),
    "status": Entry("resonanz.ops.health:status", "What runs, how much there is, what is stuck."),
    "doctor": Entry("resonanz.ops.doctor:doctor", "Examine this installation and say what to mend."),
    "import": Entry("resonanz.ops.import_command:import_posts", "Take in posts from files."),
    "triage": Entry("resonanz.ops.triage_commands:triage", "Evaluate lines of text and say why."),
    "train": Entry("resonanz.ops.triage_commands:train", "Build the judges' models from labelled data."),
    "privacy": Entry("resonanz.ops.privacy_commands:privacy", "Export, erase and scrub personal data."),
    "backup": Entry("resonanz.ops.backup:backup", "Write database and uploads into one file."),
    "restore": Entry("resonanz.ops.restore:restore", "Bring a backup back; what was erased stays erased."),
    "migrate": Entry("resonanz.ops.process_commands:migrate", "Bring the database to this version."),
    "test": Entry("resonanz.ops.testing:test", "Run the tests on a throw-away database."),
    "check": Entry("resonanz.ops.checking:check", "Style, types, floors, migrations, German, docs."),
    "bench": Entry("resonanz.ops.bench:bench", "Measure, and compare with the goals."),
    "web": Entry("resonanz.ops.process_commands:web", "Run the web server alone."),
    "worker": Entry("resonanz.ops.process_commands:worker", "Run a worker for one queue alone."),
    "listen": Entry("resonanz.ops.process_commands:listen", "Run the listeners alone."),
    "memory": Entry("resonanz.ops.memory_command:memory", "Run the practice network alone."),
    "sign-in-link": Entry("resonanz.ops.process_commands:sign_in_link", "A link for the first administrator."),
    "prepare-demo": Entry("resonanz.ops.process_commands:prepare_demo", "Fill in the demonstration.", hidden=True),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if not entry.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (entry := COMMANDS.get(cmd_name)) is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name=None, version="0.1.0", prog_name="resonanz")
def resonanz() -> None:
    """Resonanz listens to what people say about you, and helps you answer.

    Begin with `./resonanz up`. Every command explains itself with --help.
    """


def main() -> None:
    """Run the command line; what was foreseen ends as one sentence on standard error."""
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


def _sentence(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full{where}; make room and start again. Nothing that was stored is lost."
    return f"{error.strerror or error}{where}."

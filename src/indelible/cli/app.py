"""The commands by name. Each lives in a module of its own, imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from indelible.server.loading import loading

# name: one line for the list of commands. The module is commands/<name>.py, `import` being a word of Python.
COMMANDS = {
    "serve": "Start the web server and the worker.",
    "init": "Begin a logbook in a data folder.",
    "import": "Take files of events in.",
    "search": "Find entries.",
    "show": "Show entries with their proofs.",
    "understand": "Say what a sentence means, and what must be asked about it.",
    "verify": "Check that nothing was altered.",
    "coverage": "Say for each rule whether what it promises arrived.",
    "export": "Make an evidence pack that proves what is in it.",
    "publish": "Write the log as static files that others can check.",
    "key": "Look after the sealing key.",
    "witness": "Run a witness for records that others keep.",
    "drill": "Alter a copy in every known way, and see that each is found.",
    "doctor": "Check the installation and say what to mend.",
}


class Commands(click.Group):
    """A group that knows the names of its commands and loads one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        with loading():
            module = import_module(f"indelible.cli.commands.{cmd_name}_")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"indelible {version('indelible')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def app() -> None:
    """Indelible: an audit log whose entries nobody can alter, remove or slip in unnoticed."""

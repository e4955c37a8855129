"""The commands together, and the one place where errors become a sentence and an exit code."""

from __future__ import annotations

import os
import re
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pellucid.cli.card import card
from pellucid.cli.data import data
from pellucid.cli.evaluate import evaluate
from pellucid.cli.explain import explain
from pellucid.cli.predict import predict
from pellucid.cli.report import report
from pellucid.cli.summary import summary
from pellucid.cli.train import train
from pellucid.core.errors import PellucidError

MISTAKE, INTERRUPTED, CUT_SHORT = 2, 130, 141      # the last two as a shell counts signals


class Door(TyperGroup):
    """Lets no traceback out for what a person can mend: a sentence on stderr, exit 2."""

    def invoke(self, ctx: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):       # a terminal that has no "→" shows "?"
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except PellucidError as error:
            _say(_without_line(error))
        except BrokenPipeError:                         # predict … | head: nobody reads any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())   # for the last flush
            raise typer.Exit(CUT_SHORT) from None
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            _say(f"{place}{error.strerror or error}.")
        except MemoryError:
            _say("there is not enough memory for data of this size.")
        except KeyboardInterrupt:
            typer.echo("Stopped by Ctrl-C.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        raise typer.Exit(MISTAKE)


def _without_line(error: PellucidError) -> str:
    """What an error says without a line of code: here none of them is the person's own."""
    place = (error.where or "").rstrip(".,;")
    is_code = re.match(r"at .+:\d+(: |$)", place)       # as user_line says it; lines of files stay
    return str(error).replace(f", {place}", "") if is_code else str(error)


def _say(text: str) -> None:
    typer.secho("Error: ", fg="red", bold=True, err=True, nl=False)
    typer.echo(text, err=True)


def _version(wanted: bool) -> None:
    if wanted:
        import pellucid

        typer.echo(f"pellucid {pellucid.__version__}")
        raise typer.Exit


app = typer.Typer(cls=Door, no_args_is_help=True, add_completion=False,
                  pretty_exceptions_enable=False, context_settings={"help_option_names":
                                                                    ["-h", "--help"]})


@app.callback()
def pellucid_command(version: Annotated[bool, typer.Option(
        "--version", callback=_version, is_eager=True, help="Show the version.")] = False) -> None:
    """Train neural networks that you can see through. To begin: pellucid train digits"""


for command in (train, evaluate, predict, explain, report, summary, data, card):
    app.command()(command)

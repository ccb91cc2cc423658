"""The `aqwal` command: one typer application; each module of this package adds the commands of one concern."""

from __future__ import annotations

from typing import Annotated

import typer

from aqwal import __version__
from aqwal.cli import board, corpus, dataset, labels, predicting, scores

app = typer.Typer(
    name="aqwal",
    help="Who said what, on whose word, in Arabic news: segment, annotate, check, build, predict and score.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aqwal {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Who said what, on whose word, in Arabic news: segment, annotate, check, build, predict and score."""


for module in (corpus, labels, dataset, predicting, scores, board):
    module.register(app)

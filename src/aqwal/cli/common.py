"""What every command shares: the project folder, the consoles, and errors that end in a message, never a traceback."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from aqwal.store import Problem, StoreError, find_root

#: Exit codes: a failed check, and a usage error or a file that cannot be read.
FAILED, UNUSABLE = 1, 2

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

RootOption = Annotated[
    Path | None,
    typer.Option(
        "--root",
        help="The project folder (default: the nearest one at or above the current folder).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object for a program to read.")]

P = ParamSpec("P")
R = TypeVar("R")


class UsageError(Exception):
    """A request that cannot be carried out as asked; the message says what to do."""


class Failed(Exception):
    """A check that did not pass; the findings are already printed."""


def project(root: Path | None) -> Path:
    """The project folder of ``--root`` or of the current folder."""
    return find_root(root)


def print_problems(problems: Iterable[Problem]) -> None:
    """Problems on standard error, one a line, untrusted text shown as it is."""
    for problem in problems:
        err.print(escape(str(problem)))


def print_json(value: Any) -> None:
    """One JSON object on standard output, keys sorted."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the project's errors into a message and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except StoreError as error:
            print_problems(error.problems)
            raise typer.Exit(UNUSABLE) from None
        except UsageError as error:
            err.print(escape(f"Error: {error}"))
            raise typer.Exit(UNUSABLE) from None
        except Failed as error:
            if str(error):
                err.print(escape(str(error)))
            raise typer.Exit(FAILED) from None
        except ModuleNotFoundError as error:
            extra = {
                "datasets": "hub",
                "huggingface_hub": "hub",
                "pyarrow": "hub",
                "mlcroissant": "hub",
                "jinja2": "hub",
                "camel_tools": "baselines",
                "torch": "baselines",
                "transformers": "baselines",
                "sklearn": "baselines",
                "matplotlib": "baselines",
                "pycrfsuite": "baselines",
                "pygamma_agreement": "annotate",
            }.get((error.name or "").split(".")[0])
            if extra is None:
                raise
            err.print(f"Error: this command needs {error.name}; install it with: pip install 'aqwal\\[{extra}]'")
            raise typer.Exit(UNUSABLE) from None
        except OSError as error:
            err.print(escape(f"Error: {error.filename or ''}: {error.strerror or error}"))
            raise typer.Exit(UNUSABLE) from None
        except KeyboardInterrupt:
            err.print("Interrupted; nothing was left half-written.")
            raise typer.Exit(130) from None

    return run

"""What every command shares: the project folder, the consoles, and errors that end in a message, never a traceback."""

from __future__ import annotations

import functools
import json
import math
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console

from aqwal.store import Problem, StoreError, find_root

#: Exit codes: a failed check, and a usage error or a file that cannot be read.
FAILED, UNUSABLE = 1, 2

# No emoji codes: a label ":fire:" is shown as it is written.
out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)

#: Characters that act on a terminal or its text direction, or that cannot be written at all.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
#: Of these, what belongs to text: the joiners, the soft hyphen, and the Arabic number and end-of-verse signs.
_TEXT = frozenset("\u200c\u200d\u00ad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")

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


def visible(text: object) -> str:
    """Untrusted text on one line, with everything that would act on a terminal escaped.

    >>> print(visible("\\x1b[31mهآرتس\\n\\u202e:fire:"))
    \\x1b[31mهآرتس\\n\\u202e:fire:
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in _UNSEEN and char not in _TEXT
        else char
        for char in shown
    )


def say(text: object, console: Console | None = None) -> None:
    """Print text that may hold what a user or a file has given: no markup, control characters escaped, lines kept."""
    lines = "\n".join(visible(line) for line in str(text).split("\n"))
    (console or out).print(lines, markup=False)


def tell(text: object) -> None:
    """As :func:`say`, on standard error."""
    say(text, err)


def print_problems(problems: Iterable[Problem]) -> None:
    """Problems on standard error, one a line, control characters of untrusted text escaped."""
    for problem in problems:
        tell(visible(problem))


def _finite(value: Any) -> Any:
    """A JSON value with null for what is no number: an undefined score."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def print_json(value: Any) -> None:
    """One JSON object on standard output, keys sorted; NaN and infinities, which JSON has not, are null."""
    sys.stdout.write(json.dumps(_finite(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n")


def _of_results(error: ValueError) -> bool:
    """Whether an error of the scorer or of a result file says what the user can mend."""
    # Imported here: most commands need neither, and they take a while to load.
    from aqwal.metrics.intervals import TooManyPairs
    from aqwal.results import MixedResults, ResultError

    return isinstance(error, TooManyPairs | ResultError | MixedResults)


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
            tell(f"Error: {error}")
            raise typer.Exit(UNUSABLE) from None
        except Failed as error:
            if str(error):
                tell(error)
            raise typer.Exit(FAILED) from None
        except ValueError as error:
            if not _of_results(error):
                raise
            tell(f"Error: {error}")
            raise typer.Exit(UNUSABLE) from None
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
            tell(f"Error: {visible(error.filename or '')}: {error.strerror or error}")
            raise typer.Exit(UNUSABLE) from None
        except KeyboardInterrupt:
            err.print("Interrupted; nothing was left half-written.")
            raise typer.Exit(130) from None

    return run

"""Commands for the published dataset: build, hydrate, publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from aqwal.cli.common import Failed, JsonOption, RootOption, err, guarded, out, print_json, project


@guarded
def build(
    output: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to build (default: dist/hub, or dist/hub-without-text).")
    ] = None,
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Annotations with offsets and hashes only; `aqwal hydrate` restores.")
    ] = False,
    repo: Annotated[str, typer.Option(help="Repository that the card's examples name.")] = "",
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Build the dataset, ready for the Hugging Face Hub: Parquet for every config, card, Croissant. Same bytes every time.

    Examples:

        aqwal build

        aqwal build --without-text --out dist/offsets
    """
    from aqwal.formats import hub
    from aqwal.results import card_table

    top = project(root)
    target = output or top / "dist" / ("hub-without-text" if without_text else "hub")
    with err.status("building the dataset"):
        built = hub.build(top, target, with_text=not without_text, repo=repo, leaderboard=card_table(top))
    if as_json:
        print_json({"folder": str(built.folder), "rows": dict(built.rows), "files": dict(built.files)})
        return
    table = Table("config", "rows", box=None)
    for name, rows in built.rows.items():
        table.add_row(name, str(rows))
    out.print(table)
    size = sum(bytes_ for bytes_, _ in built.files.values())
    err.print(escape(f"built {target}: {len(built.files)} files, {size / 1024:.0f} KiB"))


@guarded
def hydrate(
    folder: Annotated[Path, typer.Argument(help="A dataset that was built without text.")],
    seeds: Annotated[Path, typer.Option("--seeds", help="Folder with the source texts.")],
    output: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the full dataset (default: in place).")
    ] = None,
) -> None:
    """Restore the full dataset, byte for byte, from one without text and the source texts.

    Example:

        aqwal hydrate dist/hub-without-text --seeds seeds --out dist/hub
    """
    from aqwal.formats import hub

    with err.status("restoring the texts"):
        built = hub.hydrate(folder, seeds, output)
    err.print(escape(f"restored {built.folder}: {len(built.files)} files"))


@guarded
def publish(
    repo: Annotated[str, typer.Option("--repo", help="Dataset repository on the Hub: ORG/NAME.")],
    tag: Annotated[str, typer.Option("--tag", help="Version tag, for example v1.0.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="The built dataset (default: dist/hub).")] = None,
    private: Annotated[bool, typer.Option("--private", help="Create the repository as private.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List files, sizes and hashes; touch no network.")] = False,
    as_json: JsonOption = False,
    root: RootOption = None,
) -> None:
    """Upload and tag the built dataset; refuses when checks fail, the git tree is dirty, or the tag exists.

    Example:

        aqwal publish --repo aqwal/aqwal --tag v1.0 --dry-run
    """
    from aqwal import checks
    from aqwal.formats import hub
    from aqwal.formats.hub.publishing import as_json as publication_json

    top = project(root)
    try:
        done = hub.publish(
            folder or top / "dist" / "hub",
            repo,
            tag,
            root=top,
            checks=lambda: [str(problem) for problem in checks.run_checks(top).errors],
            private=private,
            dry_run=dry_run,
        )
    except hub.Refused as refused:
        raise Failed("\n".join(f"refused: {reason}" for reason in refused.reasons)) from None
    if as_json:
        print_json(publication_json(done))
        return
    for path, size, digest in done.files:
        out.print(escape(f"{digest}  {size:>9}  {path}"))
    for reason in done.reasons:
        err.print(escape(f"would be refused: {reason}"))
    err.print(escape(f"{'would publish' if dry_run else 'published'} {repo} {tag}"))


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (build, hydrate, publish):
        app.command()(command)

"""README.md of the dataset: YAML for the Hub and a card made from templates and measured figures."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from aqwal.formats.hub.edition import Edition
from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.figures import distributions, document_figures, example, summary
from aqwal.formats.hub.release import Release
from aqwal.formats.hub.schema import CONFIGS, DEFAULT, OFFSETS, SPLIT, type_name, walk
from aqwal.formats.hub.tables import Row
from aqwal.formats.hub.vocabularies import VOCABULARIES, names

TASKS: Mapping[str, tuple[str, ...]] = {
    "token-classification": ("named-entity-recognition", "coreference-resolution"),
    "text-classification": ("multi-input-text-classification", "semantic-similarity-classification"),
}
TAGS = (
    "arabic", "attribution", "quotation", "speaker-identification", "claims", "claim-detection", "nested-ner", "news",
    "benchmark", "croissant",
)  # fmt: skip
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_DATA = Path(__file__).resolve().parents[2] / "data"
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@cache
def hub_tasks() -> dict[str, list[str]]:
    """The Hub's task categories that concern text, with their task ids (data/hub_task_ids.json)."""
    found = json.loads((_DATA / "hub_task_ids.json").read_bytes())["task_categories"]
    return dict(found)


def check_tasks(tasks: Mapping[str, Sequence[str]]) -> None:
    """Refuse task categories and ids that the Hub does not know.

    Raises:
        HubError: naming the first one, with what it may be.
    """
    known = hub_tasks()
    for category, ids in tasks.items():
        if category not in known:
            raise fail(
                "README.md",
                "hub-task",
                "task_categories",
                f'"{category}" is no category of the Hub',
                f"use one of: {', '.join(known)}",
            )
        for task in ids:
            if task not in known[category]:
                raise fail("README.md", "hub-task", "task_ids", f'"{task}" is no task id of {category}',
                           f"use one of: {', '.join(known[category])}")  # fmt: skip


def size_category(count: int) -> str:
    """The Hub's size category of a number of rows.

    >>> size_category(5), size_category(1000)
    ('n<1K', '1K<n<10K')
    """
    return next((name for limit, name in _SIZES if count < limit), "n>1M")


def metadata(figures: Row, present: Sequence[str], licence: bool) -> dict[str, Any]:
    """The YAML block of the card."""
    check_tasks(TASKS)
    block: dict[str, Any] = {
        "pretty_name": "Aqwal",
        "language": ["ar"],
        "language_details": ", ".join(figures["varieties"]),
        "license": "other",
        "license_name": "aqwal-terms",
        "license_link": "LICENSE-DATA.md",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "size_categories": [size_category(figures["documents"])],
        "source_datasets": ["original"],
        "task_categories": list(TASKS),
        "task_ids": [task for ids in TASKS.values() for task in ids],
        "tags": list(TAGS),
        "configs": [
            {
                "config_name": config.name,
                **({"default": True} if config.name == DEFAULT else {}),
                "data_files": [{"split": SPLIT, "path": config.path}],
            }
            for config in (CONFIGS[name] for name in present)
        ],
    }
    if not licence:
        del block["license_link"]
    return block


def safe(value: object) -> str:
    """Text as one line of Markdown that cannot become markup.

    >>> safe("a|b <i>")
    'a\\\\|b &lt;i&gt;'
    """
    line = html.escape(" ".join(str(value).split()), quote=False)
    return re.sub(r"([\\`*_\[\]|#])", r"\\\1", line)


def _cell(value: object) -> str:
    """A cell whose Markdown is ours (backticks stay)."""
    return " ".join(str(value).split()).replace("|", "\\|")


def card(release: Release, rows: Mapping[str, list[Row]], edition: Edition, *, with_text: bool, licence: bool) -> str:
    """The whole card; the same for the same data and edition.

    Raises:
        HubError: if its task ids are not those of the Hub.
    """
    import jinja2
    import yaml

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=False,  # Markdown: the filters `safe_text` and `cell` escape what comes from data
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(safe_text=safe, cell=_cell, type_name=type_name)
    figures = summary(release, rows)
    present = [name for name in CONFIGS if rows[name]]
    body = environment.get_template("card.md.j2").render(
        edition=edition,
        figures=figures,
        documents=document_figures(release),
        distributions=distributions(rows),
        example=example(rows) if with_text else None,
        configs={name: CONFIGS[name] for name in present},
        counts={name: len(found) for name, found in rows.items()},
        walk=walk,
        vocabularies=VOCABULARIES,
        names=names,
        offsets=OFFSETS,
        with_licence=licence,
        with_text=with_text,
    )
    head = yaml.safe_dump(metadata(figures, present, licence), sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{head}---\n\n{body.strip()}\n"

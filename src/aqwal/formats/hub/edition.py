"""What a build says of itself: version, repository, date, and the measured tables that the card quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import aqwal
from aqwal.formats.hub.errors import fail
from aqwal.formats.identity import corpus_hash
from aqwal.store import load_corpus, read_text

#: Where the dataset is published unless `aqwal build --repo` says otherwise.
REPO = "aqwal/aqwal"
TITLE = "Aqwal: who said what, on whose word, in Arabic news"
AUTHOR = "Aqwal contributors"
#: The date in the metadata where CITATION.cff has no `date-released` yet: the first public draft.
RELEASED = "2026-11-20"
#: Their versions decide the bytes of a build.
MAKERS = ("pyarrow", "datasets", "mlcroissant", "jinja2")

_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+$")
_BLOCK = re.compile(r"<!-- card:begin -->\n(.*?)<!-- card:end -->", re.DOTALL)
_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Edition:
    """One edition of the dataset; kept in the manifest, so that a hydrated copy has the same card."""

    version: str
    repo: str = REPO
    title: str = TITLE
    authors: tuple[str, ...] = (AUTHOR,)
    released: str = RELEASED
    corpus_hash: str = ""
    agreement: str = ""
    leaderboard: str = ""
    made_with: Mapping[str, str] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """The tag of the Hub that users pin."""
        return f"v{self.version}"

    @property
    def url(self) -> str:
        """The dataset's page."""
        return f"https://huggingface.co/datasets/{self.repo}"

    @property
    def bibtex(self) -> str:
        """The citation of exactly this edition."""
        fields = {
            "title": f"{{{self.title}}}",
            "author": " and ".join(f"{{{author}}}" for author in self.authors),
            "year": self.released[:4],
            "version": self.version,
            "howpublished": f"\\url{{{self.url}}}",
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{aqwal,\n{lines}\n}}"


def _installed() -> dict[str, str]:
    found = {"aqwal": aqwal.__version__}
    for package in MAKERS:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "missing"
    return found


def measured_part(markdown: str) -> str:
    """The part of a report that the card quotes, its headings one level down.

    That is what stands between the `card:begin` and `card:end` comments; else the first `##` section without the list
    of disagreements; else the first table.

    >>> measured_part("# Report\\n\\n## a against b\\n\\n### Spans\\n\\n| a |\\n\\n### Disagreements\\n\\n| b |\\n")
    '#### Spans\\n\\n| a |'
    """
    block = _BLOCK.search(markdown)
    if block:
        return block[1].strip()
    sections = re.split(r"^## .*\n", markdown, flags=re.MULTILINE)
    if len(sections) > 1:
        kept = re.split(r"^### Disagreements", sections[1], flags=re.MULTILINE)[0]
        return re.sub(r"^###", "####", kept, flags=re.MULTILINE).strip()
    table = _TABLE.search(markdown)
    return table[0].strip() if table else ""


def read_edition(
    root: Path, *, repo: str = "", version: str = "", leaderboard: str = "", agreement: str | None = None
) -> Edition:
    """The edition of the project in ``root``: CITATION.cff, the corpus hash and annotations/AGREEMENT.md.

    Raises:
        HubError: for a repository name that is not ORG/NAME, or a CITATION.cff that is not YAML.
    """
    import yaml

    repo = repo or REPO
    if not _REPO_ID.match(repo):
        raise fail(repo, "hub-repo", "repo", "not the name of a repository", "write ORG/NAME")
    citation: Mapping[str, Any] = {}
    path = root / "CITATION.cff"
    if path.is_file():
        try:
            citation = yaml.safe_load(read_text(path, "CITATION.cff")) or {}
        except yaml.YAMLError as error:
            line = str(error).splitlines()[0]
            raise fail("CITATION.cff", "hub-citation", "file", f"not YAML ({line})", "correct it") from None
    authors = tuple(
        author.get("name") or " ".join(filter(None, (author.get("given-names"), author.get("family-names"))))
        for author in citation.get("authors", ())
    )
    report = root / "annotations" / "AGREEMENT.md"
    if agreement is None:
        agreement = measured_part(read_text(report, "annotations/AGREEMENT.md")) if report.is_file() else ""
    return Edition(
        version or str(citation.get("version", "")) or aqwal.__version__,
        repo,
        str(citation.get("title", TITLE)),
        authors or (AUTHOR,),
        str(citation.get("date-released", RELEASED)),
        corpus_hash(load_corpus(root)) if (root / "annotations" / "gold").is_dir() else "",
        agreement.strip(),
        leaderboard.strip(),
        _installed(),
    )

"""`aqwal publish`: upload a built dataset to the Hub and tag it, or say why not."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from aqwal.formats.hub.errors import fail
from aqwal.formats.hub.files import list_files, sha256_of_file
from aqwal.formats.hub.loading import MANIFEST, read_manifest

_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+$")
_TAG = re.compile(r"v[0-9]+(?:\.[0-9]+){1,2}(?:-[0-9A-Za-z.]+)?$")


class Refused(Exception):
    """A dataset that must not be published as it is; ``reasons`` lists every one, each with its fix."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("\n".join(self.reasons))


class HubClient(Protocol):
    """The whole boundary to the Hub. Tests replace this and nothing else."""

    def tags(self, repo: str) -> set[str]:
        """The tags of a dataset repository; none if it does not exist."""

    def upload(self, repo: str, folder: Path, message: str, private: bool) -> str:
        """Make the repository hold exactly the files of ``folder``, creating it if needed; the commit's id."""

    def tag(self, repo: str, tag: str, commit: str) -> None:
        """Tag a commit; an error if the tag exists."""


@contextmanager
def _answering(repo: str) -> Iterator[None]:
    """Turn whatever the Hub's client raises into a :class:`HubError`.

    All exceptions, because the base class of a failed connection differs between versions of huggingface_hub
    (requests, httpx, httpx2); the blocks under it hold calls of the client and nothing else.
    """
    try:
        yield
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise fail(repo, "hub-network", "repository", f"the Hub did not take it ({reason})",
                   "check the network, the name, and your login (hf auth login)") from None  # fmt: skip


class HuggingFaceClient:
    """:class:`HubClient` on huggingface_hub, with the user's own login; errors become :class:`HubError`."""

    def tags(self, repo: str) -> set[str]:
        """The tags of a dataset repository; none if it does not exist."""
        from huggingface_hub import HfApi
        from huggingface_hub.errors import RepositoryNotFoundError

        with _answering(repo):
            try:
                return {ref.name for ref in HfApi().list_repo_refs(repo, repo_type="dataset").tags}
            except RepositoryNotFoundError:
                return set()

    def upload(self, repo: str, folder: Path, message: str, private: bool) -> str:
        """Create the repository if needed and make it hold exactly the files of ``folder``; the commit's id."""
        from huggingface_hub import HfApi

        with _answering(repo):
            api = HfApi()
            api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
            done = api.upload_folder(
                repo_id=repo,
                folder_path=folder,
                repo_type="dataset",
                commit_message=message,
                allow_patterns=list(list_files(folder)),
                delete_patterns="*",
            )
            return done.oid

    def tag(self, repo: str, tag: str, commit: str) -> None:
        """Tag a commit; an error if the tag exists."""
        from huggingface_hub import HfApi

        with _answering(repo):
            HfApi().create_tag(repo, tag=tag, revision=commit, repo_type="dataset", exist_ok=False)


class Upload(NamedTuple):
    """One file of the dataset."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Publication:
    """What was, or with ``dry_run`` would be, published; ``reasons`` is what forbids it (dry run only)."""

    repo: str
    tag: str
    private: bool
    dry_run: bool
    files: tuple[Upload, ...]
    reasons: tuple[str, ...] = ()
    commit: str = ""

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


def git_problems(root: Path) -> list[str]:
    """Why the project in ``root`` is not exactly what is committed; an empty list if it is."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=normal"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return ["git is not installed, so nothing shows that the tree is clean. Fix: install git"]
    if done.returncode:
        return [
            f"{root.as_posix()} is no git repository: nothing shows that the tree is clean. Fix: publish from a clone"
        ]
    changed = [line[3:] for line in done.stdout.splitlines()]
    if not changed:
        return []
    more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return [f"the git tree is dirty: {', '.join(changed[:5])}{more}. Fix: commit or remove them, then build again"]


def _same_version(tag: str, version: str) -> bool:
    """True if a tag names a version: v1.0 is 1.0.0.

    >>> _same_version("v1.0", "1.0.0"), _same_version("v1.0", "1.0.1")
    (True, False)
    """

    def parts(text: str) -> list[str]:
        numbers, dash, rest = text.removeprefix("v").partition("-")
        found = numbers.split(".")
        return [*found, *["0"] * (3 - len(found)), dash + rest]

    return parts(tag) == parts(version)


def _folder_problems(folder: Path, files: Iterable[Upload], repo: str, tag: str) -> list[str]:
    """What in the folder is not what `aqwal build` wrote for this repository and tag."""
    manifest = read_manifest(folder)
    reasons: list[str] = []
    listed = {path: entry["sha256"] for path, entry in manifest["files"].items()}
    found = {file.path: file.sha256 for file in files if file.path != MANIFEST}
    odd = sorted(path for path in listed.keys() | found.keys() if listed.get(path) != found.get(path))
    if odd:
        reasons.append(
            f"{folder.as_posix()} was changed after it was built: {', '.join(odd)}. Fix: run aqwal build again"
        )
    edition = manifest["edition"]
    if edition["repo"] != repo:
        reasons.append(f"the card was built for {edition['repo']}, not {repo}. Fix: aqwal build --repo {repo}")
    if not _same_version(tag, edition["version"]):
        reasons.append(
            f"the card says version {edition['version']}, the tag {tag}. "
            f"Fix: set the version in CITATION.cff and build again, or use the tag v{edition['version']}"
        )
    return reasons


def publish(
    folder: Path,
    repo: str,
    tag: str,
    *,
    root: Path,
    checks: Callable[[], Iterable[object]] | Iterable[object] = (),
    private: bool = False,
    dry_run: bool = False,
    client: HubClient | None = None,
) -> Publication:
    """Upload a built dataset to the Hub as one commit and tag that commit.

    Args:
        folder: what ``aqwal build`` wrote.
        repo: the dataset repository, ``ORG/NAME``; created if it does not exist.
        tag: the version to tag, ``v1.0``; it must be the version that the card names.
        root: the project, whose git tree must be clean.
        checks: the problems that the project's checks find, or a function that runs them; any problem refuses.
        private: create the repository as a private one.
        dry_run: list the files and every reason against publishing; no network is touched, so an existing tag is not
            seen.
        client: the Hub, replaced in tests.

    Raises:
        Refused: listing every reason; nothing was uploaded.
        HubError: if ``folder`` is no built dataset, a name is malformed, or the Hub does not answer.
    """
    if not _REPO_ID.match(repo):
        raise fail(repo, "hub-repo", "repo", "not the name of a repository", "write ORG/NAME")
    if not _TAG.match(tag):
        raise fail(tag, "hub-tag", "tag", "not a version tag", "write v and the version, for example v1.0")
    files = tuple(Upload(path, file.stat().st_size, sha256_of_file(file)) for path, file in list_files(folder).items())
    reasons = _folder_problems(folder, files, repo, tag)
    reasons += git_problems(root)
    reasons += [f"a check fails: {problem}" for problem in (checks() if callable(checks) else checks)]
    if dry_run:
        return Publication(repo, tag, private, True, files, tuple(reasons))
    if client is None:
        client = HuggingFaceClient()
    if not reasons and tag in client.tags(repo):
        reasons.append(f"{repo} already has the tag {tag}; a published version never changes. Fix: use a new version")
    if reasons:
        raise Refused(reasons)
    commit = client.upload(repo, folder, f"Aqwal {tag}", private)
    client.tag(repo, tag, commit)
    return Publication(repo, tag, private, False, files, (), commit)


def as_json(publication: Publication) -> dict[str, Any]:
    """The publication as one object for `--json`."""
    return {
        "repo": publication.repo,
        "tag": publication.tag,
        "private": publication.private,
        "dry_run": publication.dry_run,
        "commit": publication.commit,
        "reasons": list(publication.reasons),
        "files": [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in publication.files],
    }

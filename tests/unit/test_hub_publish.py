"""Publishing: refused with every reason, listed without a network, uploaded and tagged once; the Hub's client is faked."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.fixtures.hub_project import write_project

from aqwal.formats.hub import HubClient, HubError, HuggingFaceClient, Refused, build, publish
from aqwal.formats.hub.publishing import as_json

REPO, TAG = "aqwal/aqwal", "v0.1.0"


class FakeHub:
    """The Hub as far as publishing sees it: files and tags by repository."""

    def __init__(self) -> None:
        self.repos: dict[str, dict[str, bytes]] = {}
        self.tagged: dict[tuple[str, str], str] = {}
        self.calls: list[str] = []

    def tags(self, repo: str) -> set[str]:
        self.calls.append("tags")
        return {tag for name, tag in self.tagged if name == repo}

    def upload(self, repo: str, folder: Path, message: str, private: bool) -> str:
        self.calls.append(f"upload {message} {private}")
        self.repos[repo] = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        return f"commit{len(self.calls)}"

    def tag(self, repo: str, tag: str, commit: str) -> None:
        self.calls.append("tag")
        assert (repo, tag) not in self.tagged
        self.tagged[repo, tag] = commit


def git(root: Path, *arguments: str) -> None:
    identity = {
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@t",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@t",
    }
    subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, env={**os.environ, **identity}
    )


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(tmp_path_factory.mktemp("project"))
    (root / ".gitignore").write_text("/dist/\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    build(root, root / "dist" / "hub")
    return root


@pytest.fixture
def root(committed: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    shutil.copytree(committed, copy)
    return copy


def test_a_clean_project_is_uploaded_whole_and_its_commit_tagged(root: Path) -> None:
    hub = FakeHub()
    done = publish(root / "dist" / "hub", REPO, TAG, root=root, private=True, client=hub)
    assert hub.calls == ["tags", f"upload Aqwal {TAG} True", "tag"]
    assert hub.tagged == {(REPO, TAG): done.commit} == {(REPO, TAG): "commit2"}
    assert {file.path: file.sha256 for file in done.files} == {
        path: hashlib.sha256(data).hexdigest() for path, data in hub.repos[REPO].items()
    }
    assert "README.md" in hub.repos[REPO] and done.size == sum(map(len, hub.repos[REPO].values()))


def test_an_existing_tag_is_never_moved(root: Path) -> None:
    hub = FakeHub()
    publish(root / "dist" / "hub", REPO, TAG, root=root, client=hub)
    with pytest.raises(Refused, match=r"already has the tag v0\.1\.0"):
        publish(root / "dist" / "hub", REPO, TAG, root=root, client=hub)
    assert hub.calls == ["tags", f"upload Aqwal {TAG} False", "tag", "tags"]


def test_failing_checks_refuse_and_are_listed(root: Path) -> None:
    hub = FakeHub()
    with pytest.raises(Refused) as caught:
        publish(
            root / "dist" / "hub",
            REPO,
            TAG,
            root=root,
            checks=lambda: ["anchor-quote at x:1", "id-duplicate"],
            client=hub,
        )
    assert caught.value.reasons == ("a check fails: anchor-quote at x:1", "a check fails: id-duplicate")
    assert hub.calls == []


def test_a_dirty_tree_refuses_and_names_the_files(root: Path) -> None:
    hub = FakeHub()
    (root / "annotations" / "entities.tsv").open("a").write("\n")
    (root / "notes.txt").write_text("new")
    with pytest.raises(Refused, match=r"the git tree is dirty: annotations/entities\.tsv, notes\.txt\. Fix: commit"):
        publish(root / "dist" / "hub", REPO, TAG, root=root, client=hub)
    assert hub.calls == []


def test_without_git_nothing_is_published(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(root / ".git")
    # A folder above the test's own might be a repository.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    with pytest.raises(Refused, match="is no git repository"):
        publish(root / "dist" / "hub", REPO, TAG, root=root, client=FakeHub())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="git is not installed"):
        publish(root / "dist" / "hub", REPO, TAG, root=root, client=FakeHub())


def test_a_folder_changed_after_the_build_is_refused(root: Path) -> None:
    (root / "dist" / "hub" / "README.md").open("a").write("more")
    (root / "dist" / "hub" / "extra.csv").write_text("x")
    with pytest.raises(Refused, match=r"was changed after it was built: README\.md, extra\.csv"):
        publish(root / "dist" / "hub", REPO, TAG, root=root, client=FakeHub())


def test_the_card_must_name_this_repository_and_version(root: Path) -> None:
    with pytest.raises(Refused) as caught:
        publish(root / "dist" / "hub", "other/name", "v0.2.0", root=root, client=FakeHub())
    assert [reason[:40] for reason in caught.value.reasons] == [
        "the card was built for aqwal/aqwal, not other/name"[:40],
        "the card says version 0.1.0, the tag v0.2.0"[:40],
    ]
    assert publish(root / "dist" / "hub", REPO, "v0.1", root=root, client=FakeHub()).tag == "v0.1"


def test_every_reason_is_given_at_once(root: Path) -> None:
    (root / "notes.txt").write_text("new")
    (root / "dist" / "hub" / "extra.csv").write_text("x")
    with pytest.raises(Refused) as caught:
        publish(root / "dist" / "hub", REPO, "v9.0", root=root, checks=["one"], client=FakeHub())
    assert len(caught.value.reasons) == 4


def test_names_and_folders_are_checked_first(root: Path, tmp_path: Path) -> None:
    for repo, tag in (("noslash", TAG), ("a/b/c", TAG), (REPO, "1.0"), (REPO, "v1"), (REPO, "v1.0; rm")):
        with pytest.raises(HubError):
            publish(root / "dist" / "hub", repo, tag, root=root, client=FakeHub())
    with pytest.raises(HubError, match="no built dataset"):
        publish(tmp_path / "nothing", REPO, TAG, root=root, client=FakeHub())


def test_a_dry_run_lists_files_and_reasons_and_touches_no_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("a dry run opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    (root / "notes.txt").write_text("new")
    hub = FakeHub()
    report = publish(root / "dist" / "hub", REPO, TAG, root=root, dry_run=True, client=hub)
    assert hub.calls == [] and report.commit == "" and len(report.reasons) == 1
    for file in report.files:
        data = (root / "dist" / "hub" / file.path).read_bytes()
        assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert {"README.md", "croissant.json", "documents/test.parquet"} <= {file.path for file in report.files}
    assert json.loads(json.dumps(as_json(report)))["files"][0].keys() == {"path", "bytes", "sha256"}
    # The default client too.
    assert publish(root / "dist" / "hub", REPO, TAG, root=root, dry_run=True).files == report.files


# ---------------------------------------------------------------- the real client, against the installed library's API


def test_the_client_calls_the_installed_api_as_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    real = huggingface_hub.HfApi
    calls: dict[str, dict[str, Any]] = {}
    answers = {
        "list_repo_refs": SimpleNamespace(tags=[SimpleNamespace(name="v0.0.1")]),
        "upload_folder": SimpleNamespace(oid="abc"),
    }

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            def call(*arguments: Any, **named: Any) -> Any:
                # Refuses arguments that the installed version does not have.
                bound = inspect.signature(getattr(real, name)).bind(self, *arguments, **named)
                calls[name] = dict(bound.arguments)
                return answers.get(name)

            return call

    monkeypatch.setattr(huggingface_hub, "HfApi", Recorder)
    client: HubClient = HuggingFaceClient()
    folder = root / "dist" / "hub"
    assert client.tags(REPO) == {"v0.0.1"}
    assert client.upload(REPO, folder, "message", True) == "abc"
    client.tag(REPO, TAG, "abc")
    assert calls["create_repo"]["private"] is True and calls["create_repo"]["exist_ok"] is True
    assert calls["upload_folder"]["delete_patterns"] == "*" and "README.md" in calls["upload_folder"]["allow_patterns"]
    assert calls["create_tag"]["revision"] == "abc" and calls["create_tag"]["exist_ok"] is False
    assert {call["repo_type"] for call in calls.values()} == {"dataset"}


def test_a_repository_that_does_not_exist_has_no_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    from huggingface_hub.errors import RepositoryNotFoundError

    class Missing:
        def list_repo_refs(self, *_: object, **__: object) -> None:
            raise RepositoryNotFoundError.__new__(RepositoryNotFoundError)

    monkeypatch.setattr(huggingface_hub, "HfApi", Missing)
    assert HuggingFaceClient().tags(REPO) == set()


def test_a_refused_connection_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    class Down:
        def list_repo_refs(self, *_: object, **__: object) -> None:
            raise RuntimeError("connection refused\nlong text")

    monkeypatch.setattr(huggingface_hub, "HfApi", Down)
    with pytest.raises(HubError, match=r"the Hub did not take it \(connection refused\)\. Fix: check the network"):
        HuggingFaceClient().tags(REPO)

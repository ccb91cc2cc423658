"""What can go wrong with a built dataset: one problem, its place and its fix, in the shape of the store's problems."""

from __future__ import annotations

from aqwal.store import Problem, StoreError


class HubError(StoreError):
    """A dataset that cannot be built, read, hydrated or published; the message says where and what to do."""


def fail(path: str, kind: str, field: str, message: str, fix: str) -> HubError:
    """One problem as an error to raise."""
    return HubError([Problem(path, 0, kind, field, message, fix)])

"""Reading and replacing files safely: exact bytes, atomic replacement, no lost edits."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from aqwal.store.problems import Problem, StoreError
from aqwal.text import TextError, decode_strict


def read_text(path: Path, name: str = "") -> str:
    """The exact UTF-8 text of ``path``.

    Raises:
        StoreError: if it cannot be opened, is a folder, or is not clean UTF-8 (kind ``encoding``).

    """
    shown = name or path.as_posix()
    try:
        return decode_strict(path.read_bytes(), shown)
    except TextError as error:
        message = str(error).removeprefix(f"{shown}: ")
        reason, _, fix = message.partition("; ")
        raise StoreError([Problem(shown, 0, "encoding", "bytes", reason, fix)]) from None
    except OSError as error:
        raise StoreError(
            [Problem(shown, 0, "unreadable", "file", error.strerror or str(error), "give the path of a readable file")]
        ) from None


def replace_text(path: Path, text: str, *, expected: str | None = None) -> bool:
    """Write ``text`` to ``path`` by writing a temporary file beside it and renaming; returns False if nothing changed.

    With ``expected``, the file must still hold exactly that text (it was read before): an edit made meanwhile is
    never overwritten.

    Raises:
        StoreError: kind ``edited-meanwhile`` if the file changed since it was read; the file is left as it is.

    """
    data = text.encode("utf-8")
    current = path.read_bytes() if path.exists() else None
    if expected is not None and current != expected.encode("utf-8"):
        raise StoreError(
            [
                Problem(
                    path.as_posix(),
                    0,
                    "edited-meanwhile",
                    "file",
                    "the file was changed by another program while it was being formatted; nothing was written",
                    "save your editor's version and run the command again",
                )
            ]
        )
    if current == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True

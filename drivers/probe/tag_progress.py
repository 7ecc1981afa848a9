"""How far the tagging of a shelf has come: one small JSON file, always whole.

- Every change is on disk before the next tag is touched: a new file, synced, renamed over the old one, its folder synced.
- A tag stands in `begun` while it is being written: after a power cut it is known to be half done.
- A file of another form is refused and left as it is.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from drivers.errors import Misuse


class Saved(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    done: dict[str, str] = {}
    """Key of a book → UID of the tag that it wears."""
    begun: dict[str, str] = {}
    """UID of a tag that may be half written → key of the book that it shall become."""


class Progress:
    """The file at `path`, and what stands in it."""

    def __init__(self, path: Path) -> None:
        """Read what is there; nothing is written yet.

        Raises:
            Misuse: the file cannot be read, or is no progress file.
        """
        self._path = path
        try:
            self._saved = msgspec.json.decode(path.read_bytes(), type=Saved)
        except FileNotFoundError:
            self._saved = Saved()
        except (OSError, msgspec.MsgspecError) as cause:
            raise Misuse(f"{path}: {cause}") from None
        self._keys = {uid: key for key, uid in self._saved.done.items()}

    @property
    def done(self) -> dict[str, str]:
        """Key of a book → UID of the tag that it wears."""
        return self._saved.done

    def wearer(self, uid: str) -> str | None:
        """Key of the book that wears a tag; None for a tag that was not written here."""
        return self._keys.get(uid)

    def half_written(self, key: str) -> tuple[str, ...]:
        """UIDs of the tags whose writing as this book was begun and not ended."""
        return tuple(uid for uid, book in self._saved.begun.items() if book == key)

    def begin(self, key: str, uid: str) -> None:
        """A tag is about to be written.

        Raises:
            Misuse: the file cannot be written.
        """
        self._save(Saved(self._saved.done, {**self._saved.begun, uid: key}))

    def end(self, key: str, uid: str) -> None:
        """A tag was written and read back: it is this book's alone, and this book's only one.

        Raises:
            Misuse: the file cannot be written.
        """
        begun = {other: book for other, book in self._saved.begun.items() if other != uid and book != key}
        done = {book: other for book, other in self._saved.done.items() if other != uid}
        self._save(Saved({**done, key: uid}, begun))
        self._keys[uid] = key

    def _save(self, saved: Saved) -> None:
        new = self._path.with_name(self._path.name + ".new")
        try:
            with new.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(saved)))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as cause:
            raise Misuse(f"{self._path}: {cause.strerror}") from None
        self._saved = saved

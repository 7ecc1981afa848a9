"""What was fetched, on disk: the news of the idle screen, and the pictures that it names.

    STATE/idle/idle.json                what central told last
    STATE/idle/covers/{sha256}          a picture, its name the hash of its octets

A file is there whole or not at all (`kiosk.disk`); what is damaged is as if it were not there.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec

from kiosk import disk
from wire import idle
from wire.envelope import Malformed
from wire.idle import MAX_COVER_OCTETS, MAX_IDLE_OCTETS, Idle


class Shelf:
    """The folder of one kiosk's idle screen. Safe to share among threads."""

    def __init__(self, folder: Path) -> None:
        self._news = folder / "idle.json"
        self._covers = folder / "covers"

    def load(self) -> Idle | None:
        """What was kept; None where nothing is, or nothing that can be read."""
        try:
            with self._news.open("rb") as file:
                return idle.idle(file.read(MAX_IDLE_OCTETS + 1))
        except (OSError, Malformed):
            return None

    def keep(self, news: Idle) -> None:
        """Put it in the place of what was there; pictures that nothing names any more go.

        Raises:
            OSError: the disk does not take it; what was there stands.
        """
        self._covers.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.put(self._news, msgspec.json.encode(news))
        for path in self._covers.iterdir():
            if path.name not in news.covers:
                path.unlink(missing_ok=True)

    def missing(self, news: Idle) -> list[str]:
        """Pictures that it names and that are not here."""
        return sorted(cover for cover in news.covers if not (self._covers / cover).is_file())

    def keep_cover(self, name: str, octets: bytes) -> None:
        """Keep a picture.

        Raises:
            Malformed: too large, no picture, or not the one that was named.
            OSError: the disk does not take it.
        """
        idle.picture(octets)
        if sha256(octets).hexdigest() != name:
            raise Malformed("another picture than was named")
        disk.put(self._covers / name, octets)

    def cover(self, name: str) -> bytes | None:
        """A picture by its hash; None where there is none. The caller has looked that the name is a hash."""
        try:
            with (self._covers / name).open("rb") as file:
                return file.read(MAX_COVER_OCTETS)
        except OSError:
            return None

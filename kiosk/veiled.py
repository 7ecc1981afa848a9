"""A value whose text does not tell all: what names a reader, or is secret, stands in no log and no traceback."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct


class Veiled(Struct, frozen=True):
    """The base of such values. It takes part in nothing but their text."""

    UNSEEN: ClassVar[frozenset[str]] = frozenset()
    """Fields that are left out."""

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The same, for tracebacks in colour."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.UNSEEN]

"""A file that was read, compared with what is there, and kept: whole or not at all.

- `compare` changes nothing: it says what is new, what changes and what is wrong. It may be asked on a
  read-only session for a preview.
- `keep` does what `compare` found, in the same transaction. The caller commits, and only where nothing is wrong.
- A card or a barcode that is known is changed, one that is not is made. What a line does not say stays.
- A title is known again by its control number, else by ISBN and title, else by title, author, publisher
  and year.
- Collections and sets that are new are made; branches and types of readers are not: a typing error would
  make a library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from central.circulation.catalogue.columns import Kind
from central.circulation.catalogue.importing.items import Items
from central.circulation.catalogue.importing.readers import Readers
from central.circulation.catalogue.importing.work import Counts, Work

WORK: Final[Mapping[Kind, type[Work]]] = {"items": Items, "readers": Readers}

__all__ = ["WORK", "Counts", "Work"]

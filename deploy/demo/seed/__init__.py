"""The demo's library: branches, devices, readers, books, loans and holds, always the same.

`collection()` is what there is, `visit()` who comes and with which books, `load` puts it into a database.
The tables stand in `*.tsv` beside this file. Titles and authors are public, a few local and practical ones
and all people are invented, and so are all numbers: barcodes, cards, ISBNs (only their check digits are right).
"""

from deploy.demo.seed.collection import (
    OWNER_ISIL,
    Collection,
    SeedBranch,
    SeedDevice,
    SeedHold,
    SeedItem,
    SeedLoan,
    SeedReader,
    SeedTitle,
    Visit,
    collection,
    visit,
)
from deploy.demo.seed.load import load

__all__ = [
    "OWNER_ISIL",
    "Collection",
    "SeedBranch",
    "SeedDevice",
    "SeedHold",
    "SeedItem",
    "SeedLoan",
    "SeedReader",
    "SeedTitle",
    "Visit",
    "collection",
    "load",
    "visit",
]

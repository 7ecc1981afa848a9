"""Titles and what stands on the shelves of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from central.circulation.ledger.sought import sought
from central.db import Base


def _sought(context: Any) -> str:
    said = context.get_current_parameters()
    return sought(*(said.get(name) or "" for name in ("title", "author", "isbn", "call_number")))


class Title(Base):
    __tablename__ = "title"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(200), default="")
    publisher: Mapped[str] = mapped_column(String(100), default="")
    year: Mapped[str] = mapped_column(String(8), default="")
    isbn: Mapped[str] = mapped_column(String(20), default="")
    clc: Mapped[str] = mapped_column(String(40), default="")
    """Chinese Library Classification number."""
    call_number: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(3), default="")
    """ISO 639-2/B, as MARC has it: `chi`, `uig`, `kaz`, `mon`, `eng` …"""
    pages: Mapped[str] = mapped_column(String(40), default="")
    price_fen: Mapped[int | None] = mapped_column(Integer)
    """What a lost copy costs."""
    control_number: Mapped[str | None] = mapped_column(String(64))
    """Field 001 of the record that it came from."""
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    """That record, whole, in ISO 2709."""
    record_format: Mapped[str] = mapped_column(String(8), default="")
    """`cnmarc` or `marc21`; empty without a record."""
    sought: Mapped[str] = mapped_column(Text, default=_sought)
    """By what it is found (`central.circulation.ledger.sought`). Whoever changes a title changes it too."""

    __table_args__ = (
        Index(
            "uq_title_control_number",
            "control_number",
            unique=True,
            sqlite_where=text("control_number IS NOT NULL"),
            postgresql_where=text("control_number IS NOT NULL"),
        ),
        Index("ix_title_isbn", "isbn"),
    )


class Collection(Base):
    """A part of the stock: 外借, 阅览, 少儿, 地方文献 …"""

    __tablename__ = "collection"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(40))


class ItemSet(Base):
    """Items that belong together and are missed one by one: the volumes of a set, a book bag."""

    __tablename__ = "item_set"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Item(Base):
    __tablename__ = "item"

    barcode: Mapped[str] = mapped_column(String(64), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), index=True)
    type: Mapped[str] = mapped_column(String(16), default="book")
    home_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    place_branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    """Where it is now (通借通还: returned anywhere)."""
    status: Mapped[str] = mapped_column(String(16), default="available")
    """`available`, `reference` (not for loan), `missing`, `repair`, `lost` or `withdrawn`; being lent is a
    row in `loan`, being under way one in `transit`, being kept for somebody one in `hold`."""
    returned_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When it last came back, on loan or not."""
    collection_id: Mapped[str | None] = mapped_column(ForeignKey("collection.id"))
    shelf: Mapped[str] = mapped_column(String(40), default="")
    call_number: Mapped[str] = mapped_column(String(64), default="")
    """Its own; empty: the title's."""
    price_fen: Mapped[int | None] = mapped_column(Integer)
    """Its own; None: the title's."""
    parts: Mapped[int] = mapped_column(Integer, default=1)
    """Pieces that bear this number: a book with a disc has 2."""
    parts_note: Mapped[str] = mapped_column(String(100), default="")
    """What they are: 附光盘1张."""
    set_id: Mapped[int | None] = mapped_column(ForeignKey("item_set.id"), index=True)
    lender: Mapped[str] = mapped_column(String(100), default="")
    """Library that lent it to us (馆际互借); empty: our own. Its loans are counted apart."""
    properties: Mapped[str] = mapped_column(String(255), default="")
    """As a terminal set them (SIP2's CH)."""
    added_on: Mapped[date | None] = mapped_column(Date)

    title: Mapped[Title] = relationship()

    __table_args__ = (Index("ix_item_place_added", "place_branch_id", "added_on"),)

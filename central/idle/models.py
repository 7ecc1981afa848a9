"""What staff announce on the screens of kiosks, and the covers of titles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class Announcement(Base):
    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[str | None] = mapped_column(ForeignKey("branch.id"))
    """There and in all branches below; None: in the whole network."""
    text_zh: Mapped[str] = mapped_column(String(120))
    text_en: Mapped[str] = mapped_column(String(120))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    """Both in the civil time of the kiosk's branch; the last day included."""
    staff: Mapped[str] = mapped_column(String(64))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class TitleCover(Base):
    """The picture of a title's cover, small enough for a kiosk's line."""

    __tablename__ = "title_cover"

    title_id: Mapped[int] = mapped_column(ForeignKey("title.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the octets: the name by which kiosks fetch it."""
    octets: Mapped[bytes] = mapped_column(LargeBinary)
    """A JPEG or PNG, as `wire.idle.picture` takes it."""

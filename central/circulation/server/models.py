"""Accounts of the SIP2 server, and the answers it keeps."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class SipAccount(Base):
    """A terminal's account at the SIP2 server."""

    __tablename__ = "sip_account"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    dialect: Mapped[str] = mapped_column(String(32), default="generic")
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class SipAnswer(Base):
    """The answer to the last transaction on an item, so that a retransmission is answered, not executed."""

    __tablename__ = "sip_answer"

    item_barcode: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("sip_account.username"))
    """Who was answered."""
    request_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the request, its sequence number with it, passwords left out."""
    answered_ms: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    """The message as JSON."""

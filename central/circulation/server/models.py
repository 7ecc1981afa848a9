"""Accounts of the SIP2 server, and the answers it keeps."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class SipAccount(Base):
    """A terminal's account at the SIP2 server; `central.circulation.server.accounts` opens and closes them."""

    __tablename__ = "sip_account"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    branch_id: Mapped[str] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(8), default="kiosk")
    """`kiosk`: a device of ours, whose facts count its loans; `machine`: another maker's, counted here."""
    dialect: Mapped[str] = mapped_column(String(32), default="generic")
    overrides: Mapped[str] = mapped_column(Text, default="")
    """TOML: keys of the dialect that this terminal has otherwise (`wire.sip2.dialect`)."""
    certificate: Mapped[str] = mapped_column(String(128), default="")
    """Common name, or SHA-256 in hexadecimal, of the certificate that it must show; empty: any or none."""
    addresses: Mapped[str] = mapped_column(String(400), default="")
    """Networks from which it may sign in, parted by blanks (`10.1.0.0/16 fd00::/8`); empty: any."""
    max_connections: Mapped[int] = mapped_column(Integer, default=16)
    """Lines at once; with one more the longest silent one is closed."""
    no_block: Mapped[bool] = mapped_column(Boolean, default=True)
    """It may tell what happened off line already; without, the rules decide as if it asked."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class SipAnswer(Base):
    """The answer to the last transaction on a subject, so that a retransmission is answered, not executed."""

    __tablename__ = "sip_answer"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    """What it was about (`item B1`, `fee R1`): the next transaction on it takes the place of this answer."""
    account: Mapped[str] = mapped_column(ForeignKey("sip_account.username"))
    """Who was answered."""
    request_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the request, its sequence number with it, passwords left out."""
    answered_ms: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    """The message as JSON."""

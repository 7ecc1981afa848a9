"""Payments that readers begin at kiosks, and the money that a provider says it has. All amounts in 分.

`desk_payment` says what was wanted and how far it is: kiosk, provider and staff each write their part of it.
`provider_payment` holds every payment that the provider has told of, also what nobody wanted or what came twice.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from central.db import Base


class DeskPayment(Base):
    """One payment that a reader began at a kiosk."""

    __tablename__ = "desk_payment"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    txn: Mapped[str] = mapped_column(String(16), primary_key=True)
    journal: Mapped[str] = mapped_column(String(32))
    """The journal that told of it last."""
    branch_id: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    """One of `central.payments.states.STATES`."""
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    """Its name at the provider: a digest of device and txn, the same whenever it is made."""
    reader: Mapped[str] = mapped_column(String(33))
    """As central hashes readers."""
    sealed: Mapped[str] = mapped_column(String(200))
    """The card, for `sealing.key` alone; empty where the kiosk had no key for it."""
    amount_fen: Mapped[int] = mapped_column(Integer)
    fee: Mapped[str] = mapped_column(String(64))
    """Number of the one fee that is paid; empty: all that is open."""
    wanted_ms: Mapped[int] = mapped_column(BigInteger)
    dropped: Mapped[str] = mapped_column(String(16))
    """Why nobody waits for it any more; empty while somebody does."""
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the kiosk wrote its end."""
    fault: Mapped[int | None] = mapped_column(Integer)
    """Why the ILS refused it."""

    code: Mapped[str] = mapped_column(String(512))
    """What the kiosk shows; empty before the provider gave it, and again when its time is over."""
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    """When the code's time is over; of one without a code when it would be."""
    look_ms: Mapped[int | None] = mapped_column(BigInteger)
    """When the provider is asked about it next; None: never more."""
    provider_id: Mapped[str] = mapped_column(String(64))
    """The money's number there; empty: none has come."""
    paid_ms: Mapped[int | None] = mapped_column(BigInteger)

    resolution: Mapped[str] = mapped_column(String(16))
    """`booked`, `refunded` or `righted` by staff; empty until then."""
    resolved_by: Mapped[str] = mapped_column(String(64))
    resolved_ms: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(500))

    @property
    def contradicts(self) -> bool:
        """Staff gave the money back, and the kiosk that was thought lost has booked it."""
        return self.state == "settled" and self.resolution == "refunded"

    __table_args__ = (
        Index("ix_desk_payment_state", "state", "resolution"),
        Index("ix_desk_payment_look_ms", "look_ms"),
        Index("ix_desk_payment_wanted_ms", "wanted_ms"),
    )


class ProviderPayment(Base):
    """Money that the provider has."""

    __tablename__ = "provider_payment"

    provider_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    reference: Mapped[str] = mapped_column(String(64), index=True)
    amount_fen: Mapped[int] = mapped_column(Integer)
    paid_ms: Mapped[int] = mapped_column(BigInteger)
    """When, by the provider's clock."""
    heard_ms: Mapped[int] = mapped_column(BigInteger)
    use: Mapped[str] = mapped_column(String(16))
    """One of `central.payments.states.USES`."""
    resolution: Mapped[str] = mapped_column(String(16))
    """As in `desk_payment`, where it settles none."""
    resolved_by: Mapped[str] = mapped_column(String(64))
    resolved_ms: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_provider_payment_paid_ms", "paid_ms"),
        Index("ix_provider_payment_use", "use", "resolution"),
    )

"""Smart card readers behind PC/SC: the one file that knows pyscard.

- pyscard is imported at the first opening: a kiosk without such a reader starts without it.
- One context a reader; used by one thread.
- Waiting is the service's: it costs nothing, and lasts as long as it is told to.
- Every failure of service, reader and card is a `DriverError`; nothing else leaves this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drivers.card.pcsc.terminal import Card, CardLeft, Choose, Seen, Terminal
from drivers.errors import DriverError, Gone, Misbehaved, Unsupported

EVENTS_SHIFT = 16
"""pcsc-lite counts insertions and removals in the upper half of a reader's state."""


def _library() -> Any:
    """The functions of PC/SC, one for one.

    Raises:
        Unsupported: pyscard, or the library under it, is not installed.
    """
    try:
        from smartcard import scard
    except ImportError as cause:
        raise Unsupported(f"PC/SC needs pyscard, the extra `hardware` ({cause})") from cause
    return scard


class PcscCard:
    """A `Card` over an open connection."""

    def __init__(self, scard: Any, handle: Any, header: Any) -> None:
        self._scard = scard
        self._handle = handle
        self._header = header

    def transmit(self, command: bytes) -> bytes:
        failed, response = self._scard.SCardTransmit(self._handle, self._header, list(command))
        _check(self._scard, failed, "cannot ask the card")
        return bytes(response)

    def close(self, *, reset: bool = False) -> None:
        scard = self._scard
        scard.SCardDisconnect(self._handle, scard.SCARD_RESET_CARD if reset else scard.SCARD_LEAVE_CARD)


class PcscTerminal:
    """A `Terminal` over a context of its own, which it releases."""

    def __init__(self, scard: Any, context: Any, name: str) -> None:
        self.name = name
        self._scard = scard
        self._context = context
        self._state = scard.SCARD_STATE_UNAWARE

    def wait(self, timeout_s: float) -> Seen:
        scard = self._scard
        asked = [(self.name, self._state)]
        failed, told = scard.SCardGetStatusChange(self._context, int(timeout_s * 1000), asked)
        if failed != scard.SCARD_E_TIMEOUT:
            _check(scard, failed, f"cannot watch {self.name}")
            self._state = told[0][1] & ~scard.SCARD_STATE_CHANGED
        if self._state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise Gone(f"{self.name} was unplugged")
        return Seen(
            present=bool(self._state & scard.SCARD_STATE_PRESENT),
            changes=self._state >> EVENTS_SHIFT,
            mute=bool(self._state & scard.SCARD_STATE_MUTE),
        )

    def connect(self) -> Card:
        scard = self._scard
        either = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        failed, handle, protocol = scard.SCardConnect(
            self._context, self.name, scard.SCARD_SHARE_SHARED, either
        )
        _check(scard, failed, "cannot reach the card")
        header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        return PcscCard(scard, handle, header)

    def close(self) -> None:
        self._scard.SCardReleaseContext(self._context)


def open_pcsc(choose: Choose) -> Terminal:
    """Follow the reader that `choose` picks by its name.

    Raises:
        Unsupported: pyscard is not installed.
        Gone: no service, or no reader at all.
        DriverError: what `choose` raises.
    """
    scard = _library()
    failed, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _check(scard, failed, "no PC/SC service")
    try:
        return PcscTerminal(scard, context, choose(_readers(scard, context)))
    except DriverError:
        scard.SCardReleaseContext(context)
        raise


def readers() -> tuple[str, ...]:
    """The names of all readers there are.

    Raises:
        Unsupported: pyscard is not installed.
        Gone: no service.
    """
    scard = _library()
    failed, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    _check(scard, failed, "no PC/SC service")
    try:
        return tuple(_readers(scard, context))
    finally:
        scard.SCardReleaseContext(context)


def _readers(scard: Any, context: Any) -> Sequence[str]:
    failed, names = scard.SCardListReaders(context, [])
    if failed == scard.SCARD_E_NO_READERS_AVAILABLE:
        return ()
    _check(scard, failed, "cannot list the readers")
    return list(names)


def _check(scard: Any, failed: int, what: str) -> None:
    """Whose fault a failed call is: the card's leaving, the card's, the reader's and the service's."""
    if failed == scard.SCARD_S_SUCCESS:
        return
    text = f"{what}: {scard.SCardGetErrorMessage(failed)}"
    if failed in {scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD}:
        raise CardLeft(text)
    if failed in {
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
        scard.SCARD_E_CARD_UNSUPPORTED,
        scard.SCARD_E_NOT_TRANSACTED,
    }:
        raise Misbehaved(text)
    raise Gone(text)

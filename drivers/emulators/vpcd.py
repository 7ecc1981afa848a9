"""A slot of the virtual reader `vpcd` (vsmartcard), into which virtual cards are put. For the real pcscd.

    the reader listens, the card connects                    127.0.0.1, port CHANNELID; the second slot one above
    both ways    +--------------+---------+
                 | length (2) BE | payload |                  one octet: 00 power off, 01 power on, 02 reset: no
                 +--------------+---------+                  answer; 04: asks for the ATR; longer: a command APDU

- A card is there for as long as its connection stands; pcscd looks every 400 ms.
- vpcd sends length and payload apart, and waits for the acknowledgement of the first: without TCP_QUICKACK
  each command takes 44 ms.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Thread

from drivers.emulators.smartcard import VirtualCard

RESET_OR_POWER = {b"\x00", b"\x01", b"\x02"}
ATR = b"\x04"
LENGTH_OCTETS = 2
CONNECT_S = 2.0


class VpcdSlot:
    """Puts cards in and takes them out. For one thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sock: socket.socket | None = None
        self._thread: Thread | None = None
        self.powered_at = 0.0
        """When the reader noticed the card, by `time.perf_counter`."""

    def insert(self, card: VirtualCard, leaves_after: int | None = None) -> None:
        """Put a card in; it leaves by itself instead of answering the command after so many.

        Raises:
            OSError: no reader listens there.
        """
        self.remove()
        sock = socket.create_connection(("127.0.0.1", self._port), CONNECT_S)
        sock.settimeout(None)
        self._sock, self.powered_at = sock, 0.0
        serve = Thread(
            target=self._serve, args=(sock, card, leaves_after), name=f"vpcd-{self._port}", daemon=True
        )
        self._thread = serve
        serve.start()

    def remove(self) -> None:
        """Take the card out, where one is in."""
        if self._sock is None or self._thread is None:
            return
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._sock.close()
        self._sock = self._thread = None

    def _serve(self, sock: socket.socket, card: VirtualCard, leaves_after: int | None) -> None:
        with suppress(OSError):
            while (asked := _read(sock)) is not None:
                if asked in RESET_OR_POWER:
                    self.powered_at = self.powered_at or time.perf_counter()
                    card.reset()
                elif asked == ATR:
                    _write(sock, card.atr)
                elif card.asked.qsize() == leaves_after:
                    sock.shutdown(socket.SHUT_RDWR)
                else:
                    _write(sock, card.answer(asked))


def _read(sock: socket.socket) -> bytes | None:
    """One message; None when the reader hung up."""
    head = _exactly(sock, LENGTH_OCTETS)
    return _exactly(sock, int.from_bytes(head)) if head else None


def _exactly(sock: socket.socket, count: int) -> bytes | None:
    octets = b""
    while len(octets) < count:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # is forgotten after each reading
        more = sock.recv(count - len(octets))
        if not more:
            return None
        octets += more
    return octets


def _write(sock: socket.socket, payload: bytes) -> None:
    sock.sendall(len(payload).to_bytes(LENGTH_OCTETS) + payload)

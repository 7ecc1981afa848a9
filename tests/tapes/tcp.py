"""Tapes over TCP: a library system for the kiosk, a terminal for central."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from tests.tapes.tape import OffTape, Player, Tape

PATIENCE_S = 20.0
"""A peer that says nothing for so long says nothing at all."""


@contextmanager
def library_system(tape: Tape) -> Iterator[int]:
    """The port of a peer that answers from the tape; one line, and nobody listens after it.

    Raises:
        OffTape: at the end of the block, where our code left the tape or did not come to its end.
    """
    player = Player(tape)
    breaches: list[OffTape] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        try:
            sock, _ = listener.accept()
            listener.close()
            sock.settimeout(PATIENCE_S)
            with sock:
                _converse(sock, player)
                _hear_out(sock, player)
        except OffTape as breach:
            breaches.append(breach)
        except OSError:
            pass  # the line broke: what is left on the tape tells

    thread = Thread(target=answer, name=f"tape {tape.name}")
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):  # closed with its one line
            listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()
        if breaches:
            raise breaches[0]
    player.end()


def play_terminal(tape: Tape, port: int, patience_s: float = PATIENCE_S) -> None:
    """Say what the tape's terminal says, to a server of ours.

    Raises:
        OffTape: the server said something else, too much, or nothing.
    """
    player = Player(tape.turned())
    with (
        socket.create_connection(("127.0.0.1", port), patience_s) as sock,
        suppress(OSError),
    ):
        _converse(sock, player)
        sock.shutdown(socket.SHUT_WR)
        _hear_out(sock, player)
    player.end()


def _converse(sock: socket.socket, player: Player) -> None:
    """Until the tape is over or the line ends."""
    while not player.over:
        octets = player.say()
        if octets is not None:
            sock.sendall(octets)
        elif octets := sock.recv(4096):
            player.hear(octets)
        else:
            return


def _hear_out(sock: socket.socket, player: Player) -> None:
    """Until the line ends; whatever is still said is off the tape."""
    while octets := sock.recv(4096):
        player.hear(octets)

"""A real HTTPS server for kiosks' certificates, whose answers a test writes octet by octet."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.config import Central
from tests.certificates import Authority

Script = Callable[[ssl.SSLSocket, str], None]
"""Writes the answer to one request, given its text."""


class Server:
    """Answers each connection by the next script, the last one for ever after."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.authority = Authority(folder / "authority")
        self.requests: list[str] = []
        self.peers: list[str] = []
        self.scripts: list[Script] = []
        self.asked = threading.Condition()
        certificate, key = self.authority.issue("127.0.0.1")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._context.load_verify_locations(self.authority.certificate)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._lines: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept, name="https")
        self._thread.start()

    def client(self, device: str) -> Central:
        """How `device` reaches it."""
        certificate, key = self.authority.issue(device)
        url = f"https://127.0.0.1:{self.port}"
        return Central("unused", url=url, ca=self.authority.certificate, certificate=certificate, key=key)

    def end(self) -> None:
        self._ended.set()
        with socket.socket() as last:
            last.connect(("127.0.0.1", self.port))
        for thread in [self._thread, *self._lines]:
            thread.join()
        self._listener.close()

    def stall(self, _line: ssl.SSLSocket, _request: str) -> None:
        """Say nothing until the end."""
        self._ended.wait()

    def trickle(self, line: ssl.SSLSocket, _request: str) -> None:
        """A header that never ends, one octet after the other."""
        line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self._ended.wait(0.01):
            line.sendall(b".")

    def _accept(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            if self._ended.is_set():
                plain.close()
                return
            thread = threading.Thread(target=self._serve, args=(plain,), name="https line")
            self._lines.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain, self._context.wrap_socket(plain, server_side=True) as line:
            request = b""
            while b"\r\n\r\n" not in request:
                request += line.recv(4096) or b"\r\n\r\n"
            head, _, body = request.partition(b"\r\n\r\n")
            length = re.search(rb"Content-Length: ([0-9]+)", head)
            while length and len(body) < int(length[1]):
                body += line.recv(4096)
            request = head + b"\r\n\r\n" + body
            subject = line.getpeercert()["subject"]
            with self.asked:
                self.requests.append(request.decode())
                self.peers.append(subject[0][0][1])
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                self.asked.notify_all()
            script(line, request.decode())


def whole(body: bytes, *, status: str = "200 OK") -> Script:
    """The answer that is meant."""

    def answer(line: ssl.SSLSocket, _request: str) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    return answer


def cut_after(body: bytes, sent: int) -> Script:
    """The line ends in the middle."""

    def answer(line: ssl.SSLSocket, _request: str) -> None:
        line.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:sent])

    return answer


def rest(body: bytes, start: int) -> Script:
    """The part from `start` on."""

    def answer(line: ssl.SSLSocket, _request: str) -> None:
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        head = f"HTTP/1.1 206 Partial Content\r\nContent-Range: {span}\r\nContent-Length: {len(body) - start}"
        line.sendall(head.encode() + b"\r\n\r\n" + body[start:])

    return answer


def endless(line: ssl.SSLSocket, _request: str) -> None:
    """A body without a length and without an end."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"x" * 65536)

"""The body of one list over HTTPS, in as many attempts as it takes.

- An attempt blocks for ATTEMPT_S at most, whatever the server does; `abandon` ends it from any thread, at once
  where it is connected, else within 2 × SILENCE_S.
- What an attempt has got stays: the next one asks for the rest (RFC 9110, 14.2).
- Never more octets than the signed head names are kept; a redirection is an answer like any other that is no 200.
- The server must bear a certificate of the configured authority; ours is shown to it.
"""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPResponse, HTTPSConnection

from kiosk.config import Central
from kiosk.https import Missed, cut, line, path, within
from wire.envelope import Malformed
from wire.lists import Head

SILENCE_S = 5.0
"""Connecting, and any one read."""
ATTEMPT_S = 60.0
"""A slow line is given up after this; the next attempt goes on where this one ended."""
CHUNK_OCTETS = 64 * 1024
WHOLE, REST = HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT


class Download:
    """One body, as far as it has come."""

    def __init__(self, settings: Central, head: Head) -> None:
        self._settings = settings
        self._head = head
        self._got = bytearray()
        self._connection: HTTPSConnection | None = None
        self._abandoned = False

    def attempt(self) -> bytes:
        """The octets of the body, as many as the head names; whether they are the right ones is not judged.

        Raises:
            Missed: no connection, no such list, the line ended or was too slow.
            Malformed: the server sends something else; what came is forgotten.
        """
        connection = line(self._settings, SILENCE_S)
        self._connection = connection
        try:
            with within(connection, ATTEMPT_S):
                return self._fetch(connection)
        finally:
            self._connection = None

    def abandon(self) -> None:
        """End the attempt that is under way, if there is one; there will be no other."""
        self._abandoned = True
        connection = self._connection
        if connection is not None:
            cut(connection)

    def forget(self) -> None:
        """What came was not the body that was signed: begin anew."""
        self._got.clear()

    def _fetch(self, connection: HTTPSConnection) -> bytes:
        headers = {"Accept-Encoding": "identity", "Connection": "close"}
        if self._got:
            headers["Range"] = f"bytes={len(self._got)}-"
        connection.connect()
        if self._abandoned:
            raise Missed("abandoned")
        where = path(self._settings, f"/lists/{self._head.name}/{self._head.version}")
        connection.request("GET", where, headers=headers)
        with connection.getresponse() as response:
            self._begin(response)
            return self._read(response)

    def _begin(self, response: HTTPResponse) -> None:
        """Whether the answer is the whole body or the rest that we asked for."""
        if response.status == WHOLE:
            self._got.clear()
        elif response.status != REST:
            raise Missed(f"the server answers {response.status}")
        elif not response.getheader("Content-Range", "").startswith(f"bytes {len(self._got)}-"):
            self._got.clear()
            raise Malformed("another part than was asked for")

    def _read(self, response: HTTPResponse) -> bytes:
        octets = self._head.octets
        while chunk := response.read1(CHUNK_OCTETS):
            self._got += chunk
            if len(self._got) > octets:
                self._got.clear()
                raise Malformed(f"more than the {octets} octets that were signed")
        if len(self._got) < octets:
            raise Missed(f"the line ended after {len(self._got)} of {octets} octets")
        return bytes(self._got)

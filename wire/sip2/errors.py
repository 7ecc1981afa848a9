"""What can be wrong with a frame, and with a call."""

from __future__ import annotations

from typing import Literal

Checked = Literal["absent", "good", "bad", "unverified"]
"""Verdict on AZ: not there; right; wrong; there, but the dialect does not look."""

EVIDENCE_OCTETS = 512
"""How much of a bad frame is kept: enough to see what it was."""


class BadFrame(ValueError):  # noqa: N818 - a verdict on the frame
    """No message of ours. The frame is the evidence; it may hold passwords, so nobody logs it whole."""

    def __init__(self, why: str, identifier: str, frame: bytes, checksum: Checked) -> None:
        super().__init__(why)
        self.why = why
        self.identifier = identifier
        """The two digits that it begins with; empty where it does not."""
        self.frame = frame[:EVIDENCE_OCTETS]
        self.checksum: Checked = checksum


class Unparsable(BadFrame):
    """It begins like a message that we know, or like nothing at all, and cannot be read."""


class UnknownMessage(BadFrame):
    """Two digits and more, but no message that we know. The specification (p. 14) says: ignore it."""


class Misuse(RuntimeError):  # noqa: N818 - one of the four names of whose fault it is
    """The caller asked a conversation for what its state does not allow; nothing was changed."""

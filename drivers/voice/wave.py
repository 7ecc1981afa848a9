"""Sound as samples, and as the octets of a WAV file. Pure.

    RIFF size WAVE | fmt  size 1 channels rate octets/s frame bits | … | data size samples

Only PCM of 16 bits, one or two channels: what every recorder and espeak-ng write and every card plays. A chunk that
claims more than there is ends with the file: programs that write into a pipe do not know their length.
"""

from __future__ import annotations

import struct
import sys
from array import array
from dataclasses import dataclass

from drivers.errors import Misuse

PCM, BITS, STEREO = 1, 16, 2
RATES = range(8000, 48_001)
MAX_S = 60
"""Nobody listens to a prompt for longer."""
TOP = 32_767


@dataclass(frozen=True, slots=True)
class Wave:
    """Samples of one sound; those of two channels alternate."""

    samples: array[int]
    rate: int
    """Frames a second."""
    channels: int = 1

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.channels / self.rate

    def louder(self, factor: float) -> Wave:
        """Each sample times `factor`, 0 to 1."""
        scaled = array("h", (int(sample * factor) for sample in self.samples))
        return Wave(scaled, self.rate, self.channels)

    def after(self, first: Wave) -> Wave:
        """`first`, then this; both of one rate and one number of channels."""
        return Wave(first.samples + self.samples, self.rate, self.channels)

    def octets(self) -> bytes:
        """The whole WAV file."""
        body = _little(self.samples).tobytes()
        frame = self.channels * 2
        form = struct.pack("<HHIIHH", PCM, self.channels, self.rate, self.rate * frame, frame, BITS)
        head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body))
        return b"RIFF" + struct.pack("<I", len(head) + len(body)) + head + body


def parse(octets: bytes) -> Wave:
    """A WAV file.

    Raises:
        Misuse: it is none, of another kind, empty, or longer than `MAX_S`.
    """
    if octets[:4] != b"RIFF" or octets[8:12] != b"WAVE":
        raise Misuse("no WAV file", frame=octets[:16])
    form = body = b""
    at = 12
    while at + 8 <= len(octets) and not body:
        name, size = struct.unpack_from("<4sI", octets, at)
        if name == b"fmt ":
            form = octets[at + 8 : at + 8 + size]
        elif name == b"data":
            body = octets[at + 8 : at + 8 + size]
        at += 8 + size + (size & 1)
    if len(form) < 16:  # noqa: PLR2004 - the shortest form
        raise Misuse("a WAV file that does not say what it holds")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind != PCM or bits != BITS or channels not in (1, STEREO) or rate not in RATES:
        raise Misuse(
            f"a WAV file of {bits} bits, {channels} channels, {rate} Hz, format {kind}; 16-bit PCM is wanted"
        )
    samples = array("h", body[: len(body) // (2 * channels) * 2 * channels])
    wave = Wave(_little(samples), rate, channels)
    if not samples:
        raise Misuse("a WAV file without a sound")
    if wave.seconds > MAX_S:
        raise Misuse(f"a sound of {wave.seconds:.0f} s; at most {MAX_S}")
    return wave


def _little(samples: array[int]) -> array[int]:
    """As the file has them, whatever this machine's order."""
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples

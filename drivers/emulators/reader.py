"""A synthesiser without a voice: silence, as long as somebody would need to read the words aloud.

    synthesiser = ["python", "-m", "drivers.emulators.reader"]

reads the text from its standard input and writes a WAV to its standard output.
"""

from __future__ import annotations

import sys

from drivers.voice.chimes import silence

CHARACTER_MS = 120
"""A Chinese character read calmly; letters are faster, and nobody listens."""
LONGEST_MS = 20_000
RATE = 8000


def main() -> int:
    """One text."""
    text = sys.stdin.buffer.read().decode(errors="replace").strip()
    sys.stdout.buffer.write(silence(min(max(len(text), 1) * CHARACTER_MS, LONGEST_MS), RATE).octets())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Tapes with one wrong, missing or unused line: what our code does not say, or its peer did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.tapes.tape import Said, Tape


def mutants(tape: Tape, but: tuple[int, ...] = ()) -> Iterator[str]:
    """The text of the tape with each line left out, changed by one bit in its middle, or doubled; and one exchange longer.

    Args:
        tape: the right one.
        but: lines that are left as they are.
    """
    for at, said in enumerate(tape.lines):
        before, after = tape.lines[:at], tape.lines[at + 1 :]
        if said.octets and said.number not in but:
            yield _text(before, after)
            yield _text(before, (_changed(said),), after)
            if said.sign != "<<":  # a card shown twice is one showing
                yield _text(before, (said, said), after)
    more = Said(">", b"unsaid\r", 0, ours=True), Said("<", b"unheard\r", 0, ours=False)
    yield _text(tape.lines, more)


def _changed(said: Said) -> Said:
    at = len(said.octets) // 2
    return replace(said, octets=said.octets[:at] + bytes([said.octets[at] ^ 1]) + said.octets[at + 1 :])


def _text(*parts: tuple[Said, ...]) -> str:
    return "\n".join(str(said) for part in parts for said in part)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.sip2.dialect import Dialect
from wire.sip2.framing import MAX_FRAME_OCTETS, Framer

CR = Dialect(title="CR")
LF_TOO = Dialect(title="LF", lf_ends=True)
FRAMES = [b"9900802.00AY1AZFCA0", b"97AZFEF5", "1720260101    120000AO|AB书|".encode()]


def cut(framer: Framer, pieces: list[bytes]) -> list[bytes]:
    return [frame for piece in pieces for frame in framer.frames(piece)]


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\r\r\n", b"\n"])
def test_byte_by_byte(end: bytes):
    stream = b"".join(frame + end for frame in FRAMES)

    assert cut(Framer(LF_TOO), [stream[i : i + 1] for i in range(len(stream))]) == FRAMES


@given(st.data())
def test_cut_anywhere(data: st.DataObject):
    stream = b"".join(frame + b"\r" for frame in FRAMES)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert cut(Framer(CR), pieces) == FRAMES


def test_a_line_feed_ends_a_frame_only_where_the_dialect_says_so():
    stream = b"941AFone\ntwo|\r"

    assert Framer(CR).frames(stream) == [b"941AFone\ntwo|"]
    assert Framer(LF_TOO).frames(stream) == [b"941AFone", b"two|"]
    assert Framer(Dialect(title="LF", terminator="\n")).frames(b"97\n96\n") == [b"97", b"96"]


def test_too_much_is_noticed_once_and_dropped():
    framer = Framer(CR)

    assert framer.frames(b"x" * MAX_FRAME_OCTETS) == []
    assert not framer.overflowed()
    assert framer.frames(b"x") == []
    assert framer.overflowed()
    assert not framer.overflowed()
    assert framer.frames(b"97\r") == [b"97"]

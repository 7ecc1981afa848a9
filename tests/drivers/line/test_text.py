"""A stranger's text is shown without anybody's number."""

from __future__ import annotations

import pytest

from drivers.line.text import named, shown


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        (b"login: \r\n", "login:"),
        (b"2110004711\r", "##########"),
        (b"\x02B0-2110 4711\x03\r\n", "######## #####"),
        (b"]Q1v1.2110004711.17\xc4\r\n", "#" * 20),
        (b"U" * 99, "U" * 24),
        (bytes.fromhex("AA AA AA 96 69 32 31 31"), ""),
        (b"", ""),
    ],
)
def test_what_has_a_digit_is_hidden(heard, text):
    assert shown(heard) == text


def test_a_stranger_is_named_by_its_text_or_its_octets():
    assert named(b"login: \r\n") == "'login:'"
    assert named(bytes.fromhex("AA AA AA 96 69")) == "aa aa aa 96 69"

"""The player itself: any line that is wrong, missing or unused fails, and says so in the tape's own words."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tapes.mutants import mutants
from tests.tapes.tape import BadTape, OffTape, Player, Tape, TapeLine, load, names, parse, spell
from tests.tapes.tcp import library_system, play_terminal

TALK = """
# two questions; the second is asked again
> 01 02
< "gut"    # an answer
<< 00
> "wer?" 0D
<
> "wer?" 0D
<  "ich"
   0D 0A
<< FF
"""


def recite(tape: Tape, script: Tape) -> None:
    """Code that says and expects what stands in the script, on a line that plays the tape."""
    line = TapeLine(tape)
    for said in script.lines:
        if said.ours:
            line.write(said.octets)
        else:
            assert line.read(1.0) == said.octets
    line.end()


# ---------------------------------------------------------------- the format
def test_a_tape_is_read():
    lines = parse(TALK).lines
    assert [(said.sign, said.octets) for said in lines] == [
        (">", b"\x01\x02"),
        ("<", b"gut"),
        ("<<", b"\0"),
        (">", b"wer?\r"),
        ("<", b""),
        (">", b"wer?\r"),
        ("<", b"ich\r\n"),
        ("<<", b"\xff"),
    ]
    assert [said.number for said in lines] == [3, 4, 5, 6, 7, 8, 9, 11]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("> 01\n< 02\nword", "tape:3: a line begins with"),
        ("  01", "tape:1: a line begins with"),
        ("> 0", "tape:1: no octets: 0"),
        ("> 01 2 03\n<", "tape:1: no octets: 2 03"),
        ("> 01G2\n<", "tape:1: no octets: 01G2"),
        ('> "open\n<', 'tape:1: no octets: "open'),
        (">\n<", "tape:1: to speak is to say something"),
        ("> # nothing\n<", "tape:1: to speak is to say something"),
        ("< 01", "tape:1: nobody asked"),
        ("> 01\n< 02\n< 03", "tape:3: nobody asked"),
        ("> 01", "a question has no answer"),
    ],
)
def test_what_is_no_tape_says_where(text, why):
    with pytest.raises(BadTape, match=why):
        parse(text)


def test_octets_are_grouped_as_one_likes():
    assert parse('> 0105 0000"AY"FF00  # 8C3A\n<').lines[0].octets == b"\x01\x05\0\0AY\xff\0"


@given(st.binary(min_size=1))
def test_what_is_spelt_is_read_back(octets):
    assert parse(f"> {spell(octets)}\n<").lines[0].octets == octets


@given(st.text(min_size=1))
def test_text_is_spelt_and_read_back(text):
    octets = text.encode("utf-8", "replace")
    assert parse(f"> {spell(octets)}\n<").lines[0].octets == octets


def test_octets_are_spelt_for_people():
    assert spell(b"9900802.00AY1AZFCA0\r") == '"9900802.00AY1AZFCA0" 0D'
    assert spell("读者".encode() + b'"\r\n') == '"读者" 22 0D 0A'
    assert spell("张三".encode("gbk")) == "D5 C5 C8 FD"


# ---------------------------------------------------------------- playing
ALL = sorted(names("feig") | names("door") | names("scanner") | names("sip2"))


@pytest.mark.parametrize("name", ALL)
def test_every_tape_plays_to_its_end(name):
    tape = load(name)
    recite(tape, tape)


@pytest.mark.parametrize("name", ALL)
def test_every_line_counts(name):
    """To code that does exactly what stands on the tape, each other tape is another conversation."""
    tape = load(name)
    for mutant in mutants(tape):
        with pytest.raises((BadTape, AssertionError)):
            recite(parse(mutant), tape)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ([b"\x01\x03"], "tape:3: our code says\n    01 03\nand the tape\n    > 01 02"),
        ([b"\x01\x02\x03"], "tape:4: our code says\n    03\nand the tape\n    nothing"),
        ([b"\x01\x02", b"\x01\x02"], "tape:4: our code says\n    01 02\nand the tape\n    nothing"),
        ([], "tape:3: our code says\n    nothing\nand the tape\n    > 01 02"),
        ([b"\x01"], "tape:3: our code says\n    01\nand the tape\n    > 01 02"),
    ],
)
def test_a_breach_names_the_line_and_both_versions(says, why):
    player = Player(parse(TALK))
    with pytest.raises(OffTape) as caught:  # noqa: PT012 - which of the two is what is tested
        for octets in says:
            player.hear(octets)
        player.end()
    assert str(caught.value) == why


def test_what_is_said_may_come_in_pieces():
    player = Player(parse("> 01 02\n> 03\n<\n<"))
    for octets in (b"\x01", b"\x02\x03"):
        player.hear(octets)
    assert [player.say(), player.say(), player.over] == [b"", b"", True]


def test_nothing_is_answered_before_the_question_is_whole():
    player = Player(parse("> 01 02\n< 03"))
    player.hear(b"\x01")
    assert player.say() is None
    player.hear(b"\x02")
    assert player.say() == b"\x03"


def test_after_the_end_nothing_is_said():
    player = Player(parse("> 01\n< 02"))
    player.hear(b"\x01")
    player.say()
    player.end()
    with pytest.raises(OffTape, match="tape:end"):
        player.hear(b"\x01")


# ---------------------------------------------------------------- a driver's line
def test_reads_in_vain_take_their_time_and_nothing_else_does():
    line = TapeLine(parse("<< 01\n<<\n<< 02"))
    assert [line.read(0.25), line.read(0.25), line.read(0.25)] == [b"\x01", b"", b"\x02"]
    assert line.clock() == 0.25
    assert line.over.is_set()


def test_waiting_in_vain_for_an_answer_that_is_not_on_the_tape():
    line = TapeLine(parse("> 01\n> 02\n< 03\n< 04"))
    line.write(b"\x01")
    with pytest.raises(OffTape, match="our code says\n    nothing"):
        line.read(1.0)


def test_code_that_listens_for_ever_is_told():
    line = TapeLine(parse("<< 01\n> 02\n<"))
    with pytest.raises(OffTape, match="listens for ever"):
        _ = [line.read(0.25) for _ in range(1000)]


# ---------------------------------------------------------------- TCP
WHO = parse('> "wer?" 0D\n< "ich" 0D')


def call(tape: Tape, *says: bytes) -> bytes:
    """What a library system answers to somebody who says this, and hangs up."""
    with library_system(tape) as port, socket.create_connection(("127.0.0.1", port), 20) as line:
        for octets in says:
            line.sendall(octets)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionError):  # it hangs up on who leaves the tape
            while octets := line.recv(99):
                answer += octets
        return answer


def test_a_library_system_hears_and_says():
    assert call(WHO, b"wer", b"?\r") == b"ich\r"


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (b"wo?\r", "tape:1"),
        (b"wer?\rwer?\r", "tape:(2|end)"),
        (b"wer", "tape:1"),
        (b"", "tape:1"),
    ],
)
def test_a_library_system_tells_who_left_the_tape(says, why):
    with pytest.raises(OffTape, match=why):
        call(WHO, says)


def test_a_library_system_hears_one_word_too_many():
    with pytest.raises(OffTape, match=r"tape:(2|end): our code says\n    07"):
        call(WHO, b"wer?\r\7")


def test_a_library_system_to_whom_nobody_comes():
    with pytest.raises(OffTape, match="tape:1"), library_system(WHO):
        pass


@pytest.mark.parametrize(
    ("answers", "why"),
    [(b"ich\r", None), (b"er\r", "tape:2"), (b"ich\rich\r", "tape:end"), (b"ic", "tape:2"), (b"", "tape:2")],
)
def test_a_terminal_says_its_part(answers, why):
    async def serve(reader, writer):
        await reader.readuntil(b"\r")
        writer.write(answers)
        await writer.drain()
        writer.close()

    async def played():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.to_thread(play_terminal, WHO, port)

    if why is None:
        asyncio.run(played())
    else:
        with pytest.raises(OffTape, match=why):
            asyncio.run(played())

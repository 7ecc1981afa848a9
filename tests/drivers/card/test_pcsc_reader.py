"""The PC/SC driver's rules over a terminal of the test's own: a script of what lies there, and a clock."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from threading import Event

import pytest

from drivers.card.number import Numbering, number_of
from drivers.card.pcsc import session
from drivers.card.pcsc.driver import DRIVER
from drivers.card.pcsc.messages import Status, is_trailer
from drivers.card.pcsc.reader import TRIES, PcscReader
from drivers.card.pcsc.settings import PcscSettings, Sector
from drivers.card.pcsc.terminal import CardLeft, Seen
from drivers.emulators.smartcard import VirtualCard
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import CardRefused, CardShown, CardTaken, DeviceBack

KEY = bytes.fromhex("FFEEDDCCBBAA")
PLACE = Sector(block=4, blocks=2, key_file=Path())
SHOWN = CardShown("desk", "04A1B2C3", "card")
UNREADABLE, REMOVED, UNKNOWN = (
    CardRefused("desk", "card", why) for why in ("unreadable", "removed", "unknown")
)


class Talk:
    """A connection to a virtual card; what it answers may be spoiled by `faults`, the first to the first command."""

    def __init__(self, card, faults=()):
        self._card = card
        self._faults = deque(faults)
        self.resets = []

    def transmit(self, command):
        fault = self._faults.popleft() if self._faults else None
        if isinstance(fault, Exception):
            raise fault
        return self._card.answer(command) if fault is None else fault

    def close(self, *, reset=False):
        self.resets.append(reset)


class Script:
    """A terminal at which this happens: (seconds, Seen, the card that lies there)."""

    name = "ACS ACR122U (A1B2) 00 00"

    def __init__(self, *steps):
        self._steps = deque(steps)
        self.now = 0.0
        self.closed = False

    def wait(self, timeout_s):
        if not self._steps:
            raise Gone("unplugged")
        self.now, seen, self._talk = self._steps.popleft()
        return seen

    def connect(self):
        if isinstance(self._talk, Exception):
            raise self._talk
        return self._talk

    def close(self):
        self.closed = True


def told(*steps, **settings):
    """What a reader posts while this happens."""
    script, events = Script(*steps), []
    reader = PcscReader("desk", PcscSettings(**settings), lambda _: script, lambda: script.now)
    with pytest.raises(Gone, match="unplugged"):
        reader.run(events.append, Event())
    assert script.closed
    assert events[0] == DeviceBack("desk", Script.name)
    return events[1:]


def there(changes, talk=None, at=0.0, mute=False):
    return at, Seen(present=True, changes=changes, mute=mute), talk or Talk(VirtualCard())


def empty(changes, at=0.0):
    return at, Seen(present=False, changes=changes), None


def test_a_card_at_rest_and_one_that_trembles_are_one_showing():
    steps = [empty(0), there(1), there(1, at=5.0), empty(2, 5.1), there(3, at=5.9), empty(4, 6.0)]
    assert told(*steps) == [SHOWN]
    assert told(*steps, there(5, at=7.1)) == [SHOWN, SHOWN]
    assert told(*steps, there(5, Talk(VirtualCard(b"4567")), at=6.1))[1:] == [
        CardShown("desk", "34353637", "card")
    ]


def test_a_card_that_is_to_lie_there_is_told_once_when_it_is_taken_off():
    steps = [there(1), there(1, at=5.0), empty(2, 5.1), there(3, at=5.9), empty(4, 6.0), empty(4, 6.9)]
    assert told(*steps, lies=True) == [SHOWN], "a hand trembles"
    gone = [empty(4, 7.1), empty(4, 8.0)]
    assert told(*steps, *gone, lies=True) == [SHOWN, CardTaken("desk")]
    assert told(*steps, *gone, there(5, at=9.0), lies=True)[2:] == [SHOWN]
    assert told(*steps, *gone) == [SHOWN]


def test_a_card_lost_at_the_edge_soon_after_its_showing_is_no_news():
    def lost():
        return there(3, Talk(VirtualCard(), [CardLeft("")]), at=0.5)

    assert told(there(1), empty(2, 0.4), lost(), empty(4, 0.5), there(5, at=0.8)) == [SHOWN]
    assert told(lost(), empty(4, 0.6), there(5, at=0.8)) == [REMOVED, SHOWN]


def test_cards_swapped_between_two_looks_are_two_showings():
    assert told(there(1), there(3, Talk(VirtualCard(b"4567")))) == [
        SHOWN,
        CardShown("desk", "34353637", "card"),
    ]


@pytest.mark.parametrize("fault", [Misbehaved("rf"), b"", b"\x63\x00", b"\x00\x00\x00\x90\x00"])
def test_a_reading_that_fails_is_made_again_with_the_card_reset(fault):
    talk = Talk(VirtualCard(), [fault] * (TRIES - 1))
    assert told(there(1, talk)) == [SHOWN]
    assert talk.resets == [True] * (TRIES - 1) + [False]
    again = told(there(1, Talk(VirtualCard(), [fault] * TRIES)))
    assert again == [UNKNOWN if fault == b"\x63\x00" else UNREADABLE]


def test_what_gives_no_number_is_refused_once_with_its_reason():
    phone = Talk(VirtualCard(bytes.fromhex("08A1B2C3")))
    assert told(there(1, phone), there(1, phone)) == [UNKNOWN]
    assert told(there(1, mute=True), there(1, mute=True)) == [UNREADABLE]
    assert told(there(1, CardLeft(""))) == [REMOVED]
    assert told(there(1), source="ats") == [UNKNOWN]
    assert told(there(1, Talk(VirtualCard(ats=b"\x10\x78\x80"))), source="ats") == [
        CardShown("desk", "107880", "card")
    ]


def choice(names, **settings):
    """Which reader it is; the fault where there is none."""
    chosen = []
    reader = PcscReader(
        "desk", PcscSettings(**settings), lambda choose: chosen.append(choose(names)) or Script()
    )
    with pytest.raises((Gone, Misuse)) as raised:
        reader.run(lambda _: None, Event())
    return chosen[0] if chosen else str(raised.value)


READERS = (
    "ACS ACR122U PICC (A1) 00 00",
    "ACS ACR122U PICC (B2) 01 00",
    "Feitian R502 [CL] 02 00",
    "Feitian R502 [CL] 02 01",
)


def test_readers_are_told_apart_by_name_serial_and_slot():
    assert choice(READERS[:1]) == READERS[0]
    assert choice(READERS, serial="B2") == READERS[1]
    assert choice(READERS, reader="R502") == READERS[2]
    assert choice(READERS, reader="R502", slot=1) == READERS[3]


def test_the_fault_names_the_readers_there_are():
    several = f"several readers are ACR122U: {READERS[0]}, {READERS[1]}; name one by `reader` or `serial`"
    assert choice(READERS, reader="ACR122U") == several
    assert (
        choice(READERS, reader="ACR122U", serial="C3")
        == f"no reader is ACR122U (C3); there is {', '.join(READERS)}"
    )
    assert choice(()) == "no reader is any reader; there is none"


@pytest.mark.parametrize("slot", [0x00, 0x20])
def test_a_sector_of_two_blocks_by_key_a_in_either_slot_of_the_reader(slot):
    card = VirtualCard(keys={(1, "A"): KEY}, blocks={4: b"2110004711".ljust(16), 5: b"\xff" * 16}, slot=slot)
    assert session.sector(Talk(card), PLACE, KEY) == b"2110004711".ljust(16) + b"\xff" * 16
    asked = [card.asked.get() for _ in range(card.asked.qsize())]
    assert asked[-3:] == [
        bytes.fromhex(f"FF 86 00 00 05 01 00 04 60 {slot:02X}"),
        bytes.fromhex("FF B0 00 04 10"),
        bytes.fromhex("FF B0 00 05 10"),
    ]
    assert asked[0] == bytes.fromhex("FF 82 00 00 06 FF EE DD CC BB AA")


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([b"\x63\x00", b"\x63\x00"], Unsupported),
        ([b"\x90\x00", b"\x69\x82"], Unsupported),
        ([b"\x90\x00", b"\x90\x00", b"\x11" * 15 + b"\x90\x00"], Misbehaved),
        ([b"\x90\x00", b"\x90\x00", Misbehaved("rf")], Misbehaved),
    ],
)
def test_a_sector_that_cannot_be_read(faults, error):
    with pytest.raises(error):
        session.sector(Talk(VirtualCard(keys={(1, "A"): KEY}), faults), PLACE, KEY)


@pytest.mark.parametrize(
    ("octets", "numbering", "number"),
    [
        ("A1B2C304", {}, "A1B2C304"),
        ("A1B2C304", {"reversed": True}, "04C3B2A1"),
        ("A1B2C304", {"encoding": "decimal"}, "2712847108"),
        ("A1B2C304", {"encoding": "decimal", "reversed": True, "digits": 10}, "0079934113"),
        ("20110047FF", {"encoding": "bcd"}, "20110047"),
        ("0000323131300000FF", {"offset": 2, "length": 5, "encoding": "text"}, "2110"),
        ("B6C1D5DF3031FF", {"encoding": "text"}, "读者01"),
    ],
)
def test_numbers(octets, numbering, number):
    assert number_of(bytes.fromhex(octets), Numbering(**numbering)) == number


@pytest.mark.parametrize(
    ("octets", "numbering"),
    [
        ("", {}),
        ("A1B2C304", {"offset": 4}),
        ("A1B2C304", {"offset": 2, "length": 3}),
        ("00000000", {}),
        ("FFFFFFFF", {"encoding": "bcd"}),
        ("2011004A", {"encoding": "bcd"}),
        ("0001", {"encoding": "text"}),
        ("80FE", {"encoding": "text"}),
    ],
)
def test_what_is_no_number(octets, numbering):
    with pytest.raises(Misbehaved):
        number_of(bytes.fromhex(octets), Numbering(**numbering))


def test_settings_that_contradict_one_another_are_refused():
    for wrong in (
        {"source": "sector"},
        {"sector": PLACE},
        {"source": "sector", "sector": Sector(block=6, blocks=2, key_file=Path())},
    ):
        with pytest.raises(Misuse):
            DRIVER.make("desk", PcscSettings(**wrong))
    assert [block for block in range(256) if is_trailer(block)][:3] == [3, 7, 11]
    assert [block for block in range(256) if is_trailer(block)][-2:] == [239, 255]


def test_a_key_file_that_others_may_read_or_that_is_no_key_is_refused(tmp_path):
    path = tmp_path / "mifare.key"
    settings = PcscSettings(source="sector", sector=Sector(block=4, key_file=path))
    for text, mode, why in (
        (None, 0, "No such file"),
        (KEY.hex(), 0o640, "mode 0640, 0600 meant"),
        ("# nothing\n\n", 0o600, "no key in it"),
        ("not a key", 0o600, "not all hexadecimal"),
        (KEY.hex() * 2, 0o600, "12 hexadecimal digits"),
    ):
        if text is not None:
            path.write_text(text, encoding="ascii")
            path.chmod(mode)
        with pytest.raises(Misuse, match=why):
            DRIVER.make("desk", settings).run(lambda _: None, Event())


def test_the_card_is_never_asked_for_its_keys():
    card = VirtualCard(keys={(1, "A"): KEY})
    assert card.answer(bytes.fromhex("FF B0 00 07 10")) == Status.NOT_ALLOWED.to_bytes(2)

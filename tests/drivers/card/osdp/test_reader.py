"""The reader against libosdp's own peripheral: keys, cards, bad lines, two on one bus, a pulled cable."""

from __future__ import annotations

from threading import Event
from time import monotonic
from weakref import ref

import msgspec
import pytest

from drivers.card.osdp import library, link
from drivers.card.osdp.channel import Channel
from drivers.card.osdp.frames import crc
from drivers.card.osdp.messages import Identity
from drivers.card.osdp.reader import OsdpReader
from drivers.card.osdp.settings import OsdpSettings
from drivers.emulators.osdp import IDENTITY, EmulatedReader, EmulatedReaderSettings, OsdpBus
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import CardRefused, CardShown, DeviceBack, InputSensed, KeysEntered
from drivers.line.shared import Bus, Port
from tests.drivers.stage import Stage
from tests.lines import EVERY, BadLine

KEY = bytes(range(16))
UID = bytes.fromhex("A1B2C304")
BACK = DeviceBack("in", str(IDENTITY))
CARD = CardShown("in", "A1B2C304", "card")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """libosdp waits by its own clock: nobody here waits for three seconds to see that nothing comes."""
    monkeypatch.setattr(link, "READY_S", 0.6)
    monkeypatch.setattr(library, "RESTS_S", library.POLL_S)


@pytest.fixture
def settings(tmp_path):
    key_file = tmp_path / "osdp.key"
    key_file.write_text(KEY.hex())
    key_file.chmod(0o600)
    return OsdpSettings(port="-", key_file=key_file, address=5)


class Site:
    """A stage with readers on a bus, and the driver of one of them."""

    def __init__(self, settings, *others, key=KEY, identity=IDENTITY):
        self.stage = Stage()
        self.emulated = EmulatedReader(EmulatedReaderSettings(key, settings.address, identity))
        self.answer = OsdpBus([self.emulated, *others]).hear
        self.opened = self.stage.connect(self.answer)
        self.bus = Bus(Port("-"), lambda _: self.opened())
        self.ahead_s = 0.0
        self.reader = OsdpReader("in", settings, self._seat, lambda: monotonic() + self.ahead_s)

    def _seat(self, seat):
        return self.bus.open(seat)

    def play(self, script, *, fails=False):
        return self.stage.play(self.reader, lambda _: script(), fails=fails)


def test_card_keys_lamp_and_tamper(settings):
    site = Site(settings)

    def visit():
        site.emulated.tamper(tampered=True)
        yield InputSensed("in", "tamper", active=True)
        site.emulated.show_card(UID)
        yield CARD
        site.reader.signal("refused")
        site.emulated.press("12#")
        yield KeysEntered("in", "12")
        site.emulated.tamper(tampered=False)
        yield InputSensed("in", "tamper", active=False)

    told = site.play(visit)
    assert told[0] == BACK
    assert InputSensed("in", "mains_lost", active=False) in told
    assert (site.emulated.colour, site.emulated.beeps) == (1, 3)


def test_a_card_of_another_kind_is_refused(settings):
    site = Site(msgspec.structs.replace(settings, format="wiegand26"))

    def shown():
        yield BACK
        site.emulated.show_card(UID)
        yield CardRefused("in", "card", "unknown")
        site.emulated.show_card(bytes.fromhex("BB451480"), 26)
        yield CardRefused("in", "card", "unreadable")

    site.play(shown)


def formatted(question):
    """A reader's answer to a poll through the secure channel: characters, of which none can be read here."""
    sequence = question[5] & 0x03
    frame = bytes((0x53, 0x85, 0x1E, 0, 0x0C | sequence, 2, 0x18, 0x51)) + bytes(20)
    return frame + crc(frame).to_bytes(2, "little")


def test_a_card_told_as_characters_is_refused_and_the_reader_is_to_be_set_otherwise(settings):
    site = Site(settings)

    def shown():
        yield InputSensed("in", "tamper", active=False)
        site.stage.connect(formatted)
        yield 99

    *_, refused, error = site.play(shown, fails=True)
    assert refused == CardRefused("in", "card", "unknown")
    assert error == Unsupported("it tells cards as characters (osdp_FMT): set the reader to raw data")


def test_a_clock_of_the_wall_that_is_set_back_makes_no_reader_dumb(settings):
    """libosdp waits by that clock; here ours runs ahead of it."""
    site = Site(settings)

    def shown():
        yield InputSensed("in", "mains_lost", active=False)
        site.ahead_s = 3600
        begun = len(site.stage.written)
        yield 4
        asked.extend(frame[6] for frame in site.stage.written[begun:])
        site.emulated.show_card(UID)
        yield CARD

    asked = []
    assert site.play(shown)[-1] == CARD
    assert 0x61 in asked  # who are you: it was begun anew


def test_a_reader_that_was_without_power_shows_that_it_is_ready_again(settings):
    site, others = Site(settings), []
    site.emulated = None
    first, again = (EmulatedReader(EmulatedReaderSettings(KEY, settings.address)) for _ in range(2))
    others.append(first)
    site.opened = site.stage.connect(OsdpBus(others).hear)

    def shown():
        yield BACK
        yield 3
        others[:] = [again]
        again.show_card(UID)
        yield CARD
        yield 3

    assert site.play(shown).count(BACK) == 1
    assert first.colour == again.colour == 4


def test_a_reader_with_another_key_is_named(settings):
    (error,) = Site(settings, key=bytes(16)).play(lambda: iter([DeviceBack]), fails=True)
    assert isinstance(error, Misbehaved)
    assert error.text == f"{IDENTITY}: it refuses the site's key"


def test_a_new_reader_is_given_the_key_once_and_only_where_that_is_permitted(settings, tmp_path):
    permit = tmp_path / "install"
    site = Site(msgspec.structs.replace(settings, install_file=permit), key=None)
    (error,) = site.play(lambda: iter([DeviceBack]), fails=True)
    assert isinstance(error, Misbehaved | Gone)
    assert site.emulated.installed_key is None
    permit.touch()
    assert site.play(lambda: iter([DeviceBack])) == [BACK]
    assert site.emulated.installed_key == KEY
    assert not permit.exists()


def test_two_of_the_same_are_told_apart_by_address_and_serial_number(settings):
    other = EmulatedReader(
        EmulatedReaderSettings(KEY, 6, Identity(IDENTITY.vendor, 1, 1, serial=0x99, firmware=0))
    )
    site = Site(msgspec.structs.replace(settings, serial="00a1b2c3"), other)

    def shown():
        yield BACK
        other.show_card(b"\1\1\1\1")
        site.emulated.show_card(UID)
        yield CARD
        yield 3

    assert not [each for each in site.play(shown) if isinstance(each, CardShown) and each != CARD]
    (error,) = Site(msgspec.structs.replace(settings, serial="000000AA")).play(
        lambda: iter([DeviceBack]), fails=True
    )
    assert error == Misbehaved(f"{IDENTITY}: it is another one, 000000AA is configured")


def test_two_readers_configured_at_one_address_are_misuse(settings):
    site = Site(settings)
    site.bus.open("OSDP address 5")
    (error,) = site.play(lambda: iter([DeviceBack]), fails=True)
    assert error == Misuse("two devices are configured as OSDP address 5 at -")


def test_a_key_that_others_may_read_is_not_used(settings):
    settings.key_file.chmod(0o644)
    (error,) = Site(settings).play(lambda: iter([DeviceBack]), fails=True)
    assert isinstance(error, Misuse)
    assert KEY.hex() not in error.text


def test_nobody_and_a_wrong_device_are_told_apart(settings):
    site = Site(settings)
    site.stage.connect(lambda _: b"")
    assert site.play(lambda: iter([DeviceBack]), fails=True) == [Gone("no reply from OSDP address 5")]
    site.stage.connect(lambda _: b"\x02\x00\x0a\x00")
    (error,) = site.play(lambda: iter([DeviceBack]), fails=True)
    assert error == Misbehaved("what answers speaks no OSDP: 02 00 0a 00", frame=b"\x02\x00\x0a\x00")


@pytest.mark.parametrize("bad", EVERY, ids=str)
def test_a_card_over_a_bad_line_is_told_once(settings, bad):
    site = Site(settings)
    site.bus = Bus(Port("-"), lambda _: BadLine(site.opened(), bad, seed=1, every=9))

    def shown():
        yield BACK
        site.emulated.show_card(UID)
        yield CARD
        yield 9

    assert [each for each in site.play(shown) if isinstance(each, CardShown)] == [CARD]


def test_after_a_lost_reply_the_channel_stands_again_at_once(settings):
    site, asked = Site(settings), []

    def losing(octets):
        asked.append(octets)
        said = site.answer(octets)
        return b"" if len(asked) == 9 else said

    site.opened = site.stage.connect(losing)

    def shown():
        yield BACK
        yield 16
        site.emulated.show_card(UID)
        yield CARD

    told = site.play(shown)
    assert told.count(BACK) == 1
    assert told[-1] == CARD
    assert asked[9][6] == 0x61  # who are you: the beginning of a new one, not the question again


@pytest.mark.parametrize("count", range(0, 160, 13))
def test_unplugged_at_any_octet_it_comes_back(settings, count):
    site = Site(settings)
    site.stage.bytewise = True

    def breaking():
        line = site.opened()
        line._left = count
        return line

    site.bus = Bus(Port("-"), lambda _: breaking())
    assert isinstance(site.play(lambda: iter([999]), fails=True)[-1], Gone)
    site.bus = Bus(Port("-"), lambda _: site.opened())
    site.emulated.show_card(UID)
    assert site.play(lambda: iter([CARD]))[-1] == CARD


def test_a_connection_that_ended_is_let_go_of(settings):
    """libosdp is no part of Python's garbage: what it still points at stays for ever."""
    site, channel = Site(settings), Channel(5)
    ended = link.Link(channel, KEY, site.bus.open(), site.stage.clock)
    assert ended.connect(Event())
    panel = ref(ended.panel)
    ended.close()
    del ended
    assert panel() is None

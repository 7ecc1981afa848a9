"""PC/SC readers through the real pcscd, with the virtual readers and cards of vsmartcard."""

from __future__ import annotations

import sys
from queue import Queue, SimpleQueue

import pytest

from drivers.card.number import Numbering
from drivers.card.pcsc.driver import ports, probe
from drivers.card.pcsc.reader import PcscReader
from drivers.card.pcsc.settings import PcscSettings, Sector
from drivers.emulators.smartcard import VirtualCard
from drivers.emulators.vpcd import VpcdSlot
from drivers.errors import Gone, Unsupported
from drivers.events import CardRefused, CardShown, DeviceBack, DeviceLost
from drivers.kit import Found
from drivers.line.pcsc_line import open_pcsc
from drivers.pump import BackOff, Pump
from tests.drivers.card.pcscd import pcscd

KEY = bytes.fromhex("A0B1C2D3E4F5")
DESK, OTHER = "ACS ACR122U (A1B2)", "ACS ACR122U (C3D4)"
UID = "04A1B2C3"
BLOCK = bytes.fromhex("00 00 00 00 32 31 31 30 30 30 34 37 31 31 00 00")
POLL_S = 0.45
"""pcscd looks every 400 ms."""
AT_SECTOR_1 = Numbering(offset=4, length=10, encoding="text")


def sector(folder, block=4, **more):
    """The settings of a site whose cards carry their number in sector 1, behind key B."""
    path = folder / "mifare.key"
    path.write_text(f"# sector 1\n{KEY.hex()}\n", encoding="ascii")
    path.chmod(0o600)
    place = Sector(block=block, key="B", key_file=path)
    return {"source": "sector", "sector": place, "number": AT_SECTOR_1} | more


def classic():
    return VirtualCard(keys={(1, "B"): KEY}, blocks={4: BLOCK})


@pytest.fixture
def service(tmp_path):
    with pcscd(tmp_path, DESK) as running:
        yield running


@pytest.fixture
def slot(service):
    made = VpcdSlot(service.port)
    yield made
    made.remove()


def away():
    """Once the service has noticed that no card lies there any more, and looked once more."""
    terminal = open_pcsc(lambda _: f"{DESK} 00 00")
    while terminal.wait(POLL_S).present:
        pass
    terminal.wait(POLL_S)
    terminal.close()


class Running:
    """A reader on its pump."""

    def __init__(self, **settings):
        self.events = Queue()
        self.reader = PcscReader("desk_card", PcscSettings(reader="ACR122", **settings), open_pcsc)
        self.pump = Pump(self.reader, self.events.put, backoff=BackOff(first_s=0.05, cap_s=0.05))
        self.pump.start()

    def next(self):
        return self.events.get(timeout=10)

    def stop(self):
        assert self.pump.stop()
        assert self.events.empty()


@pytest.fixture
def run():
    made = []

    def running(**settings):
        made.append(Running(serial="A1B2", **settings))
        assert made[-1].next() == DeviceBack("desk_card", f"{DESK} 00 00")
        return made[-1]

    yield running
    for each in made:
        each.stop()


def test_each_slot_tells_its_own_cards_once_a_showing(service, slot, run):
    reader, other = run(again_ms=0), VpcdSlot(service.port + 1)
    other.insert(VirtualCard(bytes.fromhex("04FFFFFF")))
    for showing in range(2):
        asked = SimpleQueue()
        slot.insert(VirtualCard(asked=asked))
        assert reader.next() == CardShown("desk_card", UID, "card")
        assert asked.get(timeout=10) == bytes.fromhex("FF CA 00 00 00")
        reader.reader.signal("granted")
        assert asked.get(timeout=10) == bytes.fromhex("FF 00 40 0E 04 01 00 01 01")
        slot.remove()
        if not showing:
            away()
    other.remove()


def test_a_sector_is_read_with_the_site_s_key_and_refused_with_another(slot, run, tmp_path):
    reader = run(**sector(tmp_path, again_ms=0))
    slot.insert(classic())
    assert reader.next() == CardShown("desk_card", "2110004711", "card")
    slot.remove()
    away()
    slot.insert(VirtualCard(keys={(1, "B"): KEY[::-1]}))
    assert reader.next() == CardRefused("desk_card", "card", "unknown")


def test_a_card_taken_away_mid_read_is_refused_and_the_next_one_read(slot, run, tmp_path):
    reader = run(**sector(tmp_path, again_ms=0))
    slot.insert(classic(), leaves_after=2)
    assert reader.next() == CardRefused("desk_card", "card", "removed")
    away()
    slot.insert(classic())
    assert reader.next() == CardShown("desk_card", "2110004711", "card")


def test_probe_names_the_settings_of_each_reader(service):
    assert ports() == (f"pcsc:{DESK} 00 00", f"pcsc:{DESK} 00 01")
    settings = {"reader": "ACS ACR122U", "serial": "A1B2"}
    assert probe(ports()[0]) == Found("pcsc", ports()[0], f"{DESK} 00 00", settings)
    assert probe(ports()[1]) == Found("pcsc", ports()[1], f"{DESK} 00 01", settings | {"slot": 1})
    assert probe("pcsc:another 00 00") is None
    assert probe("/dev/ttyUSB0") is None


def test_without_pyscard_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(Unsupported, match="extra `hardware`"):
        open_pcsc(lambda names: names[0])
    with pytest.raises(Unsupported):
        ports()


def test_a_service_that_ends_is_gone_and_comes_back_with_its_reader(tmp_path):
    with pcscd(tmp_path, DESK):
        reader = Running(serial="A1B2")
        assert reader.next() == DeviceBack("desk_card", f"{DESK} 00 00")
    lost = reader.next()
    assert isinstance(lost, DeviceLost)
    assert isinstance(lost.cause, Gone)
    with pcscd(tmp_path, OTHER):
        assert reader.events.empty()
    with pcscd(tmp_path, DESK):
        assert reader.next() == DeviceBack("desk_card", f"{DESK} 00 00")
    assert isinstance(reader.next(), DeviceLost)
    reader.stop()

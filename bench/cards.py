"""A card or a code shown → its event: each kind of reader against its goal, and what they cost while nothing happens.

    PC/SC          from a card in the virtual reader's slot until its event: the service looks every 400 ms; and from the
                   moment at which the service has noticed it, where the driver's own part begins
    serial         from the last octet on the line until the event; a code with its verification
    identity card  the whole way: half a poll, find, select, read, and three replies at 115200 baud
    OSDP           from a card at the reader until its event, through the secure channel, the reader's line in real time;
                   and a door's board beside it, while nothing happens

pcscd and pyscard are the real ones, the cards virtual (vpcd); scanner and identity card reader are emulated in this
process, byte for byte, the latter in real time.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from random import Random

from msgspec.structs import replace

from bench.limits import line_ms
from bench.report import Figure, figure, run_main
from drivers.card.code.dynamic import NONCE_OCTETS, make
from drivers.card.code.plug import Codes
from drivers.card.number import Numbering
from drivers.card.osdp.driver import DRIVER as OSDP
from drivers.card.osdp.settings import OsdpSettings
from drivers.card.pcsc.driver import DRIVER as PCSC
from drivers.card.pcsc.settings import PcscSettings, Sector
from drivers.card.sdt.codec import encode
from drivers.card.sdt.driver import DRIVER as SDT
from drivers.card.sdt.messages import Request
from drivers.card.sdt.settings import SdtSettings
from drivers.device import Device
from drivers.door.board.board import SETTLE_S
from drivers.door.board.driver import DRIVER as BOARD
from drivers.door.board.settings import BoardSettings, Heartbeat
from drivers.emulators import sdt
from drivers.emulators.board import EmulatedBoardSettings
from drivers.emulators.board_door import EmulatedBoardDoor
from drivers.emulators.osdp import EmulatedReader, EmulatedReaderSettings, OsdpBus
from drivers.emulators.serve import TcpPlug
from drivers.emulators.smartcard import VirtualCard
from drivers.emulators.vpcd import VpcdSlot
from drivers.events import CardShown, DeviceBack, DeviceEvent, IdCardShown, InputSensed
from drivers.line.line import Line
from drivers.line.pcsc_line import open_pcsc
from drivers.modbus.points import Contact
from drivers.modbus.relays import Relay, Timer
from drivers.pump import Pump
from drivers.scanner.driver import DRIVER as SCANNER
from drivers.scanner.settings import ScannerSettings
from tests.drivers.card.pcscd import pcscd
from tests.drivers.card.people import person

RUNS = 15
PATIENCE_S = 10.0
POLL_MS = 400
"""pcscd looks at a reader that does not report cards by itself so often."""
PCSC_GOAL_MS = 20.0
SERIAL_GOAL_MS = 15.0
OSDP_GOAL_MS = 100.0
OSDP_BAUDS = (115_200, 19_200, 9_600)
OSDP_KEY = bytes(range(16))
IDLE_GOAL = 2.0
"""Percent of a core, of pad, card and door together."""
IDLE_S = 5.0
READER = "Desk Reader (A1B2)"
KEY = bytes.fromhex("A0B1C2D3E4F5")
NUMBER = "2110004711"


@contextmanager
def pumped(device: Device) -> Iterator[Queue[DeviceEvent]]:
    """The events of a device that is back."""
    events: Queue[DeviceEvent] = Queue()
    pump = Pump(device, events.put)
    pump.start()
    try:
        expect(events, DeviceBack)
        yield events
    finally:
        pump.stop()


def expect(events: Queue[DeviceEvent], kind: type[DeviceEvent]) -> float:
    """When the next event came, which is of this kind."""
    event = events.get(timeout=PATIENCE_S)
    if not isinstance(event, kind):
        raise SystemExit(f"{kind.__name__} was expected, not {event}")
    return time.perf_counter()


def spent_s(pid: int) -> float:
    """Processor time of another process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


# ---------------------------------------------------------------- PC/SC
def pcsc(dice: Random) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, pcscd(Path(name), READER) as service:
        slot = VpcdSlot(service.port)
        path = Path(name, "mifare.key")
        path.write_text(KEY.hex(), "ascii")
        path.chmod(0o600)
        place = Sector(block=4, key_file=path)
        text = Numbering(length=len(NUMBER), encoding="text")
        laid, noticed = cards(slot, PcscSettings(again_ms=0), dice)
        _, sector = cards(slot, PcscSettings(source="sector", sector=place, number=text, again_ms=0), dice)
        spent = idle(PCSC.make("card", PcscSettings()), lambda: spent_s(service.pid))
    return [
        figure("PC/SC: card laid down → event", "ms", laid, ("poll + 20 ms", POLL_MS + PCSC_GOAL_MS)),
        figure("PC/SC: card noticed by pcscd → event, UID", "ms", noticed, ("goal", PCSC_GOAL_MS)),
        figure("PC/SC: card noticed by pcscd → event, sector", "ms", sector, ("goal", PCSC_GOAL_MS)),
        figure("PC/SC: driver and pcscd, idle", "% of a core", [spent], ("goal of all devices", IDLE_GOAL)),
    ]


def cards(slot: VpcdSlot, settings: PcscSettings, dice: Random) -> tuple[list[float], list[float]]:
    """Milliseconds from laying a card down to its event; and from the moment at which the service noticed it."""
    laid, noticed = [], []
    terminal = open_pcsc(lambda names: names[0])
    with pumped(PCSC.make("card", settings)) as events:
        for _ in range(RUNS):
            time.sleep((1 + dice.random()) * POLL_MS / 1000)  # at any moment of the polling
            began = time.perf_counter()
            slot.insert(VirtualCard(keys={(1, "A"): KEY}, blocks={4: NUMBER.encode().ljust(16, b"\0")}))
            told = expect(events, CardShown)
            laid.append((told - began) * 1000)
            noticed.append((told - slot.powered_at) * 1000)
            slot.remove()
            while terminal.wait(PATIENCE_S).present:
                pass
    terminal.close()
    return laid, noticed


# ---------------------------------------------------------------- serial
class Burst:
    """A scanner that sends at once what is shown, and remembers when."""

    def __init__(self) -> None:
        self.shown: Queue[bytes] = Queue()
        self.sent_at = 0.0

    def serve(self, line: Line) -> None:
        while True:
            with suppress(Empty):
                octets = self.shown.get(timeout=0.5)
                self.sent_at = time.perf_counter()
                line.write(octets)
            line.read(0.0)


def serial(dice: Random) -> list[Figure]:
    goal = ("goal", SERIAL_GOAL_MS)
    with tempfile.TemporaryDirectory() as name:
        path, key = Path(name, "codes.key"), secrets.token_bytes(32)
        path.write_text(key.hex(), "ascii")
        path.chmod(0o600)
        codes = Codes(key_file=path, skew_s=0)

        def code() -> str:
            return "]Q1" + make(key, NUMBER, int(time.time()), secrets.token_bytes(NONCE_OCTETS))

        time.sleep(1.0)  # a verifier takes no code that was made before it began
        numbers = scans(None, lambda: f"{dice.randrange(10**10):010}")
        verified = scans(codes, code)
    plug = TcpPlug(Burst())
    spent = idle(SCANNER.make("scanner", ScannerSettings(port=plug.url)), None)
    plug.close()
    return [
        figure("serial: last octet → event, number", "ms", numbers, goal),
        figure("serial: last octet → event, code verified", "ms", verified, goal),
        figure("serial: idle", "% of a core", [spent], ("goal of all devices", IDLE_GOAL)),
    ]


def scans(codes: Codes | None, text: Callable[[], str]) -> list[float]:
    """Milliseconds from the last octet to the event."""
    burst, samples = Burst(), []
    plug = TcpPlug(burst)
    with pumped(SCANNER.make("scanner", ScannerSettings(port=plug.url, codes=codes))) as events:
        time.sleep(1.1 if codes else 0.0)
        for _ in range(RUNS):
            burst.shown.put(text().encode() + b"\r")
            samples.append((expect(events, CardShown) - burst.sent_at) * 1000)
    plug.close()
    return samples


# ---------------------------------------------------------------- identity cards
def identity(dice: Random) -> list[Figure]:
    reader = sdt.EmulatedSdt()
    plug, samples = TcpPlug(reader), []
    settings = SdtSettings(port=plug.url, again_ms=0)
    with pumped(SDT.make("id_card", settings)) as events:
        for at in range(RUNS):
            time.sleep(dice.random() * settings.poll_ms / 1000)
            began = time.perf_counter()
            reader.lay(sdt.text_of(person(at)))
            samples.append((expect(events, IdCardShown) - began) * 1000)
            reader.lift()
    spent = idle(SDT.make("id_card", settings), None)
    plug.close()
    return [
        figure(
            "identity card laid down → event", "ms", samples, ("poll + module + line", identity_ms(settings))
        ),
        figure(
            "identity card reader: idle, emulator included",
            "% of a core",
            [spent],
            ("goal of all devices", IDLE_GOAL),
        ),
    ]


def identity_ms(settings: SdtSettings) -> float:
    """Half a cycle of polling, then find, select and read with their frames."""
    reader = sdt.EmulatedSdt()
    reader.lay(sdt.text_of(person(0)))
    frames = sum(
        len(encode(request.value)) + len(reader.answer(encode(request.value))[0])
        for request in (Request.FIND, Request.SELECT, Request.READ)
    )
    line = line_ms(frames, settings.baud, sdt.BITS)
    return (settings.poll_ms + sdt.FIND_MS) / 2 + sdt.FIND_MS + sdt.SELECT_MS + sdt.READ_MS + line


# ---------------------------------------------------------------- doors
def osdp(dice: Random) -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "osdp.key")
        path.write_text(OSDP_KEY.hex(), "ascii")
        path.chmod(0o600)
        shown = {baud: door_cards(path, baud, dice) for baud in OSDP_BAUDS}
        reader = OsdpBus([EmulatedReader(EmulatedReaderSettings(OSDP_KEY))], 115_200)
        plug = TcpPlug(reader)
        spent = idle(OSDP.make("door_card", OsdpSettings(port=plug.url, key_file=path)), None)
        plug.close()
    return [
        *(
            figure(f"OSDP: card shown → event, {baud} baud", "ms", samples, ("goal", OSDP_GOAL_MS))
            for baud, samples in shown.items()
        ),
        figure("OSDP: idle, emulator included", "% of a core", [spent], ("goal of all devices", IDLE_GOAL)),
        figure(
            "door on a board: idle, emulator included",
            "% of a core",
            [board_idle()],
            ("goal of all devices", IDLE_GOAL),
        ),
    ]


def door_cards(key_file: Path, baud: int, dice: Random) -> list[float]:
    """Milliseconds from a card at the reader to its event."""
    reader, samples = EmulatedReader(EmulatedReaderSettings(OSDP_KEY)), []
    plug = TcpPlug(OsdpBus([reader], baud))
    with pumped(OSDP.make("door_card", OsdpSettings(port=plug.url, key_file=key_file))) as events:
        for _ in range(2):
            expect(events, InputSensed)
        for _ in range(RUNS):
            time.sleep(0.1 + dice.random() / 10)  # at any moment of the polling
            began = time.perf_counter()
            reader.show_card(dice.randbytes(4))
            samples.append((expect(events, CardShown) - began) * 1000)
    plug.close()
    return samples


def board_idle() -> float:
    board = BoardSettings(
        port="",
        release=Relay(0, timer=Timer(5, 0x0200)),
        heartbeat=Heartbeat(1, timer=Timer(5, 0x0201)),
        open=Contact(0),
        exit=Contact(1),
        fire=Contact(2),
        powered=Contact(3),
    )
    plug = TcpPlug(EmulatedBoardDoor(board, board=EmulatedBoardSettings(baud=115_200)))
    spent = idle(BOARD.make("door", replace(board, port=plug.url)), None, SETTLE_S + 1)
    plug.close()
    return spent


# ---------------------------------------------------------------- idle
def idle(device: Device, elsewhere: Callable[[], float] | None, settle_s: float = 0.0) -> float:
    """Percent of a core while nobody shows anything: this process, and what it keeps another one busy with."""
    with pumped(device):
        time.sleep(settle_s)
        began, cpu, other = time.perf_counter(), time.process_time(), elsewhere() if elsewhere else 0.0
        time.sleep(IDLE_S)
        spent = time.process_time() - cpu + (elsewhere() - other if elsewhere else 0.0)
        return spent / (time.perf_counter() - began) * 100


READERS = (pcsc, serial, identity, osdp)
"""Each with dice of its own: cards are shown at any moment of a poll."""


def measure() -> list[Figure]:
    return [each for reader in READERS for each in reader(Random(20))]


if __name__ == "__main__":
    run_main("cards", measure)

"""A room: its world, the emulated devices in it, and their cables.

- Every verb says what a person does in the room; none reaches into a driver or a kiosk.
- A verb that cannot happen raises `Impossible` and changes nothing.
- Verbs and `state` may be called from any thread; pulling a cable waits for its emulator's thread.
- `close` pulls all cables and lets go of all ports.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from zlib import crc32

from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.emulators.scanner import EmulatedScanner, EmulatedScannerSettings
from drivers.emulators.serve import Emulator, Plug, PtyPlug, TcpPlug
from drivers.rig.boards import CounterBoard, OutputBoard, SensorBoard
from drivers.rig.config import Book, Device, Place, RigConfig
from drivers.rig.heard import Heard
from drivers.rig.readers import IdReader, OsdpReader
from drivers.rig.slips import Printer
from drivers.rig.state import BookState, DeviceState, DoorState, PeopleState, RoomState
from drivers.rig.world import Antenna, Impossible, Unknown, World


class _Cable:
    """One device's cable, in or out."""

    def __init__(self, device: Device, emulator: Emulator) -> None:
        self.device = device
        self.plugged = True
        self._plug: Plug = PtyPlug(emulator, device.pty) if device.pty else TcpPlug(emulator, device.port)
        self._lock = Lock()

    @property
    def url(self) -> str:
        return self._plug.url

    def put(self, plugged: bool) -> None:
        with self._lock:
            if plugged:
                self._plug.plug()
            else:
                self._plug.unplug()
            self.plugged = plugged

    def close(self) -> None:
        with self._lock:
            self._plug.close()
            self.plugged = False


class Room:
    """Builds everything and plugs it in.

    Raises:
        OSError: a port is taken.
    """

    def __init__(self, config: RigConfig) -> None:
        self.name = config.name
        self._world = World(config.books, config.cards, config.inside)
        self._door: EmulatedDoor | None = None
        self._readers: dict[str, EmulatedScanner | OsdpReader] = {}
        self._id_readers: dict[str, IdReader] = {}
        self._id_cards = {card.number: card for card in config.id_cards}
        self._sensors: SensorBoard | None = None
        self._outputs: OutputBoard | None = None
        self._counter: CounterBoard | None = None
        self._printer: Printer | None = None
        self._heard = Heard(config.heard) if config.heard else None
        self._cables: dict[str, _Cable] = {}
        try:
            for device in config.devices:
                self._cables[device.name] = _Cable(device, self._emulator(device))
        except BaseException:
            self.close()
            raise

    def _emulator(self, device: Device) -> Emulator:
        match device.kind:
            case "scanner" | "osdp" | "id_reader":
                return self._reader(device)
            case "counter" | "sensors" | "outputs":
                return self._board(device)
            case "door":
                self._door = EmulatedDoor(EmulatedDoorSettings(baud=device.pace, serial=_serial(device)))
                return self._door
            case "printer":
                self._printer = Printer()
                return self._printer.emulator
            case "pad" | "gate":
                settings = FeigReaderSettings(baud=device.pace, device=_serial(device).to_bytes(4))
                return FeigReader(Antenna(self._world, device.kind), settings)

    def _reader(self, device: Device) -> Emulator:
        match device.kind:
            case "id_reader":
                self._id_readers[device.name] = IdReader(device.pace)
                return self._id_readers[device.name].emulator
            case "osdp":
                reader = OsdpReader(device.pace, device.key)
                self._readers[device.name] = reader
                return reader.emulator
        scanner = EmulatedScanner(EmulatedScannerSettings(baud=device.pace))
        self._readers[device.name] = scanner
        return scanner

    def _board(self, device: Device) -> Emulator:
        match device.kind:
            case "counter":
                self._counter = CounterBoard(device.pace)
                return self._counter.board
            case "sensors":
                self._sensors = SensorBoard(device.pace)
                return self._sensors.board
        self._outputs = OutputBoard(device.pace)
        return self._outputs.board

    def close(self) -> None:
        """Pull all cables for good."""
        for reader in self._id_readers.values():
            reader.close()
        for cable in self._cables.values():
            cable.close()

    @property
    def urls(self) -> dict[str, str]:
        """Where each device answers, by name."""
        return {name: cable.url for name, cable in self._cables.items()}

    # ------------------------------------------------------------ what a person does
    def lay(self, uid: str, place: Place) -> None:
        """Lay one book somewhere."""
        self._world.lay(uid, place)

    def lay_pile(self, origin: Place, place: Place) -> None:
        """Lay all books of one place somewhere else."""
        self._world.lay_pile(origin, place)

    def bring(self, book: Book) -> None:
        """Bring a book into the room."""
        self._world.bring(book)

    def remove(self, uid: str) -> None:
        """Carry a book away for good."""
        self._world.remove(uid)

    def tap(self, number: str, scanner: str | None) -> None:
        """Show a card or code to a scanner or reader; without a name to the only one."""
        card = self._world.card(number)
        if scanner is None and len(self._readers) != 1:
            raise Impossible("which_scanner")
        name = scanner or next(iter(self._readers))
        if name not in self._readers:
            raise Unknown("unknown_device")
        self._unless_unplugged(name)
        self._readers[name].show(card.number, card.medium)

    def press(self, name: str, keys: str) -> None:
        """Type on the keypad of a reader."""
        reader = self._readers.get(name)
        if not isinstance(reader, OsdpReader):
            raise Unknown("no_keypad")
        self._unless_unplugged(name)
        reader.press(keys)

    def tap_id(self, number: str, reader: str | None) -> None:
        """Lay an identity card on a reader for a moment; without a name on the only one."""
        if number not in self._id_cards:
            raise Unknown("unknown_card")
        if reader is None and len(self._id_readers) != 1:
            raise Impossible("which_scanner")
        name = reader or next(iter(self._id_readers))
        if name not in self._id_readers:
            raise Unknown("unknown_device")
        self._unless_unplugged(name)
        self._id_readers[name].show(self._id_cards[number].card())

    def _unless_unplugged(self, name: str) -> None:
        if not self._cables[name].plugged:
            raise Impossible("unplugged")

    def push_door(self, force: bool = False) -> None:
        """Push the leaf; `force` breaks it open."""
        door = self._need_door()
        if force:
            door.force()
        elif not door.push():
            raise Impossible("door_locked")

    def close_door(self) -> None:
        self._need_door().close()

    def press_exit(self) -> None:
        self._need_door().press_exit()

    def set_fire(self, active: bool) -> None:
        """Trip the fire contact, or reset it at the unit."""
        door = self._need_door()
        if active:
            door.trip_fire()
        else:
            door.reset_fire()

    def walk_in(self, persons: int) -> None:
        """Come in, bag in hand."""
        self._through_door()
        self._world.walk(entering=persons)
        for counter in self._counters():
            counter.cross(entered=persons)

    def walk_out(self, persons: int) -> None:
        """Leave, bag in hand."""
        self._through_door()
        self._world.walk(leaving=persons)
        for counter in self._counters():
            counter.cross(left=persons)

    def set_point(self, point: str, value: float | None, active: bool | None) -> None:
        """Warm or cool a probe, or let a contact find what it watches for."""
        if self._sensors is None:
            raise Unknown("no_sensors")
        if value is not None:
            self._sensors.set_value(point, value)
        if active is not None:
            self._sensors.set_active(point, active)

    @property
    def printer(self) -> Printer:
        """The printer and what one does at it.

        Raises:
            Unknown: there is none.
        """
        if self._printer is None:
            raise Unknown("no_printer")
        return self._printer

    def put_plug(self, name: str, plugged: bool) -> None:
        """Put a device's cable in or pull it out."""
        if name not in self._cables:
            raise Unknown("unknown_device")
        self._cables[name].put(plugged)

    def _lamp(self, name: str) -> str:
        reader = self._readers.get(name)
        return reader.lamp if isinstance(reader, OsdpReader) else ""

    def _counters(self) -> Iterable[EmulatedDoor | CounterBoard]:
        return (counter for counter in (self._door, self._counter) if counter)

    def _need_door(self) -> EmulatedDoor:
        if self._door is None:
            raise Unknown("no_door")
        return self._door

    def _through_door(self) -> None:
        if self._door and not self._door.see().open:
            raise Impossible("door_shut")

    # ------------------------------------------------------------ what one sees
    def state(self) -> RoomState:
        """All of it, at one moment."""
        world = self._world
        return RoomState(
            name=self.name,
            books=tuple(BookState.of(lying) for lying in world.books),
            cards=tuple(world.cards),
            door=DoorState.of(self._door.see()) if self._door else None,
            people=PeopleState(world.inside, world.passing),
            devices=tuple(
                DeviceState(
                    name, each.device.kind, each.device.place, each.plugged, each.url, self._lamp(name)
                )
                for name, each in self._cables.items()
            ),
            id_cards=tuple(self._id_cards.values()),
            points=self._sensors.state() if self._sensors else (),
            outputs=self._outputs.state() if self._outputs else {},
            printer=self._printer.state() if self._printer else None,
            heard=self._heard.lines() if self._heard else None,
        )


def _serial(device: Device) -> int:
    """The serial number with which a device of this name was made: the same at every start."""
    return crc32(device.name.encode())

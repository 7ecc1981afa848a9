"""A room: its world, the emulated devices in it, and their cables.

- Every verb says what a person does in the room; none reaches into a driver or a kiosk.
- A verb that cannot happen raises `Impossible` and changes nothing.
- Verbs and `state` may be called from any thread; pulling a cable waits for its emulator's thread.
- `close` pulls all cables and lets go of all ports.
"""

from __future__ import annotations

from threading import Lock

from drivers.emulators.door import EmulatedDoor, EmulatedDoorSettings
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.emulators.scanner import EmulatedScanner, EmulatedScannerSettings
from drivers.emulators.serve import Emulator, Plug, PtyPlug, TcpPlug
from drivers.rig.config import Book, Device, Place, RigConfig
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
        self._scanners: dict[str, EmulatedScanner] = {}
        self._cables: dict[str, _Cable] = {}
        try:
            for device in config.devices:
                self._cables[device.name] = _Cable(device, self._emulator(device))
        except OSError:
            self.close()
            raise

    def _emulator(self, device: Device) -> Emulator:
        match device.kind:
            case "scanner":
                scanner = EmulatedScanner(EmulatedScannerSettings(baud=device.pace))
                self._scanners[device.name] = scanner
                return scanner
            case "door":
                self._door = EmulatedDoor(EmulatedDoorSettings(baud=device.pace))
                return self._door
            case "pad" | "gate":
                return FeigReader(Antenna(self._world, device.kind), FeigReaderSettings(baud=device.pace))

    def close(self) -> None:
        """Pull all cables for good."""
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
        """Show a card or code to a scanner; without a name to the only one."""
        card = self._world.card(number)
        if scanner is None and len(self._scanners) != 1:
            raise Impossible("which_scanner")
        name = scanner or next(iter(self._scanners))
        if name not in self._scanners:
            raise Unknown("unknown_device")
        if not self._cables[name].plugged:
            raise Impossible("unplugged")
        self._scanners[name].show(card.number, card.medium)

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
        if self._door:
            self._door.cross(entered=persons)

    def walk_out(self, persons: int) -> None:
        """Leave, bag in hand."""
        self._through_door()
        self._world.walk(leaving=persons)
        if self._door:
            self._door.cross(left=persons)

    def put_plug(self, name: str, plugged: bool) -> None:
        """Put a device's cable in or pull it out."""
        if name not in self._cables:
            raise Unknown("unknown_device")
        self._cables[name].put(plugged)

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
                DeviceState(each.device.name, each.device.kind, each.device.place, each.plugged, each.url)
                for each in self._cables.values()
            ),
        )

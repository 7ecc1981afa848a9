"""One Modbus RTU unit on a line: the one file that knows pymodbus.

    address (1) | function (1) | fields | CRC (2, low octet first)

- pymodbus builds and reads the frames, `drivers.line` carries them: serial ports and RTU over TCP alike.
- One request, one reply. A call blocks at most `tries` × `timeout_s` (and the line's own write).
- A request that is not answered is sent again: every request here may be carried out twice.
- A reply is found within noise, late and doubled ones by unit, function, checksum and what was asked.
- Nothing is kept from call to call; a line that broke is `Gone`, opening it again is the caller's.

Source: Modbus over serial line 1.02; Modbus application protocol 1.1b3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ModbusPDU

from drivers.errors import DriverError, Gone, Misbehaved, Misuse, Unsupported
from drivers.line.line import Line

EVIDENCE_OCTETS = 512
MAX_HEARD = 1024
"""Octets kept while a reply is looked for: four of the longest frames."""
MAX_DRAINS = 8
"""Reads that throw late octets away before a request; a line that babbles on is not waited for."""

_EXCEPTIONS: dict[int, tuple[type[DriverError], str]] = {
    1: (Unsupported, "illegal function"),
    2: (Unsupported, "illegal address: another register map"),
    3: (Misuse, "illegal value"),
    4: (Misbehaved, "device failure"),
    5: (Misbehaved, "acknowledged, not done"),
    6: (Misbehaved, "busy"),
}


@dataclass(frozen=True, slots=True)
class ModbusTiming:
    """How patient the master is."""

    timeout_s: float = 0.2
    """From the last octet sent to the whole reply."""
    tries: int = 3
    gap_s: float = 0.002
    """Silence before a frame: 3.5 characters, 1.75 ms above 19200 baud (serial line 1.02, 2.5.1.1)."""


class ModbusUnit(ModbusClientMixin[ModbusPDU]):
    """The verbs of Modbus towards one unit.

    Every verb raises:
        Gone: no reply, or the line broke.
        Misbehaved: octets came, but no reply among them; or the unit says that it failed.
        Unsupported: the unit knows no such function or address.
        Misuse: the unit refuses the value.
    """

    def __init__(
        self,
        line: Line,
        unit: int,
        timing: ModbusTiming,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pymodbus leaves it bare
        self._line = line
        self._unit = unit
        self._timing = timing
        self._clock = clock
        self._sleep = sleep
        self._framer = FramerRTU(DecodePDU(is_server=False))
        self._quiet_since = clock() - timing.gap_s

    def inputs(self, first: int, count: int) -> Sequence[bool]:
        """Discrete inputs (function 2)."""
        return self.read_discrete_inputs(first, count=count, device_id=self._unit).bits[:count]

    def registers(self, first: int, count: int) -> Sequence[int]:
        """Input registers (function 4)."""
        return self.read_input_registers(first, count=count, device_id=self._unit).registers

    def set_coil(self, address: int, on: bool) -> None:
        """One coil (function 5)."""
        self.write_coil(address, on, device_id=self._unit)

    def set_registers(self, first: int, values: Sequence[int]) -> None:
        """Holding registers, all at once (function 16)."""
        self.write_registers(first, values, device_id=self._unit)

    def execute(self, no_response_expected: bool, request: ModbusPDU) -> ModbusPDU:  # noqa: ARG002 - theirs
        """Send one request and return its reply; the verbs of the base class all end here."""
        frame = self._framer.buildFrame(request)
        heard = b""
        for _ in range(self._timing.tries):
            self._send(frame)
            reply, heard = self._listen(request)
            if reply is not None:
                return _checked(reply)
        if heard:
            raise Misbehaved("no reply in what the unit sent", frame=heard[:EVIDENCE_OCTETS])
        raise Gone(f"no reply from unit {self._unit}", frame=frame)

    def _send(self, frame: bytes) -> None:
        for _ in range(MAX_DRAINS):
            if not self._line.read(0):
                break
            self._quiet_since = self._clock()
        pause_s = self._quiet_since + self._timing.gap_s - self._clock()
        if pause_s > 0:
            self._sleep(pause_s)
        self._line.write(frame)

    def _listen(self, request: ModbusPDU) -> tuple[ModbusPDU | None, bytes]:
        """The reply, or None, and what was heard."""
        until = self._clock() + self._timing.timeout_s
        heard = b""
        while (left_s := until - self._clock()) > 0:
            octets = self._line.read(left_s)
            if not octets:
                break
            self._quiet_since = self._clock()
            heard = (heard + octets)[-MAX_HEARD:]
            reply = self._find(request, heard)
            if reply is not None:
                return reply, heard
        return None, heard

    def _find(self, request: ModbusPDU, heard: bytes) -> ModbusPDU | None:
        for start in range(len(heard) - 1):
            if heard[start] != self._unit or heard[start + 1] & 0x7F != request.function_code:
                continue
            try:
                _, reply = self._framer.handleFrame(heard[start:], self._unit, 0)
            except ModbusException:
                continue
            if reply is not None and _answers(reply, request):
                return reply
        return None


def _answers(reply: ModbusPDU, request: ModbusPDU) -> bool:
    """Whether it can be the reply to this request, and not a late one to another."""
    if reply.isError():
        return True
    match request.function_code:
        case 2:
            return len(reply.bits) == (request.count + 7) // 8 * 8
        case 4:
            return len(reply.registers) == request.count
        case 5:
            return (reply.address, reply.bits) == (request.address, request.bits)
        case _:
            return (reply.address, reply.count) == (request.address, request.count)


def _checked(reply: ModbusPDU) -> ModbusPDU:
    if not reply.isError():
        return reply
    code = reply.exception_code
    kind, text = _EXCEPTIONS.get(code, (Misbehaved, f"exception {code}"))
    raise kind(f"the unit answers: {text}", status=code)

"""One Modbus unit on a line: the one file that knows pymodbus.

    rtu    address (1) | function (1) | fields | CRC (2, low octet first)
    tcp    transaction (2) | 0 (2) | length (2) | address (1) | function (1) | fields

- pymodbus builds and reads the frames, `drivers.line` carries them: serial ports, RTU over TCP, Modbus TCP.
- One request, one reply. A call blocks at most `tries` × `timeout_s`, and for the turns of a shared line.
- Each try is a turn of its own: who shares the line waits for one time-out, never for all of them.
- A request that is not answered is sent again: every request here may be carried out twice. So is one that came to a
  unit that was busy, or to a gateway that heard nothing of the unit behind it.
- A reply is found within noise, late and doubled ones by unit, function, checksum or transaction, and by
  what was asked.
- A question that is made again and again is built once, and a reply that is octet by octet the one before is not taken
  apart again: a unit at rest is asked ten times a second. Else nothing is kept from call to call.
- A line that broke is `Gone`, opening it again is the caller's.

Source: Modbus over serial line 1.02; Modbus application protocol 1.1b3; Modbus messaging on TCP/IP 1.0b.
"""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest, WriteSingleCoilRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from drivers.errors import DriverError, Gone, Misbehaved, Misuse, Unsupported
from drivers.line.line import Line
from drivers.line.shared import SharedLine
from drivers.line.text import named
from drivers.modbus.settings import Framing, ModbusTiming, Table

EVIDENCE_OCTETS = 512
MAX_HEARD = 1024
"""Octets kept while a reply is looked for: four of the longest frames."""
MAX_DRAINS = 8
"""Reads that throw late octets away before a request; a line that babbles on is not waited for."""
MBAP_OCTETS = 6
"""Before the unit's address in Modbus TCP."""
PROTOCOL = b"\0\0"
"""Modbus, among what may once travel behind the same head."""

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
"""What it would log of a bad line is in our errors."""

_READINGS: Mapping[Table, type[ModbusPDU]] = {
    "coil": ReadCoilsRequest,
    "discrete": ReadDiscreteInputsRequest,
    "holding": ReadHoldingRegistersRequest,
    "input": ReadInputRegistersRequest,
}
"""By functions 1 to 4."""
_EXCEPTIONS: dict[int, tuple[type[DriverError], str]] = {
    1: (Unsupported, "illegal function"),
    2: (Unsupported, "illegal address: another register map"),
    3: (Misuse, "illegal value"),
    4: (Misbehaved, "device failure"),
    5: (Misbehaved, "acknowledged, not done"),
    6: (Misbehaved, "busy"),
    10: (Gone, "the gateway has no path to the unit"),
    11: (Gone, "the unit behind the gateway does not answer"),
}
_FOR_NOW = frozenset({6, 11})
"""What the next try may find otherwise."""


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
        framing: Framing = "rtu",
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pymodbus leaves it bare
        self._line = line
        self._turn: AbstractContextManager[bool] = line if isinstance(line, SharedLine) else nullcontext(True)
        """Who has a line alone is never disturbed."""
        self._unit = unit
        self._timing = timing
        self._clock = clock
        self._sleep = sleep
        self._tcp = framing == "tcp"
        self._framer = (FramerSocket if self._tcp else FramerRTU)(DecodePDU(is_server=False))
        self._gap_s = 0.0 if self._tcp else timing.gap_s
        self._quiet_since = clock() - self._gap_s
        self._transaction = 0
        self._questions: dict[tuple[Table, int, int], _Question] = {}
        """As many as the configuration has spans."""

    def read(self, table: Table, first: int, count: int) -> Sequence[int]:
        """Neighbours of one table (functions 1 to 4); bits are 0 or 1."""
        question = self._questions.get((table, first, count))
        if question is None:
            request = _READINGS[table](address=first, count=count, dev_id=self._unit)
            question = self._questions[table, first, count] = _Question(request)
        reply = self._ask(question)
        return (reply.bits or reply.registers)[:count]

    def set_coil(self, address: int, on: bool) -> None:
        """One coil (function 5)."""
        self.write_coil(address, on, device_id=self._unit)

    def set_coil_to(self, address: int, value: int) -> None:
        """Function 5 with a value of the maker's own: relay boards take the time of a pulse there."""
        self.execute(False, _MakersCoil(address, value, self._unit))

    def set_register(self, address: int, value: int) -> None:
        """One holding register (function 6)."""
        self.write_register(address, value, device_id=self._unit)

    def set_registers(self, first: int, values: Sequence[int]) -> None:
        """Holding registers, all at once (function 16)."""
        self.write_registers(first, values, device_id=self._unit)

    def execute(self, no_response_expected: bool, request: ModbusPDU) -> ModbusPDU:  # noqa: ARG002 - theirs
        """Send one request and return its reply; the verbs of the base class all end here."""
        return self._ask(_Question(request))

    def _ask(self, question: _Question) -> ModbusPDU:
        heard, refusal, again_at = b"", None, 0.0
        for _ in range(self._timing.tries):
            if refusal is not None:
                self._sleep(max(again_at - self._clock(), 0.0))
            with self._turn as undisturbed:
                if not undisturbed:
                    self._quiet_since = self._clock()
                frame = self._framed(question)
                again_at = self._clock() + self._timing.timeout_s
                self._send(frame)
                reply, heard = self._listen(question)
            if reply is not None and not reply.isError():
                return reply
            if reply is not None and reply.exception_code not in _FOR_NOW:
                raise _refused(reply)
            refusal = reply or refusal
        if refusal is not None:
            raise _refused(refusal)
        if heard:
            raise Misbehaved(f"no reply in what the unit sent: {named(heard)}", frame=heard[:EVIDENCE_OCTETS])
        raise Gone(f"no reply from unit {self._unit}", frame=frame)

    def _framed(self, question: _Question) -> bytes:
        if self._tcp:
            self._transaction = self._transaction % 0xFFFF + 1
            question.request.transaction_id = self._transaction
            question.heard = b""  # with that number nothing was heard yet
        if self._tcp or not question.frame:
            question.frame = self._framer.buildFrame(question.request)
        return question.frame

    def _send(self, frame: bytes) -> None:
        for _ in range(MAX_DRAINS):
            if not self._line.read(0):
                break
            self._quiet_since = self._clock()
        pause_s = self._quiet_since + self._gap_s - self._clock()
        if pause_s > 0:
            self._sleep(pause_s)
        self._line.write(frame)

    def _listen(self, question: _Question) -> tuple[ModbusPDU | None, bytes]:
        """The reply, or None, and what was heard."""
        until = self._clock() + self._timing.timeout_s
        heard = b""
        while (left_s := until - self._clock()) > 0:
            octets = self._line.read(left_s)
            if not octets:
                break
            self._quiet_since = self._clock()
            heard = (heard + octets)[-MAX_HEARD:]
            if heard != question.heard:
                question.heard, question.reply = heard, self._find(question.request, heard)
            if question.reply is not None:
                return question.reply, heard
        return None, heard

    def _find(self, request: ModbusPDU, heard: bytes) -> ModbusPDU | None:
        head = MBAP_OCTETS if self._tcp else 0
        for start in range(len(heard) - head - 1):
            unit, function = heard[start + head : start + head + 2]
            if unit != self._unit or function & 0x7F != request.function_code:
                continue
            if self._tcp and heard[start + 2 : start + 4] != PROTOCOL:
                continue
            try:
                _, reply = self._framer.handleFrame(heard[start:], self._unit, request.transaction_id)
            except (ModbusException, struct.error, IndexError, ValueError):
                continue  # pymodbus lets more escape than it says where a length lies
            if reply is not None and _answers(reply, request):
                return reply
        return None


@dataclass(slots=True)
class _Question:
    """A question, perhaps asked often, and what was heard last."""

    request: ModbusPDU
    frame: bytes = b""
    heard: bytes = b""
    reply: ModbusPDU | None = None


class _MakersCoil(WriteSingleCoilRequest):
    """Function 5 whose value is neither FF00 nor 0000."""

    def __init__(self, address: int, value: int, unit: int) -> None:
        super().__init__(dev_id=unit, address=address, bits=[value != 0])
        self._value = value

    def encode(self) -> bytes:
        return struct.pack(">HH", self.address, self._value)


def _answers(reply: ModbusPDU, request: ModbusPDU) -> bool:
    """Whether it can be the reply to this request, and not a late one to another."""
    if reply.isError():
        return True
    match request.function_code:
        case 1 | 2:
            return len(reply.bits) == (request.count + 7) // 8 * 8
        case 3 | 4:
            return len(reply.registers) == request.count
        case 5:
            return (reply.address, reply.bits) == (request.address, request.bits)
        case 6:
            return (reply.address, reply.registers) == (request.address, request.registers)
        case _:
            return (reply.address, reply.count) == (request.address, request.count)


def _refused(reply: ModbusPDU) -> DriverError:
    code = reply.exception_code
    kind, text = _EXCEPTIONS.get(code, (Misbehaved, f"exception {code}"))
    return kind(f"the unit answers: {text}", status=code)

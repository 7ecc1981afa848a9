"""Messages declared as frozen dataclasses, one field an octet or more; and the one codec for all of them.

@dataclass(frozen=True, slots=True)
class WriteAfi:
\"\"\"[B0][27] MODE UID AFI\"\"\"

control: int = constant(0x27)
uid: bytes = octets(8)
afi: int = number(1)
"""

from __future__ import annotations

from dataclasses import MISSING, field, fields
from typing import Any, TypeVar

from drivers.errors import Misbehaved

T = TypeVar("T")


def number(width: int, default: Any = MISSING) -> Any:
    """An unsigned number of `width` octets, most significant first."""
    return field(default=default, metadata={"width": width, "number": True})


def octets(width: int) -> Any:
    """`width` octets as they are."""
    return field(metadata={"width": width, "number": False})


def rest() -> Any:
    """All octets that are left, as they are; only as the last field."""
    return field(metadata={"width": 0, "number": False, "rest": True})


def constant(value: int) -> Any:
    """An octet that is always the same."""
    return field(default=value, init=False, metadata={"width": 1, "number": True, "constant": value})


def width_of(kind: type[Any]) -> int:
    """Octets of a whole message; of one with a rest, those before it."""
    return sum(each.metadata["width"] for each in fields(kind))


def pack(message: Any) -> bytes:
    """The octets of a message."""
    return b"".join(_octets(getattr(message, each.name), each.metadata["width"]) for each in fields(message))


def unpack(kind: type[T], data: bytes) -> T:
    """The message that the octets are.

    Raises:
        Misbehaved: too few octets, too many, or another constant.
    """
    open_end = any("rest" in each.metadata for each in fields(kind))  # type: ignore[arg-type]  # every message is one
    if len(data) != width_of(kind) and not (open_end and len(data) > width_of(kind)):
        raise Misbehaved(f"{kind.__name__} has {width_of(kind)} octets, not {len(data)}", frame=data)
    values: dict[str, Any] = {}
    for each in fields(kind):  # type: ignore[arg-type]  # every message is a dataclass
        width = len(data) if "rest" in each.metadata else each.metadata["width"]
        value, data = data[:width], data[width:]
        if "constant" not in each.metadata:
            values[each.name] = int.from_bytes(value) if each.metadata["number"] else value
        elif int.from_bytes(value) != each.metadata["constant"]:
            raise Misbehaved(f"{kind.__name__}.{each.name} is {value.hex()}", frame=data)
    return kind(**values)


def _octets(value: int | bytes, width: int) -> bytes:
    return value.to_bytes(width) if isinstance(value, int) else value

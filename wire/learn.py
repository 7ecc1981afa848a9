"""What msgspec must know before threads start. Pure.

msgspec looks at a type when it first decodes one. Two threads that decode a type for the first time at the same
moment may crash the interpreter: one reads what the other has half written (0.22, seen as SIGSEGV in a process
that opens many lines at once). So a module that declares such a type has it looked at while it is imported.
"""

from __future__ import annotations

import msgspec


def learn(*kinds: type) -> None:
    """Look at these types, and at all that they hold, now."""
    for kind in kinds:
        msgspec.json.Decoder(kind)

"""What central asks of whoever takes the money. A plug-in of the entry point group `shuwu.payments`.

- A plug-in is a function `make(settings, secrets)`: two mappings out of `[payments]`, and gives a `Provider`.
- Amounts are whole 分. A `reference` is ours, at most 32 letters and digits, and says nothing of a reader.
- `create` again with the same reference gives the same code, or another one for the same payment: never a second
  payment. A provider that cannot promise this must remember by itself.
- Every verb answers within `TIMEOUT_S`, or raises `Away`; nothing is concluded from that but that nobody knows.
- A secret stands in no log, no address and no text of an error.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from central.circulation.ledger.yuan import MAX_FEN
from central.config import Config, ConfigError

GROUP: Final = "shuwu.payments"
BUILT_IN: Mapping[str, str] = {"local": "central.payments.local.client:make"}
TIMEOUT_S: Final = 5.0
"""For one answer: a reader waits 20 s for a code."""
MAX_SECRET: Final = 64 * 1024
LAST_MS: Final = 4_102_444_800_000
"""2100-01-01: a later time is a mistake of units."""
_NUMBER: Final = re.compile(r"[!-~]{1,64}")
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Money(NamedTuple):
    """One payment that the provider has."""

    provider_id: str
    """Its number there, unique for ever: 1 to 64 printable ASCII characters."""
    reference: str
    amount_fen: int
    paid_ms: int
    """Since 1970, by the provider's clock."""


class Away(Exception):  # noqa: N818 - a state of the peer
    """No answer, or one that says to try again."""


class Declined(Exception):  # noqa: N818 - a verdict of the peer
    """The provider will not do it; `args[0]` says why, for the log."""


class Forged(Exception):  # noqa: N818 - a verdict on the message
    """A notification that is not the provider's."""


def checked(money: Money) -> Money:
    """What a plug-in tells, where it can be.

    Raises:
        Forged: it cannot: a number that is none, an amount that no reader pays, a time that is not ours.
    """
    if not _NUMBER.fullmatch(money.provider_id) or not _NUMBER.fullmatch(money.reference):
        raise Forged("a number that is none")
    if not 0 < money.amount_fen <= MAX_FEN:
        raise Forged("an amount that nobody pays")
    if not 0 <= money.paid_ms < LAST_MS:
        raise Forged("a time that is not ours")
    return money


class Provider(Protocol):
    """Whoever takes the money."""

    def create(self, amount_fen: int, reference: str, expires_ms: int) -> str:
        """Text of a code that takes this amount until then: at most 512 printable ASCII characters, no space.

        Raises:
            Away, Declined.
        """

    def status(self, reference: str) -> Sequence[Money]:
        """All money that came by this reference: none, one, or more where somebody paid twice.

        Raises:
            Away.
        """

    def cancel(self, reference: str) -> None:
        """Take no money by this reference any more. One that is paid, over or unknown is left as it is.

        Raises:
            Away.
        """

    def verify(self, headers: Mapping[str, str], body: bytes) -> Money:
        """The money that a notification tells of.

        Raises:
            Forged.
        """

    def listing(self, first_ms: int, last_ms: int) -> Sequence[Money]:
        """All money that came from `first_ms` on and before `last_ms`.

        Raises:
            Away.
        """


Make = Callable[[Mapping[str, str], Mapping[str, bytes]], Provider]


def load(config: Config) -> Provider | None:
    """The provider that the configuration names; None where it names none.

    Raises:
        ConfigError: no such plug-in, settings that it does not take, a secret that is missing or open to others.
    """
    name = config.payments.provider
    if not name:
        return None
    make = _plugin(name)
    secrets = {of: secret(path) for of, path in config.payments.secrets.items()}
    try:
        return make(config.payments.settings, secrets)
    except (KeyError, ValueError) as cause:
        raise ConfigError(f"the payment provider {name}: {cause} - at `$.payments.settings`") from None


def _plugin(name: str) -> Make:
    target = BUILT_IN.get(name)
    if target is not None:
        module, _, made = target.partition(":")
        built_in: Make = getattr(import_module(module), made)
        return built_in
    for point in entry_points(group=GROUP):
        if point.name == name:
            plugged: Make = point.load()
            return plugged
    raise ConfigError(f"no payment provider {name!r} is installed - at `$.payments.provider`")


def secret(path: Path) -> bytes:
    """The octets of a secret's file, without white space around them.

    Raises:
        ConfigError: it is missing, empty, or open to others.
    """
    try:
        if path.stat().st_mode & OTHERS:
            raise ConfigError(f"{path}: open to others; chmod 600 it - at `$.payments.secrets`")
        with path.open("rb") as file:
            found = file.read(MAX_SECRET).strip()
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror} - at `$.payments.secrets`") from None
    if not found:
        raise ConfigError(f"{path}: empty - at `$.payments.secrets`")
    return found

"""Terminals of the SIP2 server: what an account is, and where it may sign in from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from msgspec import Struct
from sqlalchemy import bindparam, select

from central.circulation.ledger.desk import Desk
from central.circulation.server.models import SipAccount
from central.fleet.models import Branch
from central.statements import Cursor, Prepared
from wire.sip2 import dialect as dialects
from wire.sip2.dialect import Dialect

MAX_DIALECTS = 256
"""Kept in memory: a dozen makers, each with a few sites' overrides."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a line comes from, as the line itself shows."""

    address: str
    common_name: str = ""
    """Of the certificate that the terminal showed; empty without one."""
    fingerprint: str = ""
    """SHA-256 of that certificate, lower-case hexadecimal."""


class Terminal(Struct, frozen=True):
    """A terminal that has signed in."""

    account: str
    branch: str
    """Id, which is also the institution and location code."""
    zone: str
    place: str
    """Name of the branch."""
    dialect: Dialect
    kind: str = "kiosk"
    no_block: bool = True
    """It may tell what happened off line already."""
    max_connections: int = 16

    def desk(self, now_ms: int) -> Desk:
        """Where and when its next transaction takes place."""
        return Desk(self.account, self.branch, self.zone, now_ms)


@dataclass(frozen=True, slots=True)
class Account:
    """A terminal's account as it stands in the database."""

    password_hash: str
    terminal: Terminal
    certificate: str
    addresses: str

    def admits(self, origin: Origin) -> bool:
        """Whether a line from there may be this terminal's."""
        shown = {origin.common_name, origin.fingerprint} - {""}
        if self.certificate and self.certificate not in shown:
            return False
        return not self.addresses or within(origin.address, self.addresses)


def within(address: str, networks: str) -> bool:
    """Whether an address lies in one of the networks, which are parted by blanks."""
    try:
        own = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(own, "ipv4_mapped", None) or own
    return any(mapped in ip_network(network) for network in networks.split())


@lru_cache(MAX_DIALECTS)
def dialect_of(name: str, overrides: str) -> Dialect:
    """A dialect of the package with an account's own keys over it.

    Raises:
        BadDialect: there is none of this name, or the text is none.
    """
    base = dialects.load(name)
    return dialects.merge(base, overrides) if overrides else base


_ACCOUNT = Prepared(
    "username",
    statement=select(
        SipAccount.password_hash,
        SipAccount.certificate,
        SipAccount.addresses,
        SipAccount.dialect,
        SipAccount.overrides,
        SipAccount.kind,
        SipAccount.no_block,
        SipAccount.max_connections,
        Branch.id,
        Branch.zone,
        Branch.name_zh,
    )
    .join(Branch, Branch.id == SipAccount.branch_id)
    .where(SipAccount.username == bindparam("username"), SipAccount.active),
)


def find_account(cursor: Cursor, username: str) -> Account | None:
    """An account that is open; None where it is unknown or closed.

    Raises:
        BadDialect: somebody wrote into the row past `central.circulation.server.accounts`.
    """
    row = cursor.one(_ACCOUNT, username)
    if row is None:
        return None
    password_hash, certificate, addresses, name, overrides, kind, no_block, most, branch, zone, place = row
    dialect = dialect_of(name, overrides)
    terminal = Terminal(username, branch, zone, place, dialect, kind, no_block, most)
    return Account(password_hash, terminal, certificate, addresses)

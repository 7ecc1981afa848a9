"""What staff do with terminals' accounts. Each takes the session of its caller's transaction, and never commits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.circulation.server.models import SipAccount
from central.circulation.server.terminals import dialect_of
from central.fleet.models import Branch
from wire.sip2.dialect import BadDialect

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
"""What any machine can be set to send in CN."""
MIN_PASSWORD = 8
"""Characters; it is typed once into a machine, and guessing is slow (`central.guesses`)."""
FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}:?){32}")
MAX_CONNECTIONS = 256
KINDS = ("kiosk", "machine")


class Unfit(ValueError):  # noqa: N818 - a verdict on the request
    """The account is refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an account shall be."""

    username: str
    branch: str
    kind: str = "kiosk"
    dialect: str = "shuwu"
    overrides: str = ""
    certificate: str = ""
    addresses: Sequence[str] = ()
    max_connections: int = 16
    no_block: bool = True


def add(session: Session, wish: Wish, password_hash: str) -> SipAccount:
    """Open an account.

    Raises:
        Unfit: the name is taken or of no use, the branch is unknown, or a value is none.
    """
    if not USERNAME.fullmatch(wish.username):
        raise Unfit("a user name has letters, digits, dots, dashes, 64 at most")
    if session.get(SipAccount, wish.username) is not None:
        raise Unfit(f"{wish.username} is there already")
    if session.get(Branch, wish.branch) is None:
        raise Unfit(f"there is no branch {wish.branch}")
    if wish.kind not in KINDS:
        raise Unfit(f"kinds are {', '.join(KINDS)}")
    if not 1 <= wish.max_connections <= MAX_CONNECTIONS:
        raise Unfit(f"1 to {MAX_CONNECTIONS} connections")
    account = SipAccount(
        username=wish.username,
        password_hash=password_hash,
        branch_id=wish.branch,
        kind=wish.kind,
        dialect=wish.dialect,
        overrides=_overrides(wish.dialect, wish.overrides),
        certificate=_certificate(wish.certificate),
        addresses=_networks(wish.addresses),
        max_connections=wish.max_connections,
        no_block=wish.no_block,
        active=True,
    )
    session.add(account)
    session.flush()
    return account


def close(session: Session, username: str) -> None:
    """Let nobody sign in with it any more; it keeps its name, which loans bear.

    Raises:
        Unfit: there is none.
    """
    _found(session, username).active = False


def set_password(session: Session, username: str, password_hash: str) -> None:
    """Give an account a new password, and open it again where it was closed.

    Raises:
        Unfit: there is none.
    """
    account = _found(session, username)
    account.password_hash, account.active = password_hash, True


def listed(session: Session) -> Sequence[SipAccount]:
    """All accounts by branch and name."""
    return session.scalars(select(SipAccount).order_by(SipAccount.branch_id, SipAccount.username)).all()


def check_password(username: str, password: str) -> None:
    """Refuse a password that a guess would find.

    Raises:
        Unfit: too short, or the name itself.
    """
    if len(password) < MIN_PASSWORD or password.lower() == username.lower():
        raise Unfit(f"a password has {MIN_PASSWORD} characters at least and is not the name")


def _found(session: Session, username: str) -> SipAccount:
    account = session.get(SipAccount, username)
    if account is None:
        raise Unfit(f"there is no account {username}")
    return account


def _overrides(dialect: str, text: str) -> str:
    try:
        dialect_of(dialect, text)
    except BadDialect as cause:
        raise Unfit(str(cause)) from None
    return text


def _certificate(text: str) -> str:
    """A fingerprint without its colons, in lower case; a common name as it is."""
    return text.replace(":", "").lower() if FINGERPRINT.fullmatch(text) else text.strip()


def _networks(texts: Sequence[str]) -> str:
    try:
        return " ".join(str(ip_network(text)) for text in texts)
    except ValueError as cause:
        raise Unfit(str(cause)) from None

"""Staff accounts: who they are, what they may do, what they did.

- Passwords are argon2id with the library's RFC 9106 low-memory settings: one check takes 64 MiB and some
  50 ms, so that whoever serves many people bounds how many run at once.
- Checking an unknown name costs the same as a known one.
- What takes a session works inside the caller's transaction and never commits.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.models import AuditEntry, Staff

MIN_PASSWORD = 10
"""Characters. Length is what counts (NIST SP 800-63B), so that there are no other rules."""
MAX_PASSWORD = 200
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")

_hasher = PasswordHasher()
_UNKNOWN = "$argon2id$v=19$m=65536,t=3,p=4$c2h1d3Utbm8tc3VjaC1zdA$HtD7B1hK7lXOZgGVarn96jt75LOpCPqLljfFMv4uJyE"
"""A hash that no password fits, for names that nobody bears: same parameters, same time."""


class Role(StrEnum):
    TECHNICIAN = "technician"
    LIBRARIAN = "librarian"
    MANAGER = "manager"
    ADMIN = "admin"


class Unfit(ValueError):  # noqa: N818 - a verdict on the request
    """The change is refused; `args[0]` names why: see WHY."""


WHY = frozenset(
    {
        "password_short",
        "password_is_name",
        "old_password",
        "passwords_differ",
        "username_form",
        "username_taken",
        "last_admin",
    }
)


def hash_password(username: str, password: str) -> str:
    """argon2id of a password that this person may have. Outside a transaction: it takes some 50 ms.

    Raises:
        Unfit: too short, or the user name itself.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Unfit("password_short")
    if password.lower() == username:
        raise Unfit("password_is_name")
    return _hasher.hash(password)


def authenticate(session: Session, username: str, password: str) -> Staff | None:
    """The person, where name and password fit and the account is active; the same time in every case."""
    staff = session.get(Staff, username)
    known = staff is not None and staff.active
    fits = _fits(staff.password_hash if staff else _UNKNOWN, password[:MAX_PASSWORD])
    return staff if known and fits else None


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def stamp(staff: Staff) -> str:
    """What a session carries beside the name: it changes with the password and so ends other sessions."""
    return hashlib.sha256(staff.password_hash.encode()).hexdigest()[:16]


def add_staff(
    session: Session, username: str, name: str, password_hash: str, role: Role, *, language: str = "zh-CN"
) -> Staff:
    """A new account; `password_hash` from `hash_password`.

    Raises:
        Unfit: name taken or malformed.
    """
    if not USERNAME.fullmatch(username):
        raise Unfit("username_form")
    if session.get(Staff, username) is not None:
        raise Unfit("username_taken")
    staff = Staff(
        username=username,
        name=name,
        password_hash=password_hash,
        role=role.value,
        language=language,
        active=True,
    )
    session.add(staff)
    session.flush()
    return staff


def set_active(session: Session, staff: Staff, *, active: bool) -> None:
    """Open or close an account; its sessions end with the next request.

    Raises:
        Unfit: it is the last active administrator's.
    """
    if not active:
        _keep_an_admin(session, staff)
    staff.active = active


def set_role(session: Session, staff: Staff, role: Role) -> None:
    """Another role for an account; it holds from its next request on.

    Raises:
        Unfit: it is the last active administrator's.
    """
    if role is not Role.ADMIN:
        _keep_an_admin(session, staff)
    staff.role = role.value


def _keep_an_admin(session: Session, leaving: Staff) -> None:
    if leaving.active and leaving.role == Role.ADMIN and _active_admins(session) <= 1:
        raise Unfit("last_admin")


def _active_admins(session: Session) -> int:
    """How many there are; nobody else closes one of them meanwhile."""
    active = select(Staff.username).where(Staff.role == Role.ADMIN.value, Staff.active)
    return len(session.scalars(active.order_by(Staff.username).with_for_update()).all())


def record(
    session: Session, at_ms: int, staff: str, action: str, subject: str = "", address: str = ""
) -> None:
    """One line of the audit: who did what to what, from which address."""
    session.add(
        AuditEntry(
            at_ms=at_ms,
            staff=staff[:64],
            action=action,
            subject=subject[:200],
            address=address[:64],
        )
    )

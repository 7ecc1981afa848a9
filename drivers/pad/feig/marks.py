"""AFI and EAS of one tag, written and read back: verbs over a session.

Each returns what the tag or the reader refuses, and raises Gone or Misbehaved where the reader cannot be
talked to.
"""

from __future__ import annotations

from drivers.errors import DriverError
from drivers.pad.feig.messages import AskEas, ResetEas, SetEas, WriteAfi
from drivers.pad.feig.session import Session, yes_or_no
from drivers.tag.iso15693 import uid_octets
from drivers.tag.security import Security, Shown


def write(session: Session, uid: str, wanted: Shown) -> DriverError | None:
    """Write each mark that is wanted. Only `read` tells what the tag shows then."""
    refused: DriverError | None = None
    if wanted.afi is not None:
        refused = session.order(uid, WriteAfi(uid=uid_octets(uid), afi=wanted.afi))
    if wanted.eas is not None:
        switch = SetEas if wanted.eas else ResetEas
        refused = session.order(uid, switch(uid=uid_octets(uid))) or refused
    return refused


def read(session: Session, uid: str, security: Security) -> Shown | DriverError:
    """What a tag shows now of the marks that the library uses.

    Silence is how a tag says that its EAS is off: its system information, asked for behind that, proves
    that it was there to say it.
    """
    eas = read_eas(session, uid) if security.by_eas else None
    if isinstance(eas, DriverError):
        return eas
    told = session.system(uid)
    if isinstance(told, DriverError):
        return told
    return Shown(told.afi if security.by_afi else None, eas)


def read_eas(session: Session, uid: str) -> bool | DriverError:
    """Whether a tag's EAS bit is on; False also where the tag is gone.

    The answer is a mere yes or no: behind a fence it can be no other tag's, and no order's.
    """
    session.fence()
    reply = session.ask(uid, AskEas(uid=uid_octets(uid)))
    return reply if isinstance(reply, DriverError) else yes_or_no(reply)

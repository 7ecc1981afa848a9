"""Where a member of staff works, and the ledger as it is reached from a page.

- The branch is chosen once and kept in the session; the first of the tree until then.
- A card number is never part of an address: proxies log those. `token` stands for it there, the same for the
  same card until the web secret changes, and nobody without that secret reads it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import abort, make_response, render_template, session

from central.circulation.ledger import audit
from central.circulation.ledger.desk import Desk
from central.clock_ms import now_ms
from central.fleet.tree import Place
from central.statements import Cursor
from central.web.access import person
from central.web.language import words as say
from central.web.services import services

CHOSEN = "branch"
"""Place of the branch in the session."""
KEY_OCTETS = 64
MAX_TOKEN = 200


def everywhere() -> Iterable[Place]:
    """All branches, parents first."""
    return services().tree().places.values()


def branch() -> Place:
    """The branch at which this person works; where there is none at all, a page that says so (409)."""
    places = services().tree().places
    found = places.get(session.get(CHOSEN, "")) or next(iter(places.values()), None)
    return found or abort(make_response(render_template("counter/no_branch.html"), 409))


def named(said: str) -> str | None:
    """The branch that a form names, None for none; 400 for one that there is not."""
    return None if not said else said if said in services().tree().places else abort(400)


def name(branch_id: str) -> str:
    """Name of a branch; its id where the tree does not know it any more."""
    found = services().tree().places.get(branch_id)
    return say(found.name) if found else branch_id


def desk() -> Desk:
    """Where and when what this person does takes place."""
    place = branch()
    return Desk(person().username, place.id, str(place.zone), now_ms())


@contextmanager
def reading() -> Iterator[Cursor]:
    """Questions to the ledger."""
    with services().reading() as found:
        yield Cursor(found.connection())


@contextmanager
def changing() -> Iterator[Cursor]:
    """One transaction, committed at its end."""
    with services().writing.begin() as found:
        yield Cursor(found.connection())


def note(cursor: Cursor, action: str, subject: str) -> None:
    """What this person did, for the audit, in the transaction that did it."""
    audit.record(cursor, desk(), action, subject)


def token(card: str) -> str:
    """What stands for a card number in an address."""
    sealed = _cipher().encrypt(card.encode(), None)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def card_of(said: str) -> str:
    """The card number that a token stands for; 404 for anything else."""
    try:
        sealed = base64.urlsafe_b64decode(said[:MAX_TOKEN] + "=" * (-len(said) % 4))
        return _cipher().decrypt(sealed, None).decode()
    except (binascii.Error, InvalidTag, UnicodeDecodeError, ValueError):
        abort(404)


def _cipher() -> AESSIV:
    derived = HKDF(hashes.SHA256(), KEY_OCTETS, None, b"shuwu reader address")
    return AESSIV(derived.derive(services().keys.web))

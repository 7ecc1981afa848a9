"""What Chinese systems added: 81 registers a reader, 85 finds one, 91 asks whether one is registered, 21 changes a PIN.

- XO, the number of the ID card, is read, hashed and forgotten; no answer carries it.
- 86 tells what a machine needs to print a slip, not where somebody lives: whoever has a card number may ask.
- YT, the version of the terms, is stored with the time at which the 81 came; YG names the guardian's card.
- AD of an 81 is the PIN that the reader chooses; with XK 14 it is the old one and KD the new.
"""

from __future__ import annotations

from central.circulation.ledger import id_card, registration
from central.circulation.ledger.id_card import IdCard
from central.circulation.ledger.outcomes import ReaderRecord, Refused, Registered
from central.circulation.ledger.registration import Changes, Deposit, Registration
from central.circulation.server.visit import Visit
from central.circulation.server.wording import day, fen, line, moment, read_day
from central.statements import Cursor
from wire.sip2 import messages as m
from wire.sip2.codes import BY_ID_CARD, RegisterOperation

SEXES: dict[str, str] = {"1": "m", "M": "m", "男": "m", "0": "f", "2": "f", "F": "f", "女": "f"}
"""XM → `Registration.sex`."""


# ---------------------------------------------------------------- 81
def register(cursor: Cursor, visit: Visit, asked: m.Register) -> m.RegisterResponse:
    outcome = _register(cursor, visit, asked)
    refused = outcome if isinstance(outcome, Refused) else None
    done = outcome if isinstance(outcome, Registered) else None
    return m.RegisterResponse(
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=done.card if done else asked.patron_identifier,
        expiry_date=day(done.expires_on) if done else "",
        done="1" if done else "0",
        operation=asked.operation,
        receipt=str(done.payment) if done and done.payment else "",
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def _register(cursor: Cursor, visit: Visit, asked: m.Register) -> Registered | Refused:
    card = asked.patron_identifier.strip()
    if asked.operation == RegisterOperation.CHANGE_PASSWORD:
        return _change_pin(cursor, visit, card)
    bearer = _bearer(visit, asked.id_card_xo.strip() or card)
    if asked.id_card_xo.strip() and bearer is None:
        return Refused("id_card_wrong")
    if asked.operation == RegisterOperation.MODIFY:
        return registration.modify(cursor, visit.desk, card, _changes(asked, bearer))
    if asked.operation not in {RegisterOperation.WITH_DEPOSIT, RegisterOperation.WITHOUT_DEPOSIT}:
        return Refused("registration_incomplete")
    return registration.register(cursor, visit.desk, _registration(visit, asked, bearer))


def change_pin(cursor: Cursor, visit: Visit, asked: m.ChangePin) -> m.ChangePinResponse:
    """21, which does what 81 does with XK 14."""
    outcome = _change_pin(cursor, visit, asked.patron_identifier.strip())
    refused = outcome if isinstance(outcome, Refused) else None
    return m.ChangePinResponse(
        ok=refused is None,
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=asked.patron_identifier,
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def _change_pin(cursor: Cursor, visit: Visit, card: str) -> Registered | Refused:
    if not visit.pin:
        return Refused("pin_wrong")
    new_pin = visit.new_pin
    return registration.change_pin(cursor, visit.desk, card, new_pin) if new_pin else Refused("pin_weak")


def _registration(visit: Visit, asked: m.Register, bearer: IdCard | None) -> Registration:
    return Registration(
        name=asked.personal_name.strip(),
        card=asked.patron_identifier.strip(),
        type=asked.reader_type.strip(),
        pin=visit.new_pin,
        id_card=bearer,
        born_on=read_day(asked.birth_date),
        sex=SEXES.get(asked.sex.strip().upper(), ""),
        nation=asked.nation.strip(),
        phone=asked.mobile_phone.strip() or asked.telephone.strip(),
        email=asked.email_address.strip(),
        address=asked.home_address.strip(),
        remark=asked.remark.strip(),
        guardian_card=asked.guardian.strip(),
        terms=asked.terms_version.strip() or None,
        deposit=_deposit(asked),
    )


def _changes(asked: m.Register, bearer: IdCard | None) -> Changes:
    """What stands in the message; what is left out stays."""
    return Changes(
        name=asked.personal_name.strip() or None,
        phone=asked.mobile_phone.strip() or asked.telephone.strip() or None,
        email=asked.email_address.strip() or None,
        address=asked.home_address.strip() or None,
        nation=asked.nation.strip() or None,
        remark=asked.remark.strip() or None,
        id_card=bearer,
    )


def _deposit(asked: m.Register) -> Deposit | None:
    """The money that the machine took, where it says so."""
    amount_fen = fen(asked.deposit) if asked.operation == RegisterOperation.WITH_DEPOSIT else None
    number = dict(asked.extra).get("BK", "").strip()
    return Deposit(amount_fen, "other", number or None) if amount_fen else None


# ---------------------------------------------------------------- 85, 91
def find_reader(cursor: Cursor, visit: Visit, asked: m.FindReader) -> m.FindReaderResponse:
    card, bearer = asked.patron_identifier.strip(), _bearer(visit, asked.id_card_xo)
    by_id = asked.operation == BY_ID_CARD or not card
    found: ReaderRecord | Refused = Refused("id_card_wrong")
    if bearer is not None or not by_id:
        found = registration.find(cursor, card="" if by_id else card, id_card=bearer if by_id else None)
    refused = found if isinstance(found, Refused) else None
    record = None if isinstance(found, Refused) else found
    return m.FindReaderResponse(
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=record.card if record else card,
        done="1" if record else "0",
        personal_name=record.name if record else "",
        reader_type=record.type if record else "",
        expiry_date=day(record.expires_on) if record else "",
        screen_message=line(refused.fault) if refused else (),
        fault=refused.number if refused else None,
    )


def is_taken(cursor: Cursor, visit: Visit, asked: m.IsTaken) -> m.IsTakenResponse:
    card, bearer = asked.patron_identifier.strip(), _bearer(visit, asked.id_card_xo)
    by_id = asked.operation.strip() == "1"
    wrong = by_id and bearer is None
    taken = not wrong and registration.is_taken(
        cursor, card="" if by_id else card, id_card=bearer if by_id else None
    )
    return m.IsTakenResponse(
        transaction_date=moment(visit.desk),
        institution_id=visit.desk.branch,
        patron_identifier=card,
        taken="1" if taken else "0",
        screen_message=line("id_card_wrong") if wrong else (),
    )


def _bearer(visit: Visit, text: str) -> IdCard | None:
    return id_card.read(text, visit.id_key, visit.desk.today) if visit.id_key and text.strip() else None

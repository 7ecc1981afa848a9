"""A reader who leaves a trace in every table that can hold one."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.accounts.models import AuditEntry
from central.circulation.gateway.journal import FactJournal
from central.circulation.gateway.models import GatewayReader, GatewayTransaction
from central.circulation.ledger import fees, lending, payments, pins, readers, registration
from central.circulation.ledger.models import Hold
from central.circulation.ledger.registration import Deposit, Registration
from central.circulation.server.models import SipAnswer
from central.fleet.models import Device
from central.ingest.absorb import absorb
from central.keys import Keys
from central.lists.models import ListEntry, ListImport, ListNumber
from central.migrations import tables
from central.rooms.admission.models import RoomCard
from central.rooms.alarms.models import Alarm
from central.statements import Cursor
from tests.central.circulation.ledger.purse import id_number, shown
from tests.central.circulation.world import CUN, DAY_MS, NOW_MS, TODAY, XIAN
from tests.central.ingest.world import batch
from wire import facts
from wire.sealing import seal

KEYS = Keys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate(), b"r" * 32, b"w" * 32)
ID_CARD = shown("11010519900101001", TODAY)
CARD, NAME, PHONE, ADDRESS = "20260031", "司马春和", "13912345678", "清源县石桥村12号"
KIOSK = "cun-kiosk"
HASH = "cd" * 16
"""What the kiosk calls this reader."""
TXN, MACHINE_TXN, PAID_TXN = "0a" * 8, "0b" * 8, "0d" * 8
WORDS = (CARD, NAME, PHONE, ADDRESS, ID_CARD.digest, id_number("11010519900101001"))
"""Nothing of it may be left."""


def sealed(txn, card=CARD):
    return seal(KEYS.sealing.public_key(), card, txn)


def live(engine, session):
    """A year with the library, told to it and to its kiosks. Nothing is open at its end."""
    session.add(Device(id=KIOSK, branch_id="cun", name_zh="石桥", name_en="Room", setting="room24"))
    session.commit()
    _on_paper(session)
    session.commit()
    _at_a_kiosk(engine)
    _at_a_machine(session)
    session.commit()


def _on_paper(session):
    cursor = Cursor(session.connection())
    new = Registration(
        NAME,
        CARD,
        type="adult",
        pin=pins.new("275839"),
        id_card=ID_CARD,
        phone=PHONE,
        address=ADDRESS,
        deposit=Deposit(10000, "wechat", "WX1"),
    )
    registration.register(cursor, CUN, new)
    lending.check_out(cursor, CUN, CARD, "B3")
    lending.check_in(cursor, replace(CUN, now_ms=NOW_MS + DAY_MS), "B3")
    damage = fees.charge(cursor, XIAN, CARD, "damage", 500, barcode="B3", note=f"{NAME}撕坏封面")
    payments.pay(cursor, XIAN, CARD, 300, method="cash")
    fees.waive(cursor, XIAN, damage.id, f"照顾{NAME}")
    payments.return_deposit(cursor, XIAN, CARD, method="cash")
    readers.block(cursor, CUN, CARD, f"{NAME} 的证", retained=True)
    readers.enable(cursor, CUN, CARD)
    session.add(
        Hold(title_id=1, reader_card=CARD, pickup_branch_id="cun", placed_ms=1, filled_ms=2, cancelled_why="")
    )
    session.add(ListEntry(kind="reader", number=CARD, reason="试", staff="s", at_ms=1))
    session.add(RoomCard(branch_id="xian", number=CARD, kind="banned", why=f"{NAME}吸烟", staff="s", at_ms=1))
    closed = dict.fromkeys(("raised_ms", "heard_ms", "last_ms", "closed_ms"), 1)
    words = dict.fromkeys(
        ("part", "journal", "cause", "title", "loan", "drill", "cleared_why", "acknowledged_by"), ""
    )
    session.add(
        Alarm(
            device_id=KIOSK, branch_id="cun", fault=701, seq=1, state="closed", times=1, level=0, closed_by="s",
            finding="reader", note=f"{NAME}（{CARD}）推门太急", **closed, **words,
        )
    )  # fmt: skip
    session.add(ListImport(id=1, name="deny", staff="s", at_ms=1, until_ms=NOW_MS, numbers=1))
    session.flush()
    session.add(ListNumber(import_id=1, kind="reader", number=CARD, type="", cap=0))
    session.add(
        AuditEntry(at_ms=1, staff="lin", action="denied", subject=f"reader {CARD}: {NAME}", address="")
    )
    session.add(
        SipAnswer(
            subject=f"fee {CARD}",
            account="cun-room",
            request_digest="0" * 64,
            answered_ms=1,
            answer=f'{{"personal_name":"{NAME}"}}'.encode(),
        )
    )


def _at_a_kiosk(engine):
    """One loan while the line was up, one while it was down and settled since."""
    made = facts.LoanMade("0c" * 8, "B3", HASH, "adult", "万历十五年")
    granted = facts.LoanGranted(TXN, "B4", HASH, "adult", "昆虫记", sealed=sealed(TXN))
    ended = facts.LoanMade(TXN, "B4", HASH, "adult", "昆虫记", granted=True)
    told = batch(1, [facts.VisitEntered(1, "counter"), made, granted, ended], wall_ms=NOW_MS - 2000)
    with engine.begin() as connection:
        absorb(connection, KIOSK, told, NOW_MS + 60_000, KEYS.readers)


def pay(engine, *kinds, device="xian-kiosk"):
    """A payment at another kiosk, which knows the reader by nothing else; `kinds`: what follows the wish."""
    wanted = facts.PaymentWanted(PAID_TXN, "ef" * 16, 250, sealed=sealed(PAID_TXN))
    with Session(engine) as session, session.begin():
        session.add(Device(id=device, branch_id="xian", name_zh="县", name_en="Town", setting="staffed"))
    with engine.begin() as connection:
        ends = [kind(PAID_TXN, "4200001", 250) for kind in kinds]
        absorb(connection, device, batch(1, [wanted, *ends], wall_ms=NOW_MS), NOW_MS + 60_000, KEYS.readers)


def _at_a_machine(session):
    """A machine of another maker, whose loans the gateway writes down."""
    journal = FactJournal(KEYS.readers, lambda: NOW_MS)
    name = journal.pseudonym(CARD)
    fact = facts.LoanMade(MACHINE_TXN, "B5", name, "adult", "昆虫记")
    journal.record(Cursor(session.connection()), XIAN, fact)
    session.add(
        GatewayTransaction(
            gateway="ils",
            account="m1",
            branch_id="xian",
            zone="Asia/Shanghai",
            txn=MACHINE_TXN,
            subject=f"hold {name}",
            digest=None,
            message="15",
            request=b"{}",
            item="B5",
            reader=name,
            sealed=sealed(MACHINE_TXN),
            counted=True,
            state="ended",
            heard=True,
            due="",
            asked_ms=1,
            ended_ms=2,
            answer=f'{{"patron_identifier":"{CARD}"}}'.encode(),
        )
    )
    session.add(GatewayReader(gateway="ils", reader=name, type="adult", good_ms=1))


def remains(session):
    """(table, word) wherever any text or octets of any table hold one of WORDS."""
    found = set()
    for table in tables().sorted_tables:
        for row in session.execute(select(table)).all():
            said = repr(tuple(row))
            found |= {(table.name, word) for word in WORDS if word in said}
    return found

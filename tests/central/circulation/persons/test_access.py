"""All that central holds of a reader, on both databases."""

import json

from central.circulation.persons import access
from central.ingest.absorb import absorb
from tests.central.circulation.persons.life import (
    CARD,
    HASH,
    ID_CARD,
    KEYS,
    KIOSK,
    MACHINE_TXN,
    NAME,
    TXN,
    pay,
)
from tests.central.circulation.world import NOW_MS
from tests.central.ingest.world import raw_batch
from wire import facts


def test_everything_is_shown(lived):
    found = access.export(lived, KEYS, CARD)

    assert {name for name, rows in found.items() if not rows} == {"wards", "payments_at_kiosks"}
    assert found["reader"][0]["name"] == NAME
    assert [loan["item_barcode"] for loan in found["loans"]] == ["B3"]
    assert [share["amount_fen"] for share in found["payment_shares"]] == [300]
    assert [waiver["amount_fen"] for waiver in found["waivers"]] == [200]
    assert [one["txn"] for one in found["owed"]] == [TXN]
    assert [row["txn"] for row in found["gateway"]] == [MACHINE_TXN]
    actions = [line["action"] for line in found["audit"]]
    assert {"reader_registered", "fee_charged", "fee_waived", "reader_blocked", "denied"} <= set(actions)


def test_facts_are_found_by_what_they_are_tied_to(lived):
    found = access.export(lived, KEYS, CARD)["facts"]

    assert sorted((one["device"], one["kind"]) for one in found) == [
        (KIOSK, "loan.granted"),
        (KIOSK, "loan.made"),
        (KIOSK, "loan.made"),
        ("gateway-xian", "loan.made"),
    ]


def test_a_fact_that_only_bears_the_name_of_a_loan_ties_nothing(library, lived):
    bodies = ('{"kind":"loan.made","item":"B3","reader":["x"]}', '{"kind":"loan.made","x":1e999}')
    with library.begin() as connection:
        absorb(connection, KIOSK, raw_batch(5, *bodies), NOW_MS, KEYS.readers)

    assert len(access.export(lived, KEYS, CARD)["facts"]) == 4


def test_a_payment_ties_the_facts_of_its_kiosk(library, lived):
    pay(library, facts.PaymentTaken)
    found = access.export(lived, KEYS, CARD)

    assert [one["amount_fen"] for one in found["payments_at_kiosks"]] == [250]
    assert [one["kind"] for one in found["facts"] if one["device"] == "xian-kiosk"] == ["payment.wanted"]


def test_no_secret_is_shown(lived):
    text = access.write(access.export(lived, KEYS, CARD))

    assert ID_CARD.digest not in text
    assert "$argon2id" not in text
    assert json.loads(text)["reader"][0]["pin_hash"] == access.KEPT
    assert {one["sealed"] for one in json.loads(text)["owed"]} == {access.KEPT}
    assert HASH not in text, "the kiosk's own hash is not central's"


def test_of_another_reader_nothing_is_shown(lived):
    found = access.export(lived, KEYS, "R1")

    assert {name for name, rows in found.items() if rows} == {"reader"}
    assert access.export(lived, KEYS, "NOBODY") is None

"""What a terminal may say of an item (19)."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from central.circulation.ledger import enquiries
from central.circulation.ledger.desk import Desk
from central.circulation.ledger.locks import lock_copy
from central.circulation.ledger.models import Item
from central.circulation.ledger.outcomes import ItemInformation, Refused
from central.statements import Cursor, Prepared

MAX_PROPERTIES = 255
"""Characters: a field of SIP2."""

_UPDATE = Prepared(
    "properties",
    "barcode",
    statement=update(Item)
    .where(Item.barcode == bindparam("barcode"))
    .values(properties=bindparam("properties")),
)


def update_properties(
    cursor: Cursor, _desk: Desk, barcode: str, properties: str
) -> ItemInformation | Refused:
    """Keep what a terminal writes to an item (CH), as it is. Refused with `item_unknown`."""
    if lock_copy(cursor, barcode) is None:
        return Refused("item_unknown")
    cursor.run(_UPDATE, properties[:MAX_PROPERTIES], barcode)
    found = enquiries.item_information(cursor, barcode)
    assert found is not None, "it is locked"
    return found

"""The rows of the database, from the collection. Times are counted back from the moment of loading, so that
the demo looks alike on any day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from central.circulation.ledger.models import (
    Fee,
    Hold,
    Item,
    LendingRule,
    Loan,
    Reader,
    ReaderType,
    Title,
    Transit,
)
from central.circulation.server.models import SipAccount
from central.circulation.server.passwords import hash_password
from central.db import Base
from central.fleet.models import Branch, Device
from central.idle.models import Announcement
from deploy.demo.seed.collection import Collection, SeedReader, collection, rows, visit

EXPIRES_ON = {"good": date(2036, 12, 31), "blocked": date(2036, 12, 31), "expired": date(2021, 6, 30)}
COMMISSIONED_ON = date(2025, 3, 1)
ZONE = "Asia/Shanghai"
DAY_MS = 86_400_000


def load(session: Session, passwords: Mapping[str, str], now_ms: int) -> None:
    """Fill an empty, migrated database. The caller commits.

    Args:
        session: its transaction takes everything or nothing.
        passwords: of each device's SIP2 account, by device id; minted by whoever starts the demo.
        now_ms: UTC, milliseconds since 1970; loans and holds are counted back from it.
    """
    seed = collection()
    made = chain(
        _places(seed),
        _accounts(seed, passwords),
        _stock(seed, now_ms),
        _circulation(seed, now_ms),
        _announced(now_ms),
    )
    for _, alike in groupby(made, key=type):  # parents first: no row waits for a later table
        session.add_all(alike)
        session.flush()


def _places(seed: Collection) -> Iterator[Base]:
    for position, branch in enumerate(seed.branches):
        yield Branch(
            id=branch.id,
            parent_id=branch.parent or None,
            tier=branch.tier,
            name_zh=branch.name_zh,
            name_en=branch.name_en,
            zone=ZONE,
            position=position,
        )
    for device in seed.devices:
        yield Device(
            id=device.id,
            branch_id=device.branch,
            name_zh=device.name_zh,
            name_en=device.name_en,
            setting=device.setting,
            commissioned_on=COMMISSIONED_ON,
        )
    for row in rows("reader_types"):
        yield ReaderType(**row)
    for row in rows("lending_rules"):
        words = {"reader_type_id": row.pop("reader_type"), "item_type": row.pop("item_type")}
        yield LendingRule(**words, **{name: int(number) for name, number in row.items()})


def _accounts(seed: Collection, passwords: Mapping[str, str]) -> Iterator[Base]:
    for device in seed.devices:
        yield SipAccount(
            username=device.id,
            password_hash=hash_password(passwords[device.id]),
            branch_id=device.branch,
            dialect="shuwu",
        )
    for reader in seed.readers:
        yield Reader(
            card=reader.card,
            name=reader.name,
            type_id=reader.type,
            branch_id=reader.branch,
            expires_on=EXPIRES_ON[reader.state],
            blocked=reader.state == "blocked",
            fees_fen=reader.fees_fen,
        )
    for reader in seed.readers:
        if reader.fees_fen:
            yield _fee(reader)


def _fee(owing: SeedReader) -> Fee:
    return Fee(
        reader_card=owing.card,
        kind=owing.fee_kind,
        amount_fen=owing.fees_fen,
        open_fen=owing.fees_fen,
        branch_id=owing.branch,
        at_ms=0,
    )


def _stock(seed: Collection, now_ms: int) -> Iterator[Base]:
    """Each title came on a day of its own within the last year."""
    today = _civil(now_ms)
    for title in seed.titles:
        yield Title(
            id=title.id,
            title=title.title,
            author=title.author,
            publisher=title.publisher,
            year=title.year,
            isbn=title.isbn,
            clc=title.clc,
            call_number=title.call_number,
        )
    for item in seed.items:
        yield Item(
            barcode=item.barcode,
            title_id=item.title.id,
            type=item.type,
            home_branch_id=item.home,
            place_branch_id=item.home,
            status=item.status,
            added_on=today - timedelta(days=item.title.id * 37 % 365),
        )


def _announced(now_ms: int) -> Iterator[Base]:
    """What the screens say while nobody is there."""
    today = _civil(now_ms)
    for row in rows("announcements"):
        yield Announcement(
            branch_id=row["branch"] or None,
            text_zh=row["zh"],
            text_en=row["en"],
            from_on=today,
            until_on=today + timedelta(days=int(row["days"])),
            staff="demo",
            at_ms=now_ms,
        )


def _civil(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(ZONE)).date()


def _circulation(seed: Collection, now_ms: int) -> Iterator[Base]:
    days = {(row["reader_type"], row["item_type"]): int(row["days"]) for row in rows("lending_rules")}
    for loan in seed.loans:
        lent_ms = now_ms - loan.days_ago * DAY_MS
        lent_on = _civil(lent_ms)
        yield Loan(
            item_barcode=loan.item.barcode,
            reader_card=loan.reader.card,
            lent_ms=lent_ms,
            due_on=lent_on + timedelta(days=days[loan.reader.type, loan.item.type]),
            lent_account="xian-desk",
            lent_branch_id="qingyuan",
            reader_type_id=loan.reader.type,
        )
    kept = visit().refused
    for hold in seed.holds:
        placed_ms = now_ms - hold.days_ago * DAY_MS
        is_kept = hold.title is kept.title
        yield Hold(
            title_id=hold.title.id,
            reader_card=hold.reader.card,
            pickup_branch_id=hold.pickup,
            placed_ms=placed_ms,
            item_barcode=kept.barcode if is_kept else None,
        )
        if is_kept:
            yield Transit(
                item_barcode=kept.barcode,
                from_branch_id=kept.home,
                to_branch_id=hold.pickup,
                why="hold",
                sent_ms=placed_ms,
            )

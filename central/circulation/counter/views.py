"""The desk's pages, all of them."""

from __future__ import annotations

from flask import Flask

from central.circulation.counter import (
    branches,
    desk,
    loans,
    money,
    place,
    reader_data,
    reader_money,
    readers,
    rules,
    titles,
    words,
)
from central.circulation.ledger.yuan import yuan
from wire import faults

PAGES = (
    desk.desk_pages,
    readers.readers_pages,
    titles.titles_pages,
    loans.loans_pages,
    money.money_pages,
    rules.rules_pages,
    branches.branches_pages,
)
FORMS = (reader_money, reader_data)
"""They add their forms to the pages of readers by being imported."""


def init_app(app: Flask) -> None:
    """Register what the parts hold, and what their templates use."""
    for pages in PAGES:
        app.register_blueprint(pages)
    app.jinja_env.globals.update(
        words_of_desk=words,
        working_at=place.branch,
        places=place.everywhere,
        branch_name=place.name,
        reader_token=place.token,
        yuan=yuan,
        fault_of=lambda name: faults.fault(faults.number(name)),
    )

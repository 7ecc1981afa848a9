"""The desk's pages, all of them."""

from __future__ import annotations

from flask import Flask

from central.circulation.counter import place, reader_money, readers, words
from central.circulation.counter.form import yuan
from wire import faults

PARTS = (readers, reader_money)


def init_app(app: Flask) -> None:
    """Register what the parts hold, and what their templates use."""
    app.register_blueprint(readers.readers_pages)
    app.jinja_env.globals.update(
        words_of_desk=words,
        working_at=place.branch,
        places=place.everywhere,
        branch_name=place.name,
        reader_token=place.token,
        yuan=yuan,
        fault_of=lambda name: faults.fault(faults.number(name)),
    )

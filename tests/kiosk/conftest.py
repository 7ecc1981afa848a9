"""The kiosk's client at scripted library systems."""

from __future__ import annotations

import pytest
import structlog

from kiosk.events import IlsChanged
from tests.kiosk.acs import CARD, PASSWORD, Acs, Desk


@pytest.fixture
def desk(tmp_path):
    """Start a desk at a server; afterwards all threads have ended and no event is left over."""
    desks, servers = [], []

    def start(*lives, wrap=lambda sock: sock, **given):
        server = Acs(*lives, wrap=wrap)
        servers.append(server)
        desk = Desk(tmp_path, server.port, **given)
        desks.append(desk)
        desk.ils.start()
        return desk

    with structlog.testing.capture_logs() as logs:
        yield start
        assert all(desk.ils.stop() for desk in desks)
        for server in servers:
            server.end()
    assert CARD not in repr(logs)
    assert PASSWORD not in repr(logs)
    assert [desk.events.queue for desk in desks if set(desk.events.queue) - {IlsChanged(up=True)}] == []

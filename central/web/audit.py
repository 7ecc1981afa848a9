"""What staff do at the pages, in the audit: who, what, and from which address."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from central.accounts.operations import record
from central.clock_ms import now_ms
from central.web.access import person


def note(session: Session, action: str, subject: str) -> None:
    """One line of the audit about whoever asks, in the caller's transaction."""
    record(session, now_ms(), person().username, action, subject, request.remote_addr or "")

"""How much waits for somebody, as the number beside a page's name on every page."""

from __future__ import annotations

from collections.abc import Callable

from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from central.web.services import services


def work_on(endpoint: str, count: Callable[[Session], int]) -> int:
    """What the page counts; 0 for who may not see it, or while nobody can tell."""
    if not (current_user.is_authenticated and current_user.may(endpoint)):
        return 0
    try:
        with services().reading() as session:
            return count(session)
    except SQLAlchemyError:
        return 0  # the page may be the one that says so

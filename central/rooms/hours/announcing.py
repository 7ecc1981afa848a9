"""What the idle screens say of a closure, and that they stop saying so once the rooms are open after all.

Each works inside the caller's transaction and never commits.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.circulation.ledger.models import Closure
from central.idle import operations as idle
from central.idle.models import Announcement


def announce(session: Session, closure: Closure, staff: str, now_ms: int, today: date) -> None:
    """On the screens of its branch and of those below it, from today to its last day.

    Raises:
        central.idle.operations.Unfit: there are too many announcements.
    """
    wish = idle.Wish(closure.branch_id, *_texts(closure), today, closure.last_on)
    idle.announce(session, wish, staff, now_ms, today)


def withdraw(session: Session, closure: Closure) -> None:
    """The screens say so no more; an announcement that staff have written themselves stays."""
    zh, _ = _texts(closure)
    same = Announcement.branch_id == closure.branch_id, Announcement.until_on == closure.last_on
    session.execute(delete(Announcement).where(*same, Announcement.text_zh == zh))


def _texts(closure: Closure) -> tuple[str, str]:
    """In Chinese and in English."""
    first, last = closure.first_on, closure.last_on
    zh, en = f"{first:%m-%d}", f"on {first:%m-%d}"
    if first != last:
        zh, en = f"{first:%m-%d} 至 {last:%m-%d}", f"from {first:%m-%d} to {last:%m-%d}"
    return f"{closure.reason}：{zh} 闭馆", f"{closure.reason_en or closure.reason}: closed {en}"

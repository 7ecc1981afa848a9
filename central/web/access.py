"""Who may see what: one line a page. An endpoint that is not here is refused to everybody.

A person has one role. Technicians keep the rooms running, librarians look after readers and items, managers do so
too and answer for the figures, administrators do all of it and look after accounts.
"""

from __future__ import annotations

from flask import Flask, Response, abort, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response as Answer

from central.accounts.models import Staff
from central.accounts.operations import Role, stamp
from central.web.services import services

Roles = frozenset[Role]

EVERYBODY: Roles | None = None
"""Without signing in."""
STAFF: Roles = frozenset(Role)
TECHNICAL: Roles = frozenset({Role.TECHNICIAN, Role.ADMIN})
LEDGER: Roles = frozenset({Role.LIBRARIAN, Role.MANAGER, Role.ADMIN})
FIGURES: Roles = frozenset({Role.MANAGER, Role.ADMIN})
ADMIN: Roles = frozenset({Role.ADMIN})

ACCESS: dict[str, Roles | None] = {
    "static": EVERYBODY,
    "healthz": EVERYBODY,
    "accounts.sign_in": EVERYBODY,
    "accounts.choose_language": EVERYBODY,
    "home": STAFF,
    "accounts.sign_out": STAFF,
    "accounts.account": STAFF,
    "accounts.change_password": STAFF,
    "fleet.fleet": TECHNICAL,
    "fleet.fleet_live": TECHNICAL,
    "fleet.device": TECHNICAL,
    "fleet.device_live": TECHNICAL,
    "fleet.device_records": TECHNICAL,
    "fleet.facts": TECHNICAL,
    "fleet.order": TECHNICAL,
    "fleet.refused": TECHNICAL,
    "help.calls": STAFF,
    "help.calls_live": STAFF,
    "help.call": STAFF,
    "help.conversation": STAFF,
    "help.call_live": STAFF,
    "help.say_to": STAFF,
    "help.end": STAFF,
    "alarms.alarms": STAFF,
    "alarms.open_list": STAFF,
    "alarms.live": STAFF,
    "alarms.history": STAFF,
    "alarms.alarm": STAFF,
    "alarms.acknowledge": STAFF,
    "alarms.close": STAFF,
    "alarms.duty_list": STAFF,
    "alarms.add_turn": FIGURES,
    "alarms.remove_turn": FIGURES,
    "alarms.set_camera": FIGURES,
    "alarms.drill": FIGURES,
    "owed.owed": STAFF,
    "owed.transaction": STAFF,
    "owed.resolve": STAFF,
    "owed.settle": STAFF,
    "owed.give_up": STAFF,
    "owed.card": FIGURES,
    "payments.notify": EVERYBODY,
    "payments.payments": STAFF,
    "payments.resolve": LEDGER,
    "payments.book": LEDGER,
    "payments.export": FIGURES,
    "payments.reconciliation": FIGURES,
    "payments.take_over": FIGURES,
    "lists.lists": STAFF,
    "lists.deny": FIGURES,
    "lists.lift": FIGURES,
    "hours.branches": STAFF,
    "hours.choose": FIGURES,
    "hours.edit": FIGURES,
    "hours.keep": FIGURES,
    "hours.close": FIGURES,
    "hours.reopen": FIGURES,
    "hours.holidays": FIGURES,
    "hours.enter_year": FIGURES,
    "hours.remove_year": FIGURES,
    "admission.branches": STAFF,
    "admission.choose": FIGURES,
    "admission.edit": FIGURES,
    "admission.keep": FIGURES,
    "admission.add_card": FIGURES,
    "admission.remove_card": FIGURES,
    "idle.announcements": STAFF,
    "idle.announce": LEDGER,
    "idle.end": LEDGER,
    "desk.desk": LEDGER,
    "desk.reader": LEDGER,
    "desk.scan": LEDGER,
    "desk.scan_for": LEDGER,
    "readers.readers_": LEDGER,
    "readers.new": LEDGER,
    "readers.enter": LEDGER,
    "readers.reader": LEDGER,
    "readers.change": LEDGER,
    "readers.pin": LEDGER,
    "readers.block": LEDGER,
    "readers.loans": LEDGER,
    "readers.hold": LEDGER,
    "readers.pay": LEDGER,
    "readers.charge": LEDGER,
    "readers.waive": FIGURES,
    "readers.deposit": LEDGER,
    "readers.export": LEDGER,
    "readers.keep_history": LEDGER,
    "readers.erase": FIGURES,
    "readers.work_at": LEDGER,
    "titles.titles": LEDGER,
    "titles.title": LEDGER,
    "titles.change_title": LEDGER,
    "titles.new": LEDGER,
    "titles.enter": LEDGER,
    "titles.item": LEDGER,
    "titles.change_item": LEDGER,
    "titles.declare_lost": LEDGER,
    "loans.loans": LEDGER,
    "money.amnesties": LEDGER,
    "money.grant": FIGURES,
    "money.forgive": FIGURES,
    "money.end": FIGURES,
    "rules.rules": LEDGER,
    "rules.set_rule": FIGURES,
    "rules.set_type": FIGURES,
    "rules.close": FIGURES,
    "rules.change_closure": FIGURES,
    "rules.publish": FIGURES,
    "branches.branches": LEDGER,
    "branches.set_rule": FIGURES,
    "branches.fit": FIGURES,
    "branches.take_away": FIGURES,
    "catalogue.imports": FIGURES,
    "catalogue.look": FIGURES,
    "catalogue.job": FIGURES,
    "catalogue.keep": FIGURES,
    "catalogue.drop": FIGURES,
    "catalogue.export": FIGURES,
    "air.rooms": STAFF,
    "air.room": STAFF,
    "reports.report": FIGURES,
    "reports.export": FIGURES,
    "reports.api": FIGURES,
    "accounts.staff": ADMIN,
    "accounts.add": ADMIN,
    "accounts.activate": ADMIN,
    "accounts.change": ADMIN,
    "accounts.renew_password": ADMIN,
    "accounts.audit": ADMIN,
}

HOME: dict[Role, str] = {
    Role.TECHNICIAN: "fleet.fleet",
    Role.LIBRARIAN: "desk.desk",
    Role.MANAGER: "reports.report",
    Role.ADMIN: "fleet.fleet",
}
"""Where a person starts."""


class Person:
    """Who is signed in, as Flask-Login wants to see it. The name alone is not enough: see `stamp`."""

    is_authenticated = True
    is_anonymous = False
    is_active = True

    def __init__(self, staff: Staff) -> None:
        self.username = staff.username
        self.name = staff.name
        self.role = Role(staff.role)
        self.language = staff.language
        self._stamp = stamp(staff)

    def get_id(self) -> str:
        """Name and stamp: a changed password ends every other session."""
        return f"{self.username} {self._stamp}"

    def may(self, endpoint: str) -> bool:
        """Whether a page is open to this person."""
        roles = ACCESS[endpoint]
        return roles is None or self.role in roles


def load(session_id: str) -> Person | None:
    """The person of a session; None once the account is closed or its password changed."""
    username = session_id.partition(" ")[0]
    with services().reading() as session:
        staff = session.get(Staff, username)
    if staff is None or not staff.active:
        return None
    person = Person(staff)
    return person if person.get_id() == session_id else None


def person() -> Person:
    """Who asks. Only where the table demands somebody."""
    assert isinstance(current_user, Person)
    return current_user


def guard() -> Answer | None:
    """Before every request: what the table says."""
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such page: the 404 follows
    roles = ACCESS.get(endpoint, frozenset())
    if roles is None:  # EVERYBODY
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    return None if person().role in roles else abort(403)


def _to_sign_in() -> Answer:
    """To the sign-in page and back; programs, streams and fragments get a plain 401."""
    accepted = request.accept_mimetypes
    page = request.method == "GET" and (not accepted or accepted.accept_html)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.sign_in")})
    if not page or request.path.startswith("/api/"):
        return Response(status=401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def is_local(target: str) -> bool:
    """Whether a redirect to `target` stays on this site: one path of ours, nothing that names a host."""
    return target.startswith("/") and not target.startswith("//") and not any(c in target for c in "\\\t\r\n")


def init_app(app: Flask) -> None:
    """Put the guard before every request."""
    login = LoginManager(app)
    login.session_protection = None  # staff change networks; the cookie is signed, HttpOnly and short-lived
    login.user_loader(load)
    app.before_request(guard)

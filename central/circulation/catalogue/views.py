"""The page of imports and exports."""

from __future__ import annotations

import tempfile
from typing import IO, cast

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from central.circulation.catalogue import exporting, reading, words
from central.circulation.catalogue.charsets import CHOICES
from central.circulation.catalogue.columns import COLUMNS, Kind
from central.circulation.catalogue.forms import RECORDS
from central.circulation.catalogue.jobs import RUNNING, Asked, Job, Jobs
from central.web.access import person
from central.web.audit import note
from central.web.security import MAX_FILE_OCTETS
from central.web.services import services

catalogue_pages = Blueprint("catalogue", __name__, url_prefix="/imports")
MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "mrc": "application/marc",
    "xml": "application/marcxml+xml",
}
MAX_NAME = 100
"""Characters of a file's name that are remembered: the last ones, its ending among them."""
SPOOL_OCTETS = 8 * 1024 * 1024
"""An export beyond this waits on the disk until it is sent."""


def init_app(app: Flask) -> None:
    app.register_blueprint(catalogue_pages)
    app.jinja_env.globals["words_of_catalogue"] = words


def _jobs() -> Jobs:
    return services().jobs


def _job(number: int) -> Job:
    return _jobs().find(number) or abort(404)


def _kind(said: str | None) -> Kind:
    return cast("Kind", said) if said in COLUMNS else abort(400)


def _branch(said: str | None) -> str | None:
    """The branch that was chosen, None for none."""
    return None if not said else said if said in services().tree().places else abort(400)


def _charset(said: str | None) -> str | None:
    """The charset that was chosen, None for the one that is recognised."""
    return None if not said else said if said in CHOICES else abort(400)


@catalogue_pages.get("/")
def imports() -> str:
    """What may be brought in, what may be taken out, and what was done."""
    return render_template(
        "catalogue/imports.html",
        jobs=_jobs().all(),
        columns=COLUMNS,
        formats=exporting.FORMATS,
        limits={"octets": MAX_FILE_OCTETS, "mib": MAX_FILE_OCTETS >> 20, "lines": reading.MAX_LINES},
        tree=services().tree(),
    )


@catalogue_pages.post("/")
def look() -> Answer:
    """Look at a file."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        flash(gettext("Choose a file."), "bad")
        return redirect(url_for("catalogue.imports"))
    said = request.form
    name, kind = sent.filename[-MAX_NAME:], _kind(said.get("kind"))
    asked = Asked(name, kind, _branch(said.get("branch")), _charset(said.get("charset")))
    job = _jobs().look(asked, sent.stream, person().username)
    if job is None:
        flash(gettext("Another import is running. Try again when it has ended."), "bad")
        return redirect(url_for("catalogue.imports"))
    return redirect(url_for("catalogue.job", number=job.number))


@catalogue_pages.get("/<int(max=2147483647):number>")
def job(number: int) -> str:
    """How far it is, what it would do, what is wrong with it."""
    found = _job(number)
    return render_template(
        "catalogue/job.html",
        job=found,
        branch=services().tree().places[found.branch] if found.branch else None,
        running=found.state in RUNNING,
        by_record=found.form in RECORDS,
    )


@catalogue_pages.post("/<int(max=2147483647):number>/keep")
def keep(number: int) -> Answer:
    """Keep what was looked at."""
    if not _jobs().keep(_job(number)):
        flash(gettext("That is not possible now."), "bad")
    return redirect(url_for("catalogue.job", number=number))


@catalogue_pages.post("/<int(max=2147483647):number>/drop")
def drop(number: int) -> Answer:
    """Give it up."""
    if not _jobs().drop(_job(number)):
        flash(gettext("That is not possible now."), "bad")
        return redirect(url_for("catalogue.job", number=number))
    return redirect(url_for("catalogue.imports"))


@catalogue_pages.post("/export")
def export() -> Answer:
    """A file of all items or readers of a branch and those below it."""
    said, _, form = request.form.get("what", "").partition(".")
    kind = _kind(said)
    if form not in exporting.FORMATS[kind]:
        abort(400)
    branch = _branch(request.form.get("branch"))
    below = [place.id for place in services().tree().under(branch)] if branch else []
    to = tempfile.SpooledTemporaryFile(max_size=SPOOL_OCTETS)  # noqa: SIM115 - sent and closed by the server
    with services().reading() as session:
        lines = exporting.write(session, kind, form, cast("IO[bytes]", to), below)
    with services().writing.begin() as session:
        subject = f"{kind} {branch or '*'} {lines}"
        note(session, "exported", subject)
    to.seek(0)
    return send_file(to, MIMETYPES[form], as_attachment=True, download_name=f"{kind}.{form}")

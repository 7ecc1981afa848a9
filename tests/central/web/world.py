"""A library network of two branches and three kiosks, its staff, and a browser without a screen."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from central.accounts.models import Staff
from central.accounts.operations import Role, hash_password
from central.fleet.models import Branch, Device
from central.mqtt import Heard
from central.web.access import Person
from central.web.services import NAME, Services
from wire import topics
from wire.condition import Condition, Vitals, encode

PASSWORD = "correct horse battery"
HASH = hash_password("nobody", PASSWORD)
ROOM, DESK, NEW = "zhen-24h-1", "xian-desk-1", "zhen-desk-2"
JOURNAL = "5f" * 16


def settle(session) -> None:
    """Two branches, three kiosks, one person in each role and one whose account is closed."""
    session.add(Branch(id="XIAN", parent_id=None, tier="county", name_zh="县总馆", name_en="County Library"))
    session.flush()
    session.add(Branch(id="ZHEN", parent_id="XIAN", tier="town", name_zh="镇分馆", name_en="Town Branch"))
    session.flush()
    for device, branch, name_zh, name_en, setting in (
        (ROOM, "ZHEN", "镇 24 小时书屋", "Town 24-hour room", "room24"),
        (DESK, "XIAN", "大厅借还机", "Hall desk", "staffed"),
        (NEW, "ZHEN", "镇借还机", "Town desk", "staffed"),
    ):
        session.add(
            Device(
                id=device,
                branch_id=branch,
                name_zh=name_zh,
                name_en=name_en,
                setting=setting,
                commissioned_on=date(2026, 1, 1),
            )
        )
    for role in Role:
        session.add(person(role.value, role))
    session.add(person("gone", Role.TECHNICIAN, active=False))


def person(username: str, role: Role, *, active: bool = True) -> Staff:
    return Staff(
        username=username,
        name=username.title(),
        password_hash=HASH,
        role=role.value,
        language="zh-CN",
        active=active,
    )


def services(app: Flask) -> Services:
    return app.extensions[NAME]


def enter(app: Flask, username: str | None) -> FlaskClient:
    """A browser in which somebody is signed in; nobody for None."""
    client = app.test_client()
    if username is not None:
        with services(app).reading() as session:
            staff = session.get(Staff, username)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = Person(staff).get_id()
            cookie.permanent = True
    return client


def post(client: FlaskClient, path: str, page: str = "/account", **fields: str):
    """Send a form the way a browser does: with the token of a page that it has seen."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return client.post(path, data={"csrf_token": token[1] if token else "", **fields})


def say(app: Flask, device: str, state: str = "ready", *, session: int = 1, retained: bool = False, **more):
    """A condition arrives."""
    condition = Condition(session, state, journal=more.pop("journal", JOURNAL), **more)
    topic = topics.topic(device, topics.CONDITION)
    services(app).hub.hear(Heard(topic, encode(condition), retained))


def beat(app: Flask, device: str, **more):
    """Vitals arrive."""
    numbers = {"wall_ms": 1, "uptime_s": 60, "backlog": 0, "memory_kib": 70_000, "disk_free_mib": 9_000}
    vitals = Vitals(**{**numbers, **more})
    services(app).hub.hear(Heard(topics.topic(device, topics.VITALS), encode(vitals), retained=False))

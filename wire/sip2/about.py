"""Whom and what a message is about, by its own words."""

from __future__ import annotations

from wire.sip2.declare import Message


def reader(message: Message | None) -> str:
    """AA without blanks around it; empty where a message has none."""
    return str(getattr(message, "patron_identifier", "")).strip()


def item(message: Message | None) -> str:
    """AB in the same way."""
    return str(getattr(message, "item_identifier", "")).strip()

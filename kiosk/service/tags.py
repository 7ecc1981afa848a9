"""Tags written at the machine: a book's number is scanned, its one tag is laid down and written. Pure.

    scanned --EncodeTag--> at it --tagged--> done, the next number
                             ^  |
                             +--+ anything else: said, and tried again RETRY_MS later

The pad holds the tag's UID from its first look to the last block, and writes none but that one; it refuses a tag
that says another number, and a second tag beside it (`drivers.probe.tag_writer`).
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.events import CardShown, TagEncoded
from kiosk.effects import Record
from kiosk.events import Ticked
from kiosk.service import moves
from kiosk.service.state import Service, Tagging
from kiosk.service.surroundings import Stepped, Surroundings
from kiosk.service_effects import EncodeTag
from wire import service_facts as facts
from wire.facts import clip

RETRY_MS = 400
MAX_ITEM = 64


def scan(service: Service, event: CardShown, around: Surroundings) -> Stepped:
    """The number of the book that is next. While the pad is at a tag the one before stands."""
    item, tagging = event.number.strip(), service.tagging
    service = moves.longer(service, around)
    if tagging.asked or not (0 < len(item) <= MAX_ITEM and item.isascii() and item.isprintable()):
        return service, ()
    tagging = replace(tagging, item=item, asked=True, verdict=None, detail="")
    return replace(service, tagging=tagging), (EncodeTag(item),)


def written(service: Service, event: TagEncoded, around: Surroundings) -> Stepped:
    """One attempt is over."""
    tagging = service.tagging
    if not tagging.asked or event.item != tagging.item:
        return service, ()
    if event.verdict == "tagged":
        done = Tagging(done=tagging.done + 1, last=event.item)
        fact = facts.TagEncoded(event.uid, clip(event.item), service.staff)
        return replace(moves.longer(service, around), tagging=done), (Record(fact),)
    tagging = replace(
        tagging,
        asked=False,
        verdict=event.verdict,
        detail=event.detail,
        again_at_ms=around.now.mono_ms + RETRY_MS,
    )
    return replace(service, tagging=tagging), ()


def tick(service: Service, event: Ticked, around: Surroundings) -> Stepped:
    """Try again, or leave where nothing has happened for long."""
    service, effects = moves.tick(service, event, around)
    tagging = service.tagging
    if not tagging.item or tagging.asked or around.now.mono_ms < tagging.again_at_ms:
        return service, effects
    tagging = replace(tagging, asked=True)
    return replace(service, tagging=tagging), (*effects, EncodeTag(tagging.item))


def put_off(service: Service) -> Service:
    """Another number instead; what the pad is at is waited for."""
    tagging = service.tagging
    if tagging.asked:
        return service
    return replace(service, tagging=Tagging(done=tagging.done, last=tagging.last))

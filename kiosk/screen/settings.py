"""What the screen takes of the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kiosk.config import Config, Offer, Registration
from kiosk.room.hours import MINUTE_MS
from kiosk.screen.branch.colours import css
from kiosk.screen.branch.logo import Logo, logo
from kiosk.screen.branch.texts import own
from kiosk.screen.words import Texts, texts

AT_DOOR: frozenset[Offer] = frozenset({"help"})
"""What a kiosk without a desk offers on its screen."""


class Settings(Struct, frozen=True):
    host: str
    port: int
    """0: any free one, which `Screen.port` tells."""
    languages: tuple[str, ...]
    """What readers choose from; the first one stands there whenever nobody has chosen."""
    title: str
    warn_ms: int
    """The countdown shows this long before the session ends."""
    desk_stops_ms: int = 0
    """So long before its room closes the desk begins nothing new."""
    lends_offline: bool = True
    """The desk lends while the library system is silent."""
    offers: frozenset[Offer] = frozenset()
    """What the desk offers besides lending and taking back."""
    slip_line: str = ""
    """At the foot of every slip."""
    phone: str = ""
    """What a reader who calls for help may telephone."""
    catalogue: bool = False
    """There is a line to central's catalogue."""
    registration: Registration | None = None
    """The terms, and from which age who has no card registers alone."""
    books: bool = True
    """There is a pad; without one the desk registers readers and shows accounts."""
    own_texts: Mapping[str, Texts] = {}
    """By language, where the branch has changed any."""
    own_css: str = ""
    """The branch's own colours."""
    logo: Logo | None = None
    diagonal_inch: float | None = None
    """Of the glass; None: not known."""

    @property
    def language(self) -> str:
        """The branch's first."""
        return self.languages[0]

    def texts(self, language: str) -> Texts:
        """The words of a language, the branch's own where it has some."""
        return self.own_texts.get(language) or texts(language)


def settings(config: Config) -> Settings:
    """The screen's part of a kiosk's configuration.

    Raises:
        ConfigError: what a branch has made its own is wrong; says what, and where.
    """
    screen = config.screen
    warn_s = config.desk.warn_s if config.desk else 0.0
    return Settings(
        screen.host,
        screen.port,
        screen.languages,
        screen.title,
        round(warn_s * 1000),
        desk_stops_ms=config.room.closing.desk_min * MINUTE_MS if config.room else 0,
        lends_offline=config.offline.lend,
        offers=config.desk.offers if config.desk else AT_DOOR,
        slip_line=screen.slip_line,
        phone=screen.phone,
        catalogue=screen.catalogue,
        registration=config.registration,
        books=bool(config.fittings.names("pad")),
        own_texts=own(screen.languages, screen.texts),
        own_css=css(screen.colours),
        logo=logo(screen.logo),
        diagonal_inch=screen.diagonal_inch,
    )

"""What the screen takes of the configuration."""

from __future__ import annotations

from msgspec import Struct

from kiosk.config import Config, Offer


class Settings(Struct, frozen=True):
    host: str
    port: int
    """0: any free one, which `Screen.port` tells."""
    languages: tuple[str, ...]
    """What readers choose from; the first one stands there whenever nobody has chosen."""
    title: str
    warn_ms: int
    """The countdown shows this long before the session ends."""
    lends_offline: bool = True
    """The desk lends while the library system is silent."""
    offers: frozenset[Offer] = frozenset()
    """What the desk offers besides lending and taking back."""
    catalogue: bool = False
    """There is a line to central's catalogue."""

    @property
    def language(self) -> str:
        """The branch's first."""
        return self.languages[0]


def settings(config: Config) -> Settings:
    """The screen's part of a kiosk's configuration."""
    screen = config.screen
    warn_s = config.desk.warn_s if config.desk else 0.0
    return Settings(
        screen.host,
        screen.port,
        screen.languages,
        screen.title,
        round(warn_s * 1000),
        lends_offline=config.offline.lend,
        offers=config.desk.offers if config.desk else frozenset(),
        catalogue=screen.catalogue,
    )

"""From a title of the catalogue to the line of a book on a kiosk's screen: central's server, the line, the page."""

import re
from hashlib import sha256

from central.circulation.ledger.models import Title
from central.idle import operations
from kiosk.config import Central
from kiosk.covers import Covers
from kiosk.screen.app import Screen
from kiosk.session.state import Phase, Step
from tests.central.idle.test_asking import PICTURE, small, write  # noqa: F401 - a fixture among them
from tests.central.lists.test_serving import authority, client, start  # noqa: F401 - fixtures
from tests.central.lists.world import ROOM
from tests.kiosk.screen.states import SETTINGS, book, desk
from tests.kiosk.screen.test_app import Browser, Stream

LENT = desk(
    Phase.IDENTIFIED,
    book(Step.CLEARED, "三体", "B1"),
    book(Step.CLEARED, "万历十五年", "B3"),
    book(Step.LENDING, item="B2"),
)


def test_a_line_stands_at_once_and_its_cover_comes_after_it(small, start, authority, tmp_path):  # noqa: F811
    with write(small) as session:
        session.get(Title, 1).isbn = "9787536692930"
        operations.give_cover(session, "9787536692930", PICTURE)
    client(authority, ROOM)
    home, url = authority[0], f"https://127.0.0.1:{start()}"
    settings = Central(
        "", url=url, ca=home / "ca.crt", certificate=home / f"{ROOM}.crt", key=home / f"{ROOM}.key"
    )
    screen = Screen(SETTINGS, print, covers=Covers(settings, tmp_path / "covers"))
    screen.start()
    browser = Stream(screen.port)
    try:
        screen.show(LENT)
        first = browser.until("identified")
        assert ("三体" in first, 'class="cover"' in first) == (True, False)
        (name,) = re.findall(r'src="/cover/([0-9a-f]{64})"', browser.page())
        assert name == sha256(PICTURE).hexdigest()
        assert Browser(screen.port).ask("GET", f"/cover/{name}").read() == PICTURE
    finally:
        browser.close()
        screen.stop()

"""What the docs say of tables is what the tables say."""

from __future__ import annotations

import re

import pytest

from tests.house.documents import PAGES
from tests.house.tree import ROOT
from wire import topics

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_source_says(name: str):
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_topic_stands_in_the_readme_of_wire():
    text = (ROOT / "wire/README.md").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row.startswith("| `")]
    for leaf in topics.FROM_KIOSK + topics.FROM_CENTRAL:
        assert any(f"`{{device}}/{leaf}`" in row for row in rows), leaf
    assert any(f"`{topics.CENTRAL_CONDITION.removeprefix(topics.ROOT + '/')}`" in row for row in rows)


def test_no_link_of_ours_leads_nowhere():
    pages = [path for path in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(path.parts)]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []

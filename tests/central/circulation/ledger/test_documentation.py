"""docs/ledger.md tells the rules in the order in which they bite."""

import re

import pytest

from central.circulation.ledger import rules
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "table"), [("May it be lent", rules.LOAN), ("Renewals", rules.RENEWAL), ("Holds", rules.HOLD)]
)
def test_the_page_tells_every_rule_in_its_order(title, table):
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [fault for fault, _ in table]

"""No text of a value shows what it is to leave out."""

from __future__ import annotations

import pytest
from rich.pretty import pretty_repr

from kiosk import build
from kiosk.effects import AskReader
from kiosk.veiled import Veiled

assert build, "it imports whatever a kiosk is made of"
KINDS = sorted(Veiled.__subclasses__(), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("text", [repr, pretty_repr])
def test_a_text_leaves_out_what_is_unseen_and_nothing_else(text):
    asked = AskReader(7, "20011234", "door", pin="271828")
    assert text(asked) == "AskReader(ask=7, place='door', by='card')"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unseen_is_a_field(kind):
    assert kind.UNSEEN
    assert {*kind.__struct_fields__} >= kind.UNSEEN

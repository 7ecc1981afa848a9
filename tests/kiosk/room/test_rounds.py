"""What each part of the room says that it hears is what its code looks for."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import get_args

import pytest

from kiosk.events import AnyEvent
from kiosk.room.rounds import PARTS
from wire.facts import AnyFact

HEARD = {*get_args(AnyEvent), *get_args(AnyFact)}
CHOOSY = [(part, hears) for part, hears in PARTS if hears is not None]


def looked_for(part: ModuleType) -> set[type]:
    """Events and facts that stand in the patterns of a module."""
    patterns = [
        node for node in ast.walk(ast.parse(inspect.getsource(part))) if isinstance(node, ast.MatchClass)
    ]
    named = {eval(ast.unparse(pattern.cls), vars(part)) for pattern in patterns}
    return named & HEARD


def test_patterns_are_found():
    assert any(looked_for(part) for part, _ in CHOOSY)


@pytest.mark.parametrize(("part", "hears"), CHOOSY, ids=lambda value: getattr(value, "__name__", ""))
def test_a_part_is_stepped_at_all_that_it_looks_for(part, hears):
    assert looked_for(part) <= hears

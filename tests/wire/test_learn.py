"""Types that several threads decode are looked at while they are imported, not at the first message."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORGETFUL = """
import importlib, msgspec, sys
module = importlib.import_module(sys.argv[1])
kind = getattr(module, sys.argv[2])
for name in [name for name in vars(module) if not name.startswith("__")]:
    del vars(module)[name]
msgspec.json.Decoder(kind)
"""
"""Whoever looks at a type now finds none of the names in its annotations."""


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("wire.orders", "Watermark"),
        ("wire.orders", "Order"),
        ("wire.condition", "Condition"),
        ("wire.condition", "Vitals"),
        ("wire.condition", "CentralCondition"),
        ("wire.lists", "Head"),
        ("wire.lists", "Body"),
        ("wire.envelope", "Batch"),
        ("wire.signing", "Signed"),
    ],
)
def test_a_type_is_known_as_soon_as_it_is_imported(module, kind):
    looked = subprocess.run([sys.executable, "-c", FORGETFUL, module, kind], capture_output=True, check=False)
    assert looked.returncode == 0, looked.stderr.decode()


def test_a_type_that_nobody_learnt_is_not():
    """By itself `wire.facts` decodes nothing: `wire.envelope` learns its facts."""
    unlearnt = [sys.executable, "-c", FORGETFUL, "wire.facts", "KioskStopped"]
    assert b"NameError" in subprocess.run(unlearnt, capture_output=True, check=False).stderr

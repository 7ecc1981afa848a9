"""A file is under 400 lines and a function under 50; pure data tables are free."""

from __future__ import annotations

import ast

from tests.house.tree import ROOT, sources

FILE_LINES = 400
FUNCTION_LINES = 50
TABLES = {"wire/sip2/fields.py"}
"""Pure data."""


def test_no_file_is_longer_than_the_law():
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in sources()}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES and name not in TABLES} == {}


def test_no_function_is_longer_than_the_law():
    long = {
        f"{name}:{node.name}": lines
        for name, module in sources().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_every_module_that_is_not_empty_says_what_it_is():
    silent = [name for name, module in sources().items() if module.body and not ast.get_docstring(module)]
    assert silent == []

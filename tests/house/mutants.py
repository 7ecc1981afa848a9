"""A function with one mistake in it: a condition turned round, an operand or a statement left out.

A mutant lives in the function itself, by its code: whoever holds the function, a table perhaps, meets the mistake.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from types import CodeType, FunctionType

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def mutants(function: FunctionType) -> Iterator[tuple[str, CodeType]]:
    """Each mutant of a function: what was changed, and its code."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    for place, node in enumerate(ast.walk(tree)):
        for change in range(len(_changes(node))):
            mutant = deepcopy(tree)
            twin = next(twin for at, twin in enumerate(ast.walk(mutant)) if at == place)
            what = f"{function.__name__}: {ast.unparse(node)}"
            _changes(twin)[change]()
            yield f"{what}  ->  {ast.unparse(twin)}", _compiled(mutant, function)


@contextmanager
def living(function: FunctionType, code: CodeType) -> Iterator[None]:
    """The mutant in the function's place."""
    right, function.__code__ = function.__code__, code
    try:
        yield
    finally:
        function.__code__ = right


def _compiled(tree: ast.FunctionDef, function: FunctionType) -> CodeType:
    made: dict[str, FunctionType] = {}
    module = ast.fix_missing_locations(ast.Module([tree], []))
    future = __import__("__future__").annotations.compiler_flag
    exec(compile(module, function.__module__, "exec", future, dont_inherit=True), function.__globals__, made)
    return made[function.__name__].__code__


def _changes(node: ast.AST) -> list[Callable[[], object]]:
    """What can go wrong at one node, as deeds upon it."""
    match node:
        case ast.BoolOp():
            turned = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            drops = [
                lambda at=at: node.values.__setitem__(at, node.values[at - 1])
                for at in range(len(node.values))
            ]
            return [lambda: setattr(node, "op", turned), *drops]
        case ast.Compare(ops=[op]) if type(op) in OPPOSITE:
            return [lambda: setattr(node, "ops", [OPPOSITE[type(op)]()])]
        case ast.If() | ast.IfExp():
            test = ast.UnaryOp(ast.Not(), node.test)
            return [lambda: setattr(node, "test", test), *_lost_statements(node)]
        case ast.FunctionDef():
            return _lost_statements(node)
        case ast.Constant(value=bool() as value):
            return [lambda: setattr(node, "value", not value)]
    return []


def _lost_statements(node: ast.AST) -> list[Callable[[], object]]:
    """Each statement of a body left out; a docstring is none."""
    body = getattr(node, "body", [])
    if not isinstance(body, list):
        return []
    said = [
        at
        for at, one in enumerate(body)
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    return [lambda at=at: body.__setitem__(at, ast.Pass()) for at in said]

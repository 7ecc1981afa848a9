"""The tree of branches inside a statement: what is said for a branch holds there and in all branches below it."""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, String, bindparam, cast, func, literal_column, select

from central.fleet.models import Branch

EVERYWHERE = ""
"""Stands where a branch stands in a rule of the whole network."""

_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")
_EVERYWHERE: ColumnElement[str] = literal_column("''", String)


def above(name: str = "branch") -> CTE:
    """The branch that is given as value `name` (`distance` 0), those above it, and at last `EVERYWHERE`."""
    here = select(cast(bindparam(name, type_=String), String).label("id"), _ZERO.label("distance"))
    tree = here.cte("above", recursive=True)
    parent = cast(func.coalesce(Branch.parent_id, _EVERYWHERE), String)
    return tree.union_all(select(parent, tree.c.distance + _ONE).where(Branch.id == tree.c.id))


def below(name: str = "branch") -> CTE:
    """The branch that is given as value `name`, and those below it; every branch for `EVERYWHERE`."""
    wanted = bindparam(name, type_=String)
    here = select(Branch.id).where((Branch.id == wanted) | (wanted == _EVERYWHERE))
    tree = here.cte("below", recursive=True)
    return tree.union(select(Branch.id).where(Branch.parent_id == tree.c.id))

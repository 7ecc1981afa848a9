"""The tree of branches inside a statement: what is said for a branch holds there and in all branches below it."""

from __future__ import annotations

from sqlalchemy import CTE, String, bindparam, cast, func, literal, select

from central.fleet.models import Branch

EVERYWHERE = ""
"""Stands where a branch stands in a rule of the whole network."""


def above(name: str = "branch") -> CTE:
    """The branch that is given as value `name` (`distance` 0), those above it, and at last `EVERYWHERE`."""
    here = select(cast(bindparam(name, type_=String), String).label("id"), literal(0).label("distance"))
    tree = here.cte("above", recursive=True)
    parent = cast(func.coalesce(Branch.parent_id, literal(EVERYWHERE)), String)
    return tree.union_all(select(parent, tree.c.distance + 1).where(Branch.id == tree.c.id))


def below(name: str = "branch") -> CTE:
    """The branch that is given as value `name`, and those below it; every branch for `EVERYWHERE`."""
    wanted = bindparam(name, type_=String)
    here = select(Branch.id).where((Branch.id == wanted) | (wanted == literal(EVERYWHERE)))
    tree = here.cte("below", recursive=True)
    return tree.union(select(Branch.id).where(Branch.parent_id == tree.c.id))

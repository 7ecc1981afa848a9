"""The schema after all steps is what the models declare, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from central import migrations
from central.db import open_engine
from central.migrations import migrate, tables

STEPS = Path(migrations.__file__).parent / "versions"


def test_models_and_schema_agree(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables()) == []


def test_partial_index_of_open_loans_stands(engine):
    indexes = {index["name"]: index for index in inspect(engine).get_indexes("loan")}
    assert indexes["uq_loan_open_item"]["unique"]
    where = next(
        v for k, v in indexes["uq_loan_open_item"]["dialect_options"].items() if k.endswith("_where")
    )
    assert "returned_ms IS NULL" in str(where)


def test_migrating_twice_changes_nothing(engine):
    migrate(engine)
    with engine.connect() as connection:
        newest = max(path.stem[:4] for path in STEPS.glob("[0-9]*.py"))
        assert MigrationContext.configure(connection).get_current_revision() == newest


def test_a_failed_step_leaves_nothing(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'central.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE hold (id INTEGER)"))
    with pytest.raises(Exception, match="hold already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["hold"]
    engine.dispose()


def test_every_revision_has_a_summary_and_one_parent():
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    revisions = list(scripts.walk_revisions())
    assert scripts.get_heads() == [revisions[0].revision]
    for revision in revisions:
        assert revision.doc.endswith("."), revision.revision

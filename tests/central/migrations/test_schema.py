"""A program says at its start that the database's tables are not its own."""

import pytest
from sqlalchemy import text

from central import schema
from central.config import ConfigError
from central.db import ANSWER_S, open_engine
from central.migrations import migrate


def test_the_newest_revision_fits(older):
    engine = older("head", [])
    schema.look(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == schema.newest()


def test_older_tables_are_named_with_what_helps(older):
    engine = older("0016", [])
    with pytest.raises(
        ConfigError, match=rf"0016, the program needs {schema.newest()}: run `shuwu-central migrate`"
    ):
        schema.look(engine)
    migrate(engine)
    schema.look(engine)


def test_a_newer_programs_tables_are_left_alone(older):
    engine = older("head", [])
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"revision 9999, .* a newer program made them"):
        schema.look(engine)


def test_an_empty_database_is_to_be_made(tmp_path):
    with pytest.raises(ConfigError, match="no tables yet: run `shuwu-central init`"):
        schema.look(open_engine(f"sqlite:///{tmp_path / 'central.db'}"))


def test_a_database_that_is_away_is_waited_for_by_whoever_needs_it():
    schema.look(open_engine("postgresql+psycopg://shuwu@127.0.0.1:9/shuwu", ANSWER_S))

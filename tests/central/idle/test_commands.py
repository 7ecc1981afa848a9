"""`shuwu-central covers import`: a folder as somebody has filled it."""

from click.testing import CliRunner
from sqlalchemy import func, select

from central.circulation.ledger.models import Title
from central.cli import cli
from central.config import load
from central.db import open_engine, open_sessions
from central.idle.models import TitleCover
from tests.central.circulation.world import fill

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def test_what_is_no_cover_is_named_and_the_rest_is_taken(tmp_path):
    (tmp_path / "central.toml").write_text('state = "state"\n')
    config, folder = ["--config", str(tmp_path / "central.toml")], tmp_path / "covers"
    (folder / "9787020002207.png").mkdir(parents=True)
    for name, octets in (
        ("978-7-5366-9293-0.PNG", PNG),
        ("9787108009821.jpg", b"<svg/>"),
        ("9787544253994.png", PNG.ljust(97 * 1024)),
        ("9780000000002.png", PNG),
        ("notes.txt", b"x"),
    ):
        (folder / name).write_bytes(octets)
    assert CliRunner().invoke(cli, ["init", *config]).exit_code == 0
    engine = open_engine(load(tmp_path / "central.toml").database_url())
    fill(engine)
    sessions = open_sessions(engine)
    with sessions.begin() as session:
        session.scalars(select(Title)).first().isbn = "7536692935"
    done = CliRunner().invoke(cli, ["covers", "import", str(folder), *config])
    assert done.exit_code == 0, done.output
    assert done.stdout == "1 titles have a cover from here\n"
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "9780000000002.png",
        "9787108009821.jpg",
        "9787544253994.png",
    ]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(TitleCover)) == 1
    engine.dispose()

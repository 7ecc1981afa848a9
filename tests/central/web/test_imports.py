"""Imports and exports on the pages: looked at, kept when said so, never half."""

import io
import re
import time

import pytest
from sqlalchemy import func, select

from central.accounts.models import AuditEntry
from central.circulation.catalogue import reading
from central.circulation.catalogue.jobs import RUNNING
from central.circulation.ledger.models import Item, Reader, ReaderType, Title
from central.web import security
from tests.central.web.world import post, services

ITEMS = "条码号,题名,所属馆\nN1,边城,ZHEN\nN2,湘行散记,ZHEN\n"


@pytest.fixture(autouse=True)
def types(app):
    with services(app).writing.begin() as session:
        session.merge(ReaderType(id="adult", name_zh="成人", name_en="Adult"))


def send(app, client, text, name="a.csv", **said):
    """Send a file and wait until it is looked at; the job's page."""
    octets = text if isinstance(text, bytes) else text.encode()
    said = {"kind": "items", "branch": "", **said}
    answer = post(client, "/imports/", file=(io.BytesIO(octets), name), **said)
    assert answer.status_code == 302
    settle(app)
    return client.get(answer.location)


def settle(app):
    while any(job.state in RUNNING for job in services(app).jobs.all()):
        time.sleep(0.01)


def items(app):
    with services(app).reading() as session:
        return session.scalar(select(func.count()).select_from(Item))


def test_a_file_is_looked_at_and_kept_when_somebody_says_so(app, manager):
    before = items(app)
    page = send(app, manager, ITEMS)
    assert "检查无误" in page.text
    assert items(app) == before
    post(manager, "/imports/1/keep")
    settle(app)
    assert "已导入" in manager.get("/imports/1").text
    assert items(app) == before + 2
    with services(app).reading() as session:
        audited = [(e.staff, e.action, e.subject) for e in session.scalars(select(AuditEntry))]
    assert audited == [("manager", "imported", "items a.csv 2 0")]


def test_what_is_wrong_is_shown_with_its_line_and_nothing_is_kept(app, manager):
    before = items(app)
    page = send(app, manager, ITEMS + "N3,,ZHEN\n")
    assert "有错误" in page.text
    assert "新书必须有题名" in page.text
    assert ">题名</td>" in page.text
    post(manager, "/imports/1/keep")
    settle(app)
    assert items(app) == before


def test_a_person_sees_what_a_file_was_taken_for_and_how_it_begins(app, manager):
    text = "條碼號,題名,責任者,所屬館\nN1,邊城,沈從文,ZHEN\n"
    page = send(app, manager, text.encode("big5")).text
    assert "<dd>CSV · Big5</dd>" in page
    assert "<dd>N1 · 邊城 · 沈從文</dd>" in page


def test_what_is_wrong_with_records_in_xml_is_shown_by_record_and_place(app, manager):
    octets = b'<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader/></record>\n<record>'
    page = send(app, manager, octets, "a.xml").text
    assert "<dd>MARCXML · UTF-8</dd>" in page
    assert "<code>1:69</code>" in page
    assert "<code>2:9</code>" in page
    assert "XML 在此行列处损坏或中断" in page


def test_a_file_is_read_in_the_charset_that_was_chosen(app, manager):
    octets = "barcode,title,home\nN1,태백산맥,ZHEN\n".encode("euc-kr")
    page = send(app, manager, octets, charset="euc-kr").text
    assert 'CSV · EUC-KR <span class="quiet">（手工选定）</span>' in page
    assert "<dd>N1 · 태백산맥</dd>" in page
    post(manager, "/imports/1/keep")
    settle(app)
    with services(app).reading() as session:
        assert session.scalar(select(Title.title).join(Item).where(Item.barcode == "N1")) == "태백산맥"


def test_a_long_name_keeps_its_ending(app, manager):
    assert "检查无误" in send(app, manager, ITEMS, "x" * 200 + ".csv").text


def test_a_charset_of_no_list_is_refused(manager):
    file = (io.BytesIO(ITEMS.encode()), "a.csv")
    assert post(manager, "/imports/", kind="items", charset="ebcdic", file=file).status_code == 400


def test_errors_stand_by_line_and_those_of_the_whole_file_say_so(app, manager):
    page = send(app, manager, ITEMS + "N3,,ZHEN\nN4,书,ZHEN,\nN5,书,无\n,书,\n").text
    assert re.findall(r'<td data-title="行" class="num">(.*?)</td>', page) == ["4", "6", "7"]
    assert "已读行数" not in page
    assert (
        '<td data-title="行" class="num">整个文件</td>' in send(app, manager, b"\xff\xd8\xff", "a.jpg").text
    )
    assert '<td data-title="记录" class="num">1</td>' in send(app, manager, b"no record", "a.mrc").text


def test_a_page_tells_that_not_all_errors_stand_on_it(app, manager):
    page = send(app, manager, "条码号\n" + "a b\n" * 900).text
    assert '900 <span class="quiet">下面列出前 500 条</span>' in page


def test_the_branch_of_lines_that_name_none_is_shown(app, manager):
    assert "<dd>镇分馆</dd>" in send(app, manager, "条码号,题名\nN1,边城\n", branch="ZHEN").text


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", "此处每个文件最大 64 MiB。请拆成几个文件"), ("en", "may have 64 MiB here. Split it")],
)
def test_who_sends_too_large_a_file_is_told_the_limit_and_what_to_do(manager, language, words):
    with manager.session_transaction() as cookie:
        cookie["language"] = language
    large = {"CONTENT_LENGTH": str(security.UPLOADS["catalogue.look"] + 1)}
    answer = manager.post("/imports/", environ_overrides=large)
    assert answer.status_code == 413
    assert words in answer.text
    assert "shuwu-central import" in answer.text
    assert 'href="/imports/"' in answer.text
    assert f'data-most="{security.MAX_FILE_OCTETS}"' in manager.get("/imports/").text


def test_a_file_of_the_limit_is_taken_with_the_form_around_it(manager):
    """What comes here is cut, and so refused for that."""
    whole = {"CONTENT_LENGTH": str(security.MAX_FILE_OCTETS + 1000)}
    assert manager.post("/imports/", environ_overrides=whole).status_code == 400


def test_an_import_that_nobody_remembers_says_what_became_of_it(manager):
    answer = manager.get("/imports/7")
    assert answer.status_code == 404
    assert "审计中没有记录的，就没有导入任何数据" in answer.text


def test_the_page_names_what_a_column_takes(manager):
    page = manager.get("/imports/").text
    assert "状态可填：在架、阅览、丢失、下落不明、修补、剔除。" in page
    assert "停用可填：是、否。" in page


def test_the_page_says_how_much_it_takes(manager):
    assert "每个文件最大 64 MiB、100,000 行" in manager.get("/imports/").text


def test_a_large_file_is_taken_and_a_larger_form_is_not(app, manager):
    lines = "".join(f"M{n},书{n},ZHEN\n" for n in range(20_000))
    assert "20,000" in send(app, manager, "条码号,题名,所属馆\n" + lines).text
    assert post(manager, "/owed/", text="x" * 500_000).status_code in {405, 413}


def test_a_file_lies_there_for_nobody_else_and_goes_with_its_job(app, config, manager):
    send(app, manager, ITEMS)
    (path,) = (config.state / "imports").iterdir()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    post(manager, "/imports/1/drop")
    assert list((config.state / "imports").iterdir()) == []
    assert manager.get("/imports/1").status_code == 404


def test_a_job_that_breaks_ends_and_the_next_one_begins(app, manager, monkeypatch):
    def broken(*_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", broken)
        assert "未导入任何数据" in send(app, manager, ITEMS).text
    assert "检查无误" in send(app, manager, ITEMS).text


def test_no_file_or_no_kind_is_said(app, manager):
    post(manager, "/imports/", kind="items")
    assert "请选择文件" in manager.get("/imports/").text
    assert post(manager, "/imports/", kind="x", file=(io.BytesIO(b"1"), "a.csv")).status_code == 400
    assert (
        post(manager, "/imports/", kind="items", branch="x", file=(io.BytesIO(b"1"), "a.csv")).status_code
        == 400
    )


@pytest.mark.parametrize(
    "what", ["items.csv", "items.xlsx", "items.mrc", "items.xml", "readers.csv", "readers.xlsx"]
)
def test_an_export_is_a_file_and_stands_in_the_audit(app, manager, what):
    send(app, manager, ITEMS)
    post(manager, "/imports/1/keep")
    settle(app)
    answer = post(manager, "/imports/export", what=what, branch="")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename={what}"
    assert len(answer.data) > 0
    answer.close()
    with services(app).reading() as session:
        assert (
            session.scalars(select(AuditEntry).where(AuditEntry.action == "exported")).one().staff
            == "manager"
        )


@pytest.mark.parametrize("what", ["readers.mrc", "staff.csv", "items", ""])
def test_what_cannot_be_exported_is_refused(manager, what):
    assert post(manager, "/imports/export", what=what).status_code == 400


def test_a_technician_has_no_business_here(technician):
    assert technician.get("/imports/").status_code == 403
    assert post(technician, "/imports/export", what="readers.csv").status_code == 403


def test_readers_come_in_by_the_page(app, manager):
    text = "读者证号,姓名,读者类型,有效期至\nX1,王,成人,2030-01-01\n"
    assert "检查无误" in send(app, manager, text, kind="readers", branch="ZHEN").text
    post(manager, "/imports/1/keep")
    settle(app)
    with services(app).reading() as session:
        assert session.get(Reader, "X1").branch_id == "ZHEN"

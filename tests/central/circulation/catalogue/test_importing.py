"""Imports: compared first, kept whole or not at all, the same again when they come back."""

import io
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from central.circulation.catalogue import exporting
from central.circulation.catalogue.importing import WORK
from central.circulation.ledger.models import Collection, Item, ItemSet, Reader, Title
from central.db import open_sessions
from tests.central.circulation.catalogue.records import cnmarc, read
from tests.central.circulation.world import fill


def take(engine, text, kind="items", branch=None, name="a.csv"):
    """Import a file; (counts, errors). Kept only where nothing is wrong."""
    file = read(text if isinstance(text, bytes) else text.encode(), name, kind)
    with open_sessions(engine).begin() as session:
        work = WORK[kind](session, file, branch)
        counts = work.compare()
        if not file.wrong:
            work.keep()
        return counts, [(wrong.line, wrong.column, wrong.why) for wrong in file.errors]


def written(engine, kind, form):
    """An export, whole."""
    octets = io.BytesIO()
    with open_sessions(engine, readonly=True)() as session:
        exporting.write(session, kind, form, octets)
    return octets.getvalue()


def one(engine, query):
    with open_sessions(engine)() as session:
        return session.execute(query).mappings().one()


def count(engine, model):
    with open_sessions(engine)() as session:
        return session.scalar(select(func.count()).select_from(model))


NEW = """条码号,题名,责任者,ISBN,所属馆,馆藏,套书,件数
N1,边城,沈从文,9787020000001,清源县图书馆,少儿,名家,1
N2,边城,沈从文,9787020000001,cun,少儿,名家,2
N3,湘行散记,沈从文,,xian,,,
"""


def test_new_items_make_titles_collections_and_sets(library):
    counts, errors = take(library, NEW)
    assert errors == []
    assert (counts.new, counts.titles_new, counts.collections, counts.sets) == (3, 2, ["少儿"], ["名家"])
    found = one(library, select(Item.__table__, Title.title).join(Title).where(Item.barcode == "N2"))
    assert (found["home_branch_id"], found["place_branch_id"], found["parts"], found["title"]) == (
        "cun", "cun", 2, "边城"
    )  # fmt: skip
    assert (count(library, Collection), count(library, ItemSet)) == (1, 1)


def test_the_same_file_again_changes_nothing(library):
    take(library, NEW)
    counts, _ = take(library, NEW)
    assert (counts.new, counts.changed, counts.same) == (0, 0, 3)
    assert (counts.titles_new, counts.titles_changed, counts.collections, counts.sets) == (0, 0, [], [])


def test_a_known_item_changes_by_what_the_line_says_and_keeps_the_rest(library):
    take(library, NEW)
    counts, errors = take(library, "条码号,架位,所属馆\nN1,A-1,\nN3,A-2,cun\n")
    assert (errors, counts.changed) == ([], 2)
    assert one(library, select(Item.__table__).where(Item.barcode == "N1"))["home_branch_id"] == "xian"
    assert one(library, select(Item.__table__).where(Item.barcode == "N3"))["shelf"] == "A-2"


def test_a_title_is_corrected_where_it_stands(library):
    titles = count(library, Title)
    counts, _ = take(library, "条码号,题名,责任者\nB3,万历十五年(增订),黄仁宇\n")
    assert (counts.titles_new, counts.titles_changed, counts.same) == (0, 1, 1)
    assert count(library, Title) == titles


@pytest.mark.parametrize("stands", ["7108006669", "9787108006660"])
def test_a_title_is_the_same_by_ten_digits_and_by_thirteen(library, stands):
    with open_sessions(library).begin() as session:
        session.add(Title(id=90, title="乡土中国", isbn=stands))
    take(
        library,
        "条码号,题名,ISBN,所属馆\nN1,乡土中国,978-7-108-00666-0,xian\nN2,乡土中国,7-108-00666-9,xian\n",
    )
    titles = {one(library, select(Item.__table__).where(Item.barcode == n))["title_id"] for n in ("N1", "N2")}
    assert titles == {90}


def test_another_isbn_is_another_title(library):
    take(library, NEW)
    counts, _ = take(library, "条码号,题名,责任者,ISBN\nN1,边城,沈从文,9787020000002\n")
    assert (counts.titles_new, counts.changed) == (1, 1)


def test_a_record_whose_isbn_was_corrected_is_the_same_title(library):
    take(library, "条码号,题名,控制号,ISBN,所属馆\nN1,边城,C1,9787020000001,xian\n")
    counts, errors = take(library, "条码号,题名,控制号,ISBN\nN1,边城,C1,9787020000002\n")
    assert (errors, counts.titles_new, counts.titles_changed) == ([], 0, 1)
    assert (
        one(library, select(Title.__table__).where(Title.control_number == "C1"))["isbn"] == "9787020000002"
    )


@pytest.mark.parametrize("barcode", ["N2", "N3"])
def test_a_control_number_of_another_title_is_refused_and_overwrites_nothing(library, barcode):
    """Two libraries count their records from 1; a file of both must not make one title of two."""
    take(library, "条码号,题名,控制号,ISBN,所属馆\nN1,边城,C1,9787020000001,xian\nN3,论语,,,xian\n")
    _, errors = take(library, f"条码号,题名,控制号,ISBN,所属馆\n{barcode},三体,C1,9787536692930,xian\n")
    assert errors == [(2, "control_number", "control_number")]


def test_two_titles_of_one_control_number_in_a_file_are_refused(library):
    _, errors = take(
        library,
        "条码号,题名,控制号,ISBN,所属馆\nN1,边城,C1,9787020000001,xian\nN2,三体,C1,9787536692930,xian\n",
    )
    assert errors == [(3, "control_number", "control_number")]


def test_copies_of_one_title_that_a_file_names_differently_part(library):
    take(library, "条码号,题名,所属馆\nN1,合订本,xian\nN2,合订本,xian\nN3,合订本,xian\n")
    text = "条码号,题名\nN1,边城\nN2,湘行散记\nN3,边城\n"
    take(library, text)
    titles = select(Item.barcode, Title.title).join(Title).where(Item.barcode.in_(["N1", "N2", "N3"]))
    with open_sessions(library)() as session:
        assert dict(session.execute(titles).all()) == {"N1": "边城", "N2": "湘行散记", "N3": "边城"}
    assert take(library, text)[0].same == 3


def test_an_item_whose_type_has_lost_its_rules_can_be_changed(library):
    take(library, NEW)
    with open_sessions(library).begin() as session:
        session.get(Item, "N1").type = "vinyl"
    counts, errors = take(library, "条码号,文献类型,架位\nN1,vinyl,A-1\n")
    assert (errors, counts.changed) == ([], 1)


def test_an_editions_record_finds_its_title_by_control_number(library):
    take(library, cnmarc(), name="a.mrc", branch="xian")
    counts, errors = take(library, cnmarc(), name="a.mrc", branch="xian")
    assert errors == []
    assert (counts.new, counts.same, counts.titles_new, counts.titles_changed) == (0, 2, 0, 0)
    found = one(library, select(Title.__table__).where(Title.control_number == "012002001234"))
    assert (found["record"], found["record_format"]) == (cnmarc(), "cnmarc")


@pytest.mark.parametrize(
    ("text", "branch", "wrong"),
    [
        ("条码号,题名\nN1,边城\n", None, (2, "home", "branch_needed")),
        ("条码号,题名,所属馆\nN1,边城,无此馆\n", None, (2, "home", "branch")),
        ("条码号,题名,文献类型\nN1,边城,石碑\n", "xian", (2, "type", "item_type")),
        ("条码号\nN1\n", "xian", (2, "title", "title")),
        (
            "条码号,题名,馆藏\nN1,边城,一个很长很长很长很长很长很长的馆藏名\n",
            "xian",
            (2, "collection", "collection"),
        ),
    ],
)
def test_a_line_that_does_not_fit_the_library_is_named_and_nothing_is_kept(library, text, branch, wrong):
    before = count(library, Item)
    head, line = text.splitlines()
    _, errors = take(library, f"{head}\n{line}\n{line.replace('N1', 'N2')}\n", branch=branch)
    assert errors[0] == wrong
    assert count(library, Item) == before


def test_readers_come_with_their_guardians_in_any_order(library):
    text = """读者证号,姓名,读者类型,开户馆,有效期至,监护人证号,性别
C9,小明,少儿,cun,2030-01-01,P9,男
P9,大明,adult,cun,2030-01-01,,M
"""
    counts, errors = take(library, text, "readers")
    assert (errors, counts.new) == ([], 2)
    found = one(library, select(Reader.__table__).where(Reader.card == "C9"))
    assert (found["guardian_card"], found["type_id"], found["sex"], found["pin_hash"]) == (
        "P9",
        "child",
        "m",
        "",
    )
    assert take(library, text, "readers")[0].same == 2


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("读者证号,姓名,读者类型,有效期至\nN1,王,教授,2030-01-01\n", ("type", "type")),
        ("读者证号,姓名,读者类型\nN1,王,adult\n", ("expires", "expires")),
        ("读者证号,读者类型,有效期至\nN1,adult,2030-01-01\n", ("name", "name")),
        ("读者证号,姓名,读者类型,有效期至,监护人证号\nN1,王,adult,2030-01-01,N1\n", ("guardian", "guardian")),
        ("读者证号,姓名,读者类型,有效期至,监护人证号\nN1,王,adult,2030-01-01,X\n", ("guardian", "guardian")),
    ],
)
def test_a_reader_that_cannot_be_is_named(library, text, wrong):
    _, errors = take(library, text, "readers", branch="xian")
    assert errors == [(2, *wrong)]


def test_who_reported_a_card_lost_did_not_do_so_for_the_files_reason(library):
    with open_sessions(library).begin() as session:
        session.get(Reader, "BLOCKED").blocked_why = "lost"
    take(library, "读者证号,停用\nBLOCKED,是\nR1,是\n", "readers")
    assert one(library, select(Reader.__table__).where(Reader.card == "BLOCKED"))["blocked_why"] == "lost"
    assert one(library, select(Reader.__table__).where(Reader.card == "R1"))["blocked_why"] == "staff"


def test_a_block_from_a_file_has_no_last_day(library):
    with open_sessions(library).begin() as session:
        session.get(Reader, "R1").blocked_until = date(2020, 1, 1)
    take(library, "读者证号,停用\nR1,是\n", "readers")
    assert one(library, select(Reader.__table__).where(Reader.card == "R1"))["blocked_until"] is None


@pytest.mark.parametrize(("kind", "form"), [(k, f) for k, forms in exporting.FORMATS.items() for f in forms])
def test_an_export_read_again_changes_nothing(library, kind, form):
    take(library, NEW)
    octets = io.BytesIO()
    with open_sessions(library, readonly=True)() as session:
        exporting.write(session, kind, form, octets)
    counts, errors = take(library, octets.getvalue(), kind, name=f"a.{form}")
    assert errors == []
    assert (counts.new, counts.changed, counts.titles_new) == (0, 0, 0)
    assert counts.same > 0


SAID = (
    "边,城", '"引"号', '三"体', "a;b", "=1+1", '="a"', "'=1+1", "-2", "'t Hooft", "a|b", "$a 三体", "&amp; <b>", "]]>", "😀",
    "00123", "1E5", "ئۇيغۇر تىلى", "қазақ тілі", "ᠮᠣᠩᠭᠣᠯ\u180e ᠪᠢᠴᠢᠭ", "བོད་ཡིག", "𠮷野家", "Việt Nam", "长" * 300,
)  # fmt: skip
"""Texts by which a form may lose its place, in the scripts of China's libraries."""


@pytest.mark.parametrize("form", exporting.FORMATS["items"])
def test_items_come_back_as_they_were(library, form):
    with open_sessions(library).begin() as session:
        for number, said in enumerate(SAID, 100):
            session.add(Title(id=number, title=said, author=said[:100], publisher=said[:50]))
            session.flush()
            session.add(
                Item(
                    barcode=f"X{number}",
                    title_id=number,
                    home_branch_id="cun",
                    place_branch_id="xian",
                    collection_id=None,
                    shelf=said[:10],
                    parts_note=said[:10],
                )
            )
    octets = written(library, "items", form)
    counts, errors = take(library, octets, name=f"a.{form}")
    assert (errors, counts.new, counts.changed, counts.titles_new) == ([], 0, 0, 0)
    with open_sessions(library)() as session:
        assert [session.get(Title, number).title for number, _ in enumerate(SAID, 100)] == list(SAID)
    again, _ = take(library, written(library, "items", form), name=f"a.{form}")
    assert again.titles_changed == 0


@pytest.mark.parametrize("form", exporting.FORMATS["readers"])
def test_readers_come_back_as_they_were(library, form):
    with open_sessions(library).begin() as session:
        for number, said in enumerate(SAID, 100):
            of = {"type_id": "adult", "branch_id": "xian", "expires_on": date(2030, 1, 1)}
            session.add(
                Reader(card=f"0{number}", name=said[:50], address=said[:100], remark=said[:100], **of)
            )
    counts, errors = take(library, written(library, "readers", form), "readers", name=f"a.{form}")
    assert (errors, counts.new, counts.changed) == ([], 0, 0)


def test_a_character_that_ends_a_field_ends_none_of_a_record(library):
    with open_sessions(library).begin() as session:
        session.get(Title, 1).title = "三\x1f体\x1d"
    counts, errors = take(library, written(library, "items", "mrc"), name="a.mrc")
    assert (errors, counts.new) == ([], 0)
    with open_sessions(library)() as session:
        assert session.get(Title, 1).title == "三 体"


@pytest.mark.parametrize("form", ["mrc", "xml"])
def test_a_kept_record_that_cannot_be_read_stops_no_export(library, form):
    take(library, cnmarc(), name="a.mrc", branch="xian")
    with open_sessions(library).begin() as session:
        title = session.scalars(select(Title).where(Title.control_number == "012002001234")).one()
        title.record = title.record.replace(b"1 \x1fa", b"\xff \x1fa")
    octets = io.BytesIO()
    with open_sessions(library, readonly=True)() as session:
        exporting.write(session, "items", form, octets)
    counts, errors = take(library, octets.getvalue(), name=f"a.{form}")
    assert (errors, counts.new, counts.changed, counts.same) == ([], 0, 0, count(library, Item))


def test_an_export_of_a_branch_holds_its_own(library):
    octets = io.BytesIO()
    with open_sessions(library, readonly=True)() as session:
        assert exporting.write(session, "items", "csv", octets, ["cun"]) == 2
    assert "xian" not in octets.getvalue().decode("utf-8-sig")


def test_what_another_import_kept_meanwhile_is_kept_by_neither_twice_nor_half(postgres_engine):
    """SQLite lets no second one begin; PostgreSQL tells the later one that its barcodes are there."""
    fill(postgres_engine)
    before = count(postgres_engine, Item), count(postgres_engine, Title)
    with open_sessions(postgres_engine)() as session:
        work = WORK["items"](
            session, read("条码号,题名,所属馆\nM1,呐喊,xian\nN1,边城,xian\n".encode(), "a.csv"), None
        )
        work.compare()
        take(postgres_engine, NEW)
        with pytest.raises(IntegrityError):
            work.keep()
    assert (count(postgres_engine, Item), count(postgres_engine, Title)) == (before[0] + 3, before[1] + 2)


def test_what_was_looked_at_is_compared_anew_when_it_is_kept(library):
    """Between the preview and the button another import has the same lines."""
    file = read(NEW.encode(), "a.csv")
    with open_sessions(library, readonly=True)() as session:
        assert WORK["items"](session, file, None).compare().new == 3
    take(library, NEW)
    counts, errors = take(library, NEW)
    assert (errors, counts.new, counts.same) == ([], 0, 3)

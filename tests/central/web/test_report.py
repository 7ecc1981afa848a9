"""The manager's pages: figures, words, spreadsheet, and the same for programs."""

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy import delete

from central.facts.models import Revision
from central.fleet.models import Branch, ConditionSpan, Device
from central.reports.catalogue import MEASURES
from central.reports.clc import CLASSES
from central.reports.export import BOM, cell
from central.reports.period import Kind, containing
from central.reports.tallies import Place, Sums, add
from central.web.language import HOME_ZONE
from tests.central.web.world import DESK, ROOM, services
from wire import facts

YEAR = containing(Kind.YEAR, date(2025, 1, 1))
NOON = 12 * 3_600_000


def count(app, device, branch, fact, times=1, on=date(2025, 6, 15)):
    at_ms = containing(Kind.DAY, on).begins_ms(HOME_ZONE) + NOON
    counted = Sums()
    for _ in range(times):
        counted.count(Place(device, branch, "Asia/Shanghai"), fact, at_ms)
    with services(app).engine.begin() as connection:
        add(connection, counted)


def visits(persons):
    return facts.VisitEntered(persons=persons, method="counter")


def loan(call_number="I247.57/1"):
    return facts.LoanMade(txn="a" * 16, item="B1", reader="b" * 32, call_number=call_number)


@pytest.fixture
def counted(app):
    """A year: 910,123 visits, 75,749 of them to the room; three loans in the room, one in the hall."""
    count(app, ROOM, "ZHEN", visits(65_535))
    count(app, ROOM, "ZHEN", visits(10_214), on=date(2025, 12, 31))
    for _ in range(12):
        count(app, DESK, "XIAN", visits(65_535))
    count(app, DESK, "XIAN", visits(47_954))
    count(app, ROOM, "ZHEN", loan(), 2)
    count(app, ROOM, "ZHEN", loan("K825"))
    count(app, DESK, "XIAN", loan(""))
    return app


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_report_tells_that_a_clock_was_corrected(counted, manager):
    assert "时钟校正" not in manager.get("/report?period=month&on=2025-06-01").text
    days = {"first_day": date(2025, 6, 30), "last_day": date(2025, 7, 1)}
    with services(counted).writing.begin() as session:
        session.add(Revision(device_id=ROOM, boot="01234567", facts=17, at_ms=1, **days))
        session.add(Revision(device_id=DESK, boot="01234567", facts=5, at_ms=1, **days))
    told = "本期数字因时钟校正有变动：{} 条记录重新确定了时间。"
    assert told.format(22) in manager.get("/report?period=month&on=2025-06-01").text
    assert told.format(17) in manager.get("/report?period=month&on=2025-07-01&branch=ZHEN").text
    assert "时钟校正" not in manager.get("/report?period=month&on=2025-08-01").text


def test_the_year_reads_as_libraries_write_it(counted, manager):
    shown = text_of(manager.get("/report?period=year&on=2025-01-01").text)
    assert "全年服务读者 91.01 万人次（含 24 小时自助书屋接待 7.57 万人次），外借图书 4 册次。" in shown
    assert "2025年" in shown


def test_each_figure_has_its_unit_its_rooms_its_definition_and_its_exact_number(counted, manager):
    html = manager.get("/report?period=year&on=2025-01-01").text
    articles = re.findall(r"<article>.*?</article>", html, re.DOTALL)
    own = [measure for measure in MEASURES.values() if not measure.under]
    for article, measure in zip(articles, own, strict=True):
        shown = text_of(article)
        assert all(word in shown for word in (measure.title.zh, measure.unit.zh, measure.definition.zh))
    assert 'title="910,123"' in articles[0]
    assert 'title="75,749"' in articles[0]


def test_what_was_lent_offline_has_its_own_line_below_the_loans(app, counted, manager):
    count(app, ROOM, "ZHEN", facts.LoanGranted("0" * 16, "B1", "ab" * 16), 41)
    html = manager.get("/report?period=year&on=2025-01-01").text
    articles = [text_of(one) for one in re.findall(r"<article>.*?</article>", html, re.DOTALL)]
    assert [name for name in ("外借册次", "离线借出册次 41") if name in articles[1]] == [
        "外借册次",
        "离线借出册次 41",
    ]
    assert not any("强制补登" in article for article in articles), "nothing was: no line"


def test_visits_are_told_by_method_and_kind(app, counted, manager):
    count(app, ROOM, "ZHEN", facts.VisitEntered(1, "card", check=True, again=True), 41)
    count(app, ROOM, "ZHEN", facts.VisitLeft(1, "counter", stays=1, stayed_s=2_520), 10)
    count(app, ROOM, "ZHEN", facts.OccupancyPeaked("2025-06-15", 23))
    html = manager.get("/report?period=year&on=2025-01-01").text
    card = text_of(re.findall(r"<article>.*?</article>", html, re.DOTALL)[0])
    assert "91.01" in card, "a check is no visit"
    parts = ("另一方法的核对数 41", "十分钟内再次进入 41", "平均停留 42 分钟 样本 10", "最多同时在馆 23")
    assert [part for part in parts if part not in card] == []
    panel = html.split("到馆人次：按方法与类别")[1].split("</section>")[0]
    rows = [text_of(row).split() for row in re.findall(r'<tr class="room.*?</tr>', panel, re.DOTALL)]
    (room,) = [row for row in rows if "42" in row]
    assert room[-3:] == ["分钟", "23", "—"]


def test_a_branch_has_its_subtotal_and_a_room_its_line(counted, manager):
    html = manager.get("/report?period=year&on=2025-01-01").text
    rows = [text_of(row) for row in re.findall(r'<tr class="(?:branch|room).*?</tr>', html, re.DOTALL)]
    assert [row.split()[:2] for row in rows[:3]] == [
        ["县总馆", "91.01"],
        ["大厅借还机", "83.44"],
        ["镇分馆", "7.57"],
    ]
    assert "镇 24 小时书屋" in rows[3]
    assert rows[3].rstrip().endswith("—"), "nothing on record: no coverage"


def test_a_chosen_branch_counts_itself_alone(counted, manager):
    shown = manager.get("/api/report?period=year&on=2025-01-01&branch=ZHEN").json
    assert shown["figures"]["visits"] == {"total": 75_749, "room24": 75_749}
    assert [line["id"] for line in shown["lines"]] == ["ZHEN", ROOM, "zhen-desk-2"]
    assert manager.get("/report?branch=nowhere").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from=2025-06-15&to=2025-06-15", 834_374 + 65_535),
        ("from=2025-01-01&to=2025-12-31", 910_123),
        ("from=2025-06-16&to=2025-12-30", 0),
        ("from=2025-12-31", 10_214),
        ("period=month&on=2025-12-05", 10_214),
        ("period=week&on=2025-12-29", 10_214),
        ("period=week&on=2026-01-04", 10_214),
        ("period=day&on=2025-12-31", 10_214),
    ],
)
def test_programs_get_the_figures_of_any_days(counted, manager, query, expected):
    found = manager.get(f"/api/report?{query}").json
    assert found["figures"]["visits"]["total"] == expected
    assert found["lines"][0]["figures"]["visits"]["total"] == expected


def test_programs_and_pages_say_the_same(counted, manager):
    query = "period=year&on=2025-01-01"
    assert manager.get(f"/api/report?{query}").json["headline"] in manager.get(f"/report?{query}").text


def test_the_chart_has_words_and_a_table(counted, manager):
    html = manager.get("/report?period=year&on=2025-01-01").text
    chart = re.search(r'<svg width="100%".*?</svg>', html, re.DOTALL)[0]
    assert 'role="img"' in chart
    assert re.search(r"<title id=\"visits-title\">\S", chart)
    assert re.search(r"<desc id=\"visits-desc\">\S", chart)
    assert chart.count('class="rooms"') == 2, "June and December"
    assert "910,123" not in text_of(chart)
    assert re.search(r'<th scope="row">12月</th><td class="num">10,214</td><td class="num">10,214</td>', html)


def test_loans_by_class_have_their_names(counted, manager):
    shown = text_of(manager.get("/report?period=year&on=2025-01-01").text)
    part = shown[shown.index("外借图书分类") :]
    assert part.index("I 文学 2") < part.index("K 历史、地理 1")
    assert "— 未分类 1" in part
    assert "不足整月" not in part
    assert "不足整月" in manager.get("/report?period=day&on=2025-06-15").text


def test_coverage_is_shown_where_it_is_known(counted, manager):
    june = containing(Kind.MONTH, date(2026, 6, 1))
    begin, end = june.begins_ms(HOME_ZONE), june.ends_ms(HOME_ZONE)
    with services(counted).writing.begin() as session:
        session.add(
            ConditionSpan(
                device_id=ROOM, state="ready", faults=[], from_ms=begin, until_ms=begin + (end - begin) // 4
            )
        )
    found = manager.get("/api/report?period=month&on=2026-06-01").json
    assert {line["id"]: line["coverage"] for line in found["lines"]}[ROOM] == 0.25
    assert found["coverage"] == 0.25
    assert "25%" in manager.get("/report?period=month&on=2026-06-01").text


def test_periods_are_walked(manager):
    html = manager.get("/report?period=month&on=2025-03-31").text
    assert "on=2025-02-01" in html
    assert "on=2025-04-01" in html
    future = manager.get("/report?period=year").text
    assert 'aria-disabled="true"' in future, "there is no report of next year"


def test_an_empty_network_has_an_empty_report(app, manager):
    with services(app).writing.begin() as session:
        session.execute(delete(Device))
        session.execute(delete(Branch).where(Branch.parent_id.is_not(None)))
        session.execute(delete(Branch))
    answer = manager.get("/report")
    assert answer.status_code == 200
    assert "还没有登记馆点" in answer.text


# ---------------------------------------------------------------- the spreadsheet
def rows_of(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark"
    return list(csv.reader(io.StringIO(answer.text.removeprefix(BOM))))


def test_the_spreadsheet_has_definitions_and_exact_figures(counted, manager):
    answer = manager.get("/report.csv?period=year&on=2025-01-01")
    rows = rows_of(answer)
    assert answer.mimetype == "text/csv"
    assert "filename*=UTF-8''%E6%B5%8B%E8%AF%95" in answer.headers["Content-Disposition"]
    for measure in MEASURES.values():
        assert [measure.title.zh, measure.definition.zh] in rows
    (titles,) = (row for row in rows if row and row[0] == "名称")
    (total,) = (row for row in rows if row and row[0] == "合计")
    named = dict(zip(titles[:6], total[:6], strict=True))
    assert (named["到馆人次"], total[5]) == ("910123", "75749")
    assert len(titles) == len(total)
    assert {row[1] for row in rows if len(row) == len(titles)} >= {ROOM, DESK, "XIAN", "ZHEN"}


def test_a_name_that_is_a_formula_stays_a_name(app, manager):
    with services(app).writing.begin() as session:
        session.get(Device, ROOM).name_zh = '=HYPERLINK("http://evil.example","x")'
        session.get(Branch, "ZHEN").name_zh = "@SUM(A1)"
    names = {row[0] for row in rows_of(manager.get("/report.csv")) if row}
    assert '\'=HYPERLINK("http://evil.example","x")' in names
    assert "'@SUM(A1)" in names


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\n=1"])
def test_what_a_spreadsheet_would_execute_is_quoted(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["名称", "", "1-2", 5, -5, "a=b"])
def test_everything_else_stays_as_it_is(value):
    assert cell(value) == value


def test_every_class_that_a_loan_can_have_is_named():
    assert set(CLASSES) == set("ABCDEFGHIJKNOPQRSTUVXZ")

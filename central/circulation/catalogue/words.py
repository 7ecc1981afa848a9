"""Names of what comes in and goes out, and what is wrong with a file, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from central.circulation.catalogue.columns import BLOCKED, COLUMNS, SEXES, STATUSES
from central.fleet.words import Look
from wire.faults import Words

HEADINGS: Mapping[str, Mapping[str, Words]] = {
    kind: {column.name: Words(column.zh, column.name.replace("_", " ").capitalize()) for column in columns}
    for kind, columns in COLUMNS.items()
}
"""Kind → column → what it is called."""


def _said(words: Mapping[str, object], *, chinese: bool, between: str) -> str:
    """The first word of each value in one language."""
    first = {value: word for word, value in reversed(list(words.items())) if word.isascii() != chinese}
    return between.join(first[value] for value in dict.fromkeys(words.values()))


VALUES: Mapping[str, Words] = {
    column: Words(_said(words, chinese=True, between="、"), _said(words, chinese=False, between=", "))
    for column, words in (("status", STATUSES), ("sex", SEXES), ("blocked", BLOCKED))
}
"""What may stand in the columns that take only some words."""
KINDS: Mapping[str, Words] = {"items": Words("馆藏", "Items"), "readers": Words("读者", "Readers")}
FORMS: Mapping[str, str] = {"csv": "CSV", "xlsx": "Excel", "mrc": "ISO 2709", "xml": "MARCXML"}
CHARSETS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB 18030",
    "big5hkscs": "Big5",
    "marc-8": "MARC-8",
    "cp949": "EUC-KR",
    "cp932": "Shift-JIS",
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251",
}
"""By codec; names that are the same in every language."""
CHOICES: Mapping[str, Words] = {
    "utf-8": Words("UTF-8", "UTF-8"),
    "gb18030": Words("GB 18030（含 GBK、GB 2312）", "GB 18030 (GBK, GB 2312)"),
    "big5": Words("Big5（繁体中文）", "Big5 (traditional Chinese)"),
    "utf-16": Words("UTF-16（表格，“Unicode 文本”）", "UTF-16 (tables, “Unicode text”)"),
    "marc-8": Words("MARC-8（仅 ISO 2709 记录）", "MARC-8 (records in ISO 2709 alone)"),
    "euc-kr": Words("EUC-KR（朝鲜文、韩文）", "EUC-KR (Korean)"),
    "shift-jis": Words("Shift-JIS（日文）", "Shift-JIS (Japanese)"),
    "windows-1252": Words("Windows-1252、Latin-1（西欧文字）", "Windows-1252, Latin-1 (Western Europe)"),
    "windows-1251": Words("Windows-1251（俄文等西里尔字母）", "Windows-1251 (Cyrillic)"),
}
"""Of `charsets.CHOICES`, as a person chooses."""
STATES: Mapping[str, Look] = {
    "reading": Look(Words("正在检查", "Being looked at"), "boot", "busy"),
    "ready": Look(Words("检查无误，尚未导入", "Nothing wrong; not kept yet"), "ready", "good"),
    "wrong": Look(Words("有错误，未导入任何数据", "Wrong lines; nothing was kept"), "broken", "bad"),
    "keeping": Look(Words("正在导入", "Being kept"), "boot", "busy"),
    "kept": Look(Words("已导入", "Kept"), "ready", "good"),
    "failed": Look(
        Words(
            "数据库没有接受，未导入任何数据；可能同时有人改动，请重新检查",
            "The database did not take it; nothing was kept. Somebody may have changed the same: look at it again",
        ),
        "broken",
        "bad",
    ),
}
"""Of a job (`central.circulation.catalogue.jobs`)."""

WHY: Mapping[str, Words] = {
    "long": Words("太长", "too long"),
    "control": Words("含有不可见字符", "holds characters that cannot be shown"),
    "number": Words("号码中不能有空格或“|”", "a number holds no blank and no |"),
    "rounded": Words(
        "已被电子表格改成科学记数，请将该列设为文本后重新填写",
        "a spreadsheet has rounded this number; make the column text and enter it again",
    ),
    "decimal": Words(
        "号码被写成了小数（如多出“.0”），请将该列设为文本后重新导出",
        "a program has made a decimal (.0) of this number; make the column text and export it again",
    ),
    "dated": Words(
        "已被电子表格改成日期或时间，请将该列设为文本后重新填写",
        "a spreadsheet has made a date or a time of this; make the column text and enter it again",
    ),
    "formula": Words(
        "电子表格在这里没有值（公式出错或列太窄），请改正后重新保存",
        "a spreadsheet has no value here: a formula that fails, or a narrow column; mend it and save it again",
    ),
    "lost": Words(
        "有不属于文件编码的字节或丢失的字符（�），请选定另一种编码，或从原系统重新导出",
        "octets that are not of the file's charset, or a lost character (�); name another charset, or export it anew",
    ),
    "date": Words("不是日期，请写作 2026-01-31", "no date; write 2026-01-31"),
    "money": Words("不是金额，请写作 12.50", "no amount; write 12.50"),
    "parts": Words("件数应为 1 至 99", "a number from 1 to 99"),
    "year": Words("没有四位年份", "no year of four digits"),
    "choice": Words("不认识这个值", "none of the words that may stand here"),
    "needed": Words("不能为空", "must not be empty"),
    "twice": Words("同一号码在前面出现过（括号中是行号）", "stands above already, in the line in brackets"),
    "taken": Words("此条码已有图书", "there is an item of this number already"),
    "title": Words("新书必须有题名", "a new title needs a title"),
    "control_number": Words("此控制号属于另一种书", "another title has this control number"),
    "name": Words("新读者必须有姓名", "a new reader needs a name"),
    "type": Words("没有这个读者类型", "there is no such type of reader"),
    "type_needed": Words("新读者必须有读者类型", "a new reader needs a type"),
    "item_type": Words("没有这个文献类型的借阅规则", "no lending rule knows this type of item"),
    "branch": Words("没有这个馆", "there is no such branch"),
    "branch_needed": Words("请写明馆，或导入时选定一个馆", "name a branch, or choose one for the import"),
    "collection": Words("馆藏代码最多 16 个字符", "the code of a collection has 16 characters at most"),
    "guardian": Words(
        "监护人须是已有的或文件中的另一位读者", "a guardian is another reader, known or in the file"
    ),
    "expires": Words("新读者必须有有效期", "a new reader needs an expiry date"),
    "fields": Words("比表头多出内容", "more fields than the head has"),
    "charset": Words(
        "无法判断编码；请重新导入并选定文件的编码，或另存为 UTF-8",
        "the charset is not told; name it and look at the file again, or save it as UTF-8",
    ),
    "charset_form": Words(
        "这种文件不会用选定的编码，请选别的编码或“自动识别”",
        "no file of this form is in the charset that was chosen; choose another, or none",
    ),
    "charset_mark": Words(
        "文件开头写明了另一种编码，请选它或“自动识别”",
        "the file begins with the mark of another charset; choose that, or none",
    ),
    "charset_workbook": Words(
        "Excel 文件自带编码，选定的编码没有用到",
        "a workbook knows its charset; the one that was chosen is not used",
    ),
    "head": Words("表头没有必需的列", "the head lacks a column that must be there"),
    "above": Words("在表头上方，已忽略", "above the head; it is left out"),
    "heading": Words("不认识的列，已忽略", "no such column; it is left out"),
    "unnamed": Words("有复本没有条码，已忽略", "a copy without a barcode; it is left out"),
    "heading_twice": Words("同一列出现两次", "two columns say the same"),
    "empty": Words(
        "文件中没有数据（Excel 只读第一个可见的工作表）",
        "nothing in it (of a workbook the first sheet that is not hidden is read)",
    ),
    "workbook": Words("不是可读的 Excel 文件（.xlsx）", "no readable workbook (.xlsx)"),
    "old_workbook": Words(
        "旧版 Excel（.xls）或 WPS（.et）文件，请另存为 .xlsx",
        "a workbook of old (.xls, .et); save it as .xlsx",
    ),
    "open_document": Words(
        "OpenDocument 文件（.ods），请另存为 .xlsx", "an OpenDocument file (.ods); save it as .xlsx"
    ),
    "encrypted": Words(
        "文件有密码，请去掉密码后另存为 .xlsx", "it has a password; save it as .xlsx without one"
    ),
    "sheet": Words(
        "只读第一个可见的工作表，这个工作表没有读", "only the first sheet is read, this one is not"
    ),
    "csv": Words("不是有效的 CSV：引号不成对", "no valid CSV: a quotation mark without its other"),
    "line_long": Words("这一行太长，不像表格", "a line too long for a table"),
    "cut": Words(
        "文件在此行中断，请重新导出；如果本来如此，请在行末换行",
        "the file ends within this line; export it again, or, if that is all, end the line",
    ),
    "record": Words("MARC 记录损坏", "a damaged MARC record"),
    "record_octets": Words(
        "MARC 记录中有不属于其编码的字节", "a MARC record with octets that are not of its charset"
    ),
    "record_long": Words("MARC 记录太长", "a MARC record that is too long"),
    "record_end": Words("MARC 记录不完整", "a MARC record without its end"),
    "record_title": Words("MARC 记录没有题名", "a MARC record without a title"),
    "xml": Words("XML 在此行列处损坏或中断", "the XML is damaged, or ends, at this line and column"),
    "xml_charset": Words("XML 此行的字节不属于它的编码", "octets of this line are not of the XML's charset"),
    "xml_unknown": Words(
        "XML 声明的编码无法读取，请选定编码", "the XML names a charset that is not read; name one that is"
    ),
    "xml_doctype": Words(
        "XML 文件不得含有 DOCTYPE 或实体", "an XML file with a DOCTYPE or entities is not read"
    ),
    "xml_none": Words("XML 文件中没有 MARCXML 记录", "no MARCXML record in the XML"),
    "records": Words("读者只能用表格导入（.csv、.xlsx）", "readers come in a table (.csv, .xlsx)"),
    "format": Words("文件格式应为 .csv、.xlsx、.mrc 或 .xml", "a file is .csv, .xlsx, .mrc or .xml"),
    "lines": Words("行数太多，请分成几个文件", "too many lines; split the file"),
}
"""By the name that `Unfit` and `Wrong` carry."""


def recognised(form: str, charset: str | None) -> str:
    """What a file was recognised as: `CSV · Big5`."""
    return " · ".join(filter(None, (FORMS[form], CHARSETS.get(charset or ""))))

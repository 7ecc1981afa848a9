"""The acceptance report as a page to print and sign. It needs no other file, and no network."""

from __future__ import annotations

from html import escape

from drivers.probe.acceptance import CheckReport, DeviceReport, Report
from drivers.probe.texts import FIGURES, TESTING, Texts

MARKS = {"passed": "✓", "failed": "✗", "skipped": "–"}
STYLE = """
@page { size: A4; margin: 18mm }
body { font: 14px/1.5 "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif; color: #1c2430; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.6rem 0 .2rem; break-after: avoid }
p { margin: .2rem 0 } .quiet { color: #56606e } code { font-size: .9em; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin-top: .4rem; break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #d8dde4 }
th { font-weight: 600; color: #56606e } th:nth-child(1) { width: 34% } th:nth-child(2) { width: 8rem } td:nth-child(2) { white-space: nowrap }
.passed { color: #156f3d } .failed { color: #a3201c; font-weight: 600 } .skipped { color: #56606e }
.sign { display: flex; gap: 3rem; margin-top: 3rem } .sign span { flex: 1; border-top: 1px solid #1c2430; padding-top: .3rem }
"""


def page(report: Report, texts: Texts) -> str:
    """The whole document."""

    def say(key: str, **values: object) -> str:
        return escape(texts.say(TESTING, key, **values))

    title = say("title")
    counts = {name: report.count(name) for name in ("passed", "failed", "skipped")}
    facts = (("date", report.at), ("machine", report.machine), ("program", report.program))
    body = [f"<h1>{title}</h1>", f"<p><b>{say('summary', **counts)}</b></p>"]
    body.append(
        '<p class="quiet">' + " · ".join(f"{say(key)} {escape(text)}" for key, text in facts) + "</p>"
    )
    body += [_device(device, texts) for device in report.devices]
    body.append(f'<p class="sign"><span>{say("signed")}</span><span>{say("date")}</span></p>')
    language = "zh-CN" if texts.code == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _device(device: DeviceReport, texts: Texts) -> str:
    heads = "".join(f"<th>{escape(texts.say(TESTING, key))}</th>" for key in ("check", "result", "figures"))
    rows = "\n".join(_row(check, texts) for check in device.checks)
    said = " · ".join(escape(text) for text in (device.driver, device.identity) if text)
    port = f" · <code>{escape(device.port)}</code>" if device.port else ""
    return (
        f'<h2>{escape(device.name)}</h2><p class="quiet">{said}{port}</p>\n'
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    )


def _row(check: CheckReport, texts: Texts) -> str:
    result = f"{MARKS[check.result]} {texts.say(TESTING, check.result)}"
    told = check.why or figures(check, texts)
    return (
        f'<tr><td>{escape(check.title)}</td><td class="{check.result}">{escape(result)}</td>'
        f"<td>{escape(told)}</td></tr>"
    )


def figures(check: CheckReport, texts: Texts) -> str:
    """The figures of a check in one line; what the device does not know is left out."""
    told = ((name, value) for name, value in check.figures.items() if value is not None)
    return ", ".join(_figure(name, value, texts) for name, value in told)


def _figure(name: str, value: str | bool | float, texts: Texts) -> str:
    """`took 17 ms`, `smoke no`: a unit stands at the end of the name."""
    unit = name.rpartition("_")[2]
    shown = texts.say(TESTING, "yes" if value else "no") if isinstance(value, bool) else str(value)
    if unit in {"ms", "s"} and not isinstance(value, str):
        shown = f"{shown} {unit}"
    what = texts.say(FIGURES, name) if name in FIGURES else name.removesuffix("_ms")
    return f"{what} {shown}"

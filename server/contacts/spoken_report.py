"""A month's report as text for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from server.contacts.experience import Experience
from server.contacts.report import MonthReport
from server.contacts.status_words import STATUS_WORDS
from server.timetable.spoken import clock_time, full_date


def report_text(report: MonthReport, experience: Experience, zone: ZoneInfo) -> str:
    """Return the month of one service: X and Y, the on-demand views beside them, the classes in a table."""
    so_far = "" if report.is_final else " so far"
    target = "" if report.target is None else f" (target {report.target})"
    lines = [
        f"{report.service_name}, {report.month.spoken}",
        "",
        f"  Virtual contacts   {report.contacts}{target}{so_far}",
        f"  Satisfaction       {experience.spoken}",
        f"  On-demand views    {report.views}, not part of the contacts",
        "",
    ]
    if not report.classes:
        return "\n".join([*lines, "  No classes.", ""])
    return "\n".join([*lines, *_table(report, zone), "", *_legend(report), ""])


def _table(report: MonthReport, zone: ZoneInfo) -> list[str]:
    shown = [status for status in STATUS_WORDS if status in report.by_status]
    heads = ["Class", "Day", "Contacts", *shown, "Minutes"]
    rows = [
        [
            f"{each.title}, class {each.number}",
            f"{full_date(each.starts_at, zone)}, {clock_time(each.starts_at, zone)}",
            str(each.contacts),
            *(str(each.by_status.get(status, 0)) for status in shown),
            str(each.minutes),
        ]
        for each in report.classes
    ]
    totals = (str(report.by_status[status]) for status in shown)
    minutes = str(sum(each.minutes for each in report.classes))
    return _aligned([heads, *rows, ["All classes", "", str(report.contacts), *totals, minutes]])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The first two columns to the left, the figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _legend(report: MonthReport) -> list[str]:
    return [f"  {status}  {words}" for status, words in STATUS_WORDS.items() if status in report.by_status]

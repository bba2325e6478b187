"""The words and the table of the staff's page of monthly figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.contacts.experience import Experience
from server.contacts.experience_figures import FEWEST, TOO_FEW
from server.contacts.report import MonthReport
from server.pages.attendance_words import attendance_line
from server.timetable.spoken import clock_time, full_date

Cell = dict[str, str]
"""A heading or a cell as the NHS frontend's table takes it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the two monthly figures."""

    title: str
    figure: str
    """The figure itself, or why there is none."""
    is_number: bool
    beside: str
    """The target, and how many answers the figure stands on."""
    standing: str
    """How it stands to its target; empty without a target or a figure."""
    tone: str
    """The colour of those words: green, blue while the month goes on, orange."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first cell of each row is its heading."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def heading(report: MonthReport, experience: Experience) -> str:
    """Return what the month comes to, in one line."""
    if not (report.is_final and experience.is_final):
        return f"{report.month.spoken} so far"
    said = []
    if report.target is not None:
        said.append(f"contacts {_against(report.contacts - report.target)}")
    if experience.figures is not None and experience.target_percent is not None:
        said.append(f"experience {_against(experience.figures.over(experience.target_percent))}")
    return report.month.spoken + (f": {', '.join(said)}" if said else "")


def _against(over: int) -> str:
    return "above target" if over > 0 else "on target" if over == 0 else "below target"


def _standing(over: int | None, *, is_final: bool) -> str:
    """`over` is how far the figure lies above its target, in whatever unit; None without a target."""
    if over is None:
        return ""
    return ("Target met" if over >= 0 else "Below target") + ("" if is_final else " so far")


def _tone(over: int | None, *, is_final: bool) -> str:
    if over is not None and over >= 0:
        return "green"
    return "orange" if is_final else "blue"


def contacts_measure(report: MonthReport) -> Measure:
    """Return X: how many patients were seen by video."""
    target = report.target
    over = None if target is None else report.contacts - target
    standing = _standing(over, is_final=report.is_final)
    if target is not None and not report.is_final and report.contacts < target:
        standing = f"{target - report.contacts:,} to go"
    return Measure(
        title="Virtual contacts (X)",
        figure=f"{report.contacts:,}",
        is_number=True,
        beside="no target set" if target is None else f"target {target:,}",
        standing=standing,
        tone=_tone(over, is_final=report.is_final),
        lines=(
            "Attended on time or late but seen, by video.",
            f"On-demand views, not in X: {report.views:,}",
        ),
    )


def experience_measure(experience: Experience) -> Measure:
    """Return Y: the share of patients who said very good or good."""
    figures, target = experience.figures, experience.target_percent
    title = "Very good or good experience (Y)"
    beside = "no target set" if target is None else f"target {target}%"
    waiting = "" if experience.is_final else "All answers are counted when the month is over."
    if figures is None:
        why = f"Nothing is shown about fewer than {FEWEST} people."
        if not experience.is_final:
            why = f"While the month goes on, answers are added {FEWEST} at a time."
        return Measure(
            title, TOO_FEW, False, beside, "", "", _lines("Friends and Family Test.", why, waiting)
        )
    over = None if target is None else figures.over(target)
    return Measure(
        title=title,
        figure=figures.positive_words(target),
        is_number=True,
        beside=f"{beside} · {figures.n:,} answers" + ("" if experience.is_final else " so far"),
        standing=_standing(over, is_final=experience.is_final),
        tone=_tone(over, is_final=experience.is_final),
        lines=_lines(
            "Friends and Family Test.",
            f"Poor or very poor: {figures.negative_percent}%. Don't know: {figures.dont_know_percent}%.",
            waiting,
        ),
    )


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def classes_table(report: MonthReport, zone: ZoneInfo) -> Table:
    """Return the classes of the month, each with its part of X and its patients by attendance."""
    head = (
        {"text": "Class"},
        {"text": "When"},
        _numeric("Contacts (X)"),
        {"text": "Patients"},
        _numeric("Minutes"),
    )
    rows = [
        (
            {"text": f"{each.title}, class {each.number}"},
            {"text": f"{full_date(each.starts_at, zone)} at {clock_time(each.starts_at, zone)}"},
            _number(each.contacts),
            {"text": attendance_line(each.by_status)},
            _number(each.minutes),
        )
        for each in report.classes
    ]
    total = (
        {"text": "All classes"},
        {"text": report.month.spoken},
        _number(report.contacts),
        {"text": attendance_line(report.by_status)},
        _number(sum(each.minutes for each in report.classes)),
    )
    return Table(head, (*rows, total))


def programmes_table(experience: Experience) -> Table:
    """Return Y by programme, where there is more than one."""
    if len(experience.programmes) < 2:
        return Table((), ())
    head = ("Answers", "Very good or good", "Poor or very poor")
    rows: list[tuple[Cell, ...]] = []
    for each in experience.programmes:
        figures = each.figures
        if figures is None:
            rows.append(({"text": each.title}, {"text": TOO_FEW}, {"text": "–"}, {"text": "–"}))
        else:
            percents = (f"{figures.positive_percent}%", f"{figures.negative_percent}%")
            rows.append(({"text": each.title}, *(_numeric(text) for text in (f"{figures.n:,}", *percents))))
    return Table(({"text": "Programme"}, *(_numeric(words) for words in head)), tuple(rows))


def _numeric(text: str) -> Cell:
    return {"text": text, "format": "numeric"}


def _number(number: int) -> Cell:
    return _numeric(f"{number:,}")

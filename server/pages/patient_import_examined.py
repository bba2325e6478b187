"""A file of patients, read and compared: what a preview shows, and what is stored after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.pending_files import PendingFile
from server.people.patient_import import NAME_PARTS, PATIENT_COLUMNS, ImportRow, Rules, read_rows
from server.people.patient_import_file import Column, PatientTable, Problem, read_table
from server.people.patient_import_match import MatchedRow, Stands, match_with_records, with_problems
from server.timetable.course_import import REFERRAL_COLUMNS, read_referrals
from server.timetable.enrolment import Places
from server.timetable.patient_courses import patients_on_course
from server.timetable.referrals import Referral


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it was read, before anything was compared."""

    table: PatientTable
    rows: tuple[ImportRow, ...]
    referrals: Mapping[int, Referral]
    """By row; empty when the patients go on no course."""
    referral_problems: Mapping[int, Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Examined:
    """A file, compared with the records, itself and the course."""

    file: ReadFile
    rows: tuple[MatchedRow, ...]
    problems: tuple[Problem, ...]
    """All that keeps it out, in the order of the rows; what is wrong with the whole file is of row 1."""
    counts: Mapping[Stands, int]
    on_course: frozenset[int]
    """Rows of patients who are on the course already."""


def columns_for(for_course: bool) -> tuple[Column, ...]:
    """The columns of the template."""
    return (*PATIENT_COLUMNS, *REFERRAL_COLUMNS) if for_course else PATIENT_COLUMNS


def file_of(pending: PendingFile, rules: Rules) -> ReadFile:
    """Read a file: half a second for 5,000 rows, to be done beside the event loop. Raises `Refused`."""
    for_course = pending.course_id is not None
    table = read_table(pending.content, (*columns_for(for_course), *NAME_PARTS))
    referrals, problems = read_referrals(table.lines, table.where) if for_course else ({}, {})
    return ReadFile(table, read_rows(table, rules), referrals, problems)


async def examine(
    session: AsyncSession, file: ReadFile, pending: PendingFile, course: Places | None
) -> Examined:
    """Compare a file with what is stored: three statements at most, however many rows."""
    matched = await match_with_records(session, pending.service_id, file.rows, file.table.where)
    rows = with_problems(matched, file.referral_problems)
    problems = [problem for each in rows for problem in each.problems]
    on_course: frozenset[int] = frozenset()
    if course is not None:
        there = {each.person_id for each in await patients_on_course(session, course.course_id)}
        on_course = frozenset(each.row.line.row for each in rows if each.same_as in there)
        if refused := course.why_not(_coming(rows, on_course)):
            problems.insert(0, Problem(1, "", refused.words))
    counts = Counter(dict.fromkeys(Stands, 0))
    counts.update(each.stands for each in rows)
    return Examined(file, rows, tuple(problems), counts, on_course)


def _coming(rows: Sequence[MatchedRow], on_course: frozenset[int]) -> int:
    """How many people come onto the course at least: those who are likely the same are taken for the same."""
    people = {
        each.same_as or each.row.line.row
        for each in rows
        if each.same_as_row is None and each.row.line.row not in on_course
    }
    return len(people)

"""What the pages of programmes say, and their form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.ondemand.audience import Viewer, may_watch
from server.ondemand.folder import RecordedSession
from server.pages.fields import Fields
from server.people.roles import Role
from server.storage.tables import Programme
from server.timetable.courses import MOST_PATIENTS
from server.timetable.programmes import (
    CLASS_MINUTES,
    CONDITION_WORDS,
    MOST_CLASSES,
    RECOMMENDED_PATIENTS,
    Condition,
    PlannedClass,
    ProgrammeDetails,
    needs_second_staff,
)

CONDITIONS = tuple((each.value, words) for each, words in CONDITION_WORDS.items())
SIZE_HINT = (
    f"{RECOMMENDED_PATIENTS} is what we recommend. From {RECOMMENDED_PATIENTS + 1} to {MOST_PATIENTS} each"
    " course must name a second member of staff, who watches while the first one teaches."
)

DONE: Mapping[str, str] = {
    "added": "Programme added. Write down what each class is about, or start a course.",
    "copied": "This is your own copy. Change it as you like.",
    "changed": "Your changes are saved. Classes that are laid out already stay as they are.",
    "planned": "The plan is saved.",
    "shared": "Other services can make their own copies now.",
    "unshared": "Other services cannot copy it any more. Copies that they made stay with them.",
    "check-in-on": "Patients check in before each class from now on.",
    "questions-held": "Staff read each question before the group sees it, from the next class on.",
    "questions-shown": "The group sees each question at once, from the next class on.",
    "check-in-off": "Patients do not check in any more. Ask each of them aloud how they are.",
    "archived": "Programme archived. Its courses go on; no new one is made from it.",
    "restored": "Programme in use again.",
}


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """A recorded session that a class of the plan may name."""

    name: str
    title: str
    about: str
    """What it is, for who chooses."""


def read_programme(fields: Fields) -> ProgrammeDetails | None:
    """Read the form; None, with errors noted, when something is missing or wrong."""
    title = fields.text("title", "Enter a title")
    aims = fields.lines("aims", "Enter what patients can hope for")
    condition = fields.choice("condition", list(Condition), "Select what the group comes for")
    count = fields.number("class_count", 1, MOST_CLASSES, "Enter the number of classes", "Number of classes")
    minutes = fields.number(
        "class_minutes", *CLASS_MINUTES, "Enter how long a class is", "Length of a class in minutes"
    )
    most = fields.number("max_patients", 1, MOST_PATIENTS, "Enter how many patients", "Number of patients")
    if fields.errors or condition is None or count is None or minutes is None or most is None:
        return None
    return ProgrammeDetails(title, aims, Condition(condition), count, minutes, most)


def new_form() -> dict[str, str]:
    """Return the form of a new programme, with what is usual."""
    return {"class_minutes": "60", "max_patients": str(RECOMMENDED_PATIENTS)}


def form_of_programme(programme: Programme) -> dict[str, str]:
    """Return a programme's fields as the form has them."""
    names = ("title", "aims", "condition", "class_count", "class_minutes", "max_patients")
    return {name: str(getattr(programme, name)) for name in names}


def facts(programme: Programme) -> list[tuple[str, str]]:
    """Return what a programme is, as lines of a summary."""
    patients = f"Up to {programme.max_patients}"
    if needs_second_staff(programme.max_patients):
        patients += ", with a second named member of staff"
    return [
        ("For", CONDITION_WORDS[Condition(programme.condition)]),
        ("Classes", f"{programme.class_count} of {programme.class_minutes} minutes"),
        ("Patients in a class", patients),
        ("Check-in before each class", "Yes" if programme.has_check_in else "No"),
    ]


def watchable(
    library: Mapping[str, RecordedSession], programme_title: str, service_name: str
) -> dict[str, SessionChoice]:
    """Return the sessions that patients of this programme may watch, by name."""
    patient = Viewer("", Role.PATIENT, "", "", programme_title, service_name)
    return {
        name: SessionChoice(name, session.manifest.title, _about(session))
        for name, session in library.items()
        if may_watch(session, patient)
    }


def titles_of(planned: PlannedClass, library: Mapping[str, RecordedSession]) -> list[str]:
    """Return the titles of a class's recorded sessions; one that is not in the library is said to be away."""
    return [
        library[name].manifest.title if name in library else f"{name} (not in the library now)"
        for name in planned.sessions
    ]


def plan_rows(
    plan: Iterable[PlannedClass], library: Mapping[str, RecordedSession]
) -> list[dict[str, object]]:
    """Return the plan as rows of a table."""
    return [
        {"number": number, "topic": each.topic, "sessions": titles_of(each, library)}
        for number, each in enumerate(plan, start=1)
    ]


def _about(session: RecordedSession) -> str:
    minutes = max(1, round(session.duration_ms / 60_000))
    return f"{minutes} min · {session.manifest.summary}"

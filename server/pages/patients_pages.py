"""All pages about patients: records, carers, places on courses, and files."""

from __future__ import annotations

from server.pages import (
    patient_import,
    patients,
    patients_carers,
    patients_on_course,
    patients_placing,
    patients_record,
)

routes = [
    *patient_import.routes,
    *patients.routes,
    *patients_record.routes,
    *patients_carers.routes,
    *patients_placing.routes,
    *patients_on_course.routes,
]

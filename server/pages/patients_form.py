"""The forms of a patient's record and of a carer: read, and filled in with what is stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from server.pages.fields import Fields
from server.people.carers import CarerRecord
from server.people.nhs_number import shown
from server.people.patient_words import birth_problem, first_name, number_or_problem
from server.people.patients import Need, PatientRecord, Sex

NEED = "need-"
"""Before the value of a need in the name of its box: a form's fields have one value each."""


def read_patient(
    form: Mapping[str, str], *, today: date, test_numbers_only: bool
) -> tuple[PatientRecord, Mapping[str, str]]:
    """Return the record and what is wrong with it, by field; with errors the record is not to be stored."""
    fields = Fields(form)
    full_name = fields.text("full_name", "Enter the patient's full name")
    shown_name = fields.text("shown_name", None, most=80) or first_name(full_name)[:80]
    born = fields.day("date_of_birth", "Enter the date of birth", "Date of birth")
    if born is not None and (wrong := birth_problem(born, today)):
        fields.errors["date_of_birth"] = wrong
    sex = fields.choice("sex", [each.value for each in Sex], "Select the sex")
    number = None
    if written := fields.text("nhs_number", None, most=40):
        number, problem = number_or_problem(written, test_numbers_only=test_numbers_only)
        if problem:
            fields.errors["nhs_number"] = problem
    decile = fields.number("deprivation_decile", 1, 10, None, "Deprivation decile")
    phone = fields.phone("phone", None)
    email = fields.email("email", None)
    needs = tuple(need for need in Need if fields.is_ticked(NEED + need))
    needs_note = fields.text("needs_note", None, most=500)
    interpreter = fields.text("interpreter", None, most=60) or None
    record = PatientRecord(
        full_name=full_name,
        shown_name=shown_name,
        date_of_birth=born,
        sex=None if sex is None else Sex(sex),
        nhs_number=number,
        deprivation_decile=decile,
        phone=phone,
        email=email,
        refuses_email=fields.is_ticked("refuses_email"),
        needs=needs,
        needs_note=needs_note,
        interpreter=interpreter,
    )
    return record, fields.errors


def form_of_patient(record: PatientRecord) -> dict[str, str]:
    """Return a record as the fields of its form."""
    born = record.date_of_birth
    return {
        "full_name": record.full_name,
        "shown_name": record.shown_name,
        "date_of_birth-day": str(born.day) if born else "",
        "date_of_birth-month": str(born.month) if born else "",
        "date_of_birth-year": f"{born.year:04}" if born else "",
        "sex": record.sex or "",
        "nhs_number": shown(record.nhs_number) if record.nhs_number else "",
        "deprivation_decile": str(record.deprivation_decile or ""),
        "phone": record.phone,
        "email": record.email or "",
        "needs_note": record.needs_note,
        "interpreter": record.interpreter or "",
        **({"refuses_email": "yes"} if record.refuses_email else {}),
        **{NEED + need: "yes" for need in record.needs},
    }


def read_carer(form: Mapping[str, str]) -> tuple[CarerRecord, Mapping[str, str]]:
    """Return the carer and what is wrong, by field."""
    fields = Fields(form)
    record = CarerRecord(
        full_name=fields.text("full_name", "Enter the carer's full name"),
        relation=fields.text("relation", "Enter who this is to the patient, like wife or carer", most=60),
        phone=fields.phone("phone", None),
        may_stand_in=fields.is_ticked("may_stand_in"),
    )
    return record, fields.errors


def form_of_carer(record: CarerRecord) -> dict[str, str]:
    """Return a carer as the fields of the form."""
    return {
        "full_name": record.full_name,
        "relation": record.relation,
        "phone": record.phone,
        **({"may_stand_in": "yes"} if record.may_stand_in else {}),
    }

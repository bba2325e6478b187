"""Services, the people of them, and the links by which they come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class Service(Table):
    """A physiotherapy service: who answers the phone."""

    __tablename__ = "services"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    site_code: Mapped[str | None] = mapped_column(String(9))
    """Treatment_OrgSiteID of CSDS (NHS Data Dictionary: ORGANISATION SITE IDENTIFIER); null when not told."""
    team_code: Mapped[str | None] = mapped_column(String(20))
    """TeamID_Local of CSDS."""
    ods_code: Mapped[str | None] = mapped_column(String(6))
    """The organisation that runs it (NHS Data Dictionary: ORGANISATION CODE); null when not told."""
    opening: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """When somebody answers the phone, in words for patients: "Monday to Friday, 9am to 5pm"."""
    contacts_target: Mapped[int | None]
    """X: how many virtual contacts a month are aimed at; null without a target."""
    experience_target_percent: Mapped[int | None]
    """Y: the Friends and Family Test's positive percentage that is to be kept; null without a target."""


class Site(Table):
    """A place where a service works. Its code is the Treatment_OrgSiteID of the classes given from there."""

    __tablename__ = "sites"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str | None] = mapped_column(String(9))
    """NHS Data Dictionary: ORGANISATION SITE IDENTIFIER."""
    __table_args__ = (UniqueConstraint("service_id", "name"),)


class Person(Table):
    """Anyone who can be in a class, staff or patient."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("services.id"))
    role: Mapped[str] = mapped_column(String(20))
    """physio, helper or patient (see server.people.roles)."""
    full_name: Mapped[str] = mapped_column(String(200))
    """Seen by staff only."""
    shown_name: Mapped[str] = mapped_column(String(80))
    """First or chosen name: what the group sees."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    account_id: Mapped[str | None] = mapped_column(ForeignKey("staff_accounts.id"))
    """Of staff: whose account leads or helps as this person; one person for each account and service."""
    __table_args__ = (
        UniqueConstraint("service_id", "account_id"),
        CheckConstraint("role IN ('physio', 'helper', 'patient')", name="role"),
    )


class Patient(Table):
    """What only patients have."""

    __tablename__ = "patients"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    nhs_number: Mapped[str | None] = mapped_column(String(10), unique=True)
    """Ten digits, check digit verified (NHS Data Dictionary: NHS NUMBER). Never in a URL or a log."""
    subject_id: Mapped[str] = mapped_column(Id, unique=True)
    """Random; the only name under which the contact ledger knows this patient."""
    date_of_birth: Mapped[date | None]
    """Asked for once per device before anything stored about the person is shown; null when not told."""
    sex: Mapped[str | None] = mapped_column(String(1))
    """NHS Data Dictionary: PERSON STATED GENDER CODE; 1 male, 2 female, 9 indeterminate, X not known."""
    deprivation_decile: Mapped[int | None]
    """Index of Multiple Deprivation, 1 (most deprived) to 10."""
    email: Mapped[str | None] = mapped_column(String(254))
    refuses_email: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Asked us not to write to that address: gets no e-mails, letters on paper only."""
    needs: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Communication needs (Accessible Information Standard, DAPB1605): values of `people.patients.Need`."""
    needs_note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    interpreter: Mapped[str | None] = mapped_column(String(60))
    """The language for which an interpreter is needed, British Sign Language among them; null for none."""
    emergency_name: Mapped[str | None] = mapped_column(String(200))
    """Whom to ring in an emergency, and how: asked for at check-in, kept until changed."""
    emergency_phone: Mapped[str | None] = mapped_column(String(40))


class Carer(Table):
    """Somebody who joins with a patient, or for one (a proxy), by the patient's own link."""

    __tablename__ = "carers"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    relation: Mapped[str] = mapped_column(String(60))
    """In words: "wife", "carer"."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    may_stand_in: Mapped[bool] = mapped_column(default=False)
    """Whether this one may come instead of the patient (CareContact_Subject 02, proxy)."""


class PersonalLink(Table):
    """One link per person and course. Only hashes of its random tokens and its code are stored."""

    __tablename__ = "personal_links"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Public name of the link: stands in the class page's address and the cookie's name; opens nothing."""
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """From then on it opens nothing; null while the course has no end."""
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the short code in the letter, which stands for the token; null when there is none."""
    letter_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the token in the printed letter's QR code. Apart from the e-mail's, so that printing a letter
    anew does not take the way in from whoever has the e-mail, nor the other way round."""
    letter_at: Mapped[datetime | None]
    """When the letter was last printed."""
    birth_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Wrong dates of birth in a row."""
    birth_locked_until: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)


class LinkSession(Table):
    """A browser in which the person pressed Join: the cookie's secret, hashed."""

    __tablename__ = "link_sessions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("personal_links.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    """When the date of birth was given in this browser; null until then."""
    checked_at: Mapped[datetime | None]
    """When this device's camera, microphone, sound and line were last tried; null if never."""
    checked: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """How that went (see server.people.device_checks)."""
    staff_session_id: Mapped[str | None] = mapped_column(String(32))
    """By which sign-in a member of staff opened the class in this browser; null for who came by the link. No
    reference: what was signed in ends sooner than the class, and that it has ended is to be seen."""

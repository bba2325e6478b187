"""The tables. They are the truth; whatever is in memory is a cache of them.

Times are UTC (stored without offset, always written by `UtcDateTime`); shown and counted in Europe/London.
Ids are random text made by `server.ids`, never sequential, never shown to people. Personal data stands in
`people` and `patients` only; everything else knows a person by id.
"""

from __future__ import annotations

from server.storage.tables.base import Id, Table, UtcDateTime
from server.storage.tables.care import Card, HelpAccount, LossAccount, Pulse, PulseAnswer
from server.storage.tables.check_in import AgreementAccepted, CheckIn
from server.storage.tables.contacts import (
    CareContact,
    ExperienceAnswer,
    ExperienceTokenSpent,
    PresenceInterval,
)
from server.storage.tables.ondemand import Viewing, WatchedInterval
from server.storage.tables.people import Carer, LinkSession, Patient, Person, PersonalLink, Service, Site
from server.storage.tables.post import Letter
from server.storage.tables.rooms import (
    AuditEntry,
    ChatHold,
    ChatMessage,
    ChatReaction,
    ChatReport,
    ChatSeen,
    HelpCall,
    JournalEntry,
    Participation,
    Question,
    QuestionReply,
    QuestionReport,
    QuestionVote,
    SideRoom,
)
from server.storage.tables.staff import AccountKey, StaffAccount, StaffRole, StaffSession
from server.storage.tables.timetable import (
    Absence,
    ClassSession,
    Course,
    CourseMember,
    Programme,
    WaitingPlace,
)

__all__ = [
    "Absence",
    "AccountKey",
    "AgreementAccepted",
    "AuditEntry",
    "Card",
    "CareContact",
    "Carer",
    "ChatHold",
    "ChatMessage",
    "ChatReaction",
    "ChatReport",
    "ChatSeen",
    "CheckIn",
    "ClassSession",
    "Course",
    "CourseMember",
    "ExperienceAnswer",
    "ExperienceTokenSpent",
    "HelpAccount",
    "HelpCall",
    "Id",
    "JournalEntry",
    "Letter",
    "LinkSession",
    "LossAccount",
    "Participation",
    "Patient",
    "Person",
    "PersonalLink",
    "PresenceInterval",
    "Programme",
    "Pulse",
    "PulseAnswer",
    "Question",
    "QuestionReply",
    "QuestionReport",
    "QuestionVote",
    "Service",
    "SideRoom",
    "Site",
    "StaffAccount",
    "StaffRole",
    "StaffSession",
    "Table",
    "UtcDateTime",
    "Viewing",
    "WaitingPlace",
    "WatchedInterval",
]

"""The contact log: presence, care contacts, satisfaction, and the two monthly figures.

Owns presence intervals (what a room's events and heartbeats say of who was there), the ledger of care
contacts, the anonymous answers to the Friends and Family Test, and the reports and exports made of them.
May import `rooms`, `ondemand`, `timetable`, `people`, `storage`, `errors` and `ids`. The rules are pure
(`rules`). A patient's name must never be in it: the ledger knows patients by `Patient.subject_id`.
"""

"""Timetable: courses and their classes, who is enrolled, when the doors are open, and how times are said.

May import `people`, `post`, `storage`, `errors` and `ids`. What happens inside a live class (who is in,
questions, chat) belongs to `rooms` and must never be in it.
"""

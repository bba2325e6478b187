"""The programme that comes with Moveroom, for a service to start from: 12 classes in 6 weeks.

Two classes a week of about an hour: a short talk, then exercises that each person does at their own level.
Its words are our own, and a service makes them its own: it gets a copy, which it can change.
"""

from __future__ import annotations

from server.timetable.programmes import Condition, PlannedClass, ProgrammeDetails

SAMPLE = ProgrammeDetails(
    title="Moving with arthritis",
    aims=(
        "Move more easily and with less worry about sore knees and hips.\n"
        "Get stronger legs for stairs, chairs and walking.\n"
        "Find out what helps on good days and on bad ones.\n"
        "Meet other people who live with arthritis, and leave with a plan of your own."
    ),
    condition=Condition.KNEE_HIP,
    class_count=12,
    class_minutes=60,
    max_patients=12,
)

_TOPICS = (
    "Hello, and where you start: what each of us wants to do again",
    "What arthritis is, and why moving a sore joint is safe",
    "How much is enough: finding your own level, and stepping it up",
    "Sore after exercise: what is normal and what to tell us",
    "Strong legs: standing up, sitting down, and stairs",
    "Good days and bad days: planning the week so that it lasts",
    "Walking further: shoes, sticks, hills and rest",
    "Half-way: look back at your goals and set the next ones",
    "Sleep, mood and pain, and what eases all three",
    "Balance: steady on your feet indoors and outdoors",
    "Food, weight and medicines: questions for the people who can help",
    "Look how far you have come, and your plan for after the course",
)

SAMPLE_PLAN = tuple(PlannedClass(topic) for topic in _TOPICS)

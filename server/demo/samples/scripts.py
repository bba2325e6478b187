"""The words and the order of the three sample sessions. Reading age 9 to 11, kind, safety first."""

from __future__ import annotations

from dataclasses import dataclass

from server.demo.courses import CURRENT_TITLE
from server.demo.samples.timeline import Counted, Pace, Part, Say, SayWhile, Timeline, plan

SAFE = "Stop if it hurts or you feel dizzy."


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample session: its folder's name, what its manifest says, who is seen where, and what happens."""

    name: str
    title: str
    summary: str
    tags: tuple[str, ...]
    audience: str | tuple[str, ...]
    """A word, or titles of the demo's own programmes."""
    week: int
    level: str | None
    person: str
    room: str
    parts: tuple[Part, ...]

    @property
    def timeline(self) -> Timeline:
        """The session laid out in time."""
        return plan(self.parts)


SIT_TO_STAND = Sample(
    name="sit-to-stand",
    title="Sit to stand",
    summary="Stand up from a chair and sit down again. It makes your legs strong for every day.",
    tags=("Knee", "Hip", "Chair"),
    audience="everyone",
    week=3,
    level="Easier version first",
    person="winston",
    room="study",
    parts=(
        Part(
            "Warm up",
            "seated, hands on thighs",
            (
                Say("Hello. This is sit to stand."),
                Say("Put a steady chair against a wall."),
                Say("Sit near the front, feet flat."),
                Say(SAFE),
                SayWhile("rock", Pace(1000, 120, 1000, 280), ("Rock forward and back to warm up.",)),
            ),
        ),
        Part(
            "Easier version",
            "seated, hands on thighs",
            (
                Say("Push on your thighs to help you up."),
                Counted(
                    "stand with hands", Pace(1600, 600, 1600, 600), 3, "Nose over toes.", "Sit down slowly."
                ),
            ),
        ),
        Part(
            "Standard version",
            "seated, arms crossed",
            (
                Say("Now cross your arms on your chest."),
                Counted("stand", Pace(1600, 600, 1600, 600), 4, "Stand up tall.", "Sit down slowly."),
            ),
        ),
        Part(
            "Cool down",
            "seated, hands on thighs",
            (
                SayWhile(
                    "breathe", Pace(1600, 200, 1600, 200), ("Rest. Breathe in slowly.", "And breathe out.")
                ),
                Say("Well done. Have a drink of water."),
            ),
        ),
    ),
)

CALF_RAISES = Sample(
    name="calf-raises",
    title="Calf raises",
    summary="Rise on to your toes while you hold a chair. It makes your calves strong for walking.",
    tags=("Knee", "Ankle", "Standing"),
    audience="patients",
    week=3,
    level=None,
    person="jean",
    room="kitchen",
    parts=(
        Part(
            "Warm up",
            "standing at a chair",
            (
                Say("Hello. These are calf raises."),
                Say("Hold a steady chair against a wall."),
                Say("Stand tall, feet a little apart."),
                Say(SAFE),
                SayWhile("knee bend", Pace(1000, 120, 1000, 280), ("Bend your knees a little to warm up.",)),
            ),
        ),
        Part(
            "Easier version",
            "standing at a chair",
            (
                Say("Lift your heels a little way."),
                Counted("small calf raise", Pace(1160, 600, 1160, 480), 3, "Heels up.", "And down."),
            ),
        ),
        Part(
            "Standard version",
            "standing at a chair",
            (
                Say("Now lift your heels as high as you can."),
                Counted("calf raise", Pace(1160, 600, 1160, 600), 5, "Heels up.", "Down slowly."),
            ),
        ),
        Part(
            "Cool down",
            "standing at a chair",
            (
                SayWhile("slow march", Pace(800, 80, 800, 120), ("Now march slowly on the spot.",)),
                SayWhile(
                    "breathe at a chair",
                    Pace(1600, 200, 1600, 200),
                    ("Stand still. Breathe in slowly.", "And breathe out."),
                ),
                Say("Well done. Sit down and rest."),
            ),
        ),
    ),
)

SEATED_KNEE_LIFTS = Sample(
    name="seated-knee-lifts",
    title="Seated knee lifts",
    summary="Lift one knee, then the other, on a chair. It makes your hips and thighs strong.",
    tags=("Knee", "Hip", "Chair"),
    audience=(CURRENT_TITLE,),
    week=3,
    level="Easier version first",
    person="meena",
    room="living room",
    parts=(
        Part(
            "Warm up",
            "seated, hands on thighs",
            (
                Say("Hello. Let us lift our knees."),
                Say("Put a steady chair against a wall."),
                Say("Sit tall, with both feet flat."),
                Say(SAFE),
                SayWhile("toe tap", Pace(600, 80, 600, 160), ("Tap your toes to warm up.",)),
            ),
        ),
        Part(
            "Easier version",
            "seated, hands on thighs",
            (
                Say("Lift one heel, then the other."),
                Counted("heel lift", Pace(1120, 560, 1120, 320), 4, "Heel up.", "And down."),
            ),
        ),
        Part(
            "Standard version",
            "seated, hands on thighs",
            (
                Say("Now lift your whole foot off the floor."),
                Counted("knee lift", Pace(1120, 560, 1120, 480), 6, "Knee up.", "Down slowly."),
            ),
        ),
        Part(
            "Cool down",
            "seated, hands on thighs",
            (
                SayWhile(
                    "breathe", Pace(1600, 200, 1600, 200), ("Rest. Breathe in slowly.", "And breathe out.")
                ),
                Say("Well done. Have a drink of water."),
            ),
        ),
    ),
)

SAMPLES = (SIT_TO_STAND, CALF_RAISES, SEATED_KNEE_LIFTS)
"""In the order in which they are made."""

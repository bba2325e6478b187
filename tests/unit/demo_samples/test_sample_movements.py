from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.demo.samples.body import FLOOR_Y, FOREARM, SHIN, THIGH, UPPER_ARM, Joints, Point, joints
from server.demo.samples.movements import CHAIR_BACK, MOVEMENTS, POSTURES, pose_at
from server.demo.samples.scripts import SAMPLES, Sample
from server.demo.samples.timeline import FRAME_MS

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def apart(a: Point, b: Point) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)


def all_points(bones: Joints) -> list[Point]:
    limbs = [bones.near_arm.elbow, bones.near_arm.wrist, bones.far_arm.elbow, bones.far_arm.wrist]
    legs = [bones.near_leg.knee, bones.near_leg.ankle, bones.far_leg.knee, bones.far_leg.ankle]
    return [bones.hip, bones.shoulder, bones.head, *limbs, *legs]


@pytest.mark.parametrize("name", MOVEMENTS)
@settings(deadline=None)
@given(phase=st.floats(0, 1), turn=st.integers(0, 5))
def test_bones_keep_their_lengths_in_every_movement(name: str, phase: float, turn: int) -> None:
    bones = joints(MOVEMENTS[name].pose(phase, turn))
    for leg in (bones.near_leg, bones.far_leg):
        assert apart(bones.hip, leg.knee) == pytest.approx(THIGH, abs=0.2)
        assert apart(leg.knee, leg.ankle) == pytest.approx(SHIN, abs=0.2)
        assert leg.ankle.y < FLOOR_Y
    for arm in (bones.near_arm, bones.far_arm):
        assert apart(bones.shoulder, arm.elbow) == pytest.approx(UPPER_ARM, abs=0.2)
        assert apart(arm.elbow, arm.wrist) == pytest.approx(FOREARM, abs=0.2)


@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_movement_begins_and_ends_in_its_posture(name: str) -> None:
    at_rest = joints(POSTURES[MOVEMENTS[name].posture])
    for there, here in zip(
        all_points(at_rest), all_points(joints(MOVEMENTS[name].pose(0.0, 0))), strict=True
    ):
        assert apart(there, here) < 1.5


@every_sample
def test_movements_fit_the_posture_of_their_part(sample: Sample) -> None:
    timeline = sample.timeline
    for stroke in timeline.strokes:
        _before, chapter = timeline.chapters_at(stroke.start_ms)
        assert MOVEMENTS[stroke.movement].posture == chapter.posture


@every_sample
def test_the_whole_body_is_always_in_the_picture(sample: Sample) -> None:
    for at_ms in range(0, sample.timeline.length_ms, 5 * FRAME_MS):
        bones = joints(pose_at(sample.timeline, at_ms))
        assert bones.head.y > 36
        for point in all_points(bones):
            assert 40 < point.x < 600
            assert 20 < point.y < 345


@every_sample
def test_nothing_jumps_from_one_picture_to_the_next(sample: Sample) -> None:
    moments = [joints(pose_at(sample.timeline, at_ms)) for at_ms in sample.timeline.frames()]
    for before, after in pairwise(moments):
        for there, here in zip(all_points(before), all_points(after), strict=True):
            assert apart(there, here) < 9


def test_whoever_stands_never_lets_go_of_the_chair() -> None:
    sample = next(each for each in SAMPLES if each.name == "calf-raises")
    for at_ms in range(0, sample.timeline.length_ms, 4 * FRAME_MS):
        bones = joints(pose_at(sample.timeline, at_ms))
        for arm in (bones.near_arm, bones.far_arm):
            assert apart(arm.wrist, CHAIR_BACK) < 12


def hip_rises(sample: Sample, movement: str) -> list[float]:
    """By how much the hips are higher in the middle of the hold than as each number is said."""
    timeline = sample.timeline
    rises = []
    for stroke in timeline.strokes:
        if stroke.movement == movement:
            top_ms = stroke.start_ms + stroke.pace.up_ms + stroke.pace.hold_ms // 2
            rises.append(pose_at(timeline, stroke.start_ms).hip.y - pose_at(timeline, top_ms).hip.y)
    return rises


def test_at_each_count_somebody_stands_up_and_is_seated_again_at_the_next() -> None:
    sample = next(each for each in SAMPLES if each.name == "sit-to-stand")
    assert [rise > 35 for rise in hip_rises(sample, "stand")] == [True] * 4
    assert [rise > 35 for rise in hip_rises(sample, "stand with hands")] == [True] * 3


def test_calf_raises_lift_the_heels_higher_in_the_standard_version() -> None:
    sample = next(each for each in SAMPLES if each.name == "calf-raises")
    easy, standard = hip_rises(sample, "small calf raise"), hip_rises(sample, "calf raise")
    assert len(easy) == 3
    assert len(standard) == 5
    assert 4 < max(easy) < min(standard)


def test_knees_are_lifted_in_turn() -> None:
    sample = next(each for each in SAMPLES if each.name == "seated-knee-lifts")
    timeline = sample.timeline
    lifted = []
    for stroke in timeline.strokes:
        if stroke.movement == "knee lift":
            bones = joints(pose_at(timeline, stroke.start_ms + stroke.pace.up_ms + 1))
            near, far = bones.near_leg.knee.y, bones.far_leg.knee.y
            assert abs(near - far) > 20
            lifted.append("near" if near < far else "far")
    assert lifted == ["near", "far"] * 3

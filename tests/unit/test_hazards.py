"""The hazard log is complete in form, and every test it leans on exists."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HAZARDS = yaml.safe_load((ROOT / "docs/clinical-safety/hazards.yaml").read_text())["hazards"]


def band(severity: int, likelihood: int) -> str:
    product = severity * likelihood
    return "low" if product <= 4 else "medium" if product <= 12 else "high"


@pytest.mark.parametrize("hazard", HAZARDS, ids=[hazard["id"] for hazard in HAZARDS])
def test_a_hazard_says_cause_effect_control_and_which_test_shows_it(hazard):
    for part in ("hazard", "cause", "effect", "controls", "shown_by"):
        assert hazard[part], part
    for risk in (hazard["initial"], hazard["residual"]):
        assert risk["risk"] == band(risk["severity"], risk["likelihood"])
    for shown_by in hazard["shown_by"]:
        file, _, test = shown_by.partition("::")
        assert (ROOT / file).exists(), shown_by
        if test:
            assert f"def {test}(" in (ROOT / file).read_text(), shown_by


def test_no_hazard_is_listed_twice():
    ids = [hazard["id"] for hazard in HAZARDS]
    assert len(ids) == len(set(ids))

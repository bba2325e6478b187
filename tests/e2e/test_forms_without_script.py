"""Every form of the server in a browser in which no page's script runs: filled in, sent and answered.

Which forms those are, `form_walk` finds. Join is not among them: a class is sound and picture.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.e2e.browser import chromium
from tests.e2e.form_states import NO_FORM
from tests.e2e.form_walk import answers_to_all_forms
from tests.e2e.plain_forms import WithoutScript

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NEEDS_SCRIPT = {
    "/j/{token}{tail}": "Join: a class is sound and picture",
    "/me/{link_id}/join": "Join: a class is sound and picture",
}
"""Routes whose forms a browser without script does not show."""

LEAST_ACCEPTED = 40
"""So many forms are filled in well enough to be accepted; fewer, and what is filled in does not arrive."""

BROKEN = {
    "<form method=post action=/x><input><button>Send</button></form>": [],
    "<form action=/x><input><button>Find</button></form>": [],
    "<form method=post><input><button>Send</button></form>": [],
    "<form><input><button>Send</button></form>": ["the form to nowhere is sent nowhere by “Send”"],
    "<form method=post action=/x><input></form>": ["the form to /x has no button that sends it"],
    "<form method=post action=/x><input><button disabled>Send</button></form>": [
        "the form to /x has no button that sends it"
    ],
    "<form method=post action=/x><input><button hidden>Send</button></form>": [
        "the form to /x has no button that sends it"
    ],
    "<form method=post action=/x><button type=button>Send</button></form>": [
        "the form to /x has no button that sends it",
        "“Send” does nothing",
    ],
}
"""Pages, and what on them would need a script."""


async def test_every_form_is_filled_in_sent_and_answered_without_script(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = await answers_to_all_forms(
        WithoutScript(), tmp_path_factory, monkeypatch, NO_FORM | NEEDS_SCRIPT
    )
    accepted = [each for each in answers if each.status in (200, 303)]
    print(f"{len(accepted)} of {len(answers)} forms are accepted")
    assert len(accepted) >= LEAST_ACCEPTED


async def test_a_form_that_needs_a_script_is_told() -> None:
    way = WithoutScript()
    async with chromium() as browser:
        page = await browser.new_page(**way.options)
        for broken, said in BROKEN.items():
            await page.goto("data:text/html," + quote(broken))
            assert await way.look(page) == said, broken

"""Draws people who exercise, as files for Chromium's fake camera: for pictures only, nobody is filmed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from playwright.async_api import Browser

FRAMES = 16
SIZE = {"width": 640, "height": 360}


@dataclass(frozen=True)
class Figure:
    """Colours of one drawn person and the room behind."""

    top: str
    hair: str
    skin: str
    wall: str


PHYSIO = Figure(top="#2f80c8", hair="#221a18", skin="#8d5b3f", wall="#cfdde3")
PATIENTS = (
    Figure(top="#b4517f", hair="#d9d9d6", skin="#f1cdb0", wall="#dcd5c4"),
    Figure(top="#5c8348", hair="#8c8c8a", skin="#efc3a0", wall="#c8d3cc"),
    Figure(top="#6b5bb0", hair="#c78a45", skin="#f3cbaa", wall="#d8cdd6"),
    Figure(top="#d8d8d8", hair="#46413f", skin="#a9704c", wall="#ccd0e0"),
)


def drawing(figure: Figure, moment: float) -> str:
    """The figure as SVG at `moment` (0 to 1) of sitting down and standing up."""
    up = (1 - math.cos(2 * math.pi * moment)) / 2
    hip_x, hip_y = 300 + 28 * up, 236 - 52 * up
    lean = 26 * math.sin(math.pi * up) * (1 - up * 0.4)
    neck_x, neck_y = hip_x + 10 + lean, hip_y - 92
    knee_x, knee_y = 352 - 14 * up, 248
    hand_x, hand_y = neck_x + 66, neck_y + 46 - 12 * up
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
<rect width="640" height="360" fill="{figure.wall}"/><rect y="286" width="640" height="74" fill="#9aa6a3"/>
<rect x="60" y="52" width="112" height="132" rx="6" fill="#eef3f2" stroke="#b3c2c6" stroke-width="6"/>
<g stroke-linecap="round" stroke-linejoin="round" fill="none">
<path d="M244 146V318M244 262h84M320 262v56" stroke="#7a5a3c" stroke-width="14"/>
<path d="M{hip_x} {hip_y}L{knee_x} {knee_y}L346 318" stroke="#26354a" stroke-width="32"/>
<path d="M340 322h38" stroke="#1d1d1f" stroke-width="16"/>
<path d="M{hip_x} {hip_y}L{neck_x} {neck_y}" stroke="{figure.top}" stroke-width="56"/>
<path d="M{neck_x} {neck_y + 6}L{hand_x} {hand_y}" stroke="{figure.skin}" stroke-width="16"/></g>
<circle cx="{neck_x + 10}" cy="{neck_y - 50}" r="31" fill="{figure.hair}"/>
<circle cx="{neck_x + 15}" cy="{neck_y - 43}" r="26" fill="{figure.skin}"/>
<circle cx="{neck_x + 24}" cy="{neck_y - 47}" r="3.2" fill="#1d1d1f"/>
<path d="M{neck_x + 17} {neck_y - 31}q8 6 15 0" stroke="#1d1d1f" stroke-width="3" fill="none"/></svg>"""


async def film(browser: Browser, figure: Figure, *, scale: int = 2) -> bytes:
    """The figure's movement as motion JPEG, for a file for --use-file-for-fake-video-capture."""
    page = await browser.new_page(viewport=SIZE, device_scale_factor=scale)
    frames = []
    for number in range(FRAMES):
        await page.set_content(f"<style>body{{margin:0}}</style>{drawing(figure, number / FRAMES)}")
        frames.append(await page.screenshot(type="jpeg", quality=88))
    await page.close()
    still = frames[FRAMES // 3]  # most of the time in mid-movement, as a picture should be
    return b"".join([still] * 40 + frames)

"""How a person's device has done in the device check: kept with the browser in which it was made.

Staff see, for each personal link, the newest check of any browser: what works is in a person's own hands, and
so is the device she comes with. Nothing of the pictures and sounds of a check is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.people.links import hash_of
from server.storage.tables import LinkSession


class Capture(StrEnum):
    """How camera or microphone did. The faults are those of Media Capture and Streams, section 10.2."""

    WORKS = "works"
    SILENT = "silent"
    """The microphone is there and nothing is heard of it; the camera's picture stays black."""
    BLOCKED = "blocked"
    BLOCKED_BY_DEVICE = "blocked_by_device"
    MISSING = "missing"
    BUSY = "busy"
    UNSUPPORTED = "unsupported"
    UNTRIED = "untried"


class Sound(StrEnum):
    """Whether the test sound was heard: the person says so."""

    HEARD = "heard"
    NOT_HEARD = "not_heard"
    UNTRIED = "untried"


class Line(StrEnum):
    """How sound and picture came back from the media server."""

    GOOD = "good"
    SLOW = "slow"
    """They came back, too slowly or with too many gaps for a good class."""
    NONE = "none"
    """Nothing came through."""
    UNTRIED = "untried"


class Family(StrEnum):
    """The kind of device, as far as the steps to help differ."""

    IPHONE = "iphone"
    IOS_OTHER = "ios-other"
    ANDROID = "android"
    SAFARI = "safari"
    FIREFOX = "firefox"
    CHROME = "chrome"
    UNKNOWN = "unknown"


class DeviceCheck(BaseModel):
    """What came of the four steps, as it is sent and stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera: Capture = Capture.UNTRIED
    microphone: Capture = Capture.UNTRIED
    sound: Sound = Sound.UNTRIED
    line: Line = Line.UNTRIED
    family: Family = Family.UNKNOWN

    @property
    def not_passed(self) -> tuple[str, ...]:
        """What does not work or was not tried, in words, in the order of the steps; empty: passed."""
        works = {
            "camera": self.camera is Capture.WORKS,
            "microphone": self.microphone is Capture.WORKS,
            "sound": self.sound is Sound.HEARD,
            "connection": self.line in (Line.GOOD, Line.SLOW),
        }
        return tuple(name for name, is_well in works.items() if not is_well)

    @property
    def was_left_out(self) -> bool:
        """Whether the person went on without trying anything."""
        return self == DeviceCheck(family=self.family)

    @property
    def has_passed(self) -> bool:
        """Whether this device is ready for class."""
        return not self.not_passed


@dataclass(frozen=True, slots=True)
class CheckedDevice:
    """A device check, and when it was made."""

    at: datetime
    check: DeviceCheck

    @property
    def has_passed(self) -> bool:
        """Whether the device was ready for class."""
        return self.check.has_passed

    @property
    def not_passed(self) -> tuple[str, ...]:
        """See `DeviceCheck.not_passed`."""
        return self.check.not_passed


def read_device_check(fields: Mapping[str, str]) -> DeviceCheck:
    """Read what a form sent; steps that it leaves out were not tried. Raises `Refused` (unreadable_check)."""
    named = {name: fields[name] for name in DeviceCheck.model_fields if name in fields}
    try:
        return DeviceCheck.model_validate(named)
    except ValidationError:
        raise Refused("unreadable_check", "We could not read what your device found. Try it again.") from None


def was_tried(checked: Mapping[str, object] | None) -> bool:
    """Whether anything was tried in a check as it is stored; to put it off is stored too."""
    return checked is not None and not _stored(checked).was_left_out


async def keep_device_check(
    session: AsyncSession, link_id: str, secret: str, check: DeviceCheck, now: datetime
) -> None:
    """Keep the check with the browser that has this link's cookie; raises `Refused` when there is none."""
    row = await session.scalar(
        select(LinkSession).where(
            LinkSession.link_id == link_id,
            LinkSession.secret_hash == hash_of(secret),
            LinkSession.expires_at > now,
        )
    )
    if row is None:
        raise Refused("not_let_in", "Open your link again, then check your device once more.")
    row.checked_at = now
    row.checked = check.model_dump(mode="json")


async def device_check_of(session: AsyncSession, link_ids: Collection[str]) -> dict[str, CheckedDevice]:
    """Return the newest check of each link, by link id; links without one are left out. One statement."""
    rows = await session.execute(
        select(LinkSession.link_id, LinkSession.checked_at, LinkSession.checked)
        .where(LinkSession.link_id.in_(link_ids), LinkSession.checked_at.is_not(None))
        .order_by(LinkSession.checked_at)
    )
    return {
        link_id: CheckedDevice(at, _stored(checked))
        for link_id, at, checked in rows
        if at is not None and checked is not None
    }


async def own_device_check(session: AsyncSession, link_id: str, secret: str) -> CheckedDevice | None:
    """Return how the browser with this link's cookie has done; None when it was not checked."""
    row = await session.scalar(
        select(LinkSession).where(LinkSession.link_id == link_id, LinkSession.secret_hash == hash_of(secret))
    )
    if row is None or row.checked_at is None or row.checked is None:
        return None
    return CheckedDevice(row.checked_at, _stored(row.checked))


def _stored(checked: Mapping[str, object]) -> DeviceCheck:
    """What an older version stored, and this one does not know, counts as not tried."""
    try:
        return DeviceCheck.model_validate(checked)
    except ValidationError:
        return DeviceCheck()

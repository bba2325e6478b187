"""What patients see that has no address of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from server.people.links import hash_of
from server.storage import tables as t
from server.storage.database import StorageFailed, StorageFault
from server.timetable.check_in_rules import Stage
from server.timetable.check_in_rules import State as CheckedIn
from server.timetable.symptoms import Symptom
from tests.e2e.page_state import State
from tests.integration.pages.two_services import OWN, Bundle, TwoServices


async def _bundle(both: TwoServices, **how: bool) -> tuple[Bundle, dict[str, str]]:
    """A patient, and the cookie of their browser."""
    made = await both.bundle(OWN, **how)
    return made, {f"mr_{made.ids['link_id']}": made.cookie_secret}


async def add_rows(both: TwoServices, *rows: object) -> None:
    async def work(session: AsyncSession) -> None:
        for row in rows:
            session.add(row)
            await session.flush()

    await both.world.database.write(work)


async def lead_by_link(both: TwoServices, made: Bundle) -> tuple[str, str, dict[str, str]]:
    """Give the physio of a course a personal link, and a browser in which Join was pressed; return the token,
    the link's id and the browser's cookie.
    """
    now, name = both.world.clock(), f"{made.name}-of-the-lead"
    token = f"token-of-{name}".ljust(43, "x")
    await add_rows(
        both,
        t.PersonalLink(
            id=name,
            course_id=made.ids["course_id"],
            person_id=made.lead_id,
            token_hash=hash_of(token),
            created_at=now,
        ),
        t.LinkSession(
            id=f"browser-{name}",
            link_id=name,
            secret_hash=hash_of(f"secret-{name}"),
            created_at=now,
            expires_at=now + timedelta(days=120),
        ),
    )
    return token, name, {f"mr_{name}": f"secret-{name}"}


async def of_links(both: TwoServices) -> list[State]:
    """Links that open nothing, and the date of birth behind those that do."""
    ended, replaced = (await both.bundle(OWN, has_ended=True), await both.bundle(OWN, is_revoked=True))
    new, new_cookie = await _bundle(both, is_proven=False)
    locked, locked_cookie = await _bundle(both, is_proven=False)

    async def lock(session: AsyncSession) -> None:
        row = await session.get_one(t.PersonalLink, locked.ids["link_id"])
        row.birth_locked_until = both.world.clock() + timedelta(minutes=20)

    await both.world.database.write(lock)
    birth = f"/me/{new.ids['link_id']}/birth"
    return [
        State("link_ended.jinja", f"/j/{ended.token}"),
        State("link_replaced.jinja", f"/j/{replaced.token}"),
        State("link_unknown.jinja", f"/j/{'x' * 43}"),
        State("birth.jinja", birth, new_cookie),
        State("birth.jinja", birth, new_cookie, {"born-day": "1", "born-month": "1", "born-year": "1950"}),
        State("birth_locked.jinja", f"/me/{locked.ids['link_id']}/birth", locked_cookie),
        State("player.jinja", "/watch/open/seated-knee-class"),
    ]


async def of_check_ins(both: TwoServices) -> list[State]:
    """Where a check-in can stand, and a class that is not today."""
    now = both.world.clock()
    stands: list[tuple[str, Stage, CheckedIn, list[Symptom]]] = [
        ("symptoms", Stage.DETAILS, CheckedIn.OPEN, []),
        ("today", Stage.SYMPTOMS, CheckedIn.OPEN, []),
        ("held", Stage.DONE, CheckedIn.HELD, [Symptom.DIZZINESS]),
        ("red_flag", Stage.SYMPTOMS, CheckedIn.RED_FLAG, [Symptom.CHEST_PAIN]),
        ("not_today", Stage.DONE, CheckedIn.REFUSED, [Symptom.UNWELL]),
    ]
    found = []
    for page, stage, state, symptoms in stands:
        made, cookie = await _bundle(both)
        ids = made.ids
        await add_rows(
            both,
            t.CheckIn(
                class_id=ids["class_id"],
                person_id=ids["person_id"],
                at=now,
                stage=stage.value,
                comes="self",
                phone="07700 900142",
                state=state.value,
                symptoms=[each.value for each in symptoms],
            ),
        )
        address = f"/me/{ids['link_id']}/check-in/{page.replace('_', '-')}"
        found.append(State(f"check_in_{page}.jinja", address, cookie))
    fresh, cookie = await _bundle(both)
    away, away_cookie = await _bundle(both)

    async def put_off(session: AsyncSession) -> None:
        row = await session.get_one(t.ClassSession, away.ids["class_id"])
        row.starts_at, row.ends_at = row.starts_at + timedelta(days=7), row.ends_at + timedelta(days=7)

    await both.world.database.write(put_off)
    unstored, unstored_cookie = await _bundle(both)
    symptoms_page = f"/me/{unstored.ids['link_id']}/check-in/symptoms"
    return [
        *found,
        State(
            "check_in_red_flag.jinja",
            symptoms_page,
            unstored_cookie,
            {"class": "1", "chest_pain": "yes"},
            before=_refuse_once(both),
        ),
        State("unreadable.jinja", symptoms_page, unstored_cookie, {"class": "1", "told": "x" * 70_000}),
        State("check_in_details.jinja", f"/me/{fresh.ids['link_id']}/check-in/details", cookie),
        State("check_in_not_now.jinja", f"/me/{away.ids['link_id']}/check-in", away_cookie),
    ]


def _refuse_once(both: TwoServices) -> Callable[[], None]:
    """Have the database refuse what is written next."""
    database = both.world.database
    write = database.write

    def refuse() -> None:
        async def refused(*_work: object) -> None:
            database.write = write  # type: ignore[method-assign]
            raise StorageFailed("no room", StorageFault.FULL)

        database.write = refused  # type: ignore[method-assign, assignment]

    return refuse


async def of_patients(both: TwoServices) -> list[State]:
    """What a patient is told after a form."""
    now = both.world.clock()
    seen, cookie = await _bundle(both)
    ids, link = seen.ids, seen.ids["link_id"]
    stay = t.PresenceInterval(
        id=f"{seen.name}-stay",
        class_id=ids["class_id"],
        person_id=ids["person_id"],
        place="in_class",
        started_at=now,
        seen_until=now,
    )
    await add_rows(both, stay)
    other, other_cookie = await _bundle(both)
    mine = f"/me/{other.ids['link_id']}"
    missed = {"class": "99", "answer": "cannot_come"}
    chat = f"/class/{other.ids['link_id']}/chat"
    written = {"do": "post", "key": "key-of-a-message", "text": "Morning all"}
    return [
        State("course_chat.jinja", chat, other_cookie, written),
        State("course_chat.jinja", chat, other_cookie, {"do": "post", "key": "another-key", "text": ""}),
        State("course_chat.jinja", f"/class/{link}/chat", cookie),
        State("ask_beforehand.jinja", f"{mine}/ask", other_cookie, {"key": "a-random-key", "to": "group"}),
        State("experience.jinja", f"/experience/{link}", cookie),
        State("experience.jinja", f"/experience/{link}", cookie, {"answer": ""}),
        State("experience_thanks.jinja", f"/experience/{link}", cookie, {"answer": "good"}),
        State("experience_answered.jinja", f"/experience/{link}", cookie),
        State("experience_not_yet.jinja", f"/experience/{other.ids['link_id']}", other_cookie),
        State("cannot_come_too_late.jinja", f"{mine}/cannot-come", other_cookie, missed),
        State("staff_only.jinja", f"/measures/{other.ids['link_id']}", other_cookie),
        State("refused.jinja", f"/j/{other.token}/cancel-class", other_cookie),
        State("unreadable.jinja", f"{mine}/join", other_cookie),
        State("my_page_forgotten.jinja", f"{mine}/forget", other_cookie, {}),
        State("open_link_again.jinja", mine, other_cookie),
    ]

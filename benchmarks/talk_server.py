"""The two servers of `benchmarks.chat`, each in a process: `python -m benchmarks.talk_server WHICH URL`.

`moveroom`: rooms and signalling as in the product, without media. `bare`: python-socketio that writes the
same rows in one transaction for each event, then broadcasts the same view. Prints its port.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from aiohttp import web
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.ids import new_id, utc_now
from server.long_lived import set_apart
from server.rooms.registry import Rooms, on_the_loop
from server.signalling.namespace import attach_signalling
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.rooms.world import MediaMaker

Write = Callable[[AsyncSession], Awaitable[object]]


async def moveroom(app: web.Application, database: Database) -> None:
    """Serve the class room."""
    rooms = Rooms(database, MediaMaker(), clock=utc_now, new_id=new_id)
    attach_signalling(app, rooms, database, clock=utc_now)
    await rooms.start()


class Bare:
    """The least that does it: who connects says where she is; nothing is checked, nothing kept in memory."""

    def __init__(self, app: web.Application, database: Database) -> None:
        self._database = database
        self._where: dict[str, tuple[str, str, str]] = {}
        self._seq: dict[str, int] = {}
        self._io = socketio.AsyncServer(async_mode="aiohttp", ping_interval=5, ping_timeout=5)
        self._io.attach(app, socketio_path="/socket.io/")
        self._io.on("connect", self._connect)
        for event, handler in (("chat:post", self._post), ("question:vote", self._vote)):
            self._io.on(event, handler)
        for event in ("class:join", "person:admit_ready", "question:ask"):
            self._io.on(event, self._done)

    async def _connect(self, sid: str, environ: object, auth: dict[str, str]) -> None:
        person = auth["link"]
        number = person.split("-")[1]
        self._where[sid] = person, f"class-{number}", f"course-{number}"
        await self._io.enter_room(sid, f"class-{number}")

    async def _done(self, sid: str, request: dict[str, Any]) -> dict[str, Any]:
        if "text" not in request:
            return {"ok": True}
        person, class_id, _ = self._where[sid]
        question = new_id()
        row = insert(t.Question).values(
            id=question, class_id=class_id, asker_id=person, key=request["key"], text=request["text"],
            state="waiting", asked_at=utc_now(),
        )  # fmt: skip
        await self._database.write(lambda session: session.execute(row))
        return {"ok": True, "id": question}

    async def _post(self, sid: str, request: dict[str, Any]) -> dict[str, Any]:
        person, class_id, course_id = self._where[sid]
        message_id, at = new_id(), utc_now()
        row = insert(t.ChatMessage).values(
            id=message_id, course_id=course_id, class_id=class_id, author_id=person, key=request["key"],
            text=request["text"], posted_at=at,
        )  # fmt: skip
        await self._database.write(self._both(row, class_id, person, "message_posted"))
        view = {
            "id": message_id, "author": person, "author_name": person, "author_role": "patient",
            "mine": False, "text": request["text"], "posted_at": at.isoformat(), "reactions": {},
            "reply_to": None, "reply_to_name": None, "reply_to_text": None, "my_reactions": [],
            "hidden": False, "held": False, "reports": 0, "reported": False,
        }  # fmt: skip
        await self._io.emit("message", view, room=class_id)
        return {"ok": True, "id": message_id}

    async def _vote(self, sid: str, request: dict[str, Any]) -> dict[str, Any]:
        person, class_id, _ = self._where[sid]
        key = {"question_id": request["question"], "person_id": person}
        change = (
            insert(t.QuestionVote).values(**key) if request["up"] else delete(t.QuestionVote).filter_by(**key)
        )
        await self._database.write(self._both(change, class_id, person, "vote_changed"))
        view = {
            "id": request["question"], "asker": person, "asker_name": person, "mine": False,
            "text": "May I sit?", "state": "waiting", "asked_at": utc_now().isoformat(), "votes": 1,
            "voted": True, "answer": None, "answered_by_name": None, "answered_by_role": None,
            "to": "physio", "anonymous": False, "held": False, "pinned": False, "merged_into": None,
            "merged": 0, "replies": [], "edited_at": None, "editable_until": None, "carried": False,
            "owed_by_name": None,
        }  # fmt: skip
        await self._io.emit("question", view, room=class_id)
        return {"ok": True, "id": None}

    def _both(self, change: Any, class_id: str, person: str, event: str) -> Write:
        """The change and its row of the journal, as a room writes them."""
        seq = self._seq[class_id] = self._seq.get(class_id, 0) + 1
        entry = insert(t.JournalEntry).values(
            class_id=class_id, seq=seq, version=1, at=utc_now(), event=event, actor_id=person,
            detail={"person_id": person},
        )  # fmt: skip

        async def write(session: AsyncSession) -> None:
            await session.execute(change)
            await session.execute(entry)

        return write


async def serve(which: str, url: str) -> None:
    """Serve until the process is ended."""
    database = await Database.open(url)
    app = web.Application()
    if which == "moveroom":
        await moveroom(app, database)
    else:
        Bare(app, database)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    set_apart(on_the_loop)  # as the product's web process does
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2]))

"""A process that empties an outbox until it is killed: `python -m ... DATABASE_URL SMTP_PORT`."""

from __future__ import annotations

import asyncio
import sys

from server.ids import utc_now
from server.mail_settings import Security
from server.post.composing import Sender
from server.post.mail_server import MailServer
from server.post.sending import Postman
from server.storage.database import Database


async def main(url: str, port: int) -> None:
    database = await Database.open(url, alone=True)
    sender = Sender("classes@moveroom.example", "Physiotherapy classes")
    server = MailServer("127.0.0.1", port, Security.NONE, "", "", sender, "[127.0.0.1]")
    loop = asyncio.get_running_loop()
    postman = Postman(database, server, clock=utc_now, later=loop.call_later)
    postman.start()
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""The pages between a link and a class (agreement, check-in), and staff's Today and waiting room."""

from __future__ import annotations

from server.pages import agreement, check_in, check_in_red_flag, today, unsaid_page, waiting_room

routes = [
    *agreement.routes,
    *check_in.routes,
    *check_in_red_flag.routes,
    *today.routes,
    *waiting_room.routes,
    *unsaid_page.routes,
]

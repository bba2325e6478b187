"""The pages about personal links: date of birth, my page, letters, and the links as staff see them."""

from __future__ import annotations

from server.pages import ask_beforehand, birth_door, course_chat, letters, my_details, my_page, staff_links

routes = [
    *birth_door.routes,
    *my_page.routes,
    *ask_beforehand.routes,
    *course_chat.routes,
    *my_details.routes,
    *letters.routes,
    *staff_links.routes,
]

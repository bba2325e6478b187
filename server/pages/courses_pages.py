"""The pages about courses and classes, in the order in which addresses are looked up."""

from __future__ import annotations

from server.pages import classes, classes_open, courses, courses_new, courses_talk, waiting_list

routes = [
    *courses_new.routes,
    *courses.routes,
    *courses_talk.routes,
    *classes.routes,
    *classes_open.routes,
    *waiting_list.routes,
]

"""Pages: what the server renders itself, after the NHS design system, and the client's files.

Thin handlers over `timetable` and `people`: find, word, render. Every page works without script, except the
class itself, whose shell is here. May import every capability. A rule about who may do what, or when, must
never be in it; a GET never changes anything, because mail scanners open links too.
"""

"""Sessions on demand: what lies in the recordings folder, who may watch it, and what was really watched.

Owns the library (folders with a video, captions and a manifest), the serving of their files by ranges, and
the log of viewings. May import `timetable`, `people`, `storage`, `errors` and `ids`. Live classes and care
contacts must never be in it: watching alone has no care professional in it.
"""

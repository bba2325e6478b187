"""Three sample sessions on demand, drawn and spoken: a figure that moves in time with the counting.

One `timeline` per session is the only source of what is seen, heard, captioned and listed as chapters.
`timeline`, `scripts`, `webvtt`, `body` and `movements` are pure; `figure`, `rooms` and `pictures` draw with
Pillow; `speech` asks espeak-ng where it is installed; `film` encodes with PyAV; `making` puts the folders
where they belong. Made by a process of its own (`python -m server.demo.samples FOLDER`), so that neither the
start of the demo nor a class waits for it. Knows nothing of the database; only the demo may import it.
"""

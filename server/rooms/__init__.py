"""The live class: who is where, what they asked, wrote and called for, and who sees and hears whom.

Owns the pure `Room` (state, commands, events, policy), its shell (one actor per class that commits before it
acknowledges), and what is true only while the process runs: which socket and which media peer is whose.
Imports `timetable`, `people`, `storage` and the client of `media`. Never in it: Socket.IO, views, SDP, HTTP;
and in `state`, `commands`, `events`, `decisions`, `changes`, `room` and `policy` no I/O, clock or randomness.
"""

"""Who may ask a room for what, and from where; None: before the first join.

Written by hand from docs/protocol.md, section 3, not read from the commands.
"""

from __future__ import annotations

from server.people.roles import Role
from server.rooms import chat, floor, pulses, removing, seeing, signs
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.cards import SendCard
from server.rooms.losses import SettleLoss
from server.rooms.state import Place
from server.rooms.unattended import EndUnattended

Who = tuple[frozenset[Role], frozenset[Place | None]]

PLACES = (None, *Place)
HERE = frozenset({Place.WAITING, Place.IN_CLASS, Place.DROPPED})
IN_CLASS = frozenset({Place.IN_CLASS})
STAFF = frozenset({Role.PHYSIO, Role.HELPER})
PATIENT = frozenset({Role.PATIENT})

SYSTEM: Who = frozenset(), frozenset()
FROM_ANYWHERE: Who = frozenset(Role), frozenset(PLACES)
ANYONE_IN_CLASS: Who = frozenset(Role), IN_CLASS
STAFF_IN_CLASS: Who = STAFF, IN_CLASS
PHYSIO_IN_CLASS: Who = frozenset({Role.PHYSIO}), IN_CLASS
WHO_LEADS: Who = PHYSIO_IN_CLASS
"""And the helper while no physio is in class."""
PATIENT_IN_CLASS: Who = PATIENT, IN_CLASS
PATIENT_HERE: Who = PATIENT, HERE

ALLOWED: dict[type[c.Command], Who] = {
    c.Join: FROM_ANYWHERE,
    c.Leave: FROM_ANYWHERE,
    c.SetOwnMedia: (frozenset(Role), HERE),
    c.Admit: STAFF_IN_CLASS,
    c.AdmitReady: STAFF_IN_CLASS,
    c.Allow: PHYSIO_IN_CLASS,
    c.TurnAway: STAFF_IN_CLASS,
    c.TellWaiting: STAFF_IN_CLASS,
    c.Mute: STAFF_IN_CLASS,
    c.End: WHO_LEADS,
    floor.MuteAll: STAFF_IN_CLASS,
    floor.TakeBack: STAFF_IN_CLASS,
    floor.Lock: STAFF_IN_CLASS,
    floor.Extend: WHO_LEADS,
    floor.HandOver: PHYSIO_IN_CLASS,
    floor.PutInSpotlight: STAFF_IN_CLASS,
    seeing.ShowToGroup: PATIENT_HERE,
    seeing.StopCamera: STAFF_IN_CLASS,
    seeing.TakeAside: STAFF_IN_CLASS,
    seeing.EndAside: ANYONE_IN_CLASS,
    removing.Remove: STAFF_IN_CLASS,
    removing.LetBack: STAFF_IN_CLASS,
    c.Ask: PATIENT_IN_CLASS,
    c.Vote: PATIENT_IN_CLASS,
    c.Answer: STAFF_IN_CLASS,
    q.EditQuestion: PATIENT_IN_CLASS,
    q.ReplyToQuestion: ANYONE_IN_CLASS,
    q.PinQuestion: STAFF_IN_CLASS,
    q.MergeQuestion: STAFF_IN_CLASS,
    q.ApproveQuestion: STAFF_IN_CLASS,
    qm.ReportQuestion: ANYONE_IN_CLASS,
    qm.HideReply: STAFF_IN_CLASS,
    c.Post: ANYONE_IN_CLASS,
    chat.React: ANYONE_IN_CLASS,
    chat.Report: ANYONE_IN_CLASS,
    chat.Hide: STAFF_IN_CLASS,
    chat.PauseChat: STAFF_IN_CLASS,
    chat.HoldMessages: STAFF_IN_CLASS,
    chat.ApproveMessage: STAFF_IN_CLASS,
    chat.SeeMessages: ANYONE_IN_CLASS,
    c.CallHelp: PATIENT_HERE,
    c.SeeHelp: STAFF_IN_CLASS,
    c.SettleHelp: STAFF_IN_CLASS,
    SettleLoss: STAFF_IN_CLASS,
    signs.RaiseHand: PATIENT_IN_CLASS,
    signs.LowerHand: STAFF_IN_CLASS,
    signs.LowerAllHands: STAFF_IN_CLASS,
    signs.SendSignal: PATIENT_IN_CLASS,
    signs.SettleSignal: STAFF_IN_CLASS,
    pulses.AskPulse: STAFF_IN_CLASS,
    pulses.AnswerPulse: PATIENT_IN_CLASS,
    pulses.ClosePulse: STAFF_IN_CLASS,
    SendCard: STAFF_IN_CLASS,
    c.Lost: SYSTEM,
    c.ComeBack: SYSTEM,
    c.NoteCheckIn: SYSTEM,
    EndUnattended: SYSTEM,
    q.NoteQuestion: SYSTEM,
    chat.NoteChat: SYSTEM,
}
"""Of somebody else's thing: who called for help settles it herself, from wherever she is here."""

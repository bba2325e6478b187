"""The audit in words: what each action is called, and what it was done to.

A test fails for an action that the code uses without words here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from server.timetable.audit_trail import Line

ACTIONS: Mapping[str, str] = {
    "account_for": "Said what became of a patient who was lost",
    "add_carer": "Added a carer",
    "add_patient": "Added a patient",
    "add_programme": "Made a programme",
    "add_service": "Made a service",
    "add_site": "Added a site",
    "add_staff": "Added a member of staff",
    "add_to_waiting_list": "Put on the waiting list",
    "admit": "Let somebody into class",
    "allow_to_take_part": "Let a patient take part after a check-in",
    "answer_in_writing": "Answered a question in writing",
    "answer_question": "Answered a question in class",
    "approve_message": "Showed a chat message that was waiting",
    "approve_question": "Showed a question to the group",
    "archive_course": "Archived a course",
    "archive_programme": "Archived a programme",
    "ask_everyone": "Asked everyone in class a question",
    "ask_reset": "Asked for a new password",
    "birth_date_locked": "Locked after wrong dates of birth",
    "birth_date_unlocked": "Let dates of birth be tried again",
    "cancel_class": "Cancelled a class",
    "change_carer": "Changed a carer",
    "change_course_staff": "Changed who leads or helps in a course",
    "change_password": "Changed the password",
    "change_patient": "Changed a patient’s record",
    "change_programme": "Changed a programme",
    "change_referral": "Changed a referral",
    "change_second_factor": "Changed the second factor",
    "change_service": "Changed a service",
    "change_site": "Changed a site",
    "change_staff": "Changed a member of staff’s details",
    "check_in_off": "Switched the check-in of a programme off",
    "check_in_on": "Switched the check-in of a programme on",
    "close_pulse": "Closed a question to everyone",
    "code_refused": "Gave a wrong code at sign-in",
    "cover_class": "Had somebody else lead a class",
    "decide_check_in": "Decided on a check-in",
    "decline_message": "Did not show a chat message that was waiting",
    "decline_question": "Kept a question from the group",
    "disable_staff": "Closed an account",
    "enable_staff": "Opened an account again",
    "end_aside": "Came back from a talk aside",
    "end_class": "Ended a class",
    "end_other_sessions": "Signed out in all other browsers",
    "end_session": "Signed out in another browser",
    "end_spotlight": "Ended showing a patient large",
    "export_contacts": "Downloaded the month’s contacts",
    "export_questions": "Downloaded the questions of a course",
    "extend_class": "Made a class longer",
    "give_camera_back": "Let a camera be switched on again",
    "give_roles": "Gave roles",
    "hand_over": "Handed presenting over",
    "hide_message": "Hid a chat message",
    "hide_reply": "Hid a reply to a question",
    "hold_messages": "Read somebody’s chat messages first",
    "hold_questions": "Had questions of a programme wait for staff",
    "import_patient": "Imported a patient",
    "import_patients": "Imported patients",
    "join_couple": "Noted that two patients join together",
    "let_back": "Let somebody back into class",
    "letter_printed": "Printed a letter",
    "link_device_ended": "Signed a patient’s device out",
    "link_renewed": "Made a personal link anew",
    "link_revoked": "Ended a personal link",
    "link_sent": "Sent a personal link",
    "lock_class": "Locked a class",
    "lower_hand": "Lowered somebody’s hand",
    "lower_hands": "Lowered all hands",
    "merge_question": "Put a question together with another",
    "message_waiting": "Wrote to somebody in the waiting room",
    "move_class": "Moved a class",
    "mute": "Muted somebody",
    "part_couple": "Noted that two patients join apart",
    "password_refused": "Gave a wrong password",
    "pause_chat": "Paused the chat",
    "pin_question": "Kept a question at the top",
    "plan_course": "Planned a course",
    "plan_programme": "Changed the plan of a programme",
    "put_back_hands": "Put lowered hands back up",
    "put_back_question": "Had a question wait again",
    "put_class_back_on": "Put a class back on",
    "put_on_course": "Put on a course",
    "release_messages": "Stopped reading somebody’s chat messages first",
    "release_questions": "Had questions of a programme shown at once",
    "remove_carer": "Removed a carer",
    "remove_from_waiting_list": "Took off the waiting list",
    "remove_site": "Removed a site",
    "reset_staff": "Reset password and codes",
    "restore_programme": "Brought a programme back into use",
    "resume_chat": "Opened the chat again",
    "send_card": "Sent a signposting card",
    "send_message_again": "Had an email sent again",
    "send_staff_key": "Made a link for choosing a password",
    "set_aside_question": "Set a question aside",
    "set_class_topic": "Changed what a class is about",
    "set_password": "Chose a password",
    "set_up_second_factor": "Set up the second factor",
    "see_help": "Saw a call for help",
    "settle_help": "Settled a call for help",
    "settle_signal": "Settled a patient’s “please repeat”",
    "share_programme": "Shared a programme",
    "show_message": "Showed a hidden chat message again",
    "show_reply": "Showed a hidden reply to a question again",
    "sign_in": "Signed in",
    "sign_in_refused": "Was refused at sign-in",
    "spotlight": "Showed a patient large to the group",
    "start_over": "Reset password and codes on the server",
    "stop_camera": "Stopped a camera",
    "take_aside": "Took a patient aside",
    "take_off_course": "Took off a course",
    "take_out": "Took somebody out of class",
    "take_roles": "Took roles away",
    "take_up_question": "Began to answer a question",
    "turn_away": "Did not let somebody into class",
    "unarchive_course": "Brought a course back into use",
    "unlock_class": "Opened a locked class",
    "unmute": "Let somebody speak again",
    "unpin_question": "Kept a question at the top no more",
    "unshare_programme": "Stopped sharing a programme",
}


def action_in_words(action: str) -> str:
    """Return what an action is called; one of an older version by its own name."""
    return ACTIONS.get(action, action.replace("_", " ").capitalize())


def choices() -> list[tuple[str, str]]:
    """Return the actions to choose from, in the order of their words."""
    return sorted(ACTIONS.items(), key=lambda each: each[1].lower())


def when_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Return `24 November 2026, 10:05`: the year always, and the time to the minute."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B} {local.year}, {local:%H:%M}"


def whom_in_words(line: Line, zone: ZoneInfo) -> list[str]:
    """Return whom and what it was done to, a line for each."""
    found = [line.whom] if line.whom else []
    if line.course is not None and line.class_starts_at is not None:
        found.append(f"{line.course}, class {line.class_number}, {when_in_words(line.class_starts_at, zone)}")
    found += line.about
    month = line.detail.get("month")
    return [*found, month] if isinstance(month, str) else found

"""An e-mail of a letter: headers that nobody can bend, plain text, a calendar where mail programs look."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from server.post.composing import CannotCompose, Content, Sender, compose, short_lines

SENDER = Sender("classes@moveroom.example", "Physiotherapy classes")
OBJECT = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nSUMMARY:Zoë\r\nEND:VCALENDAR\r\n"
LETTER = Content(
    letter_id="_aB3-x",
    to_address="margaret@patients.example",
    subject="Your online class: how to join",
    text="Hello Zoë,\n\nhttps://c.example/j/" + "t" * 90 + "\n",
    calendar=None,
    method=None,
    written_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
)


def made(**changes: object) -> EmailMessage:
    raw = compose(replace(LETTER, **changes), SENDER).message
    assert b"\r\n\r\n" in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def test_headers_say_who_writes_to_whom_and_that_a_machine_does():
    message = made()
    assert message["From"] == "Physiotherapy classes <classes@moveroom.example>"
    assert message["To"] == "margaret@patients.example"
    assert message["Date"] == "Tue, 24 Nov 2026 10:00:00 +0000"
    assert message["Message-ID"] == "<_aB3-x@moveroom.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Reply-To" not in message
    assert set(message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }


def test_text_is_utf8_and_a_long_link_stays_whole():
    message = made()
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert text_of(message) == LETTER.text


@pytest.mark.parametrize("method", [None, "PUBLISH", "REQUEST", "CANCEL"])
def test_composed_again_it_is_the_same_byte_for_byte(method: str | None):
    letter = replace(LETTER, calendar=OBJECT * 2 if method else None, method=method)
    assert compose(letter, SENDER) == compose(letter, SENDER)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00\n", "\u2028"])
def test_a_subject_cannot_begin_another_header(end: str):
    message = made(subject=f"Hello{end}Bcc: all@patients.example{end}{end}Body")
    assert "Bcc" not in message
    assert message["Subject"].startswith("Hello")
    assert text_of(message) == LETTER.text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "margaret",
        "margaret@",
        "@patients.example",
        "margaret@patients",
        "margaret@patients.example\r\nBcc: all@patients.example",
        "margaret@patients.example, all@patients.example",
        "<margaret@patients.example>",
        "margaret ellis@patients.example",
        "márgaret@patients.example",
        "margaret@patients.example>\r\nRCPT TO:<all@patients.example",
    ],
)
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(CannotCompose):
        made(to_address=address)


def test_a_domain_of_other_letters_is_written_as_mail_servers_know_it():
    assert (
        compose(replace(LETTER, to_address="m@bücher.example"), SENDER).to_address
        == "m@xn--bcher-kva.example"
    )


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_an_entry_stands_beside_the_text_with_its_method_and_as_a_file(method: str):
    message = made(calendar=OBJECT, method=method)
    assert message.get_content_type() == "multipart/mixed"
    alternative, file = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    text, calendar = alternative.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == method
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_content_disposition() is None
    assert calendar.get_payload(decode=True) == OBJECT.encode()
    assert file.get_content_disposition() == "attachment"
    assert file.get_filename() == "class-1.ics"
    assert file.get_payload(decode=True) == OBJECT.encode()


def test_several_objects_are_as_many_files():
    message = made(calendar=OBJECT * 3, method="CANCEL")
    files = [part.get_filename() for part in message.iter_attachments()]
    assert files == ["class-1.ics", "class-2.ics", "class-3.ics"]


def test_entries_to_be_added_together_are_a_file_only():
    message = made(calendar=OBJECT, method="PUBLISH")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "application/ics"]
    assert [part.get_filename() for part in message.iter_attachments()] == ["classes.ics"]


def test_long_paragraphs_are_wrapped_between_words():
    lines = short_lines("word " * 60 + "\n\nhttps://c.example/" + "t" * 100).splitlines()
    assert max(len(line) for line in lines[:-1]) <= 72
    assert lines[-1] == "https://c.example/" + "t" * 100
    assert "" in lines

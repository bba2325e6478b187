"""What staff do by keys alone with what is asked and written in class."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.class_by_keyboard import ByKeys
from tests.e2e.class_page import LONG_MS
from tests.e2e.light_people import do
from tests.synthetic.person import Person


async def everyone_asked(by: ByKeys) -> None:
    """Effort, and a poll of one's own; each closed."""
    page = by.page
    opens = by.button("Ask everyone")
    await by.press(opens)
    await expect(page.get_by_role("region", name="Ask everyone")).to_be_visible(timeout=LONG_MS)
    await by.walk("asking everyone")
    else_ = by.button("Ask something else")
    await by.press(else_)
    await by.at(page.get_by_label("Question for everyone"))
    await by.press(by.button("One more answer"))
    await by.walk("a poll")
    await by.press(by.button("Cancel"))
    await by.at(else_)
    await by.key("Enter")
    await by.write(page.get_by_label("Question for everyone"), "Once more?")
    await by.press(by.button("Ask"))
    await by.press(by.button("Close", exact=False))
    await by.press(by.button("Ask effort", exact=False))
    await by.press(by.button("Close", exact=False))
    await expect(by.button("Ask effort", exact=False)).to_be_visible(timeout=LONG_MS)
    await by.key("Escape")
    await by.at(opens)


async def questions(by: ByKeys, dennis: Person, rosa: Person) -> None:
    """Answered aloud and in writing, kept at the top, put together, set aside and taken up again."""
    page = by.page
    asked = ("Are stairs all right?", "And steps?", "Which shoes?", "When do I breathe out?")
    for at, text in enumerate(asked):
        request = {"key": f"question-{at}", "text": text, "to": "group"}
        await do((dennis, rosa)[at % 2], "question:ask", request)
    stairs, steps, shoes, breathe = (page.get_by_role("article").filter(has_text=text) for text in asked)
    await expect(breathe).to_be_visible(timeout=LONG_MS)
    act = lambda question, words: question.get_by_role("button", name=re.compile(f"^{words}"))  # noqa: E731
    await by.press(act(stairs, "More"))
    await by.walk("questions")
    await by.press(act(stairs, "Keep at the top"))
    await by.at(act(stairs, "Do not keep at the top"))
    await by.press(act(stairs, "Same as another"))
    await by.at(stairs.get_by_role("combobox"))
    await by.walk("the same")
    await by.press(act(stairs, "Cancel"))
    await by.press(act(steps, "More"))
    await by.press(act(steps, "Same as another"))
    await by.press(act(steps, "Put together"))
    await by.press(act(breathe, "Write answer"))
    await by.at(page.get_by_label("Your answer, for everyone in class"))
    await by.press(act(breathe, "Cancel"))
    await by.at(act(breathe, "Write answer"))
    await by.key("Enter")
    await by.write(page.get_by_label("Your answer, for everyone in class"), "When you stand up.")
    await by.press(act(breathe, "Send answer"))
    # It goes to the end of the list, and the focus with it.
    await expect(breathe).to_contain_text("Answered in writing", timeout=LONG_MS)
    await by.press(act(shoes, "More"))
    await by.press(act(shoes, "Set aside"))
    await by.press(act(shoes, "Answer now"))
    await by.press(act(shoes, "Answered"))
    await expect(act(shoes, "Answered")).to_be_hidden(timeout=LONG_MS)


async def chat(by: ByKeys, dennis: Person) -> None:
    """Pause; hide with a reason, show again; read first what one writes, and show it."""
    page = by.page
    await do(dennis, "chat:post", {"key": "bad-words", "text": "Push through the pain!", "reply_to": None})
    await by.press(page.get_by_role("tab", name=re.compile("^Questions")), "ArrowRight")
    await by.at(page.get_by_role("tab", name=re.compile("^Chat")))
    await by.press(by.button("Pause the chat"))
    await by.at(by.button("Let the group write again"))
    await by.key("Space")
    await by.at(by.button("Pause the chat"))
    bad = page.locator(".message").filter(has_text="Push through")
    more = bad.locator("button.is-more")
    await by.press(more)
    await by.walk("chat")
    act = lambda message, words: message.get_by_role("button", name=re.compile(f"^{words}"))  # noqa: E731
    await by.press(act(bad, "Hide"))
    await by.at(bad.get_by_role("combobox"))
    await by.walk("hiding")
    await by.press(act(bad, "Cancel"))
    await by.at(act(bad, "Hide"))
    await by.key("Enter")
    await by.press(act(bad, "Hide from the group"))
    await by.press(act(bad, "Show again"))
    await by.press(act(bad, "Read .* messages first"))
    await by.at(act(bad, "Let .* write freely"))
    await do(dennis, "chat:post", {"key": "more-words", "text": "I meant gently.", "reply_to": None})
    held = page.locator(".message").filter(has_text="I meant gently.")
    await expect(act(held, "Do not show")).to_be_visible(timeout=LONG_MS)
    await by.walk("a held message")
    await by.press(act(held, "Show to the group"))
    await expect(act(held, "Show to the group")).to_be_hidden(timeout=LONG_MS)
    await by.press(act(bad, "Let .* write freely"))
    await by.at(act(bad, "Read .* messages first"))
    await by.press(page.get_by_role("tab", name=re.compile("^Chat")), "ArrowRight")
    await by.at(page.get_by_role("tab", name="People"))
    await by.walk("people")
    await by.press(page.get_by_role("tab", name="People"), "ArrowRight")
    await by.at(page.get_by_role("tab", name=re.compile("^Questions")))

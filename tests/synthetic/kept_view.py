"""What a client knows of a class: the view it got on joining, kept up to date by what it is sent since."""

from __future__ import annotations

from typing import Any

LATEST_MESSAGES = 200
"""So many messages a `ClassView` holds at most."""


class KeptView:
    """A `ClassView`, and every later event applied: each view replaces its old one."""

    def __init__(self, view: dict[str, Any]) -> None:
        self._replace(view)

    def _replace(self, view: dict[str, Any]) -> None:
        self.plain = {key: value for key, value in view.items() if key != "server_time"}
        for many in ("people", "questions", "chat", "help", "cards"):
            self.plain[many] = {each["id"]: each for each in view[many]}
            assert len(self.plain[many]) == len(view[many]), f"something stands twice in {many}"

    def take(self, event: str, view: dict[str, Any]) -> None:
        """Apply one event of the server."""
        match event:
            case "class":
                self._replace(view)
            case "me":
                self.plain["me"] = view
            case "person":
                self.plain["people"][view["id"]] = view
            case "person_left":
                self.plain["people"].pop(view["id"], None)
            case "question_gone":
                self.plain["questions"].pop(view["id"], None)
            case "chat":
                self.plain.update({f"chat_{name}": value for name, value in view.items()})
            case "pulse":
                self.plain["pulse"] = view
            case "unaccounted":
                self.plain["unaccounted"] = view["people"]
            case "here" | "slots" | "floor":
                self.plain.update(view)
            case "card":
                self.plain["cards"][view["id"]] = view
            case "question":
                self.plain["questions"][view["id"]] = view
            case "message":
                self.plain["chat"][view["id"]] = view
            case "help":
                self.plain["help"][view["id"]] = view

    @property
    def place(self) -> str:
        """Where oneself is."""
        return str(self.plain["me"]["place"])

    def differences(self, fresh: KeptView) -> list[str]:
        """In what this differs from a view that was just read; nobody's order counts but the chat's."""
        ours, theirs = dict(self.plain), dict(fresh.plain)
        ours["chat_order"] = list(ours["chat"])[-LATEST_MESSAGES:]
        theirs["chat_order"] = list(theirs["chat"])
        ours["chat"] = {key: ours["chat"][key] for key in ours["chat_order"]}
        ours["chat_more"] = theirs["chat_more"]
        return [
            f"{key}: kept {ours[key]!r}, fresh {theirs[key]!r}" for key in theirs if ours[key] != theirs[key]
        ]

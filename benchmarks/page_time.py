"""How long a page took to make, and what took it: the database, the template, Python's collector."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from jinja2 import Template
from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class PageTime:
    """Of one request."""

    whole_ms: float
    database_ms: float
    """From each statement given to the driver until it had run, with the loop's turns between."""
    template_ms: float
    collector_ms: float
    """Within the others, too."""

    @property
    def rest_ms(self) -> float:
        """What is left: our own Python, and threads that were waited for."""
        return max(0.0, self.whole_ms - self.database_ms - self.template_ms - self.collector_ms)

    @classmethod
    def mean(cls, times: Sequence[PageTime]) -> PageTime:
        """Return the mean of each part."""
        return cls(
            *(
                sum(getattr(each, part) for each in times) / len(times)
                for part in ("whole_ms", "database_ms", "template_ms", "collector_ms")
            )
        )


class Stopwatch:
    """Takes the time of each request, around everything that the application does for it.

    While it is open it listens to all engines and to the collector, and wraps what renders templates.
    """

    def __init__(self) -> None:
        self.last = PageTime(0.0, 0.0, 0.0, 0.0)
        self._spent = dict.fromkeys(("database", "template", "collector"), 0.0)
        self._began: dict[str, float] = {}
        self._render: Callable[..., str] = Template.render

    def __enter__(self) -> Stopwatch:
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        gc.callbacks.append(self._collected)
        render = self._render

        def timed(template: Template, *args: Any, **values: Any) -> str:
            began = time.perf_counter()
            try:
                return render(template, *args, **values)
            finally:
                self._spent["template"] += time.perf_counter() - began

        Template.render = timed  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._before)
        event.remove(Engine, "after_cursor_execute", self._after)
        gc.callbacks.remove(self._collected)
        Template.render = self._render  # type: ignore[method-assign]

    @web.middleware
    async def time(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Note how long the answer took to make."""
        self._spent = dict.fromkeys(self._spent, 0.0)
        began = time.perf_counter()
        try:
            return await handler(request)
        finally:
            whole = time.perf_counter() - began
            spent = self._spent
            self.last = PageTime(
                whole * 1000, *(spent[part] * 1000 for part in ("database", "template", "collector"))
            )

    def _before(self, *_: object) -> None:
        self._began["database"] = time.perf_counter()

    def _after(self, *_: object) -> None:
        self._spent["database"] += time.perf_counter() - self._began["database"]

    def _collected(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began["collector"] = time.perf_counter()
        else:
            self._spent["collector"] += time.perf_counter() - self._began["collector"]

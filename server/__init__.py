"""Moveroom: live group physiotherapy classes in the browser.

Each folder is one capability; `app.py` is the composition root and `cli.py` the way in. What may import
what stands in `pyproject.toml` (import-linter) and is explained in `docs/architecture.md`.
"""

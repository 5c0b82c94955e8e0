# SPDX-License-Identifier: Apache-2.0
"""Says in the log when what tokens are judged by begins to fail, why, and when it works again, as the C framework does."""

from __future__ import annotations

import logging
import threading

from .errors import ClosedError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .verifier import Verifier

_log = logging.getLogger("ostiary")
_PARTS = {"introspection": "introspection at ", "status_lists": "a status list of "}
_SECONDS = 1.0  # between two looks, as in the C framework


class Watch:
    """Looks at a verifier each second, in a thread of its own, until :meth:`end`."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._since: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ostiary-watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Returns when the thread has ended."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(_SECONDS):
            try:
                self._look()
            except ClosedError:
                return

    def _look(self) -> None:
        for name, state in _parts(self._verifier.describe()):
            failing = state.get("failing")
            if failing is None:
                if name in self._since:
                    _log.warning("%s works again, after %d s", name, self._since.pop(name))
                continue
            if name not in self._since:
                _log.warning("%s fails: %s", name, state.get("last_error", ""))
            self._since[name] = failing


def _parts(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for issuer in described["issuers"]:
        yield f"issuer {issuer['issuer']}", issuer
        for part, words in _PARTS.items():
            if part in issuer:
                yield f"{words}issuer {issuer['issuer']}", issuer[part]

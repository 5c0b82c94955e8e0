# SPDX-License-Identifier: Apache-2.0
"""A place that nobody must ever go to."""

import socket


class Trap:
    """Listens, so that whoever comes is noticed; usable in a with statement."""

    def __enter__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self._socket.close()

    @property
    def untouched(self):
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return True
        return False

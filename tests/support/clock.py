# SPDX-License-Identifier: Apache-2.0
"""The clock that counts for a provider, which a test may set forward: what lapses does so at once, and by nothing else, however
slow the machine is. Where providers have a database, the database's clock is the one."""

import stores
from fault_layer import FaultLayer


class _DatabaseClock:
    """The machine's stays right: the database's counts."""

    environment = {}

    def set(self, clock):
        stores.set_clock(clock)


class Clock:
    """with Clock(folder) as clock, clock.below(Provider(...)) as provider: ..."""

    def __init__(self, folder):
        self._layer = _DatabaseClock() if stores.ON_POSTGRESQL else FaultLayer(folder / "clock", folder / "nothing")
        self._seconds = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.set(0)

    def below(self, program):
        program.environment.update(self._layer.environment)
        return program

    def set(self, seconds):
        self._seconds = seconds
        self._layer.set(clock=seconds)

    def forward(self, seconds):
        """By whole seconds; what is due in so many is over a moment later."""
        self.set(self._seconds + seconds)

# SPDX-License-Identifier: Apache-2.0
"""How a task waits for a fetch without holding up its loop.

The guard's thread rings a bell, which is a file descriptor; it never enters the interpreter. Under
asyncio and uvloop the loop watches the descriptor, and all tasks that wait for the same fetch share
one; under trio one task watches it and tells the others.
"""

from __future__ import annotations

import sys
TYPE_CHECKING = False

if TYPE_CHECKING:
    import asyncio
    from typing import Any

    from ._core import LoginCall, Wait

    # (loop or trio token, index of the issuer, ticket) -> future or event of those who wait.
    Shared = dict[tuple[Any, ...], Any]


def in_trio() -> bool:
    trio = sys.modules.get("trio")
    return trio is not None and bool(trio.lowlevel.in_trio_run())


async def wait(shared: Shared, bell: Wait | LoginCall) -> bool:
    """True when the fetch has ended; False when there was nothing to wait for."""
    return await (_under_trio if in_trio() else _under_asyncio)(shared, bell)


async def _under_asyncio(shared: Shared, bell: Wait | LoginCall) -> bool:
    import asyncio

    loop = asyncio.get_running_loop()
    key: tuple[Any, ...] = (loop, *bell.key)
    future: asyncio.Future[None] | None = shared.get(key)
    if future is None:
        _forget_ended(shared)
        if not bell.begin():
            return False
        future = shared[key] = loop.create_future()
        loop.add_reader(bell.fileno(), _rung, loop, shared, key, bell, future)
    # Whoever is cancelled does not take the bell from the others.
    await asyncio.shield(future)
    return True


def _rung(loop: Any, shared: Shared, key: Any, bell: Wait | LoginCall, future: asyncio.Future[None]) -> None:
    loop.remove_reader(bell.fileno())
    shared.pop(key, None)
    if not future.done():
        future.set_result(None)


def _forget_ended(shared: Shared) -> None:
    """Nobody waits in a loop that has been closed, and it is not kept alive."""
    for key in list(shared):
        if getattr(key[0], "is_closed", bool)():
            shared.pop(key, None)


async def _under_trio(shared: Shared, bell: Wait | LoginCall) -> bool:
    import trio

    key: tuple[Any, ...] = (trio.lowlevel.current_trio_token(), *bell.key)
    event = shared.get(key)
    if event is not None:
        await event.wait()
        return True
    if not bell.begin():
        return False
    event = shared[key] = trio.Event()
    try:
        await trio.lowlevel.wait_readable(bell.fileno())
    finally:
        # Also when this task is cancelled: the others look again, and one of them waits in its place.
        shared.pop(key, None)
        event.set()
    return True

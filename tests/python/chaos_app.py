# SPDX-License-Identifier: Apache-2.0
"""The application of test_chaos.py: it says which process answered, and how late its loop ever was.

By the clock the lateness is the machine's too, which gives a process its cores when it likes; by the time that the
loop's thread was on a core between two ticks it is the program's alone. What waits without a core shows by the clock.
"""

import asyncio
import json
import os
import time

import ostiary
from ostiary import asgi

TICK = 0.005  # seconds
worst = busiest = 0.0  # seconds that the loop was late, by the clock and by its time on a core


async def watch():
    global worst, busiest
    while True:
        begun, used = time.monotonic(), time.thread_time()
        await asyncio.sleep(TICK)
        worst = max(worst, time.monotonic() - begun - TICK)
        busiest = max(busiest, time.thread_time() - used)


async def lifespan(receive, send):
    watching = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            watching = asyncio.create_task(watch())
        else:
            watching.cancel()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def answer(scope, receive, send):
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    body = json.dumps({"pid": os.getpid(), "worst": worst, "busiest": busiest, "user": getattr(scope["ostiary.claims"], "subject", None)})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body.encode()})


app = asgi.Middleware(
    answer,
    ostiary.Verifier(os.environ["CHAOS_ISSUER"], "api"),
    paths={"/lag": ostiary.Policy({"open": True})},
)

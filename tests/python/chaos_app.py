# SPDX-License-Identifier: Apache-2.0
"""The application of test_chaos.py: it says which process answered, and how late its loop ever was."""

import asyncio
import json
import os
import time

import ostiary
from ostiary import asgi

TICK = 0.005  # seconds
worst = 0.0  # seconds that the loop was late, since it was last asked


async def watch():
    global worst
    while True:
        begun = time.monotonic()
        await asyncio.sleep(TICK)
        worst = max(worst, time.monotonic() - begun - TICK)


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
    body = json.dumps({"pid": os.getpid(), "worst": worst, "user": getattr(scope["ostiary.claims"], "subject", None)})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body.encode()})


app = asgi.Middleware(
    answer,
    ostiary.Verifier(os.environ["CHAOS_ISSUER"], "api"),
    paths={"/lag": ostiary.Policy({"open": True})},
)

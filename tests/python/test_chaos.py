# SPDX-License-Identifier: Apache-2.0
"""Two workers under load while the issuer rotates and hangs, goes down, comes back with other keys, and somebody
floods keys that nobody knows. No valid request is refused, no loop is held up, and fetches stay few.

Each phase takes OSTIARY_CHAOS_SECONDS (2), that in which the issuer is down OSTIARY_CHAOS_DOWN. The flood is the last
phase: strangers may cause two fetches in half a minute, and while they do, a key that signs from the moment of its
publication waits for the next ones.
"""

import asyncio
import os
import pathlib
import socket
import subprocess
import sys
import time

import httpx
import pytest

from ostiary import jwk, testing

SECONDS = float(os.environ.get("OSTIARY_CHAOS_SECONDS", "2"))
DOWN_SECONDS = float(os.environ.get("OSTIARY_CHAOS_DOWN", SECONDS))
HANG = 3.0  # seconds before each answer: a loop that waited for one would be as late
WORKERS = 2
CLIENTS = 8


@pytest.fixture
def issuer():
    with testing.Issuer() as made:
        yield made


@pytest.fixture
def base(issuer, tmp_path):
    """uvicorn with two workers on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        environment = {**os.environ, "CHAOS_ISSUER": issuer.url}
        folder = pathlib.Path(__file__).parent
        command = [sys.executable, "-W", "error", "-m", "uvicorn", "chaos_app:app", "--app-dir", str(folder)]
        command += ["--fd", str(listening.fileno()), "--workers", str(WORKERS), "--log-level", "warning", "--no-access-log"]
        with open(tmp_path / "log", "w") as log:
            server = subprocess.Popen(
                command, env=environment, pass_fds=[listening.fileno()], stdout=log, stderr=log
            )
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.terminate()
            assert server.wait(30) == 0, (tmp_path / "log").read_text()
    assert "Traceback" not in (tmp_path / "log").read_text()


class Load:
    """Clients that ask with good tokens all the time, and one who floods unknown keys."""

    def __init__(self, base, issuer):
        # A connection for each request: the workers share them as they come.
        self.http = httpx.AsyncClient(base_url=base, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))
        self.issuer = issuer
        self.token = issuer.token()
        self.withdrawn = set()  # tokens whose key is published no more: those on their way may be refused
        self.ends = self.floods = False
        self.good, self.refused, self.flooded, self.pids = 0, [], 0, set()
        self.phase = "start"

    async def ask(self, path, token):
        return await self.http.get(path, headers={"Authorization": f"Bearer {token}"})

    async def client(self):
        while not self.ends:
            token = self.token
            answer = await self.ask("/items/", token)
            if answer.status_code == 200:
                self.good += 1
                self.pids.add(answer.json()["pid"])
            elif token not in self.withdrawn:
                self.refused.append((self.phase, answer.status_code, answer.headers.get("WWW-Authenticate")))

    async def flooder(self):
        while not self.ends:
            if not self.floods:
                await asyncio.sleep(0.05)
                continue
            stranger = self.issuer.token(key=jwk.Key.generate("ES256"))
            answer = await self.ask("/items/", stranger)
            assert answer.status_code in (401, 503), answer.status_code
            self.flooded += 1

    async def run(self, phases):
        tasks = [asyncio.create_task(self.client()) for _ in range(CLIENTS)]
        tasks += [asyncio.create_task(self.flooder()) for _ in range(2)]
        try:
            for name, change in phases:
                self.phase = name
                change(self)
                await asyncio.sleep(DOWN_SECONDS if name == "down" else SECONDS)
        finally:
            self.ends = True
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome


async def wait_until_both_answer(load):
    deadline = time.monotonic() + 30
    while len(load.pids) < WORKERS and time.monotonic() < deadline:
        try:
            answer = await load.ask("/items/", load.token)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status_code == 200:
            load.pids.add(answer.json()["pid"])
    assert len(load.pids) == WORKERS


def rotate_and_hang(load):
    load.issuer.delay = HANG
    load.issuer.rotate()
    load.token = load.issuer.token()


def go_down(load):
    load.issuer.delay = 0
    load.issuer.down = True


def other_keys(load):
    load.withdrawn.add(load.token)
    load.issuer.rotate(keep=False)
    load.issuer.down = False
    load.token = load.issuer.token()


def flood(load):
    load.floods = True


def test_no_valid_request_is_refused(base, issuer):
    load = Load(base, issuer)
    phases = [("calm", lambda _: None), ("rotates and hangs", rotate_and_hang), ("hangs", lambda _: None)]
    phases += [("down", go_down), ("other keys", other_keys), ("flood", flood), ("flood again", flood)]
    worst, busiest = {}, {}

    async def main():
        await wait_until_both_answer(load)
        await load.run(phases)
        deadline = time.monotonic() + 30
        while len(worst) < WORKERS and time.monotonic() < deadline:
            said = (await load.ask("/lag", load.token)).json()
            worst[said["pid"]], busiest[said["pid"]] = said["worst"], said["busiest"]
        await load.http.aclose()

    begun = time.monotonic()
    asyncio.run(main())
    fetches = issuer.count("/certs")
    print(
        f"{load.good} good, {load.flooded} flooded, {fetches} fetches, worst lag "
        f"{max(worst.values()) * 1000:.0f} ms, {max(busiest.values()) * 1000:.1f} ms of it on a core"
    )
    assert load.good > 10 * SECONDS and load.flooded > SECONDS
    assert load.refused == []
    assert len(worst) == WORKERS and max(worst.values()) < HANG / 4
    assert max(busiest.values()) < 0.02
    assert fetches <= WORKERS * (3 + (time.monotonic() - begun) / 10)

# SPDX-License-Identifier: Apache-2.0
"""Tasks that wait for a key: no loop is held up, nobody waits for ever, and it is fetched once."""

import asyncio
import gc
import sys
import threading
import time
import warnings

import anyio
import pytest
import trio
import uvloop

import ostiary
from conftest import AUDIENCE, rsa_key
from ostiary import errors
from waiting import until

TASKS = 1200  # more than the thousand that the guard lets wait


@pytest.fixture
def rotated(issuer, verifier):
    """A token by a key that the verifier does not know yet; the issuer takes its time."""
    fresh = rsa_key("second")
    issuer.published.append(fresh)
    issuer.delay = 0.5
    return issuer.token(key=fresh)


async def all_at_once(verifier, token):
    return await asyncio.gather(*(verifier.averify(token) for _ in range(TASKS)))


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_thousand_tasks_cause_one_fetch(issuer, verifier, rotated, run):
    before = issuer.count("/certs")
    answers = run(all_at_once(verifier, rotated))
    assert {claims.subject for claims in answers} == {"alice"} and len(answers) == TASKS
    assert issuer.count("/certs") == before + 1
    assert verifier._shared == {}


def test_the_same_under_trio(issuer, verifier, rotated):
    before, answers = issuer.count("/certs"), []

    async def one():
        answers.append(await verifier.averify(rotated))

    async def main():
        async with trio.open_nursery() as nursery:
            for _ in range(TASKS):
                nursery.start_soon(one)

    trio.run(main)
    assert len(answers) == TASKS and issuer.count("/certs") == before + 1
    assert verifier._shared == {}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_same_under_anyio(verifier, rotated, backend):
    assert anyio.run(verifier.averify, rotated, backend=backend).subject == "alice"


def test_the_loop_goes_on_meanwhile(verifier, rotated):
    async def main():
        ticks, task = 0, asyncio.create_task(verifier.averify(rotated))
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks, await task

    ticks, claims = asyncio.run(main())
    assert claims.subject == "alice" and ticks > 5


def test_one_that_is_cancelled_takes_nothing_from_the_others(verifier, rotated):
    async def main():
        tasks = [asyncio.create_task(verifier.averify(rotated)) for _ in range(10)]
        await asyncio.sleep(0.05)
        for task in tasks[:5]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(main())
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[:5])
    assert all(answer.subject == "alice" for answer in answers[5:])


def test_the_first_that_is_cancelled_under_trio_takes_nothing_either(verifier, rotated):
    answers = []

    async def one(scope):
        with scope:
            answers.append(await verifier.averify(rotated))

    async def main():
        scopes = [trio.CancelScope() for _ in range(5)]
        async with trio.open_nursery() as nursery:
            for scope in scopes:
                nursery.start_soon(one, scope)
            await trio.sleep(0.05)
            scopes[0].cancel()
            scopes[1].cancel()

    trio.run(main)
    assert len(answers) == 3


def test_a_loop_that_ends_while_it_waits(verifier, rotated):
    async def leave():
        asyncio.create_task(verifier.averify(rotated))
        await asyncio.sleep(0.05)

    asyncio.run(leave())
    assert asyncio.run(verifier.averify(rotated)).subject == "alice"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()


def test_two_loops_in_two_threads(verifier, rotated):
    answers = []

    def work():
        answers.append(asyncio.run(verifier.averify(rotated)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4


def test_closing_wakes_whoever_waits(verifier, rotated):
    async def main():
        tasks = [asyncio.create_task(verifier.averify(rotated)) for _ in range(5)]
        await asyncio.sleep(0.05)
        await asyncio.to_thread(verifier.close)
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert {type(answer) for answer in asyncio.run(main())} == {errors.ClosedError}


def test_closing_wakes_a_thread_that_waits(verifier, rotated):
    seen = []

    def work():
        try:
            verifier.verify(rotated)
        except errors.OstiaryError as error:
            seen.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(0.1)
    verifier.close()
    thread.join(10)
    assert [type(error) for error in seen] == [errors.ClosedError]


def test_without_a_loop_a_coroutine_can_be_driven_where_nothing_waits(verifier, issuer):
    token = issuer.token()
    verifier.verify(token)
    coroutine = verifier.averify(token)
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value.subject == "alice"


def test_acheck_is_check(verifier, issuer):
    token = issuer.token()
    assert asyncio.run(verifier.acheck([f"Bearer {token}"])).subject == "alice"
    assert asyncio.run(verifier.acheck(None, ostiary.Policy({"open": True}))) is None
    with pytest.raises(errors.MissingTokenError):
        asyncio.run(verifier.acheck(None))


def test_nothing_slow_is_imported_for_it():
    import subprocess

    text = "import sys, ostiary; print([m for m in ('asyncio','typing','dataclasses','json') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_fetch_that_has_ended_meanwhile_is_one_wait_and_not_the_last(issuer, verifier):
    """It ends between the answer that there is something to wait for and the wait itself; the next may bring the key."""
    stale = verifier._try_token(issuer.token(rsa_key("unheard-of")))
    assert isinstance(stale, ostiary._core.Wait)
    until(lambda: issuer.count("/certs") >= 2, step=0.01)
    time.sleep(0.5)

    class Late(ostiary.Verifier):
        first = [stale]

        def _try_token(self, *arguments, **named):
            return self.first.pop() if self.first else super()._try_token(*arguments, **named)

    with Late(issuer.issuer, AUDIENCE) as late:
        assert late.wait_ready(60)
        assert not stale.begin(), "there is nothing to wait for any more"
        issuer.published.append(rsa_key("brand-new"))
        assert asyncio.run(late.averify(issuer.token(rsa_key("brand-new")))).subject == "alice"

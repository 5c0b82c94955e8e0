# SPDX-License-Identifier: Apache-2.0
"""Many threads at once, which on a free-threaded CPython run at once indeed."""

import os
import sys
import threading

import pytest
from conftest import AUDIENCE

import ostiary
from ostiary import _core, jwk, jws, jwt

THREADS = 8


@pytest.fixture(autouse=True)
def often():
    """Threads take turns a thousand times a second and more, where only one runs at a time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(work, count=THREADS):
    """Each thread does work(its number), all beginning at the same moment; the first exception is the test's."""
    gate, wrong, given = threading.Barrier(count), [], [None] * count

    def run(number):
        gate.wait()
        try:
            given[number] = work(number)
        except BaseException as error:  # noqa: B902, it is raised below
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return given


def test_the_extension_leaves_the_lock_of_a_free_threaded_interpreter_off():
    if hasattr(sys, "_is_gil_enabled") and not os.environ.get("PYTHON_GIL"):
        import sysconfig

        assert sys._is_gil_enabled() == (not sysconfig.get_config_var("Py_GIL_DISABLED"))


def test_threads_read_the_same_claims(issuer, verifier):
    claims = verifier.verify(issuer.token(list=[1, {"two": ["three"]}], number=10**30))
    whole = claims.to_dict()

    def read(_):
        for _ in range(300):
            assert claims["list"] == [1, {"two": ["three"]}] and claims["number"] == 10**30
            assert claims == whole and list(claims) == list(whole) and claims.subject == "alice"
            assert claims.has_role("buyer", "shop") and claims.has_scope("items:read")

    together(read)


def test_claims_outlive_the_thread_that_made_them_and_the_verifier(issuer):
    for _ in range(5):
        verifier = ostiary.Verifier(issuer.issuer, AUDIENCE)
        assert verifier.wait_ready(60)
        token = issuer.token()
        claims = together(lambda _: [verifier.verify(token) for _ in range(20)])
        verifier.close()
        del verifier

        def drop(number):
            for each in claims[number - 1]:  # those of another thread
                assert each["sub"] == "alice"
            claims[number - 1] = None

        together(drop)


def test_a_verifier_is_closed_while_all_verify(issuer):
    for _ in range(5):
        verifier = ostiary.Verifier(issuer.issuer, AUDIENCE)
        assert verifier.wait_ready(60)
        good, bad = issuer.token(), issuer.token(aud="other")

        def work(number):
            try:
                for turn in range(100_000):
                    if number == 0 and turn == 20:
                        verifier.close()
                    assert verifier.verify(good)["sub"] == "alice"
                    with pytest.raises(ostiary.errors.AudienceError):
                        verifier.verify(bad)
            except ostiary.errors.ClosedError:
                return True

        assert together(work) == [True] * THREADS


def test_verifiers_are_made_and_dropped_by_all(issuer):
    token = issuer.token()

    def work(_):
        for _ in range(3):
            verifier = ostiary.Verifier(issuer.issuer, AUDIENCE)
            assert verifier.verify(token)["sub"] == "alice"
            verifier.describe(), verifier.metrics(), repr(verifier)

    together(work)


def test_one_object_is_opened_once_however_many_try(issuer):
    opened = []
    guard = _core.Guard.__new__(_core.Guard)
    settings = [({"issuer": issuer.issuer, "audience": AUDIENCE}, {}, {})]

    def work(_):
        try:
            guard.__init__(settings, {})
            opened.append(1)
        except ostiary.errors.ClosedError:
            pass

    together(work)
    assert len(opened) == 1 and guard.wait_ready(60)
    guard.close()
    again = _core.Guard.__new__(_core.Guard)
    with pytest.raises(TypeError):
        again.__init__([({"issuer": 5}, {}, {})], {})
    again.__init__(settings, {})  # what has failed may be tried again
    again.close()


def test_all_wait_for_the_same_fetch_by_one_object(issuer):
    issuer.delay = 0.2
    with ostiary.Verifier(issuer.issuer, AUDIENCE) as verifier:
        wait = verifier._try_token(issuer.token())
        assert isinstance(wait, _core.Wait)

        def work(_):
            if wait.begin():
                wait.block()
            assert wait.rung and wait.fileno() > 2

        together(work)
        assert verifier.verify(issuer.token())["sub"] == "alice"


def test_all_revoke_and_a_child_knows_all_of_it(issuer, verifier):
    """More than are kept before those that are over are left out."""
    each = 400
    tokens = {number: issuer.token(jti=f"{number}-{each - 1}") for number in range(THREADS)}

    def work(number):
        for turn in range(each):
            verifier.revoke(token_id=f"{number}-{turn}")

    together(work)
    assert len(verifier._revoked) == THREADS * each
    for token in tokens.values():
        with pytest.raises(ostiary.errors.RevokedError):
            verifier.verify(token)


def test_keys_are_shared(verifier):
    rsa, secret = jwk.Key.generate("RS256", kid="shared"), jwk.Key.from_secret("s" * 32, "HS256")
    keys = jwk.KeySet([rsa, jwk.Key.generate("ES256", kid="other")])

    def work(number):
        for turn in range(20):
            token = jwt.sign({"iss": "me", "aud": "you", "n": number}, keys.find("RS256", "shared"), "RS256", lifetime=60)
            assert jwt.verify(token, keys, issuer="me", audience="you")["n"] == number
            assert jws.verify(jws.sign(f"{turn}", secret, "HS256"), secret, algorithms=["HS256"]).payload == f"{turn}".encode()
            assert len([key.to_jwk() for key in keys]) == 2 and rsa.public().thumbprint() == rsa.thumbprint()

    together(work)


def test_what_all_change_while_it_is_read_is_read_whole_or_refused():
    """A dict and a bytearray that other threads change: no torn token, no crash."""
    key = jwk.Key.from_secret("s" * 32, "HS256")
    claims, data = {"iss": "me", "list": [1]}, bytearray(b"x" * 64)

    def work(number):
        for turn in range(300):
            if number % 2:
                claims[f"c{turn % 7}"] = [turn] * (turn % 5)
                claims.pop(f"c{(turn + 3) % 7}", None)
                claims["list"].append(turn)
                del claims["list"][1:]
                try:
                    data.extend(b"y")
                    del data[64:]
                except BufferError:  # it is being read, and keeps its size so long
                    pass
            else:
                try:
                    token = jwt.sign(claims, key, "HS256", lifetime=60)
                except RuntimeError:  # the dict changed while it was looked at
                    continue
                assert jws.verify(token, key, algorithms=["HS256"]).payload.startswith(b'{"iss":"me"')
                assert jws.verify(jws.sign(data, key, "HS256"), key, algorithms=["HS256"]).payload.startswith(b"x" * 64)

    together(work)

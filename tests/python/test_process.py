# SPDX-License-Identifier: Apache-2.0
"""Processes: fork, workers, and the end of the interpreter, all with warnings as errors."""

import subprocess
import sys
import textwrap

import pytest

PREPARE = """
import sys
sys.path.insert(0, {folder!r})
import ostiary
verifier = ostiary.Verifier({issuer!r}, "items-api")
token = {token!r}
"""


@pytest.fixture
def script(issuer):
    """Runs a program with a verifier and a token, and gives back what it wrote."""

    def run(text, *options, token=None, ready=True):
        prepare = PREPARE.format(folder=__file__.rsplit("/", 1)[0], issuer=issuer.issuer, token=token or issuer.token())
        if ready:
            prepare += "assert verifier.wait_ready(60)\n"
        done = subprocess.run(
            [sys.executable, *(options or ("-X", "dev", "-W", "error")), "-c", prepare + textwrap.dedent(text)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.split()

    return run


def test_it_ends_without_a_word(script):
    assert script("print(verifier.verify(token)['sub'])") == ["alice"]


def test_it_ends_while_a_fetch_is_under_way(script, issuer):
    issuer.delay = 1
    assert script("print('begun')", ready=False) == ["begun"]


def test_it_ends_with_claims_and_verifiers_in_a_circle(script):
    text = """
    verifier.circle = [verifier, verifier.verify(token)]
    class Holder: pass
    holder = Holder(); holder.me = holder; holder.claims = verifier.verify(token)
    del verifier
    print('made')
    """
    assert script(text) == ["made"]


def test_no_thread_is_left_behind_by_close(script):
    text = """
    import os
    before = len(os.listdir('/proc/self/task'))
    verifier.close()
    print(before, len(os.listdir('/proc/self/task')))
    """
    assert script(text) == ["2", "1"]


def test_no_thread_and_no_descriptor_is_left_when_it_is_collected(script):
    text = """
    import os
    claims = verifier.verify(token)
    claims = verifier.verify(token)
    del verifier
    print(len(os.listdir('/proc/self/task')), claims['sub'])
    del claims
    for _ in range(50):
        ostiary.Verifier("http://localhost:1/x", "a")
    print(len(os.listdir('/proc/self/task')), len(os.listdir('/proc/self/fd')) < 10)
    """
    assert script(text) == ["1", "alice", "1", "True"]


def test_a_child_has_a_guard_of_its_own(script, issuer):
    text = """
    import os, warnings
    warnings.simplefilter('ignore', DeprecationWarning)  # of fork beside threads: none of them is Python's
    parents = verifier.verify(token)
    for _ in range(3):
        child = os.fork()
        if child == 0:
            claims = verifier.verify(token)
            good = claims['sub'] == 'alice' and parents['sub'] == 'alice' and verifier.ready
            del parents, claims
            verifier.close()
            os._exit(7 if good else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(verifier.verify(token)['sub'])
    """
    assert script(text) == ["7", "7", "7", "alice"]
    assert issuer.count("/certs") == 4


@pytest.mark.parametrize("what", ["token_id='1'", "session='of-web'", "subject='alice'"])
def test_what_was_taken_back_before_a_fork_is_so_in_the_child(script, issuer, what):
    text = f"""
    import os, warnings
    warnings.simplefilter('ignore', DeprecationWarning)
    def refused():
        try:
            verifier.verify(token)
        except ostiary.errors.RevokedError:
            return 7
        return 1
    verifier.revoke({what})
    child = os.fork()
    if child == 0:
        grandchild = os.fork()
        if grandchild == 0:
            os._exit(refused())
        os._exit(refused() if os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]) == 7 else 2)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), refused())
    """
    assert script(text, token=issuer.token(sid="of-web")) == ["7", "7"]


def test_a_child_can_begin_without_what_has_expired(script):
    text = """
    import os, time, warnings
    warnings.simplefilter('ignore', DeprecationWarning)
    verifier.revoke(token_id='1', until=int(time.time()) + 1)
    for number in range(3000):
        verifier.revoke(token_id=f'other-{number}', until=int(time.time()) + 1)
    time.sleep(2)
    verifier.revoke(token_id='last')
    child = os.fork()
    if child == 0:
        os._exit(7 if verifier.verify(token)['sub'] == 'alice' else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert script(text) == ["7"]


def test_a_child_that_ends_as_programs_do(script):
    text = """
    import os, warnings
    warnings.simplefilter('ignore', DeprecationWarning)
    claims = verifier.verify(token)
    child = os.fork()
    if child == 0:
        verifier.verify(token)
        sys.exit(0)
    print(os.waitpid(child, 0)[1])
    """
    assert script(text) == ["0"]


def test_a_child_of_a_verifier_that_has_no_keys_yet(script, issuer):
    issuer.delay = 0.3
    text = """
    import os, warnings
    warnings.simplefilter('ignore', DeprecationWarning)
    child = os.fork()
    if child == 0:
        os._exit(0 if verifier.verify(token)['sub'] == 'alice' else 1)
    print(os.waitpid(child, 0)[1], verifier.verify(token)['sub'])
    """
    assert script(text, ready=False) == ["0", "alice"]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_multiprocessing(script, method, tmp_path, issuer):
    (tmp_path / "work.py").write_text(
        textwrap.dedent(f"""
        import ostiary
        verifier = ostiary.Verifier({issuer.issuer!r}, "items-api")

        def work(token):
            return verifier.verify(token)

        def refused(token):
            try:
                verifier.verify(token)
            except ostiary.TokenError as error:
                return error
        """)
    )
    text = f"""
    import multiprocessing, warnings
    warnings.simplefilter('ignore', DeprecationWarning)
    sys.path.insert(0, {str(tmp_path)!r})
    import work
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(*(claims['sub'] for claims in pool.map(work.work, [token] * 4)))
        print(type(pool.apply(work.refused, ('a.b.c',))).__name__)
        pool.close()
        pool.join()
    """
    assert script(text, "-W", "error") == ["alice"] * 4 + ["MalformedTokenError"]


def test_daemon_threads_may_verify_while_the_program_ends(script):
    text = """
    import threading, time
    def work():
        while True:
            try:
                verifier.verify(token)
            except ostiary.errors.ClosedError:
                pass
    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(0.1)
    print('ending')
    """
    assert script(text) == ["ending"]


def test_threads_verify_at_the_same_time(script):
    """The interpreter's lock is not held: a check that waits for nothing else runs beside Python."""
    text = """
    import threading, time
    import ostiary.jwk
    done, ticks = threading.Event(), 0
    def work():
        ostiary.jwk.Key.generate("RS256", bits=4096)
        done.set()
    threading.Thread(target=work).start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.001)
    print(ticks > 3)
    """
    assert script(text) == ["True"]

# SPDX-License-Identifier: Apache-2.0
"""The nginx module while nginx takes new configurations, good and broken, and new programs: nothing is lost and nothing stays.
OSTIARY_TEST_RELOADS says how many reloads there are (script/test --only nginx-asan: 200)."""

import itertools
import os
import pathlib
import signal
import socket
import subprocess
import threading

import pytest
from fake_provider import FakeProvider
from nginx import Nginx, environment, without_leaks_of_nginx
from programs import built
from test_nginx_life import request_of
from test_nginx_load import memory_of
from test_nginx_module import until_ready
from waiting import until

RELOADS = int(os.environ.get("OSTIARY_TEST_RELOADS", "8"))
SANITIZED = "OSTIARY_NGINX_PRELOAD" in os.environ  # which keeps what was freed, and finds leaks by itself
MORE = """
    location /ready {{ ostiary off; ostiary_ready; }}
    location /a {{ ostiary_policy {folder}/policy.json; ostiary_scopes openid; ostiary_realm_roles x y z; try_files /index.html =404; }}
    location /b {{ ostiary_decryption_keys {folder}/keys.json; ostiary_dpop require_nonce; ostiary_any_scopes a b c; }}
    location /c {{ ostiary_issuer {issuer} audience=b introspection_client=c introspection_auth=private_key_jwt
        introspection_key_file={folder}/key.json; }}
    location /d {{ ostiary_cache off; ostiary_revocation_file {folder}/revoked; limit_except GET {{ ostiary_acr_values gold; }} }}
"""


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


def server_of(provider, folder):
    """With everything that a configuration holds memory for."""
    if not (folder / "key.json").exists():
        ostiary = built("src/cli/ostiary")
        key = subprocess.run([ostiary, "jwk", "generate", "--alg", "ES256"], capture_output=True, text=True, check=True, timeout=60).stdout
        (folder / "key.json").write_text(key)
        key = subprocess.run([ostiary, "jwk", "generate", "--alg", "ECDH-ES"], capture_output=True, text=True, check=True, timeout=60).stdout
        (folder / "keys.json").write_text(f'{{"keys":[{key}]}}')
        (folder / "policy.json").write_text('{"max_age": 100}')
    return f"ostiary on; ostiary_issuer {provider.issuer} audience=myapi;" + MORE.format(folder=folder, issuer=provider.issuer)


class Load:
    """Four clients that ask without a pause; `seen` has the statuses, and the errors of what was lost."""

    def __init__(self, nginx, token):
        self.seen, self._ended = [], threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(nginx, token), daemon=True) for _ in range(4)]

    def _ask(self, nginx, token):
        while not self._ended.is_set():
            try:
                self.seen.append(nginx.status("/", token))
            except OSError as error:
                self.seen.append(error)

    def __enter__(self):
        for each in self._threads:
            each.start()
        self.goes_on()
        return self

    def goes_on(self):
        asked = len(self.seen)
        until(lambda: len(self.seen) > asked + 20)

    def __exit__(self, *_):
        self._ended.set()
        for each in self._threads:
            each.join()


def renewed(nginx):
    """Reloads, and waits until the workers of before have ended."""
    before = set(nginx.workers())
    nginx.reload()
    until(lambda: not before & set(nginx.workers()))


def settles(nginx, work, times):
    """Does the work so many times and, eight at a time, until eight after the first have cost the master 2 KiB each at most: a
    policy's arena alone would be 4 that is lost each time. What malloc keeps comes at first, and now and then."""
    grown = []

    def settled():
        return any(-16 <= each <= 16 for each in grown[1:])

    while len(grown) * 8 < times or (not SANITIZED and not settled() and len(grown) < 12):
        before = memory_of(nginx.pid, "RssAnon")
        for _ in range(8):
            work()
        grown.append(memory_of(nginx.pid, "RssAnon") - before)
    assert SANITIZED or settled(), f"KiB, of eight each: {grown}"


def entries(path):
    try:
        return len(os.listdir(path))
    except FileNotFoundError:  # a worker that has ended meanwhile
        return 0


def threads_of(nginx):
    return sum(entries(f"/proc/{pid}/task") for pid in [nginx.pid, *nginx.workers()])


def descriptors_of(nginx):
    """Of the master: a worker has its own, and ends."""
    return entries(f"/proc/{nginx.pid}/fd")


def test_reloads_leave_nothing(provider, tmp_path):
    with Nginx(tmp_path, server_of(provider, tmp_path)) as nginx:
        until_ready(nginx)
        renewed(nginx)
        until_ready(nginx)
        descriptors, threads = descriptors_of(nginx), threads_of(nginx)
        settles(nginx, lambda: renewed(nginx), RELOADS)
        until_ready(nginx)
        # There may be more at first: a thread that looks a name up, a worker that still leaves. One that stayed of each
        # reload would be many more.
        until(lambda: len(nginx.workers()) == 1 and threads_of(nginx) < threads + RELOADS and descriptors_of(nginx) < descriptors + RELOADS)
        assert len(os.listdir(f"/proc/{nginx.pid}/task")) == 1
        assert nginx.status("/", provider.access_token()) == 200


BROKEN = {
    "an issuer without an audience": ("audience=myapi", ""),
    "a policy that contradicts itself": ("ostiary_scopes openid;", "ostiary_max_age 5;"),
    "a policy that is none": ("policy.json", "key.json"),
    "no such file": ("keys.json", "nothing.json"),
    "keys that are none": ("keys.json", "policy.json"),
    "an error after all of ours": ("limit_except GET {", "no_such_directive; limit_except GET {"),
}


def test_a_broken_configuration_changes_nothing(provider, tmp_path):
    good = server_of(provider, tmp_path)
    with Nginx(tmp_path, good, expected="[emerg]") as nginx:
        until_ready(nginx)
        token, workers = provider.access_token(), nginx.workers()
        with Load(nginx, token) as load:
            broken = itertools.cycle(BROKEN.values())

            def refused():
                was, now = next(broken)
                assert was in good
                nginx.write(good.replace(was, now))
                told = nginx.log().count("[emerg]")
                nginx.reload()
                until(lambda: nginx.log().count("[emerg]") > told)

            settles(nginx, refused, len(BROKEN))
            assert nginx.workers() == workers
            nginx.write(good)
            renewed(nginx)
        assert set(load.seen) == {200}


def gone(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def daemon(provider, tmp_path):
    """As a daemon, for nginx takes USR2 from nobody whose parent it still has; its processes are ended by their ids."""
    kept = "".join(f"env {name};" for name in ("LD_LIBRARY_PATH", "LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"))
    nginx, pids = Nginx(tmp_path, server_of(provider, tmp_path), workers=2, head=kept), []

    def master():
        """None while nginx writes the file, or has given it another name."""
        try:
            text = (tmp_path / "nginx.pid").read_text().strip()
        except FileNotFoundError:
            return None
        if text and int(text) not in pids:
            pids.append(int(text))
        return int(text) if text else None

    def end(pid):
        if not gone(pid):
            os.kill(pid, signal.SIGQUIT)
            until(lambda: gone(pid))

    subprocess.run(nginx.command(), check=True, timeout=60, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(master)
        yield nginx, master
    finally:
        master()  # one that came last
        for pid in pids:
            end(pid)
        for word in ("exited on signal", "open socket", "Sanitizer", "runtime error", "[emerg]", "[alert]"):
            assert word not in without_leaks_of_nginx(nginx.log()), nginx.log_tail()


def test_another_program_takes_over(provider, daemon):
    """USR2 and QUIT, as packages upgrade nginx: the old workers answer what they have, the new ones the rest."""
    nginx, master = daemon
    until_ready(nginx)
    with Load(nginx, provider.access_token()) as load:
        old = master()
        os.kill(old, signal.SIGUSR2)
        until(lambda: master() not in (None, old))
        children = pathlib.Path(f"/proc/{master()}/task/{master()}/children")
        until(lambda: len(children.read_text().split()) == 2)
        load.goes_on()
        os.kill(old, signal.SIGQUIT)
        until(lambda: gone(old))
        load.goes_on()
    assert set(load.seen) == {200}


def test_quit_under_load(provider, tmp_path):
    """What was taken is answered, or was not taken at all."""
    with Nginx(tmp_path, server_of(provider, tmp_path)) as nginx:
        until_ready(nginx)
        token = provider.access_token()
        with Load(nginx, token) as load:
            slow = [socket.create_connection(("127.0.0.1", nginx.port), timeout=60) for _ in range(8)]
            for each in slow:
                each.sendall(request_of(token)[:-2])
            until(lambda: nginx.status("/", token) == 200)
            [worker] = nginx.workers()
            os.kill(nginx.pid, signal.SIGQUIT)
            until(lambda: "gracefully shutting down" in nginx.log())
            for each in slow:
                each.sendall(b"\r\n")
                assert each.recv(65536).startswith(b"HTTP/1.1 200")
                each.close()
            until(lambda: nginx.ended)
        refused = [each for each in load.seen if not isinstance(each, int)]
        assert {each for each in load.seen if isinstance(each, int)} == {200}
        assert all(isinstance(each, (ConnectionRefusedError, ConnectionResetError)) for each in refused), refused[:3]
        assert not pathlib.Path(f"/proc/{worker}").exists()

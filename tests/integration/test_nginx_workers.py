# SPDX-License-Identifier: Apache-2.0
"""What the workers of nginx share: proofs that were shown to any of them, nonces, and what they counted."""

import os
import re
import signal
import socket
import threading

import pytest
from dpop import DpopClient
from fake_provider import FakeProvider
from nginx import Nginx, field
from test_nginx_module import minimal
from waiting import PATIENCE, until

WORKERS = 4
MORE = "ostiary_origin http://api.example; add_header X-Pid $pid always; "


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as running:
        yield running


def of_workers(provider, folder, http="", more="", **options):
    """Connections are spread over the workers by the system, by the port that a client has."""
    return Nginx(folder, minimal(provider, MORE + more), http, workers=WORKERS, listen=" reuseport", **options)


def each_ready(nginx, count=WORKERS):
    """Every worker has its keys."""
    ready = set()

    def asked():
        answer = nginx.ask("/ready")
        ready.update(field(answer, "X-Pid") if answer[0] == 200 else [])
        return len(ready & set(map(str, nginx.workers()))) == count

    until(asked, nginx.log_tail, step=0)


class Prover:
    def __init__(self, provider):
        self.client = DpopClient()
        self.token = provider.access_token(cnf={"jkt": self.client.thumbprint})

    def proof(self, **changes):
        return self.client.proof("http://api.example/", self.token, **changes)

    def show(self, nginx, proof):
        """(status, process id of the worker, challenge and nonce)"""
        answer = nginx.ask("/", headers=[("Authorization", f"DPoP {self.token}"), ("DPoP", proof)])
        return answer[0], field(answer, "X-Pid")[0], field(answer, "WWW-Authenticate"), field(answer, "DPoP-Nonce")

    def shown_to_all(self, nginx, proof, count=WORKERS):
        """The statuses that the workers answered with."""
        seen = {}

        def asked():
            status, pid, *_ = self.show(nginx, proof)
            seen.setdefault(pid, []).append(status)
            return len(set(seen) & set(map(str, nginx.workers()))) == count

        until(asked, nginx.log_tail, step=0)
        return [status for each in seen.values() for status in each]


def test_attack_41_a_proof_is_shown_to_another_worker(provider, tmp_path):
    """Also after a reload, to workers that were not there."""
    with of_workers(provider, tmp_path) as nginx:
        each_ready(nginx)
        prover = Prover(provider)
        for _ in range(3):
            seen = prover.shown_to_all(nginx, prover.proof())
            assert seen.count(200) == 1 and set(seen) == {200, 401}, seen
        proof, before = prover.proof(), set(nginx.workers())
        assert prover.show(nginx, proof)[0] == 200
        nginx.reload()
        until(lambda: not before & set(nginx.workers()) and len(nginx.workers()) == WORKERS, nginx.log_tail)
        each_ready(nginx)
        assert set(prover.shown_to_all(nginx, proof)) == {401}


def test_a_nonce_of_one_worker_is_good_at_another(provider, tmp_path):
    with of_workers(provider, tmp_path, more="ostiary_dpop require_nonce;") as nginx:
        each_ready(nginx)
        prover = Prover(provider)
        status, pid, [challenge], [nonce] = prover.show(nginx, prover.proof())
        assert status == 401 and "use_dpop_nonce" in challenge
        pids = set()

        def elsewhere():
            status, worker, *_ = prover.show(nginx, prover.proof(nonce=nonce))
            pids.add(worker)
            return status == 200 and len(pids - {pid}) > 0

        until(elsewhere, nginx.log_tail, step=0)


def test_attack_41_without_a_zone(provider, tmp_path):
    """What nginx.md says of `ostiary_zone off`: each worker remembers for itself."""
    with of_workers(provider, tmp_path, "ostiary_zone off;", "ostiary_dpop proofs=1000;") as nginx:
        each_ready(nginx)
        prover = Prover(provider)
        seen = prover.shown_to_all(nginx, prover.proof())
        assert seen.count(200) == WORKERS, seen


@pytest.mark.parametrize(
    "http, more, words",
    [
        ("ostiary_zone 31k;", "", '"ostiary_zone" takes "off" or a size of 32768 at least'),
        ("ostiary_zone much;", "", '"ostiary_zone" takes'),
        ("ostiary_zone 1m; ostiary_zone off;", "", "duplicate"),
        ("", "ostiary_dpop proofs=1000;", 'needs "ostiary_zone off"'),
    ],
)
def test_a_zone_that_cannot_be_is_refused(provider, tmp_path, http, more, words):
    code, said = of_workers(provider, tmp_path, http, more).test()
    assert code != 0 and words in said, said


def flood(nginx, prover, proofs):
    """Shows the proofs one after the other, on one connection; the statuses."""
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=PATIENCE) as connection:
        request = "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: DPoP %s\r\nDPoP: %s\r\n%s\r\n"
        requests = [request % (prover.token, proof, "Connection: close\r\n" if proof is proofs[-1] else "") for proof in proofs]
        sender = threading.Thread(target=connection.sendall, args=("".join(requests).encode(),))
        sender.start()
        answers = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        sender.join()
    return [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", answers)]


def test_attack_41_a_flood_of_proofs_fills_the_smallest_zone(provider, tmp_path):
    """Proofs are refused with 503 then, at every worker, none is forgotten, and tokens without proofs come in as before. Not all
    workers find a place there for what they count, and say so."""
    guards = "".join(f"location /{name} {{ ostiary_realm {name}; }}" for name in "abcd")
    more = f"ostiary_dpop lifetime=300; keepalive_requests 100000; {guards}"
    with of_workers(provider, tmp_path, "ostiary_zone 32k;", more) as nginx:
        each_ready(nginx)
        prover = Prover(provider)
        room = 32 * 1024 * 3 // 4 // 8  # no more than that, however they fall
        proofs = [prover.proof() for _ in range(room + 300)]
        seen = flood(nginx, prover, proofs)
        assert len(seen) == len(proofs) and set(seen) == {200, 503} and seen[0] == 200 and seen.count(503) >= 300
        again = flood(nginx, prover, proofs[::10])
        assert again == [401 if status == 200 else 503 for status in seen[::10]]
        busy = next(proof for proof, status in zip(proofs, seen, strict=True) if status == 503)
        assert set(prover.shown_to_all(nginx, busy)) == {503}
        assert set(prover.shown_to_all(nginx, proofs[0])) == {401}
        assert nginx.status("/", provider.access_token()) == 200
        assert "is too small for the metrics of all workers" in nginx.log()


def test_attack_41_a_worker_is_killed_while_proofs_are_shown(provider, tmp_path):
    """Those that take its place know what was shown to it, and nobody is held up."""
    nginx = of_workers(provider, tmp_path, expected="exited on signal")
    with nginx:
        each_ready(nginx)
        prover, shown = Prover(provider), []
        for _ in range(3):
            before = nginx.workers()
            for k in range(40):
                proof = prover.proof()
                try:
                    if prover.show(nginx, proof)[0] == 200:
                        shown.append(proof)
                except OSError:  # it was answering this
                    pass
                if k % 10 == 0:
                    os.kill(before[k // 10], signal.SIGKILL)
            until(lambda: len(nginx.workers()) == WORKERS and not set(before) & set(nginx.workers()), nginx.log_tail)  # noqa: B023
            each_ready(nginx)
        assert len(shown) > 30
        assert {prover.show(nginx, proof)[0] for proof in shown} == {401}


# ---- what they count ----


METRICS = "location /metrics { ostiary off; ostiary_metrics; }"


def counted(nginx):
    """What any of the workers tells: {sample: number}, and who told it."""
    status, fields, body = nginx.ask("/metrics")
    assert status == 200
    lines = [line.rsplit(" ", 1) for line in body.decode().splitlines() if line[0] != "#"]
    return {name: int(value) for name, value in lines}, dict(fields)["X-Pid"]


ALLOWED = 'ostiary_guard_verdicts_total{guard="0",verdict="allowed",reason=""}'
BAD = 'ostiary_guard_verdicts_total{guard="0",verdict="refused",reason="OST_E_TOKEN_FORMAT"}'


def told_by_all(nginx, expected, count=WORKERS):
    """Each worker tells these numbers, soon."""
    told = set()

    def asked():
        samples, pid = counted(nginx)
        if {name: samples.get(name) for name in expected} == expected:
            told.add(pid)
        return len(told & set(map(str, nginx.workers()))) == count

    until(asked, lambda: f"{counted(nginx)}\n{nginx.log_tail()}", step=0)


def test_every_worker_tells_of_all(provider, tmp_path):
    """Over reloads, with fewer workers and with more, and when workers are killed: a counter does not go down."""
    with of_workers(provider, tmp_path, more=METRICS, expected="exited on signal") as nginx:
        each_ready(nginx)
        token = provider.access_token()
        assert [nginx.status("/", token) for _ in range(30)] == [200] * 30
        assert [nginx.status("/", "x.y.z") for _ in range(5)] == [401] * 5
        told_by_all(nginx, {ALLOWED: 30, BAD: 5})
        samples, _ = counted(nginx)
        name = f'guard="0",issuer="{provider.issuer}"'
        assert samples[f"ostiary_issuer_ready{{{name}}}"] == 1 and samples[f"ostiary_issuer_keys{{{name}}}"] >= 1
        assert samples[f'ostiary_issuer_fetches_total{{guard="0",outcome="good",issuer="{provider.issuer}"}}'] == WORKERS
        assert not [sample for sample in samples if "worker=" in sample]
        for workers in (2, 5):
            before = set(nginx.workers())
            nginx.config.write_text(re.sub(r"worker_processes \d+", f"worker_processes {workers}", nginx.config.read_text()))
            nginx.reload()
            until(lambda: not before & set(nginx.workers()) and len(nginx.workers()) == workers, nginx.log_tail)  # noqa: B023
            each_ready(nginx, workers)
            assert nginx.status("/", "x.y.z") == 401
        told_by_all(nginx, {ALLOWED: 30, BAD: 7}, 5)
        for pid in nginx.workers():
            os.kill(pid, signal.SIGKILL)
        until(lambda: not [pid for pid in nginx.workers() if pid in before], nginx.log_tail)
        each_ready(nginx, 5)
        told_by_all(nginx, {ALLOWED: 30, BAD: 7}, 5)


def test_guards_that_change_begin_anew(provider, tmp_path):
    """What was counted of other issuers is not told as of these, and is there again with them."""
    with of_workers(provider, tmp_path, more=METRICS) as nginx:
        each_ready(nginx)
        assert nginx.status("/", "x.y.z") == 401
        told_by_all(nginx, {BAD: 1})
        good = nginx.config.read_text()
        others = good.replace("audience=myapi;", "audience=myapi; ostiary_issuer https://a.invalid audience=b;")
        for text, count in ((others, None), (good, 1)):
            before = set(nginx.workers())
            nginx.config.write_text(text)
            nginx.reload()
            until(lambda: not before & set(nginx.workers()) and len(nginx.workers()) == WORKERS, nginx.log_tail)  # noqa: B023
            told_by_all(nginx, {BAD: count})

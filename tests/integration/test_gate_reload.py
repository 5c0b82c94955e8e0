# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: `ostiary gate` reads its rules anew while proxies ask and people are signed in."""

import http.client
import json
import os
import signal
import threading
import time

import pytest
from fake_provider import CLIENT, SECRET, FakeProvider
from gate_site import Gate
from navigation import navigate
from programs import sanitized
from waiting import until
from web import Browser

HOST = "app.example.org"
RELOADED = "gate: the rules were read anew: 1 site\n"
STAYED = "gate: the rules stay as they were: "


def rules(*more):
    first = [{"prefix": "/open", "public": True}, {"prefix": "/closed", "deny": True}]
    return {"sites": [{"origin": f"https://{HOST}", "rules": [*first, *more]}]}


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    with FakeProvider() as provider, Gate(tmp_path_factory.mktemp("gate"), provider.issuer, rules(), "nginx") as running:
        yield running


@pytest.fixture(autouse=True)
def first_rules(gate):
    put(gate, rules())
    reload(gate, RELOADED)


def put(gate, text):
    """As careful people do: the new file takes the old one's place as a whole."""
    new = gate.rules.with_suffix(".new")
    new.write_text(text if isinstance(text, str) else json.dumps(text))
    os.replace(new, gate.rules)


def reload(gate, words):
    """Sends the signal; the log has the words once more, soon."""
    before = gate.log.read_text().count(words)
    os.kill(gate.pid, signal.SIGHUP)
    until(lambda: gate.log.read_text().count(words) != before, gate.log_tail, step=0.01)


def ask(gate, target, host=HOST):
    connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=60)
    forwarded = {"X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    connection.request("GET", "/check", headers={**forwarded, "X-Original-Method": "GET", "X-Original-URI": target})
    status = connection.getresponse().status
    connection.close()
    return status


def metrics(gate):
    text = Browser().get(f"{gate.base}/metrics").body.decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("ostiary_gate_"))


def test_new_rules(gate):
    assert (ask(gate, "/open"), ask(gate, "/new")) == (200, 403)
    put(gate, rules({"prefix": "/new", "public": True}))
    assert ask(gate, "/new") == 403
    reload(gate, RELOADED)
    assert (ask(gate, "/open"), ask(gate, "/closed"), ask(gate, "/new")) == (200, 403, 200)
    put(gate, {"sites": [{"origin": "https://other.example.org", "rules": [{"prefix": "/", "public": True}]}]})
    reload(gate, RELOADED)
    assert ask(gate, "/open") == 403 and ask(gate, "/", "other.example.org") == 200


LOGS_IN = rules({"prefix": "/new", "policy": {}, "login": True})


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "not JSON"),
        (json.dumps(rules({"prefix": "/new", "public": True}))[:-5], "not JSON"),
        (rules({"prefix": "/new", "polcy": {}}), "sites[0].rules[2].polcy is unknown"),
        (rules({"prefix": "/open/below", "public": True}), "is never reached"),
        (LOGS_IN, "--client-id is missing"),
        ("[" * 100000, "not JSON"),
        (" " * (1 << 20) + "{}", "more than 1048576 bytes"),
    ],
    ids=["empty", "half", "unknown", "unreached", "login", "deep", "long"],
)
def test_a_wrong_file_changes_nothing(gate, text, words):
    before = metrics(gate)
    put(gate, text)
    reload(gate, STAYED)
    assert words in gate.log_tail(3)
    assert (ask(gate, "/open"), ask(gate, "/closed"), ask(gate, "/new")) == (200, 403, 403)
    now = metrics(gate)
    assert now["ostiary_gate_rules_last_reload_successful"] == "0"
    failed, at = 'ostiary_gate_rules_reloads_total{outcome="failure"}', "ostiary_gate_rules_last_reload_success_timestamp_seconds"
    assert int(now[failed]) == int(before[failed]) + 1 and now[at] == before[at]
    put(gate, rules())
    reload(gate, RELOADED)
    now = metrics(gate)
    assert now["ostiary_gate_rules_last_reload_successful"] == "1" and abs(float(now[at]) - time.time()) < 60


def test_a_file_that_is_gone_changes_nothing(gate):
    gate.rules.unlink()
    reload(gate, STAYED)
    os.mkfifo(gate.rules)
    reload(gate, STAYED)
    assert (ask(gate, "/open"), ask(gate, "/closed")) == (200, 403)


def test_a_storm_of_signals_under_load(gate):
    """What both versions say stays true throughout; memory stays what it is."""
    both = [rules(), rules(*({"prefix": f"/new/{n}", "policy": {"scopes": ["x"]}} for n in range(200)))]
    over, wrong, asked = threading.Event(), [], []

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=60)
        forwarded = {"X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Original-Method": "GET"}
        while not over.is_set():
            for target, status in (("/open", 200), ("/closed", 403)):
                connection.request("GET", "/check", headers={**forwarded, "X-Original-URI": target})
                answer = connection.getresponse()
                answer.read()
                asked.append(target)
                if answer.status != status:
                    wrong.append((target, answer.status))
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    done = 'ostiary_gate_rules_reloads_total{outcome="success"}'
    sizes, before = [], int(metrics(gate)[done])
    for number in range(200):
        put(gate, both[number % 2])
        os.kill(gate.pid, signal.SIGHUP)
        time.sleep(0.004)
        if number in (100, 199):
            sizes.append(resident(gate))
    over.set()
    for thread in threads:
        thread.join()
    assert not wrong and len(asked) > 100
    assert int(metrics(gate)[done]) > before + 20
    assert sizes[1] < sizes[0] + (2 << 20) or sanitized()


def resident(gate):
    with open(f"/proc/{gate.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_sessions_stay(tmp_path):
    """Who is signed in stays so, without the provider; a site that goes takes its sessions' worth with it."""
    with FakeProvider() as provider:
        gate = Gate(tmp_path, provider.issuer, rules(), "nginx", ["--client-id", CLIENT], {"OSTIARY_CLIENT_SECRET": SECRET})
        site = [{"prefix": "/", "policy": {}, "login": True}]
        put(gate, {"sites": [{"origin": gate.base.replace("127.0.0.1", "localhost"), "rules": site}]})
        base = gate.base.replace("127.0.0.1", "localhost")
        with gate:
            gate.wait_for_logins()
            browser = Browser()
            navigate(browser, f"{base}/_ostiary/login?rd=/_ostiary/user")
            assert browser.get(f"{base}/_ostiary/user").json()["subject"] == "alice-id"
            put(gate, {"sites": [{"origin": base, "rules": [{"path": "/other", "public": True}, *site]}]})
            reload(gate, RELOADED)
            assert browser.get(f"{base}/_ostiary/user").json()["subject"] == "alice-id"
            assert provider.count("token") == 1
            put(gate, rules())
            reload(gate, RELOADED)
            assert browser.get(f"{base}/_ostiary/user").status == 401

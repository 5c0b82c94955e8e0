# SPDX-License-Identifier: Apache-2.0
"""Three nodes on hosts of their own behind nginx, each with a clock that is a minute ahead of the one before. One after
the other is killed, cut off, and frozen, under load: who asks a second time is served, and what was revoked meanwhile is
accepted nowhere, by who was away neither."""

import contextlib
import http.client
import json
import os
import signal
import threading
import time

import pytest
from administrator import Admin
from fault_layer import FaultLayer
from namespaces import Network
from nginx import NGINX_HEAD
from oidc import Client, Pkce, Realm, callback_of
from peers import require_program
from postgresql import Cluster
from programs import Program, provider_program
from needs import must_have
from waiting import until
from web import Browser

PORT = 8080
CALLBACK = "http://localhost:8000/cb"
WEB, BRIEF = Client("web", "a-secret-of-the-web", CALLBACK), Client("brief", "a-secret-of-the-brief")
REALM = {
    "realm": "myrealm",
    "enabled": True,
    "sslRequired": "none",
    "accessTokenLifespan": 3600,
    "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)",
    "clients": [
        {"clientId": "web", "secret": WEB.secret, "directAccessGrantsEnabled": True, "serviceAccountsEnabled": True,
         "redirectUris": [CALLBACK]},
        {"clientId": "brief", "secret": BRIEF.secret, "serviceAccountsEnabled": True},
    ],
    "users": [
        {"username": "carol", "enabled": True, "email": "carol@example.org", "firstName": "Carol", "lastName": "North",
         "credentials": [{"type": "password", "value": "carol-password"}]},
        {"username": "keeper", "enabled": True, "credentials": [{"type": "password", "value": "keeper-password"}],
         "clientRoles": {"realm-management": ["manage-clients", "view-clients"]}},
    ],
}

# As docs/usage/databases.md has it, less patient.
NGINX = (
    NGINX_HEAD
    + """    upstream nodes {{
        {servers}
    }}
    server {{
        listen {address}:{port};
        location / {{
            proxy_pass http://nodes;
            proxy_connect_timeout 1s;
            proxy_read_timeout 2s;
            proxy_next_upstream error timeout http_502 http_503 http_504;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""
)


class HostedNode(Program):
    def __init__(self, host, base, url, realm_file, folder, clock):
        self.host = host
        self.base = f"http://{host.address}:{PORT}"
        layer = FaultLayer(folder / f"control-{host.cable}", folder / "nothing")
        layer.set(clock=clock)
        command = [
            *(*host.command, provider_program(), "provider", "start-dev", "--http-host", host.address, "--http-port", PORT),
            *("--hostname", base, "--proxy-trusted-addresses", Network.address, "--import-realm", realm_file),
            *("--data", folder / "none", "--db-pool-max-size", 8),
        ]
        super().__init__(command, f"{self.base}/health/ready", folder / f"{host.cable}.log", {"KC_DB_URL": url, **layer.environment})

    def realm(self, name="myrealm"):
        return Realm(self.base, name)


class Site:
    """nginx at `base`, and behind it the nodes."""

    def __init__(self, network, folder, stack):
        self.base = f"http://{network.address}:{PORT}"
        cluster = Cluster(listen_addresses=network.address, max_connections="60", fsync="off")
        stack.callback(cluster.close)
        with open(f"{cluster.data}/pg_hba.conf", "a") as rules:
            rules.write(f"host all all {network.address}/24 trust\n")
        cluster.start()
        url = f"postgresql://postgres@{network.address}/postgres"
        realm_file = folder / "myrealm-realm.json"
        realm_file.write_text(json.dumps(REALM))
        self.nodes = [HostedNode(network.host(), self.base, url, realm_file, folder, 60 * minute) for minute in range(3)]
        for node in self.nodes:
            node.start(wait=False)
            stack.callback(lambda node=node: node.pid and node.stop())
        for node in self.nodes:
            node.wait_until_ready()
        self.start_nginx(network, folder, stack)

    def start_nginx(self, network, folder, stack):
        servers = "\n".join(f"server {node.host.address}:{PORT} max_fails=1 fail_timeout=5s;" for node in self.nodes)
        config = folder / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, address=network.address, port=PORT, servers=servers))
        program = must_have(lambda: require_program("nginx", "nginx-light"))
        stack.enter_context(Program([program, "-c", config, "-p", folder], f"{self.base}/health/ready", folder / "nginx.log"))

    def realm(self):
        return Realm(self.base, "myrealm")


@pytest.fixture
def site(tmp_path):
    with Network() as network, contextlib.ExitStack() as stack:
        yield Site(network, tmp_path, stack)


def answer_of(ask):
    """None: nobody has answered, or nobody who can serve."""
    try:
        answer = ask()
    except (OSError, http.client.HTTPException):
        return None
    return None if answer.status in (502, 503, 504) else answer


class Load:
    """Asks all the time, whatever has no answer a second time; then it is lost."""

    def __init__(self, site):
        self.realm, self.ended = site.realm(), threading.Event()
        self.served, self.again, self.lost = 0, 0, []

    def once(self, what, ask, good=200):
        answer = answer_of(ask)
        if answer is None:
            self.again += 1
            answer = answer_of(ask)
        if answer is None or answer.status != good:
            self.lost.append((what, answer and (answer.status, answer.text[:200])))
        self.served += answer is not None
        return answer

    def work(self):
        while not self.ended.is_set():
            answer = self.once("password", lambda: self.realm.password(WEB, "carol", "carol-password"))
            if answer is None or answer.status != 200:
                continue
            tokens = answer.json()
            self.once("userinfo", lambda: self.realm.userinfo(tokens["access_token"]))  # noqa: B023
            self.once("refresh", lambda: self.realm.refresh(WEB, tokens["refresh_token"]))  # noqa: B023
            self.once("client credentials", lambda: self.realm.client_credentials(WEB))
            self.once("keys", self.realm.certs)

    def __enter__(self):
        self.threads = [threading.Thread(target=self.work) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def accepts(realm, tokens):
    """By which door the node lets these in."""
    asked = {
        "userinfo": (lambda: realm.userinfo(tokens["access_token"]), lambda answer: answer.status == 200),
        "introspection": (
            lambda: Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"]}, WEB.auth),
            lambda answer: answer.status == 200 and answer.json()["active"],
        ),
        "refresh": (lambda: realm.refresh(WEB, tokens["refresh_token"]), lambda answer: answer.status == 200),
    }
    answers = {door: answer_of(ask) for door, (ask, _) in asked.items()}
    return [door for door, answer in answers.items() if answer is not None and asked[door][1](answer)]


def enable(node, enabled):
    """A client that nodes remember."""
    admin = Admin(node, "myrealm", "keeper", "keeper-password")
    path = f"/realms/myrealm/clients/{admin('GET', '/realms/myrealm/clients?clientId=brief').json()[0]['id']}"
    assert admin("PUT", path, {"clientId": "brief", "enabled": enabled}).status == 204


def serves(node):
    answer = answer_of(lambda: node.realm().client_credentials(BRIEF))
    return answer is not None and answer.status == 200


def logged_in(node):
    answer = node.realm().password(WEB, "carol", "carol-password")
    assert answer.status == 200, answer.text
    return answer.json()


def log_out(node, tokens):
    answer = Browser().post(node.realm().endpoint("logout"), {"refresh_token": tokens["refresh_token"]}, WEB.auth)
    assert answer.status == 204, answer.text


def outage(site, load, away, seconds, begin, end, while_away):
    """What one node has let in that was revoked at another while it was away. Those that are there see it at once."""
    others = [node for node in site.nodes if node is not away]
    tokens, also = logged_in(away), logged_in(away)
    assert accepts(others[0].realm(), tokens) == ["userinfo", "introspection", "refresh"]
    served = load.served
    begin()
    time.sleep(seconds / 2)
    enable(others[0], False)
    for one, at in ((tokens, others[0]), (also, others[1])):
        log_out(at, one)
    let_in = [accepts(node.realm(), one) for node in others for one in (tokens, also)] + while_away(tokens)
    time.sleep(seconds / 2)
    end()
    until(lambda: answer_of(lambda: Browser().get(away.ready_url)) is not None, "the node is back")
    let_in += [accepts(away.realm(), one) for one in (tokens, also)]
    until(lambda: not serves(away), "what has changed is known")
    enable(away, True)
    until(lambda: all(serves(node) for node in site.nodes), "what has changed is known")
    assert load.served > served + 20, "nobody was served meanwhile"
    return [doors for doors in let_in if doors]


def test_codes_of_one_node_are_good_at_the_others_by_whatever_clock(site):
    for node in site.nodes * 3:
        pkce = Pkce()
        code = callback_of(site.realm().log_in(Browser(), WEB, "carol", "carol-password", pkce))["code"]
        tokens = node.realm().code(WEB, code, pkce).json()
        for other in site.nodes:
            assert accepts(other.realm(), tokens) == ["userinfo", "introspection", "refresh"]
            tokens = other.realm().refresh(WEB, tokens["refresh_token"]).json()


def test_who_is_away_is_missed_by_nobody_and_lets_nobody_in(site, capsys):
    killed, cut, frozen = site.nodes
    with Load(site) as load:
        until(lambda: load.served > 20, "the first answers")
        let_in = outage(site, load, killed, 2, killed.kill, killed.start, lambda tokens: [])
        let_in += outage(site, load, cut, 4, cut.host.cut, cut.host.join,
                         lambda tokens: [cut.host.ask(lambda: accepts(cut.realm(), tokens))])
        let_in += outage(site, load, frozen, 2, lambda: os.kill(frozen.pid, signal.SIGSTOP),
                         lambda: os.kill(frozen.pid, signal.SIGCONT), lambda tokens: [])
    with capsys.disabled():
        print(f"\n{load.served} answers, {load.again} of them to who had asked once before")
    assert (load.lost, let_in) == ([], [])

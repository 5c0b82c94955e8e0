# SPDX-License-Identifier: Apache-2.0
"""Realms, clients, users, roles and groups from the shell, at the store and at a server."""

import os
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from administrator import Admin
from certificates import make_certificate
from oidc import Client
from peers import free_port
from programs import Provider, provider_program
from shell import Shell, story
from waiting import until

PASSWORD = "root-password"


@pytest.fixture
def provider(new_provider, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)
    return new_provider([])


def at_server(provider, *more, login=f"{PASSWORD}\n"):
    return Shell("--server", f"{provider.base}/", *more, login=login)


def test_the_store(provider, tmp_path):
    story(Shell("--data", provider.data), provider, tmp_path)


def test_a_server(provider, tmp_path):
    shell = at_server(provider, "--login-user", "root")
    story(shell, provider, tmp_path)
    assert "--pkcs11 is of the store" in shell.run("key", "rotate", "--pkcs11", "pkcs11:object=x", "--realm", "master").stderr
    for option in ("--replace", "--strict", "--dry-run"):
        assert f"{option} is of the store" in shell.run("realm", "import", option, "x").stderr


def test_names_that_nobody_knows(provider):
    """A slip of the pen in a member's name would otherwise change nothing, and say nothing."""
    store, server = Shell("--data", provider.data), at_server(provider, "--login-user", "root")
    store("realm", "create", "story")
    here = ("--realm", "story")
    store("user", "create", "ann", *here)
    for words, told in (
        (("realm", "set", "story", "acessTokenLifespan=120"), "acessTokenLifespan; did you mean accessTokenLifespan?"),
        (("realm", "create", "other", "enabeld=false"), "no member enabeld; did you mean enabled?"),
        (("client", "set", "account", "enabld=false", *here), "no member enabld; did you mean enabled?"),
        (("client", "create", "web", "publicclient=true", *here), "did you mean publicClient?"),
        (("user", "set", "ann", "emial=ann@example.org", *here), "no member emial"),
        (("role", "create", "buyer", "desciption=Buys", *here), "did you mean description?"),
        (("group", "create", "/staff", "atributes={}", *here), "did you mean attributes?"),
        (("client", "create", "web", "redirectUris=https://web.example/*", *here), """is a list: 'redirectUris=["…"]'"""),
    ):
        assert told in store(*words, fails=True), words
    assert "\tweb\t" not in store("client", "list", *here)
    until(lambda: server.run("realm", "show", "story").returncode == 0)  # the store has it, the server soon
    done = server.run("realm", "set", "story", "acessTokenLifespan=120")
    assert "did you mean accessTokenLifespan?" in done.stderr  # another server may know it
    done = store.run("client", "set", "account", "attributes.access.token.lifespn=60", "attributes.mine=1", *here)
    assert done.returncode == 0 and done.stderr.count("there is no known attribute") == 1
    assert "did you mean access.token.lifespan?" in done.stderr
    store("client", "set", "account", "attributes.access.token.lifespn=", *here)
    assert "email: invalid email (400)" in store("user", "set", "ann", "email=none", *here, fails=True)
    for shell in (store, server):
        assert "there is one of that name already (409)" in shell("realm", "create", "story", fails=True)
    assert "Realm does not exist" in at_server(provider, "--login-user", "root", "--login-realm", "nowhere")("realm", "list", fails=True)
    elsewhere = Shell("--server", f"{provider.base}/auth", login=f"{PASSWORD}\n")
    assert f"there is no provider at {provider.base}/auth" in elsewhere("realm", "list", fails=True)


def test_ways_to_log_in(provider, tmp_path):
    root = Admin(provider, "master", "root", PASSWORD)
    (tmp_path / "token").write_text(root.token + "\n")
    (tmp_path / "password").write_text(PASSWORD + "\n")
    client = {"clientId": "robot", "secret": "robot-secret", "serviceAccountsEnabled": True}
    assert root("POST", "/realms/master/clients", client).status == 201
    (tmp_path / "secret").write_text("robot-secret\n")
    at_server(provider, "--login-user", "root")("user", "add-role", "service-account-robot", "admin", "--realm", "master")
    for more in (
        ("--token-file", tmp_path / "token"),
        ("--login-user", "root", "--login-password-file", tmp_path / "password"),
        ("--login-client", "robot", "--login-secret-file", tmp_path / "secret"),
    ):
        assert "master" in at_server(provider, *more, login="")("realm", "list"), more


def test_who_may_not(provider, tmp_path):
    store = Shell("--data", provider.data)
    store("user", "create", "nobody", "--realm", "master")
    store("user", "set-password", "nobody", "--realm", "master", text="nobody-password\n")
    nobody = at_server(provider, "--login-user", "nobody", login="nobody-password\n")
    assert "does not allow" in nobody("realm", "list", fails=True)
    assert "does not allow" in nobody("realm", "delete", "master", fails=True)
    told = at_server(provider, "--login-user", "root", login="wrong\n")("realm", "list", fails=True)
    assert "login: Invalid user credentials" in told and "wrong" not in told
    (tmp_path / "token").write_text("eyJhbGciOiJub25lIn0.e30.\n")
    assert "the token" in at_server(provider, "--token-file", tmp_path / "token", login="")("realm", "list", fails=True)
    (tmp_path / "token").write_text("two words\r\nX-More: 1\n")
    assert "the access token is none" in at_server(provider, "--token-file", tmp_path / "token", login="")("realm", "list", fails=True)
    assert "no password came" in at_server(provider, login="")("realm", "list", fails=True)


@pytest.mark.parametrize(
    "place, told",
    [
        (("--server", "http://id.example"), "https URL"),
        (("--server", "ftp://127.0.0.1"), "https URL"),
        (("--server", "https://user:secret@127.0.0.1"), "https URL"),
        (("--server", "https://id.example/realms/shop"), "what stands before /realms"),
        (("--server", "https://id.example/admin/"), "what stands before /realms"),
        (("--server", "http://127.0.0.1:1", "--data", "."), "exclude each other"),
        (("--login-user", "root"), "exclude each other"),
        (("--server", "http://127.0.0.1:1", "--login-user", "a", "--token-file", "b"), "takes the place"),
        (("--server", "http://127.0.0.1:1", "--login-password-file", "/nowhere"), "/nowhere"),
    ],
)
def test_what_is_refused_before_anything_is_sent(place, told):
    done = Shell(*place, login="").run("realm", "list")
    assert done.returncode in (1, 2) and told in done.stderr and "secret" not in done.stderr, done.stderr


def test_a_server_that_answers_nonsense():
    """A redirect is not followed, and what is no JSON breaks nothing."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(*self.server.answer[0])
            for name, value in self.server.answer[1].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(self.server.answer[2])

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shell = Shell("--server", f"http://127.0.0.1:{server.server_port}", login="x\n")
        for status, headers, body in (
            ((200,), {}, b"{"),
            ((200,), {}, b'{"access_token":7}'),
            ((200,), {}, b'{"access_token":"a\\r\\nb"}'),
            ((302,), {"Location": "http://127.0.0.1:1/"}, b""),
            ((401,), {}, b'{"error_description":"\\u001b[31mred"}'),
            ((500,), {}, b"[" * 1000),
        ):
            server.answer = status, headers, body
            told = shell("realm", "list", fails=True)
            assert "\x1b" not in told and told.startswith("ostiary: realm list: "), told
        server.shutdown()


def test_a_token_that_is_over_is_followed_by_another(tmp_path):
    """What was answered 401 is asked again, once; a token from a file has no other behind it."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.logins += 1
            self.answer(200, f'{{"access_token":"token-{self.server.logins}"}}')

        def do_GET(self):
            good = self.headers["Authorization"] == f"Bearer token-{self.server.good}"
            self.answer(200 if good else 401, '[{"realm":"shop"}]')

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    (tmp_path / "token").write_text("token-1\n")
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = "--server", f"http://127.0.0.1:{server.server_port}"
        server.logins, server.good = 0, 2
        assert "shop" in Shell(*place, login="x\n")("realm", "list") and server.logins == 2
        server.logins, server.good = 0, 9
        assert "does not know the login" in Shell(*place, login="x\n")("realm", "list", fails=True) and server.logins == 2
        server.logins = 0
        assert "the token" in Shell(*place, "--token-file", tmp_path / "token")("realm", "list", fails=True) and server.logins == 0
        server.shutdown()


def test_a_server_has_to_prove_who_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_USERNAME", "root")
    monkeypatch.setenv("KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD)
    _, chain, key = make_certificate(tmp_path, "localhost")
    _, other, _ = make_certificate(tmp_path, "other")
    port = free_port()
    tls = ("--https-certificate-file", chain, "--https-certificate-key-file", key, "--https-port", port)
    provider = Provider([], tmp_path / "tls", arguments=tls)
    provider.ready_url, provider.tls = f"https://localhost:{port}/health/ready", ssl.create_default_context(cafile=chain)
    with provider:
        place = ("--server", f"https://localhost:{port}", "--login-user", "root")
        assert "master" in Shell(*place, "--ca-file", chain, login=f"{PASSWORD}\n")("realm", "list")
        for more in ((), ("--ca-file", other)):
            assert "certificate" in Shell(*place, *more, login=f"{PASSWORD}\n")("realm", "list", fails=True)
        named = Shell("--server", f"https://127.0.0.1:{port}", "--ca-file", chain, login=f"{PASSWORD}\n")
        assert "certificate" in named("realm", "list", fails=True)


def test_no_secret_among_the_arguments(provider):
    """What is typed stays out of the command line: a password as an option is unknown."""
    done = subprocess.run(
        [provider_program(), "realm", "list", "--server", provider.base, "--login-password", PASSWORD],
        capture_output=True, text=True, timeout=30, input="", env=os.environ,
    )  # fmt: skip
    assert done.returncode == 2 and PASSWORD not in done.stderr


def test_the_new_password_works(provider):
    shell = at_server(provider, "--login-user", "root")
    shell("realm", "create", "shop")
    shell("client", "create", "app", "publicClient=true", "directAccessGrantsEnabled=true", "--realm", "shop")
    shell("user", "create", "ann", "--realm", "shop", "email=ann@example.org", "firstName=A", "lastName=B")
    shell("user", "set-password", "ann", "--realm", "shop", text="ann-password\n")
    assert provider.realm("shop").password(Client("app"), "ann", "ann-password").status == 200

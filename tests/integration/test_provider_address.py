# SPDX-License-Identifier: Apache-2.0
"""Under which URLs the provider stands: base paths, host names, odd names of realms, Keycloak's variables."""

import json
import pathlib
import subprocess
import urllib.parse

import pytest
from dpop import DpopClient
from oidc import Client, Realm, callback_of
from peers import answers, free_port
from programs import Program, provider_program
from web import Browser, unverified_token

WEB = Client("web", "web-secret", "https://app.example/cb")
BOB = ("bob", "bob-password")


def realm_file(folder, name="shop"):
    document = {
        "realm": name,
        "enabled": True,
        "sslRequired": "none",
        "clients": [
            {"clientId": "web", "secret": "web-secret", "redirectUris": [WEB.redirect_uri], "directAccessGrantsEnabled": True}
        ],
        "users": [{"username": BOB[0], "enabled": True, "credentials": [{"type": "password", "value": BOB[1]}]}],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "x-realm.json"
    file.write_text(json.dumps(document))
    return file


@pytest.fixture
def started(tmp_path):
    """Starts the provider with these arguments and variables; (port, program)."""
    made = []

    def make(*arguments, mode="start-dev", path="", name="shop", **variables):
        port = free_port()
        command = [provider_program(), "provider", mode, "--http-host", "127.0.0.1", "--http-port", port]
        command += ["--data", tmp_path / "data", "--import-realm", realm_file(tmp_path / "files", name), *arguments]
        ready = f"http://localhost:{port}{path}/health/ready"
        program = Program(command, ready, tmp_path / "log", environment=variables)
        made.append(program)
        program.start()
        return port, program

    yield make
    for program in made:
        program.stop()


def assert_whole(base, name="shop", issuer=None):
    """A login, its cookies, a refresh and a logout, all below the base."""
    realm = Realm(base, urllib.parse.quote(name))
    issuer = issuer or realm.issuer
    found = realm.discovery().json()
    assert found["issuer"] == issuer
    for member, value in found.items():
        if member.endswith(("_endpoint", "jwks_uri", "_iframe")):
            assert value.startswith(issuer + "/"), member
    browser = Browser()
    page = realm.authorize(browser, WEB)
    assert page.page.form("kc-form-login").action.startswith(issuer)
    answer = browser.submit(page.page.form("kc-form-login"), username=BOB[0], password=BOB[1])
    path = urllib.parse.urlsplit(issuer).path + "/"
    cookies = page.all("set-cookie") + answer.all("set-cookie")
    assert len(cookies) >= 3
    for cookie in cookies:
        assert f"; Path={path};" in cookie
    callback = callback_of(answer)
    assert callback["iss"] == issuer
    tokens = realm.code(WEB, callback["code"]).json()
    assert unverified_token(tokens["access_token"])[1]["iss"] == issuer
    assert realm.userinfo(tokens["access_token"]).status == 200
    key = DpopClient()
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    bound = realm.token(refresh, WEB, {"DPoP": key.proof(f"{issuer}/protocol/openid-connect/token", "", "POST", ath=None)}).json()
    url = f"{issuer}/protocol/openid-connect/userinfo"
    shown = {"Authorization": f"DPoP {bound['access_token']}", "DPoP": key.proof(url, bound["access_token"])}
    assert (bound["token_type"], Browser().get(url, headers=shown).status) == ("DPoP", 200)
    assert "code" in callback_of(realm.authorize(browser, WEB, prompt="none"))  # the cookies come back


def test_p5_a_relative_path(started):
    port, _ = started("--http-relative-path", "/auth/", path="/auth")
    assert_whole(f"http://localhost:{port}/auth")
    assert Browser().get(f"http://localhost:{port}/realms/shop").status == 404
    inserted = f"http://localhost:{port}/.well-known/openid-configuration/auth/realms/shop"
    assert Browser().get(inserted).status == 200
    for first in ("/auth", "/auth/"):  # the page of whoever types the address
        assert "<title>" in Browser().get(f"http://localhost:{port}{first}").text


def test_p5_a_path_that_a_proxy_takes_off(started):
    port, _ = started("--hostname", "https://id.example/auth")
    base = f"http://localhost:{port}"
    found = Realm(base, "shop").discovery().json()
    assert found["issuer"] == "https://id.example/auth/realms/shop"
    page = Realm(base, "shop").authorize(Browser(), WEB)
    assert page.page.form("kc-form-login").action.startswith("https://id.example/auth/realms/shop/")
    for cookie in page.all("set-cookie"):
        assert "; Path=/auth/realms/shop/;" in cookie and "; Secure" in cookie


@pytest.mark.parametrize(
    "hostname, path, issuer",
    [
        ("localhost", "/", "http://localhost:{port}/realms/shop"),
        ("localhost", "/auth", "http://localhost:{port}/auth/realms/shop"),
        ("id.example:81", "/", "http://id.example:81/realms/shop"),
        ("https://id.example/", "/auth", "https://id.example/auth/realms/shop"),
        ("https://id.example/a/", "/auth", "https://id.example/a/realms/shop"),
    ],
)
def test_p5_host_names(started, hostname, path, issuer):
    port, _ = started("--hostname", hostname, "--http-relative-path", path, path=path.rstrip("/"))
    base = f"http://localhost:{port}{path.rstrip('/')}"
    assert Realm(base, "shop").discovery().json()["issuer"] == issuer.format(port=port)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--hostname", "https://id.example?x"),
        ("--hostname", "https://id.example/a b"),
        ("--hostname", "https://user@id.example"),
        ("--hostname", "https://"),
        ("--hostname", "id.example/auth"),
        ("--hostname", "ftp://id.example"),
        ("--hostname", "id.example:99999"),
        ("--http-relative-path", "auth"),
        ("--http-relative-path", "/a/../b"),
        ("--http-relative-path", "/a;b"),
    ],
)
def test_p5_nonsense_does_not_start(tmp_path, arguments):
    command = [provider_program(), "provider", "start-dev", "--http-port", "1", "--data", tmp_path, *arguments]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert arguments[1] in done.stderr


@pytest.mark.parametrize("name", ["my realm", "Größe"])
def test_p11_names_of_realms_stand_encoded_in_urls(started, name):
    port, _ = started(name=name)
    assert_whole(f"http://localhost:{port}", name)
    assert Realm(f"http://localhost:{port}", urllib.parse.quote(name)).userinfo("x").status == 401


@pytest.mark.sqlite("it says that KC_DB has no effect")
def test_p23_a_usual_compose_file(started):
    variables = {
        "KC_DB": "postgres",
        "KC_DB_URL_HOST": "db",
        "KC_DB_SCHEMA": "shop",
        "KC_DB_PASSWORD": "db-secret",
        "KC_HOSTNAME": "localhost",
        "KC_HOSTNAME_STRICT": "false",
        "KC_HTTP_ENABLED": "true",
        "KC_PROXY_HEADERS": "xforwarded",
        "KC_PROXY_TRUSTED_ADDRESSES": "127.0.0.1, 10.0.0.0/8",
        "KC_HEALTH_ENABLED": "true",
        "KC_METRICS_ENABLED": "true",
        "KC_LOG_LEVEL": "info",
        "KC_FEATURES": "token-exchange",
        "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin-password",
    }
    port, program = started(mode="start", **variables)
    assert_whole(f"http://localhost:{port}")
    seen = Browser().get(
        f"http://localhost:{port}/realms/shop/.well-known/openid-configuration", headers={"X-Forwarded-Proto": "https"}
    )
    assert seen.json()["issuer"].startswith("https://localhost")
    log = pathlib.Path(program.log).read_text()
    told = [line.split()[1] for line in log.splitlines() if "has no effect" in line]
    assert sorted(told) == ["--db-password", "KC_DB", "KC_DB_SCHEMA", "KC_DB_URL_HOST", "KC_FEATURES"]
    assert "db-secret" not in log


def test_p23_a_compose_file_of_before_keycloak_17(started):
    variables = {"KEYCLOAK_USER": "admin", "KEYCLOAK_PASSWORD": "old-secret", "KEYCLOAK_IMPORT": "/tmp/realm.json",
                 "DB_VENDOR": "POSTGRES", "DB_ADDR": "db", "PROXY_ADDRESS_FORWARDING": "true", "KC_HOSTNAM": "typo"}  # fmt: skip
    _, program = started(**variables)
    log = pathlib.Path(program.log).read_text()
    told = [line.split()[1] for line in log.splitlines() if "has no effect" in line]
    assert sorted(told) == sorted(variables) and "old-secret" not in log


def test_p23_what_is_switched_off_stays_off(tmp_path):
    command = [provider_program(), "provider", "start", "--hostname", "https://id.example", "--data", tmp_path]
    for extra in (["--http-enabled=false"], []):
        done = subprocess.run([str(word) for word in [*command, *extra]], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "--http-enabled" in done.stderr


def test_p23_the_host_of_requests_is_believed_where_that_is_asked_for(started):
    port, _ = started("--http-enabled", "--hostname-strict=false", mode="start")
    assert answers(f"http://localhost:{port}/realms/shop")
    found = Realm(f"http://127.0.0.1:{port}", "shop").discovery().json()
    assert found["issuer"] == f"http://127.0.0.1:{port}/realms/shop"

# SPDX-License-Identifier: Apache-2.0
"""Files of settings: what a provider and an API make of them, and what `config show` tells."""

import json
import os
import stat
import subprocess

import pytest
from peers import free_port
from programs import ItemsApi, Provider, items_api_program, provider_program
from web import Browser

KEYCLOAK_CONF = """\
# Basic settings for running in production.
db=postgres
db-password=db-secret
health-enabled=true
http-enabled=true
http-host = 127.0.0.1
hostname: id.example.org
%prod.hostname-url=https://${TEST_HOST:id.example.org}/auth
%dev.hostname-url=http://dev.example.org
proxy=edge
spi-theme-cache-themes=false
http-relative-path=/auth
bootstrap-admin-username=root
bootstrap-admin-password=admin\\
    -password
log-level=info
"""


def write(path, text):
    path.write_text(text)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return path


def run(*words, **environment):
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=60, env={**os.environ, **environment}
    )


def shown(*words, **environment):
    done = run(provider_program(), "config", "show", "--json", *words, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.sqlite("it says that KC_DB has no effect")
def test_file_of_keycloak_starts_the_provider(tmp_path, realm_file):
    conf = write(tmp_path / "keycloak.conf", KEYCLOAK_CONF)
    provider = Provider([realm_file], tmp_path / "provider")
    provider.command = [
        *(str(provider_program()), "provider", "start", "--config-file", str(conf)),
        *("--data", str(tmp_path / "data"), "--http-port", str(provider.port)),
    ]
    provider.ready_url = f"{provider.base}/auth/health/ready"
    with provider:
        found = Browser().get(f"{provider.base}/auth/realms/master/.well-known/openid-configuration")
        assert found.json()["issuer"] == "https://id.example.org/auth/realms/master"
        token = Browser().post(
            f"{provider.base}/auth/realms/master/protocol/openid-connect/token",
            {"grant_type": "password", "client_id": "admin-cli", "username": "root", "password": "admin-password"},
        )
        log = (provider.folder / "provider.log").read_text()
    assert token.status == 200
    told = [line.split()[1] for line in log.splitlines() if "has no effect" in line]
    assert told == ["db", "proxy", "spi-theme-cache-themes", "--db-password"]
    assert "db-secret" not in log


def test_what_is_in_parentheses_is_a_default():
    found = shown()
    for name in ("pkcs11-module", "spi-ciba-auth-channel-ciba-http-auth-channel-http-authentication-channel-uri"):
        assert found[name] == {"value": None, "source": "default"}, name


def test_nearer_words_count(tmp_path):
    conf = write(tmp_path / "x.conf", "http-port=1001\nhttps-port=1002\nloops=3\n")
    found = shown("--config-file", conf, "--loops=5", KC_HTTPS_PORT="2002")
    assert found["http-port"] == {"value": "1001", "source": "file", "file": str(conf), "line": 1}
    assert found["https-port"] == {"value": "2002", "source": "environment", "variable": "KC_HTTPS_PORT"}
    assert found["loops"] == {"value": "5", "source": "command line"}
    assert found["log-format"] == {"value": "text", "source": "default"}
    assert shown(OSTIARY_CONFIG_FILE=str(conf))["http-port"]["line"] == 1


def test_profile_is_the_command_s(tmp_path):
    conf = write(tmp_path / "keycloak.conf", KEYCLOAK_CONF)
    assert shown("--config-file", conf)["hostname"]["value"] == "https://id.example.org/auth"
    assert shown("--config-file", conf, TEST_HOST="b")["hostname"]["value"] == "https://b/auth"
    assert shown("--config-file", conf, "--dev")["hostname"]["value"] == "http://dev.example.org"


def test_secrets_are_not_shown(tmp_path):
    conf = write(tmp_path / "x.conf", "bootstrap-admin-password=hidden-one\n")
    for words in (["--config-file", conf], []):
        for form in ([], ["--json"]):
            done = run(
                *(provider_program(), "config", "show", *words, *form),
                **({} if words else {"KC_BOOTSTRAP_ADMIN_PASSWORD": "hidden-one"}),
            )
            assert done.returncode == 0 and done.stderr == ""
            assert "hidden-one" not in done.stdout and "**********" in done.stdout
    conf.chmod(0o644)
    assert "others may read" in run(provider_program(), "config", "show", "--config-file", conf).stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://h/d?sslpassword=hidden-one",
        "jdbc:postgresql://h/d?ssl=true&password=hidden-one&loggerLevel=OFF",
        "jdbc:postgresql://h/d?Password=hidden-one",
        "jdbc:sqlserver://h;password=hidden-one;encrypt=true",
        "postgresql://h/d?password=hidden-one&sslpassword=hidden-one&x=1",
    ],
)
def test_secrets_in_a_url_are_not_shown_either(url):
    for form in ([], ["--json"]):
        done = run(provider_program(), "config", "show", *form, KC_DB_URL=url)
        assert done.returncode == 0
        assert "hidden-one" not in done.stdout + done.stderr and url.replace("hidden-one", "**********") in done.stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("http-prot=1", "did you mean http-port?"),
        ("hostname-strct=false", "did you mean hostname-strict?"),
        ("log-fromat=json", "did you mean log-format?"),
        ("hostname=${TEST_NOT_SET}", "TEST_NOT_SET"),
        ("config-file=/x", "there is no setting"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, line, told):
    conf = write(tmp_path / "x.conf", f"# first\n{line}\n")
    for words in (["provider", "start-dev", "--data", tmp_path / "data"], ["config", "show"]):
        done = run(provider_program(), *words, "--config-file", conf)
        assert done.returncode in (1, 2) and f"{conf}, line 2: " in done.stderr and told in done.stderr
    assert not (tmp_path / "data").exists()


def test_password_of_the_administrator(tmp_path):
    """By a file of its own; never on a command line, and not from two places."""
    secret = write(tmp_path / "secret", "from-a-file\n")
    program = [provider_program(), "provider", "start-dev", "--http-port", free_port(), "--data", tmp_path / "data"]
    done = run(*program, "--bootstrap-admin-username=root", "--bootstrap-admin-password=seen")
    assert done.returncode == 1 and "everyone on this machine" in done.stderr and "seen" not in done.stderr
    done = run(
        *(*program, "--bootstrap-admin-username=root", "--bootstrap-admin-password-file", secret),
        KC_BOOTSTRAP_ADMIN_PASSWORD="x",
    )
    assert done.returncode == 1 and "exclude each other" in done.stderr
    arguments = ["--bootstrap-admin-username=root", "--bootstrap-admin-password-file", secret]
    with Provider([], tmp_path / "provider", arguments=arguments) as provider:
        answer = Browser().post(
            f"{provider.base}/realms/master/protocol/openid-connect/token",
            {"grant_type": "password", "client_id": "admin-cli", "username": "root", "password": "from-a-file"},
        )
        assert answer.status == 200


def test_api_takes_a_file(provider, tmp_path):
    conf = write(
        tmp_path / "api.conf", "audience=${TEST_AUDIENCE}\naudience=second\nno-docs=true\nproxy=http://me:hidden@p:1\n"
    )
    api = ItemsApi(provider.realm().issuer, tmp_path, arguments=["--config-file", conf])
    command = [str(word) for word in api.command]
    at = command.index("--audience")
    del command[at : at + 2]
    done = run(*command, "--show-config", "--json", TEST_AUDIENCE="first")
    found = json.loads(done.stdout)
    assert found["audience"]["values"] == ["first", "second"]
    assert found["tenant"] == {"value": None, "values": [], "source": "default"}
    assert found["issuer"]["values"] == [found["issuer"]["value"]]
    assert not any("values" in found[name] for name in ("no-docs", "proxy"))
    assert found["no-docs"] == {"value": True, "source": "file", "file": str(conf), "line": 3}
    assert found["proxy"]["value"] == "http://me:**********@p:1"
    write(conf, "no-docs=true\nnot-a-setting=1\n")
    done = run(items_api_program(), "--config-file", conf)
    assert done.returncode == 2 and done.stderr.startswith(f"items-api: {conf}, line 2: there is no setting not-a-setting")
    write(conf, "no-docs=true\n")
    with api:
        assert Browser().get(f"{api.base}/docs").status == 404

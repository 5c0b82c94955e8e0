# SPDX-License-Identifier: Apache-2.0
"""P23: whatever Keycloak can be told by a variable, a line of its config file or an option is acted upon, told to have no
effect, or refused. Nothing passes in silence, but what asks for what is so anyway."""

import os
import pathlib
import re
import subprocess

import pytest
from certificates import make_certificate
from peers import PROJECT, free_port
from programs import Provider, provider_program

OPTIONS = [
    line for line in (PROJECT / "tests/support/keycloak_options.txt").read_text().splitlines() if line[:1] not in ("#", "")
]
# What asks for what is so anyway, in the words of a usual compose file.
QUIET = {
    "KC_HEALTH_ENABLED": "true",
    "KC_METRICS_ENABLED": "true",
    "KC_LOG": "console",
    "KC_LOG_LEVEL": "INFO",
    "KC_CACHE": "ispn",
    "KC_FIPS_MODE": "disabled",
    "KC_HOSTNAME_BACKCHANNEL_DYNAMIC": "false",
    "KC_HOSTNAME_STRICT_BACKCHANNEL": "true",
    "KC_TRACING_ENABLED": "false",
    "KC_TELEMETRY_LOGS_ENABLED": "false",
    "KC_TRANSACTION_XA_ENABLED": "false",
    "KC_DB_SCHEMA": "",
}
# The same, and meant: each would be missed.
MEANT = {
    "KC_HEALTH_ENABLED": "false",
    "KC_METRICS_ENABLED": "false",
    "KC_LOG": "file",
    "KC_LOG_LEVEL": "debug,org.keycloak:trace",
    "KC_CACHE_STACK": "kubernetes",
    "KC_FIPS_MODE": "strict",
    "KC_HOSTNAME_ADMIN": "https://admin.example",
    "KC_HOSTNAME_BACKCHANNEL_DYNAMIC": "true",
    "KC_HOSTNAME_STRICT_BACKCHANNEL": "false",
    "KC_HTTP_MANAGEMENT_PORT": "9000",
    "KC_LOG_CONSOLE_OUTPUT": "json",
    "KC_PROXY": "edge",
    "KC_PROXY_PROTOCOL_ENABLED": "true",
    "KC_BOOTSTRAP_ADMIN_CLIENT_ID": "first",
    "KC_TRACING_ENABLED": "true",
    "KC_SPI_EVENTS_LISTENER_JBOSS_LOGGING_SUCCESS_LEVEL": "info",
    "JAVA_OPTS_APPEND": "-Xmx1g",
    "QUARKUS_HTTP_LIMITS_MAX_BODY_SIZE": "1M",
    "KEYCLOAK_LOGLEVEL": "DEBUG",
}


def run(*words, **environment):
    return subprocess.run(
        [str(provider_program()), *map(str, words)], capture_output=True, text=True, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def acted_upon():
    """Names that are options here, and their variables."""
    help_text = run("provider", "start", "--help").stdout
    options = set(re.findall(r"^  --(\S+)", help_text, re.M))
    variables = {name for line in re.findall(r"^ +\[([A-Z_, 0-9]+)\]$", help_text, re.M) for name in line.split(", ")}
    return options, variables


def variable_of(option):
    """KC_LOG_LEVEL_ORG_KEYCLOAK of log-level-<category>."""
    return "KC_" + re.sub(r"<.*?>", "THIS_ONE", option).upper().replace("-", "_").replace(".", "_")


def told(tmp_path, variables):
    provider = Provider([], tmp_path / "provider")
    provider.command = [
        *(str(provider_program()), "provider", "start-dev", "--http-port", str(provider.port)),
        *("--data", str(tmp_path / "data")),
    ]
    for name in QUIET.keys() | MEANT.keys():
        provider.environment.pop(name, None)
    provider.environment.update(variables)
    provider.log.unlink(missing_ok=True)
    with provider:
        log = pathlib.Path(provider.log).read_text()
    return [line.split()[1] for line in log.splitlines() if " has no effect: " in line]


@pytest.mark.sqlite("it says that KC_DB has no effect")
def test_p23_every_variable_of_keycloak_is_acted_upon_or_told(acted_upon, tmp_path):
    variables = {variable_of(option): "a-value" for option in OPTIONS}
    others = {name: value for name, value in variables.items() if name not in acted_upon[1]}
    assert len(others) > 200
    assert sorted(told(tmp_path, others)) == sorted(others)


@pytest.mark.sqlite("it says that KC_DB has no effect")
def test_p23_what_is_so_anyway_is_passed_over_and_what_is_meant_is_not(tmp_path):
    assert told(tmp_path / "quiet", QUIET) == []
    assert sorted(told(tmp_path / "meant", MEANT)) == sorted(MEANT)


@pytest.mark.sqlite("a file of settings")
def test_p23_every_line_of_keycloak_conf_is_acted_upon_or_told(acted_upon, tmp_path):
    lines = [re.sub(r"<.*?>", "this-one", option) for option in OPTIONS if option not in acted_upon[0]]
    lines = [line for line in lines if variable_of(line) not in acted_upon[1]]
    conf = tmp_path / "keycloak.conf"
    conf.write_text("".join(f"{line}=a-value\n" for line in lines))
    done = run("config", "show", "--json", "--config-file", conf)
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stderr.splitlines() if " has no effect: " in line] == lines


def test_p23_every_option_of_keycloak_is_acted_upon_or_refused_with_the_reason(acted_upon):
    others = [option for option in OPTIONS if option not in acted_upon[0]]
    for option in others:
        name = re.sub(r"<.*?>", "this-one", option)
        done = run("provider", "start", f"--{name}=a-value")
        assert done.returncode == 2, name
        reason = re.fullmatch(rf"ostiary: there is no option --{name}: \S.*\n", done.stderr)
        assert reason or variable_of(name) in acted_upon[1], done.stderr


@pytest.mark.parametrize("option", ["http-enabled", "hostname-strict", "signing-process"])
@pytest.mark.parametrize("value", ["no", "off", "0", "maybe", "fals"])
def test_p23_what_is_neither_true_nor_false_is_refused(option, value, tmp_path):
    done = run("provider", "start-dev", f"--{option}={value}", "--data", tmp_path / "data")
    assert (done.returncode, done.stderr) == (2, f'ostiary: --{option} is true or false, not "{value}"\n')


@pytest.mark.parametrize("value", ["false", "False", "FALSE"])
def test_p23_false_is_false_in_either_case(value, tmp_path):
    """As YAML's readers write it: plain HTTP stays off."""
    done = run("provider", "start", "--hostname", "https://id.example", "--data", tmp_path, KC_HTTP_ENABLED=value)
    assert done.returncode == 2 and "production needs --https-certificate-file" in done.stderr


@pytest.mark.sqlite("a folder that is not there")
def test_p23_a_way_of_listening_that_there_is_not_is_told(tmp_path):
    """One port is served: with a certificate --https-port, else --http-port."""
    _, certificate, key = make_certificate(tmp_path, "id.example")
    tls = ("--https-certificate-file", certificate, "--https-certificate-key-file", key, "--hostname", "https://id.example")
    wrong = tmp_path / "not-there"
    done = run("provider", "start", *tls, "--http-enabled", "--http-port", free_port(), "--data", wrong)
    assert [line.split()[1] for line in done.stderr.splitlines() if " has no effect: " in line] == ["--http-port", "--http-enabled"]
    behind = ("--http-enabled=true", "--hostname", "https://id.example")
    done = run("provider", "start", *behind, "--https-port", free_port(), "--https-protocols", "TLSv1.3", "--data", wrong)
    assert [line.split()[1] for line in done.stderr.splitlines() if " has no effect: " in line] == ["--https-port", "--https-protocols"]
    assert done.returncode == 1


@pytest.mark.sqlite("it has no --db-url")
def test_p23_what_is_of_no_use_alone_is_told(tmp_path):
    """Whoever gives it believes that something comes of it."""
    lonely = {
        "KC_DB_USERNAME": "joe",
        "KC_DB_PASSWORD": "db-secret",
        "KC_DB_POOL_MAX_SIZE": "5",
        "OTEL_EXPORTER_OTLP_HEADERS": "a=b",
        "OTEL_TRACES_SAMPLER": "always_on",
        "KC_SPI_X509CERT_LOOKUP_NGINX_SSL_CLIENT_CERT": "a-field",
        "KC_HOSTNAME": "http://one.example",
        "KC_HOSTNAME_URL": "http://other.example",
    }
    assert sorted(told(tmp_path, lonely)) == sorted([
        *("--db-username", "--db-password", "--db-pool-max-size", "--otlp-headers", "--trace-sampler"),
        *("--spi-x509cert-lookup-nginx-ssl-client-cert", "KC_HOSTNAME"),
    ])  # fmt: skip


def test_p23_an_administrator_who_is_not_made_is_told(tmp_path):
    first = {"KC_BOOTSTRAP_ADMIN_USERNAME": "First", "KC_BOOTSTRAP_ADMIN_PASSWORD": "first-password"}
    assert "--bootstrap-admin-username" not in told(tmp_path, first)
    assert "--bootstrap-admin-username" not in told(tmp_path, first)
    assert "--bootstrap-admin-username" in told(tmp_path, {**first, "KC_BOOTSTRAP_ADMIN_USERNAME": "second"})

# SPDX-License-Identifier: Apache-2.0
"""Traces through the OpenTelemetry collector itself, which takes minutes to build: what it takes in from provider and API comes
out of it as it was meant."""

import time

import pytest
import yaml
from collector import Collector
from needs import must_have
from peers import PROJECT, free_port, go_program
from programs import ItemsApi, Program
from test_traces import SECRET, parent, token, traced
from waiting import until
from web import Browser, bearer

FOLDER = PROJECT / "tests" / "operations" / "otel_collector"


@pytest.fixture(scope="module")
def program():
    return must_have(lambda: go_program(FOLDER, "otel-collector", ["build"]))


@pytest.fixture
def beyond():
    """To whom the collector hands on what it has taken."""
    with Collector(exact=False) as running:  # it writes fields that are empty, too
        yield running


@pytest.fixture
def otel(program, beyond, tmp_path):
    port = free_port()
    to = {"endpoint": beyond.url, "compression": "none", "sending_queue": {"enabled": False}}
    settings = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
        "exporters": {"otlp_http": to},
        "service": {
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["otlp_http"]}},
        },
    }
    (tmp_path / "collector.yml").write_text(yaml.safe_dump(settings))
    command = [program, "--config", tmp_path / "collector.yml"]
    with Program(command, f"http://127.0.0.1:{port}/", tmp_path / "collector.log") as running:
        running.url = f"http://127.0.0.1:{port}"
        yield running


def test_one_trace_of_provider_and_api_comes_out_whole(otel, beyond, realm_file, tmp_path):
    headers, trace, span = parent()
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    with traced(realm_file, tmp_path / "p", otel.url, OTEL_SERVICE_NAME="id") as provider:
        realm = provider.realm()
        access = token(realm, {}).json()["access_token"]
        asks = ["--introspect", "every", "--introspection-client", "myapi", "--introspection-secret-file", secret]
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": otel.url}
        with ItemsApi(realm.issuer, tmp_path, arguments=asks, environment=variables) as api:
            until(lambda: api.ready, step=0.02)
            assert Browser().get(f"{api.base}/items/", headers={**headers, **bearer(access)}).status == 200
            found = {one.kind + "/" + one.resource["service.name"]: one for one in beyond.of_trace(trace, 3)}
    served, asked, answered = (found[name] for name in
                               ("SPAN_KIND_SERVER/items-api", "SPAN_KIND_CLIENT/items-api", "SPAN_KIND_SERVER/id"))
    assert (served.parent, asked.parent, answered.parent) == (span, served.id, asked.id)
    assert served.attributes["http.route"] == "/items/" and served.attributes["http.response.status_code"] == 200
    assert asked.attributes["server.port"] == provider.port and answered.scope.name == "ostiary"
    assert all(0 < one.seconds < 10 and abs(one.raw.end_time_unix_nano / 1e9 - time.time()) < 30 for one in found.values())
    assert "error" not in otel.log.read_text().lower()


def test_what_is_told_at_the_end_comes_out(otel, beyond, realm_file, tmp_path):
    headers, trace, _ = parent()
    provider = traced(realm_file, tmp_path / "p", otel.url).start()
    Browser().get(provider.base, headers=headers)
    assert provider.stop() == 0
    assert len(beyond.of_trace(trace)) == 1

# SPDX-License-Identifier: Apache-2.0
"""Traces by OpenTelemetry: what a collector is sent, and that nobody waits for it."""

import json
import os
import secrets
import socket
import subprocess
import time

import pytest
from programs import ItemsApi, Provider, provider_program
from waiting import until
from web import Browser, bearer

from collector import Collector

PASSWORD, SECRET, USER = "alice-password", "myapi-secret", "alice"


@pytest.fixture
def collector():
    with Collector() as running:
        yield running


def parent(sampled=True):
    """A traceparent, its trace and its span."""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return {"traceparent": f"00-{trace}-{span}-0{int(sampled)}"}, trace, span


def traced(realm_file, folder, url, **variables):
    provider = Provider([realm_file], folder)
    provider.environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": url, **variables}
    return provider


def token(realm, headers):
    return Browser().post(
        f"{realm.issuer}/protocol/openid-connect/token",
        {"grant_type": "password", "client_id": "myapi", "client_secret": SECRET, "username": USER, "password": PASSWORD},
        headers=headers,
    )


def metric(base, start):
    for line in Browser().get(f"{base}/metrics").text.splitlines():
        if line.startswith(start):
            return float(line.rsplit(" ", 1)[1])
    return None


def test_request_becomes_a_span(collector, realm_file, tmp_path):
    resource = {"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=a%20b,service.name=other", "OTEL_SERVICE_NAME": "id"}
    headers, trace, span = parent()
    with traced(realm_file, tmp_path / "p", collector.url, **resource) as provider:
        assert token(provider.realm(), headers).status == 200
        (found,) = collector.of_trace(trace)
    log = provider.log.read_text()
    assert found.parent == span and found.id != span and found.kind == "SPAN_KIND_SERVER"
    assert found.name == "POST /realms/{realm}/protocol/openid-connect/token"
    assert found.attributes == {
        "http.request.method": "POST",
        "http.route": "/realms/{realm}/protocol/openid-connect/token",
        "url.scheme": "http",
        "http.response.status_code": 200,
    }
    assert found.resource["service.name"] == "id" and found.resource["deployment.environment.name"] == "a b"
    assert found.scope.name == "ostiary" and 0 < found.seconds < 10
    assert abs(found.raw.end_time_unix_nano / 1e9 - time.time()) < 30
    assert found.raw.status.code == 0 and found.raw.flags == 1
    assert f'trace="{trace}"' in log
    path, fields, _ = collector.requests[0]
    assert (path, fields["Content-Type"]) == ("/v1/traces", "application/x-protobuf")


def test_nothing_of_people_or_secrets_is_sent(collector, realm_file, tmp_path):
    headers, trace, _ = parent()
    with traced(realm_file, tmp_path / "p", collector.url) as provider:
        realm = provider.realm()
        answer = token(realm, headers).json()
        Browser().get(f"{realm.issuer}/protocol/openid-connect/userinfo", headers={**headers, **bearer(answer["access_token"])})
        Browser().get(f"{provider.base}/{USER}/nothing?token={SECRET}", headers=headers)
        names = {span.name for span in collector.of_trace(trace, 3)}
    assert "GET" in names  # of the path that leads nowhere no more is told
    sent = b"".join(collector.bodies)
    for private in (PASSWORD, SECRET, USER, "nothing", answer["access_token"][:30], answer["refresh_token"][:30], "myapi"):
        assert private.encode() not in sent, private


def test_trace_goes_on_from_the_api_to_the_issuer(collector, realm_file, tmp_path):
    """A token that the issuer is asked about: one trace, three spans, each within the one before."""
    headers, trace, span = parent()
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    with traced(realm_file, tmp_path / "p", collector.url) as provider:
        realm = provider.realm()
        access = token(realm, {}).json()["access_token"]
        api = ItemsApi(
            realm.issuer,
            tmp_path,
            arguments=["--introspect", "every", "--introspection-client", "myapi", "--introspection-secret-file", file],
            environment={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.url}/v1/traces"},
        )
        with api:
            until(lambda: api.ready, step=0.02)
            assert Browser().get(f"{api.base}/items/", headers={**headers, **bearer(access)}).status == 200
            found = {one.kind + "/" + one.resource["service.name"]: one for one in collector.of_trace(trace, 3)}
    served, asked, answered = (found[name] for name in
                               ("SPAN_KIND_SERVER/items-api", "SPAN_KIND_CLIENT/items-api", "SPAN_KIND_SERVER/ostiary"))
    assert (served.parent, asked.parent, answered.parent) == (span, served.id, asked.id)
    assert served.attributes["http.route"] == "/items/"
    assert asked.attributes == {
        "http.request.method": "POST",
        "server.address": "localhost",
        "server.port": provider.port,
        "http.response.status_code": 200,
    }
    assert asked.name == "POST" and "introspect" in answered.name


@pytest.mark.parametrize(
    ("sampler", "of_sampled", "of_unsampled", "of_none"),
    [
        (None, True, False, True),
        ("always_on", True, True, True),
        ("always_off", False, False, False),
        ("parentbased_always_off", True, False, False),
    ],
)
def test_samplers(collector, realm_file, tmp_path, sampler, of_sampled, of_unsampled, of_none):
    variables = {"OTEL_TRACES_SAMPLER": sampler} if sampler else {}
    sampled, with_it, _ = parent(True)
    unsampled, without_it, _ = parent(False)
    with traced(realm_file, tmp_path / "p", collector.url, **variables) as provider:
        url = f"{provider.realm().issuer}/protocol/openid-connect/certs"
        for headers in (sampled, unsampled, {"traceparent": "00-nonsense"}):
            Browser().get(url, headers=headers)
    traces = {span.trace for span in collector.spans if span.attributes.get("http.route", "").endswith("certs")}
    assert (with_it in traces, without_it in traces) == (of_sampled, of_unsampled)
    assert bool(traces - {with_it, without_it}) == of_none


def test_share_of_traces(collector, realm_file, tmp_path):
    variables = {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"}
    low, high = "ff" * 9 + "00" * 6 + "01", "00" * 9 + "ff" * 7  # by the last seven bytes
    with traced(realm_file, tmp_path / "p", collector.url, **variables) as provider:
        for trace in (low, high):
            Browser().get(provider.base, headers={"traceparent": f"00-{trace}-{'1' * 16}-01"})
        for _ in range(200):
            Browser().get(provider.base)
    traces = {span.trace for span in collector.spans if span.name == "GET /"}
    assert low in traces and high not in traces
    assert 20 < len(traces) < 90  # of 200, 51 are expected: five deviations to either side


def test_what_waits_is_sent_at_the_end(collector, realm_file, tmp_path):
    headers, trace, _ = parent()
    provider = traced(realm_file, tmp_path / "p", collector.url).start()
    Browser().get(provider.base, headers=headers)
    assert provider.stop() == 0
    assert len(collector.of_trace(trace, seconds=0)) == 1


def test_delivery_is_tried_again(realm_file, tmp_path):
    headers, trace, _ = parent()
    with Collector(statuses=[503, 503]) as collector:
        with traced(realm_file, tmp_path / "p", collector.url) as provider:
            Browser().get(provider.base, headers=headers)
            assert len(collector.of_trace(trace)) == 1
            assert [status for _, _, status in collector.requests][:3] == [503, 503, 200]
            assert metric(provider.base, 'ostiary_trace_spans_total{outcome="lost"}') == 0


def test_refused_delivery_is_given_up(realm_file, tmp_path):
    with Collector(statuses=[400]) as collector:
        with traced(realm_file, tmp_path / "p", collector.url) as provider:
            until(lambda: metric(provider.base, 'ostiary_trace_spans_total{outcome="lost"}'), step=0.1)


@pytest.mark.parametrize("how", ["nobody", "silence"])
def test_nobody_waits_for_the_collector(realm_file, tmp_path, how):
    """Nobody listens there, or somebody who never answers: requests are, at once, and so is the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if how == "silence":
            listener.listen()
        provider = traced(realm_file, tmp_path / "p", f"http://127.0.0.1:{listener.getsockname()[1]}").start()
        try:
            client = Browser()
            for _ in range(3000):
                assert client.get(f"{provider.base}/health/live").status == 200
            assert metric(provider.base, 'ostiary_trace_spans_total{outcome="lost"}') > 0
        finally:
            assert provider.stop() == 0  # which has 15 seconds for it


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
        ({"OTEL_TRACES_SAMPLER": "jaeger_remote"}, "--trace-sampler"),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}, "from 0 to 1"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://far.example:4318", "OTEL_EXPORTER_OTLP_HEADERS": "key=hidden"}, "https"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "far.example:4318"}, "--otlp-endpoint"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://me:hidden@far.example:4318"}, "without a user"),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "hidden"}, "--otlp-headers"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, variables, told):
    done = subprocess.run(
        [str(provider_program()), "provider", "start-dev", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", **variables},
        timeout=30,
    )
    assert done.returncode == 2 and told in done.stderr and "hidden" not in done.stderr


@pytest.mark.parametrize("variable", [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}])
def test_traces_are_switched_off(collector, realm_file, tmp_path, variable):
    headers, trace, _ = parent()
    with traced(realm_file, tmp_path / "p", collector.url, **variable) as provider:
        Browser().get(provider.base, headers=headers)
    log = provider.log.read_text()
    assert collector.requests == []
    assert f'trace="{trace}"' in log  # what somebody else traces is found again


def test_fields_for_the_collector(collector, realm_file, tmp_path):
    with traced(realm_file, tmp_path / "p", collector.url, OTEL_EXPORTER_OTLP_HEADERS="x-key=a%20b, x-other=c") as provider:
        shown = subprocess.run(
            [str(provider_program()), "config", "show", "--json"], capture_output=True, text=True, env=provider.environment
        )
        Browser().get(provider.base)
    _, fields, _ = collector.requests[0]
    assert (fields["x-key"], fields["x-other"]) == ("a b", "c")
    found = json.loads(shown.stdout)["otlp-headers"]
    assert found["variable"] == "OTEL_EXPORTER_OTLP_HEADERS" and "a%20b" not in shown.stdout

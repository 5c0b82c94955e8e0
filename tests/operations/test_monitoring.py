# SPDX-License-Identifier: Apache-2.0
"""Alert rules and dashboard (packaging/monitoring): every metric that they name is one of a provider or an API that runs,
Prometheus itself reads the rules, each of them fires when it should, and Grafana's own types read the dashboard."""

import contextlib
import json
import os
import re
import ssl
import subprocess
import urllib.request

import pytest
import yaml
from certificates import make_certificate
from collector import Collector
from gate_site import Gate
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from needs import must_have
from peers import PROJECT, require_program
from programs import ItemsApi, Provider
from waiting import until

MONITORING = PROJECT / "packaging" / "monitoring"
RULES = MONITORING / "ostiary.rules.yml"
METRIC = re.compile(r"\b(?:ostiary|process)_[a-z0-9_]+\b")
OTHERS = {"up", "ALERTS"}  # of Prometheus


def promtool(*words, input=None):
    program = must_have(lambda: require_program("promtool", "prometheus"))
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, input=input, timeout=300)
    return done.returncode, done.stdout + done.stderr


def rules():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def expressions():
    dashboard = json.loads((MONITORING / "ostiary-dashboard.json").read_text())
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", []))
    yield from (one["query"]["query"] for one in dashboard["templating"]["list"] if one["type"] == "query")


def get(url):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a certificate of its own
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def api_metrics(provider, tmp_path_factory):
    """Of an API with all that has metrics: TLS, introspection, status lists."""
    folder = tmp_path_factory.mktemp("api")
    secret = folder / "secret"
    secret.write_text("myapi-secret\n")
    _, chain, key = make_certificate(folder, "localhost")
    api = ItemsApi(
        provider.realm().issuer,
        folder,
        arguments=[
            *("--tls-certificate", chain, "--tls-key", key, "--introspect", "opaque", "--status-origin", provider.base),
            *("--introspection-client", "myapi", "--introspection-secret-file", secret),
        ],
    )
    api.start(wait=False)

    def metrics():
        with contextlib.suppress(OSError):
            return get(f"https://localhost:{api.port}/metrics")

    yield until(metrics, api.log_tail)
    api.stop()


@pytest.fixture(scope="module")
def provider_metrics(realm_file, tmp_path_factory):
    """Of a provider with all that has metrics: traces."""
    provider = Provider([realm_file], tmp_path_factory.mktemp("provider"))
    with Collector() as collector:
        provider.environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with provider:
            yield get(f"{provider.base}/metrics")


@pytest.fixture(scope="module")
def gate_metrics(provider, tmp_path_factory):
    rules = {"sites": [{"origin": "http://localhost:1", "rules": [{"prefix": "/", "policy": {}}]}]}
    with Gate(tmp_path_factory.mktemp("gate"), provider.realm().issuer, rules, "nginx") as gate:
        yield get(f"{gate.base}/metrics")


def test_every_metric_named_is_there(provider_metrics, api_metrics, gate_metrics):
    text = provider_metrics + api_metrics + gate_metrics
    there = {line.split(" ")[0].split("{")[0] for line in text.splitlines() if line[:1] != "#"}
    named = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert len(named) > 30
    assert sorted(named - there) == []


def test_labels_that_are_asked_for_are_there(provider_metrics, api_metrics):
    """A selector of a value that nothing has would never fire."""
    text = provider_metrics + api_metrics
    asked = {pair for expression in expressions() for pair in re.findall(r'\b([a-z]+)="([a-z0-9_-]+)"', expression)}
    assert ("outcome", "given_up") in asked
    for name, value in asked - {("alertstate", "firing"), ("verdict", "refused")}:
        assert f'{name}="{value}"' in text, (name, value)
    assert 'verdict="refused"' in text


def test_prometheus_reads_what_is_served(provider_metrics, api_metrics, gate_metrics):
    for text in (provider_metrics, api_metrics, gate_metrics):
        status, told = promtool("check", "metrics", input=text)
        assert (status, told) == (0, "")


def test_prometheus_reads_the_rules():
    status, told = promtool("check", "rules", RULES)
    assert status == 0 and f"{len(rules())} rules found" in told, told


HOUR = 70  # minutes of samples
FLAT, RISING = f"0x{HOUR}", f"0+60x{HOUR}"  # a minute apart: one a second
PROVIDER, API = 'job="ostiary",instance="a:1"', 'job="ostiary-api",instance="b:1",issuer="https://i"'
GATE = 'job="ostiary-gate",instance="c:1"'

# What fires, and on what.
FIRES = {
    "OstiaryDown": {f"up{{{PROVIDER}}}": f"0x{HOUR}"},
    "OstiaryRestarts": {f"process_start_time_seconds{{{PROVIDER}}}": f"0+300x{HOUR}"},
    "OstiaryErrors": {
        f'ostiary_http_responses_total{{{PROVIDER},class="5xx"}}': RISING,
        f'ostiary_http_responses_total{{{PROVIDER},class="2xx"}}': f"0+600x{HOUR}",
    },
    "OstiarySlow": {
        f'ostiary_http_request_duration_seconds_bucket{{{PROVIDER},le="1"}}': f"0+600x{HOUR}",
        f'ostiary_http_request_duration_seconds_bucket{{{PROVIDER},le="2.5"}}': f"0+660x{HOUR}",
        f'ostiary_http_request_duration_seconds_bucket{{{PROVIDER},le="+Inf"}}': f"0+660x{HOUR}",
    },
    "OstiaryConnectionsRefused": {f"ostiary_http_connections_refused_total{{{PROVIDER}}}": RISING},
    "OstiaryDescriptors": {
        f"process_open_fds{{{PROVIDER}}}": f"900x{HOUR}",
        f"process_max_fds{{{PROVIDER}}}": f"1000x{HOUR}",
    },
    "OstiaryCertificateExpires": {f"ostiary_http_certificate_expiry_timestamp_seconds{{{PROVIDER}}}": f"90000x{HOUR}"},
    "OstiaryLogLinesLost": {f"ostiary_http_log_lines_lost_total{{{PROVIDER}}}": RISING},
    "OstiarySpansLost": {f'ostiary_trace_spans_total{{{PROVIDER},outcome="lost"}}': RISING},
    "OstiaryStoreFails": {f"ostiary_provider_store_failing_seconds{{{PROVIDER}}}": f"1+60x{HOUR}"},
    "OstiaryNoRealms": {f"ostiary_provider_realms{{{PROVIDER}}}": FLAT},
    "OstiaryLoginsBusy": {f"ostiary_provider_busy_logins_total{{{PROVIDER}}}": RISING},
    "OstiaryPasswordsGuessed": {
        f"ostiary_provider_failed_logins_total{{{PROVIDER}}}": f"0+600x{HOUR}",
        f"ostiary_provider_logins_total{{{PROVIDER}}}": RISING,
    },
    "OstiaryRegistrationsFlood": {f'ostiary_provider_events_total{{{PROVIDER},event="REGISTER"}}': f"0+60x{HOUR}"},
    "OstiaryTokensReplayed": {
        f"ostiary_provider_replayed_codes_total{{{PROVIDER}}}": RISING,
        f"ostiary_provider_replayed_refresh_tokens_total{{{PROVIDER}}}": FLAT,
    },
    "OstiaryLogoutsUndelivered": {
        f'ostiary_provider_logout_tokens_total{{{PROVIDER},outcome="given_up"}}': FLAT,
        f"ostiary_provider_logout_tokens_waiting{{{PROVIDER}}}": f"101x{HOUR}",
    },
    "OstiaryMailsUndelivered": {f'ostiary_provider_mails_total{{{PROVIDER},outcome="failed"}}': f"0+1x{HOUR}"},
    "OstiaryNotificationsUndelivered": {f'ostiary_provider_notifications_total{{{PROVIDER},outcome="given_up"}}': f"0+1x{HOUR}"},
    "OstiaryKeyRotationFails": {f"ostiary_provider_key_rotations_failed_total{{{PROVIDER}}}": f"0x50 1x{HOUR - 50}"},
    "OstiarySigningProcess": {
        f"ostiary_provider_signing_process_starts_total{{{PROVIDER}}}": f"1x{HOUR}",
        f"ostiary_provider_signing_works{{{PROVIDER}}}": FLAT,
    },
    "OstiaryDevice": {f"ostiary_provider_device_works{{{PROVIDER}}}": FLAT},
    "OstiaryClientDocuments": {
        f'ostiary_provider_client_document_fetches_total{{{PROVIDER},outcome="failed"}}': RISING,
        f'ostiary_provider_client_document_fetches_total{{{PROVIDER},outcome="fetched"}}': FLAT,
    },
    "OstiaryIssuerNotReady": {f"ostiary_issuer_ready{{{API}}}": FLAT},
    "OstiaryIssuerFails": {f"ostiary_issuer_failing_seconds{{{API}}}": f"0+60x{HOUR}"},
    "OstiaryTokensRefused": {
        f'ostiary_guard_verdicts_total{{{API},verdict="refused",reason="OST_E_EXPIRED"}}': f"0+600x{HOUR}",
        f'ostiary_guard_verdicts_total{{{API},verdict="allowed",reason=""}}': RISING,
    },
    "OstiaryUnknownKeys": {f"ostiary_issuer_kids_held_back_total{{{API}}}": RISING},
    "OstiaryRevocationsDropped": {
        f"ostiary_issuer_revocations_dropped_total{{{API}}}": FLAT,
        f"ostiary_issuer_revocations_refuse_old{{{API}}}": f"1x{HOUR}",
    },
    "OstiaryIntrospectionFails": {f"ostiary_issuer_introspection_failing_seconds{{{API}}}": f"0+60x{HOUR}"},
    "OstiaryStatusListFails": {f"ostiary_issuer_status_list_failing_seconds{{{API}}}": f"0+60x{HOUR}"},
    "OstiaryProcessorFault": {f"ostiary_rsa_faults_total{{{API}}}": f"1x{HOUR}"},
    "OstiaryGateRulesStale": {f"ostiary_gate_rules_last_reload_successful{{{GATE}}}": f"1x50 0x{HOUR - 50}"},
}

# A provider and an API that are well: a little of everything, no alert.
WELL = {
    f"up{{{PROVIDER}}}": f"1x{HOUR}",
    f"process_start_time_seconds{{{PROVIDER}}}": f"5x{HOUR}",
    f'ostiary_http_responses_total{{{PROVIDER},class="5xx"}}': f"0+1x{HOUR}",
    f'ostiary_http_responses_total{{{PROVIDER},class="2xx"}}': f"0+600x{HOUR}",
    f'ostiary_http_request_duration_seconds_bucket{{{PROVIDER},le="1"}}': f"0+600x{HOUR}",
    f'ostiary_http_request_duration_seconds_bucket{{{PROVIDER},le="+Inf"}}': f"0+601x{HOUR}",
    f"process_open_fds{{{PROVIDER}}}": f"50x{HOUR}",
    f"process_max_fds{{{PROVIDER}}}": f"1000x{HOUR}",
    f"ostiary_http_certificate_expiry_timestamp_seconds{{{PROVIDER}}}": f"5000000x{HOUR}",
    f"ostiary_provider_store_failing_seconds{{{PROVIDER}}}": FLAT,
    f"ostiary_provider_realms{{{PROVIDER}}}": f"2x{HOUR}",
    f"ostiary_provider_failed_logins_total{{{PROVIDER}}}": RISING,
    f"ostiary_provider_logins_total{{{PROVIDER}}}": RISING,
    f"ostiary_provider_replayed_codes_total{{{PROVIDER}}}": f"1x{HOUR}",
    f"ostiary_provider_replayed_refresh_tokens_total{{{PROVIDER}}}": f"1x{HOUR}",
    f"ostiary_provider_logout_tokens_waiting{{{PROVIDER}}}": f"3x{HOUR}",
    f'ostiary_provider_notifications_total{{{PROVIDER},outcome="given_up"}}': f"1x{HOUR}",
    f"ostiary_provider_key_rotations_failed_total{{{PROVIDER}}}": f"1x{HOUR}",
    f'ostiary_trace_spans_total{{{PROVIDER},outcome="lost"}}': f"7x{HOUR}",
    f'ostiary_trace_spans_total{{{PROVIDER},outcome="sent"}}': RISING,
    f"ostiary_provider_signing_process_starts_total{{{PROVIDER}}}": f"1x{HOUR}",
    f"ostiary_provider_signing_works{{{PROVIDER}}}": f"1x{HOUR}",
    f"ostiary_provider_device_works{{{PROVIDER}}}": f"1x{HOUR}",
    f"ostiary_issuer_ready{{{API}}}": f"1x{HOUR}",
    f"ostiary_issuer_failing_seconds{{{API}}}": FLAT,
    f'ostiary_guard_verdicts_total{{{API},verdict="refused",reason="OST_E_EXPIRED"}}': RISING,
    f'ostiary_guard_verdicts_total{{{API},verdict="refused",reason="no_token"}}': f"0+6000x{HOUR}",
    f'ostiary_guard_verdicts_total{{{API},verdict="allowed",reason=""}}': f"0+600x{HOUR}",
    f"ostiary_rsa_faults_total{{{API}}}": FLAT,
    f"ostiary_gate_rules_last_reload_successful{{{GATE}}}": f"1x50 0x3 1x{HOUR - 53}",
}


def case(series, alert):
    samples = [{"labels": f'{{alertname="{alert}"}}', "value": 1}] if alert else []
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
                "eval_time": f"{HOUR - 5}m",
                "exp_samples": samples,
            }
        ],
    }


def test_each_alert_fires_alone_and_none_without_need(tmp_path):
    assert set(FIRES) == {rule["alert"] for rule in rules()}
    tests = [case(series, alert) for alert, series in FIRES.items()] + [case(WELL, None)]
    file = tmp_path / "alerts.test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
    status, told = promtool("test", "rules", file)
    assert status == 0 and "SUCCESS" in told, told


def test_each_alert_has_its_page():
    page = (PROJECT / "docs" / "usage" / "alerts.md").read_text()
    explained = re.findall(r"^### (Ostiary\w+)$", page, re.M)
    alerts = [rule["alert"] for rule in rules()]
    assert explained == alerts
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/usage/alerts.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("warning", "critical")


def test_grafana_s_types_read_the_dashboard():
    """What they do not know they leave out: written again, it is the same."""
    given = json.loads((MONITORING / "ostiary-dashboard.json").read_text())
    read = Dashboard.from_json(given)
    written = json.loads(json.dumps(read, cls=JSONEncoder))
    assert {name: given[name] for name in given if name not in written} == {}
    assert [panel["title"] for panel in written["panels"]] == [panel["title"] for panel in given["panels"]]
    assert [one["name"] for one in written["templating"]["list"]] == ["datasource", "job", "instance"]


def test_dashboard_is_whole():
    """Panels have numbers of their own, lie beside each other, and say what they show."""
    panels = json.loads((MONITORING / "ostiary-dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
        assert panel["type"] == "row" or (panel["targets"] and panel["description"]), panel["title"]


def test_prometheus_parses_every_expression_of_the_dashboard(tmp_path):
    dashboard = json.loads((MONITORING / "ostiary-dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    recorded = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "5m").replace("$job", "a").replace("$instance", "b")}
        for number, query in enumerate(queries)
    ]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    status, told = promtool("check", "rules", file)
    assert status == 0 and f"{len(queries)} rules found" in told, told

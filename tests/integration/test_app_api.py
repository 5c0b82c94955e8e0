# SPDX-License-Identifier: Apache-2.0
"""The items API as programs see it: tokens, refusals, its description, its health."""

import http.client
import json
import re
import subprocess
import time

import pytest
from fake_provider import FakeProvider, Key
from guarded_api import api, good_again, provider, wait_until_ready  # noqa: F401  (fixtures)
from navigation import NAVIGATION
from programs import ItemsApi, items_api_program
from waiting import until
from web import Browser, bearer

EXPECTED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def get(api, path="/items/", token=None, **headers):
    fields = {**(bearer(token) if token else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Browser().get(api.base + path, headers=fields)


# ---- tokens ----


def test_open_route(api):
    answer = get(api, "/public/")
    assert answer.status == 200
    assert answer.json() == {"message": "Hello! This is a public resource."}
    for name, value in EXPECTED_HEADERS.items():
        assert answer.header(name) == value


def test_open_route_looks_at_no_token(api):
    assert get(api, "/public/", "rubbish").status == 200


def test_good_token(api, provider):
    answer = get(api, token=provider.access_token())
    assert answer.status == 200
    assert answer.json() == {"message": "Hello user alice-id! This is a protected resource!"}
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("X-Content-Type-Options") == "nosniff"


def test_no_token(api):
    answer = get(api)
    assert answer.status == 401
    assert answer.header("WWW-Authenticate").startswith("Bearer ")
    assert "error" not in answer.header("WWW-Authenticate")
    assert answer.json() == {"detail": "Not authenticated"}
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Set-Cookie") is None


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "account"},
        {"iss": "http://localhost/other"},
        {"exp": 1},
        {"nbf": 4102444800},
        {"aud": ["a", "b"]},
    ],
)
def test_refused_claims(api, provider, claims):
    answer = get(api, token=provider.access_token(**claims))
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")
    assert list(answer.json()) == ["detail"]
    assert "account" not in answer.text + answer.header("WWW-Authenticate"), "what was seen is the operator's"


def test_attack_26_id_token_as_access_token(api, provider):
    provider.id_claims = {"aud": "myapi"}
    answer = get(api, token=provider.id_token())
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


@pytest.mark.parametrize("typ", ["Refresh", "Offline", "Logout"])
def test_attack_27_other_kinds_of_token(api, provider, typ):
    assert get(api, token=provider.access_token(typ=typ)).status == 401


def test_attack_27_logout_token(api, provider):
    claims = {"iss": provider.issuer, "aud": "myapi", "exp": int(time.time()) + 60, "iat": int(time.time())}
    token = provider.key.sign({**claims, "sub": "x"}, typ="logout+jwt")
    assert get(api, token=token).status == 401


def test_attack_39_two_authorization_headers(api, provider):
    connection = http.client.HTTPConnection("localhost", api.port)
    connection.putrequest("GET", "/items/")
    for _ in range(2):
        connection.putheader("Authorization", f"Bearer {provider.access_token()}")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 400
    assert 'error="invalid_request"' in answer.getheader("WWW-Authenticate")
    assert list(json.loads(answer.read())) == ["detail"]
    connection.close()


def test_attack_40_token_in_the_address(api, provider):
    answer = get(api, f"/items/?access_token={provider.access_token()}")
    assert answer.status == 401
    assert answer.json() == {"detail": "Not authenticated"}


def test_forged_signature(api, provider):
    token = Key("first").sign({"iss": provider.issuer, "aud": "myapi", "exp": int(time.time()) + 60})
    assert get(api, token=token).status == 401


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "Bearer a b", "bearer"])
def test_other_schemes(api, value):
    answer = get(api, Authorization=value)
    assert answer.status in (400, 401)
    assert answer.header("WWW-Authenticate").startswith("Bearer")


def test_new_signing_key_is_fetched_while_the_request_waits(api, provider):
    provider.key = Key("second")
    provider.published.append(provider.key)
    before = provider.count("certs")
    assert get(api, token=provider.access_token()).status == 200
    assert provider.count("certs") == before + 1


def test_unknown_routes_and_methods(api):
    assert get(api, "/nowhere").status == 404
    assert get(api, "/nowhere").json() == {"detail": "Not Found"}
    answer = Browser().request("DELETE", f"{api.base}/items/")
    assert answer.status == 405
    assert answer.json() == {"detail": "Method Not Allowed"}
    assert "GET" in answer.header("Allow")
    preflight = Browser().request(
        "OPTIONS",
        f"{api.base}/items/",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
    )
    assert not [name for name, _ in preflight.headers if name.lower().startswith("access-control")]


def test_head(api, provider):
    answer = Browser().request("HEAD", f"{api.base}/items/", headers=bearer(provider.access_token()))
    assert answer.status == 200
    assert answer.body == b""
    assert Browser().request("HEAD", f"{api.base}/items/").status == 401


def test_two_issuers(new_items_api, provider):
    with FakeProvider() as second, FakeProvider() as stranger:
        program = new_items_api(provider.issuer, ["--issuer", second.issuer, "--audience", "other"])
        wait_until_ready(program)
        assert get(program, token=provider.access_token()).status == 200
        assert get(program, token=second.access_token(aud="other")).status == 200
        assert get(program, token=stranger.access_token()).status == 401
        assert stranger.calls == [], "attack 29: an unknown issuer is never asked"
        # Attack 30: one issuer's key does not speak for the other.
        assert get(program, token=second.access_token(iss=provider.issuer)).status == 401
        assert len(get(program, "/health").json()["guard"]["issuers"]) == 2


# ---- description, health, metrics ----


def test_openapi(api, provider):
    answer = get(api, "/openapi.json")
    assert answer.status == 200
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "Items API"
    assert "security" not in document["paths"]["/public/"]["get"]
    items = document["paths"]["/items/"]["get"]
    assert items["operationId"] == "read_items_items__get"
    assert items["security"] == [{"OAuth2": []}, {"Bearer": []}]
    assert set(items["responses"]) >= {"200", "401", "403"}
    flow = document["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{provider.issuer}/protocol/auth"
    assert flow["tokenUrl"] == f"{provider.issuer}/protocol/token"
    assert "openid" in flow["scopes"]
    assert "myapi-secret" not in answer.text


def test_docs_page(api):
    answer = get(api, "/docs")
    assert answer.status == 200
    assert answer.page.title == "Items API"
    policy = answer.header("Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert 'data-client="items-docs"' in answer.text
    assert "<script>" not in answer.text
    for address in re.findall(r'(?:src|href)="(/docs/[^"]+)"', answer.text):
        assert get(api, address).status == 200, address
    for tag in re.findall(r'<(?:script|link)[^>]+https://[^>]+>', answer.text):
        assert 'integrity="sha384-' in tag and 'crossorigin="anonymous"' in tag


def test_docs_redirect_page(api):
    answer = get(api, "/docs/oauth2-redirect?code=x&state=y")
    assert answer.status == 200
    assert "<script>" not in answer.text
    assert "code=x" not in answer.text


def test_root_leads_to_the_docs(api):
    answer = get(api, "/")
    assert answer.status == 302
    assert answer.location == f"{api.base}/docs"


# ---- neighbours and neighbours' pages ----


@pytest.mark.parametrize(
    "path, there",
    [
        ("/items", "/items/"),
        ("/public", "/public/"),
        ("/items?page=2&q=a%20b%2F", "/items/?page=2&q=a%20b%2F"),
        ("/docs/", "/docs"),
        ("/docs/?a=/", "/docs?a=/"),
        ("/openapi.json/", "/openapi.json"),
    ],
)
def test_a_slash_too_many_or_too_few(api, path, there):
    """N6: as FastAPI, 307, so that a POST stays one."""
    for method in ("GET", "POST"):
        answer = Browser().request(method, api.base + path)
        assert answer.status == 307
        assert answer.header("Location") == there, "a path, whatever Host says"


@pytest.mark.parametrize("path", ["/item", "/items//", "/nothing/", "/health/live/x/", "/evil.example%2f"])
def test_what_has_no_neighbour_is_not_found(api, path):
    answer = get(api, path)
    assert answer.status in (400, 404)
    assert answer.header("Location") is None


ORIGIN = "https://app.example"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,content-type"}


def cors_fields(answer):
    return {name.lower(): value for name, value in answer.headers if name.lower().startswith("access-control")}


def test_no_other_origin_may_read_unless_it_is_named(api, provider):
    for answer in (
        get(api, "/items/", provider.access_token(), Origin=ORIGIN),
        Browser().request("OPTIONS", f"{api.base}/items/", headers={"Origin": ORIGIN, **PREFLIGHT}),
    ):
        assert answer.status in (200, 204)
        assert cors_fields(answer) == {} and answer.header("Vary") is None


@pytest.fixture(scope="module")
def shared_api(provider, tmp_path_factory):
    arguments = ("--cors-origin", ORIGIN, "--cors-origin", "http://localhost:5173")
    with ItemsApi(provider.issuer, tmp_path_factory.mktemp("shared"), arguments=arguments) as program:
        wait_until_ready(program)
        yield program


def test_named_origins_may_read(shared_api, provider):
    for path, token, status in (
        ("/items/", provider.access_token(), 200),
        ("/items/", None, 401),
        ("/public/", None, 200),
        ("/nothing", None, 404),
        ("/openapi.json", None, 200),
    ):
        answer = get(shared_api, path, token, Origin=ORIGIN)
        assert answer.status == status
        fields = cors_fields(answer)
        assert fields["access-control-allow-origin"] == ORIGIN, path
        assert "WWW-Authenticate" in fields["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in fields, "cookies are for our own pages"
        assert answer.header("Vary") == "Origin"


def test_preflight(shared_api):
    answer = Browser().request("OPTIONS", f"{shared_api.base}/items/", headers={"Origin": ORIGIN, **PREFLIGHT})
    assert answer.status == 204
    assert cors_fields(answer) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-expose-headers": answer.header("Access-Control-Expose-Headers"),
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "600",
    }


def test_n7_a_preflight_is_never_redirected(shared_api):
    """Browsers follow the redirect of a request across origins, and none of its preflight."""
    for path in ("/items", "/docs/"):
        answer = Browser().request("OPTIONS", shared_api.base + path, headers={"Origin": ORIGIN, **PREFLIGHT})
        assert (answer.status, answer.header("Location")) == (204, None), path
        assert cors_fields(answer)["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
        moved = get(shared_api, path, Origin=ORIGIN)
        assert moved.status == 307 and cors_fields(moved)["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://app.example.evil", "http://app.example", "https://app.example:443", "null", "", "*"],
)
def test_other_origins_may_not(shared_api, provider, origin):
    answer = get(shared_api, "/items/", provider.access_token(), Origin=origin)
    assert answer.status == 200
    assert cors_fields(answer) == {} and answer.header("Vary") == "Origin"
    asked = Browser().request("OPTIONS", f"{shared_api.base}/items/", headers={"Origin": origin, **PREFLIGHT})
    assert asked.status == 204 and cors_fields(asked) == {}


def test_field_names_that_are_none_are_not_repeated(shared_api):
    asked = {"Origin": ORIGIN, **PREFLIGHT, "Access-Control-Request-Headers": "a; b"}
    answer = Browser().request("OPTIONS", f"{shared_api.base}/items/", headers=asked)
    assert "access-control-allow-headers" not in cors_fields(answer)


def test_any_origin(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--cors-origin=*"])
    answer = get(program, "/public/", Origin="https://anybody.example")
    assert cors_fields(answer)["access-control-allow-origin"] == "*"
    assert cors_fields(get(program, "/public/")) == {}


def test_health(api):
    assert get(api, "/health/live").json() == {"status": "UP"}
    for path in ("/health", "/health/ready"):
        answer = get(api, path)
        assert answer.status == 200
        assert answer.json()["status"] == "UP"
        assert answer.json()["guard"]["issuers"][0]["ready"] is True
        assert answer.json()["login"] is True
        assert "login_error" not in answer.json()


def test_metrics(api, provider):
    get(api, token=provider.access_token())
    answer = get(api, "/metrics")
    assert answer.header("Content-Type").startswith("text/plain; version=0.0.4")
    samples = dict(
        line.rsplit(" ", 1) for line in answer.text.splitlines() if line and not line.startswith("#")
    )
    assert float(samples["ostiary_http_requests_total"]) > 0
    assert float(samples['ostiary_http_responses_total{class="2xx"}']) > 0
    assert any(name.startswith("ostiary_issuer_ready") for name in samples)
    for line in answer.text.splitlines():
        assert re.fullmatch(r'#.*|[a-z_0-9]+(\{([a-z_]+="[^"]*",?)+\})? -?[0-9.e+]+', line), line


def test_not_ready_while_the_issuer_is_down(new_items_api, provider):
    program = new_items_api("http://localhost:1/realms/none")
    answer = Browser().get(f"{program.base}/health/ready")
    assert answer.status == 503
    assert answer.json()["status"] == "DOWN"
    assert Browser().get(f"{program.base}/health/live").status == 200
    assert Browser().get(f"{program.base}/public/").status == 200
    token = provider.key.sign(
        {"iss": "http://localhost:1/realms/none", "aud": "myapi", "sub": "a", "exp": int(time.time()) + 60}
    )
    answer = Browser().get(f"{program.base}/items/", headers=bearer(token))
    assert answer.status == 503
    assert int(answer.header("Retry-After")) > 0
    assert answer.header("WWW-Authenticate") is None
    page = Browser().get(f"{program.base}/items/", headers=NAVIGATION)
    assert page.status == 503
    assert page.page.title == "Login is not possible right now"
    document = Browser().get(f"{program.base}/openapi.json").json()
    assert list(document["components"]["securitySchemes"]) == ["Bearer"]


def test_switched_off(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--no-docs"])
    for path in ("/docs", "/openapi.json", "/"):
        assert Browser().get(program.base + path).status == 404
    assert Browser().get(f"{program.base}/metrics").status == 200


def test_insecure_explain(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--insecure-explain"])
    wait_until_ready(program)
    answer = Browser().get(f"{program.base}/items/", headers=bearer(provider.access_token(aud="account")))
    assert "account" in answer.header("WWW-Authenticate")
    assert "myapi" in answer.header("WWW-Authenticate")


def test_assets_from_a_folder(new_items_api, provider, tmp_path):
    (tmp_path / "swagger-ui-bundle.js").write_text("// script")
    (tmp_path / "swagger-ui.css").write_text("/* style */")
    program = new_items_api(provider.issuer, ["--docs-assets", tmp_path])
    page = Browser().get(f"{program.base}/docs")
    assert "cdn" not in page.text + page.header("Content-Security-Policy")
    script = Browser().get(f"{program.base}/docs/swagger-ui-bundle.js")
    assert script.text == "// script"
    assert script.header("Content-Type").startswith("text/javascript")


# ---- the log ----


def test_log_line(api, provider):
    get(api, "/items/?code=hidden", provider.access_token())
    get(api, '/no%22such%0Apath')
    get(api, token=provider.access_token(aud="account"))
    told = ['method="GET" path="/items/?code=***"', 'subject="alice-id"', "OST_E_AUDIENCE", "account"]  # what was seen, too
    until(lambda: all(words in api.log.read_text() for words in told), api.log_tail)
    log = api.log.read_text()
    assert "hidden" not in log
    assert "myapi-secret" not in log


def test_json_log(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--log-format=json"])
    Browser().get(f'{program.base}/%22%5C%1b%7f/é'.encode("ascii", "xmlcharrefreplace").decode())
    lines = until(lambda: [line for line in program.log.read_text().splitlines() if '"status"' in line], program.log_tail)
    for line in lines:
        assert json.loads(line)["status"] in (200, 400, 401, 404, 503)


# ---- starting and stopping ----


def start(*arguments, **environment):
    return subprocess.run(
        [items_api_program(), *[str(a) for a in arguments]],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin", **environment},
    )


def test_help_and_version():
    shown = start("--help")
    assert shown.returncode == 0
    for option in ("--port", "--issuer", "--audience", "--client-secret-file", "--cookie-secret-file", "--base-url"):
        assert option in shown.stdout
    assert "OSTIARY_CLIENT_SECRET" in shown.stdout
    assert re.fullmatch(r"items-api 0\.1\.0 \(ostiary \d+\.\d+\.\d+\)\n", start("--version").stdout)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "--issuer is missing"),
        (["--issuer", "http://localhost:1/r"], "--audience is missing"),
        (["--issuer", "http://idp.example/r", "--audience", "a"], "https is required"),
        (["--issuer", "idp.example/r", "--audience", "a"], "is no URL: it begins with https://"),
        (["--port", "70000"], "not a number from"),
        (["--prot", "1"], "did you mean --port"),
        (["--log-format", "xml"], "not text, json or off"),
        (["--base-url", "https://a/b"], "is not an origin"),
        (["--tls-key", "x"], "go together"),
        (["extra"], 'unexpected argument "extra"'),
        (["--client-id", "x"], "needs an --issuer"),
    ],
)
def test_wrong_options(arguments, said):
    ended = start(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "--help" in ended.stderr
    assert ended.stdout == ""


def test_port_is_taken(api, provider):
    ended = start("--port", api.port, "--issuer", provider.issuer, "--audience", "a")
    assert ended.returncode == 1
    assert str(api.port) in ended.stderr


def test_secret_files(new_items_api, provider, tmp_path):
    secret = tmp_path / "deep" / "cookie-secret"
    secret.parent.mkdir()
    new_items_api(provider.issuer, ["--cookie-secret-file", secret])
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text().strip()) == 43
    kept = secret.read_text()
    new_items_api(provider.issuer, ["--cookie-secret-file", secret])
    assert secret.read_text() == kept
    secret.chmod(0o644)
    common = ["--issuer", provider.issuer, "--audience", "a", "--client-id", "myapi"]
    ended = start(*common, "--cookie-secret-file", secret)
    assert ended.returncode == 2 and "open to others" in ended.stderr
    ended = start(*common, OSTIARY_COOKIE_SECRET="short")
    assert ended.returncode == 2 and "at least 32" in ended.stderr
    ended = start(*common, "--client-secret-file", tmp_path / "missing")
    assert ended.returncode == 1 and "missing" in ended.stderr


def test_secret_on_the_command_line_is_hidden(new_items_api, provider):
    program = new_items_api(provider.issuer, ["--client-secret=very-secret"], start=False)
    program.environment = {k: v for k, v in program.environment.items() if k != "OSTIARY_CLIENT_SECRET"}
    program.start()
    with open(f"/proc/{program.pid}/cmdline", "rb") as file:
        assert b"very-secret" not in file.read()


def test_graceful_stop(new_items_api, provider):
    program = new_items_api(provider.issuer)
    assert program.stop() == 0

# SPDX-License-Identifier: Apache-2.0
"""Keys that clients publish (jwks_uri): what they let in, when they are fetched, and from where they are not."""

import concurrent.futures
import http.server
import json
import threading
import time
import uuid

import pytest
from document_server import DocumentServer, unused_port
from programs import Provider
from signer import EcSigner, RsaSigner
from waiting import PATIENCE, until

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FIRST, SECOND, RSA, STRANGER = EcSigner("first"), EcSigner("second"), RsaSigner("rsa"), EcSigner("first")
PATHS = ("good", "turned", "gone", "moved", "slow", "large", "garbage", "private", "untyped", "pushed", "crowd", "flood")
UNKNOWN = "Unable to load public key"


def client(name, url):
    return {
        "clientId": name,
        "serviceAccountsEnabled": True,
        "redirectUris": ["http://localhost:8000/cb"],
        "clientAuthenticatorType": "client-jwt",
        "attributes": {"use.jwks.url": "true", "jwks.url": url},
    }


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("keys"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain():
    """The same key set by plain http."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            body = json.dumps({"keys": [FIRST.jwk()]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made.server_address[1]
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def server(work, keys, plain):
    clients = [client(name, keys.url(f"/{name}")) for name in PATHS]
    clients += [client("plain", f"http://127.0.0.1:{plain}/"), client("file", "file:///etc/passwd")]
    clients += [client("closed-port", f"https://localhost:{unused_port()}/")]
    clients += [{**client("both", keys.url("/good")), "clientId": "both"}]
    clients[-1]["attributes"].update({"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [SECOND.jwk()]})})
    files = []
    for name, addresses in (("open", "127.0.0.0/8, ::1"), ("closed", "")):
        files.append(work / f"{name}-realm.json")
        attributes = {"client.id.metadata.document.addresses": addresses}
        files[-1].write_text(json.dumps({"realm": name, "enabled": True, "attributes": attributes, "clients": clients}))
    arguments = ("--ca-file", keys.ca, "--http-enabled=true", "--hostname-strict=false")
    provider = Provider(files, work / "client-keys", arguments=arguments)
    provider.command = ["start" if word == "start-dev" else word for word in provider.command]
    with provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("open")


def publish(keys, path, *signers, **more):
    fields = {"content_type": "application/jwk-set+json", **more}
    keys.put(f"/{path}", raw=json.dumps({"keys": [signer.jwk() for signer in signers]}).encode(), **fields)


def assertion_of(realm, name, signer, header=None):
    now = int(time.time())
    claims = {"iss": name, "sub": name, "aud": realm.issuer, "iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    return signer.token({**signer.header, **(header or {})}, claims)


def ask(realm, name, signer, path="token", header=None, **form):
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **form}
    form["client_assertion"] = assertion_of(realm, name, signer, header)
    return realm.browser().post(realm.endpoint(path), form)


def assert_out(answer, description=UNKNOWN):
    assert answer.status == 400 and answer.json()["error"] == "invalid_client", answer.text
    assert description in answer.json()["error_description"]


def test_a_published_key_lets_in_and_is_fetched_once(realm, keys):
    publish(keys, "good", FIRST, RSA)
    for signer in (FIRST, RSA, FIRST):
        assert ask(realm, "good", signer).status == 200
    assert_out(ask(realm, "good", STRANGER), "Signature on JWT token failed validation")
    assert keys.asked("/good") == 1
    assert dict(keys.requests[-1][1])["Accept"].startswith("application/jwk-set+json")


def test_published_keys_go_before_those_that_are_brought_along(realm, keys):
    publish(keys, "good", FIRST, RSA)
    assert ask(realm, "both", FIRST).status == 200
    assert_out(ask(realm, "both", SECOND))


def test_every_endpoint_that_a_client_proves_itself_to_waits_for_them(realm, keys):
    publish(keys, "pushed", FIRST)
    request = {"response_type": "code", "redirect_uri": "http://localhost:8000/cb", "scope": "openid"}
    pushed = ask(realm, "pushed", FIRST, "ext/par/request", **request)
    assert pushed.status == 201, pushed.text
    token = ask(realm, "pushed", FIRST).json()["access_token"]
    assert ask(realm, "pushed", FIRST, "token/introspect", token=token).json()["active"] is True
    assert ask(realm, "pushed", FIRST, "revoke", token=token).status == 200


@pytest.mark.parametrize("endpoint", ["ext/par/request", "token/introspect", "revoke", "auth"])
def test_the_first_request_may_be_to_any_endpoint(work, keys, endpoint):
    """Nothing is cached in a provider that has just started."""
    publish(keys, "any", FIRST)
    realm_file = work / "any-realm.json"
    realm_file.write_text(json.dumps({"realm": "any", "enabled": True, "clients": [client("any", keys.url("/any"))]}))
    with Provider([realm_file], work / f"any-{endpoint.replace('/', '-')}", arguments=("--ca-file", keys.ca)) as started:
        realm, before = started.realm("any"), keys.asked("/any")
        request = {"response_type": "code", "redirect_uri": "http://localhost:8000/cb", "scope": "openid"}
        if endpoint == "auth":
            signed = FIRST.token(FIRST.header, {**request, "client_id": "any", "aud": realm.issuer})
            answer = realm.browser().get(realm.endpoint("auth"), {"client_id": "any", "request": signed})
            assert answer.status == 200 and answer.page.form("kc-form-login"), answer.text
        else:
            answer = ask(realm, "any", FIRST, endpoint, token="none", **request)
            assert answer.status in (200, 201), answer.text
        assert keys.asked("/any") == before + 1


def test_a_new_kid_has_them_fetched_again_and_not_too_often(realm, keys):
    publish(keys, "turned", FIRST)
    assert ask(realm, "turned", FIRST).status == 200
    publish(keys, "turned", FIRST, SECOND)
    for _ in range(3):
        assert_out(ask(realm, "turned", SECOND))  # within ten seconds of the first fetch
    assert keys.asked("/turned") == 1
    until(lambda: ask(realm, "turned", SECOND).status == 200, step=1)
    assert keys.asked("/turned") == 2
    for number in range(5):
        assert_out(ask(realm, "turned", EcSigner(f"made-up-{number}")))
    assert keys.asked("/turned") == 2


def test_many_who_ask_at_once_share_a_fetch(realm, keys):
    publish(keys, "crowd", FIRST)
    keys.slow("/crowd", 0.5)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: ask(realm, "crowd", FIRST).status, range(20)))
    assert answers == [200] * 20 and keys.asked("/crowd") == 1


def test_a_content_type_does_not_matter(realm, keys):
    publish(keys, "untyped", FIRST, content_type="text/plain")
    assert ask(realm, "untyped", FIRST).status == 200


def test_what_is_no_key_set_lets_nobody_in(realm, keys):
    keys.put("/garbage", raw=b"<html>", content_type="application/json")
    private = {**FIRST.jwk(), "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
    keys.put("/private", raw=json.dumps({"keys": [private]}).encode())
    keys.put("/large", raw=json.dumps({"keys": [FIRST.jwk()], "pad": "x" * (64 << 10)}).encode())
    keys.put("/moved", status=302, raw=b"", fields={"Location": keys.url("/good")})
    for name in ("gone", "garbage", "private", "large", "moved", "closed-port", "file"):
        assert_out(ask(realm, name, FIRST))


def test_a_host_is_not_flooded(realm, keys):
    for _ in range(20):
        assert_out(ask(realm, "flood", FIRST))
    assert keys.asked("/flood") <= 11


def test_no_address_is_asked_that_is_not_allowed(server, keys):
    closed, before = server.realm("closed"), keys.connections
    publish(keys, "good", FIRST)
    for name in ("good", "plain"):
        assert_out(ask(closed, name, FIRST))
    assert keys.connections == before


def test_plain_http_is_for_allowed_networks(realm):
    assert ask(realm, "plain", FIRST).status == 200


def test_a_server_that_hangs_holds_nobody_up_for_long(realm, keys):
    publish(keys, "slow", FIRST)
    keys.slow("/slow", 2 * PATIENCE)
    began = time.monotonic()
    assert_out(ask(realm, "slow", FIRST))
    assert time.monotonic() - began < PATIENCE

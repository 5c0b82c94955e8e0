# SPDX-License-Identifier: Apache-2.0
"""Request objects by reference (OpenID Connect Core §6.2): which addresses are followed, how, and what is made of what is there."""

import base64
import concurrent.futures
import hashlib
import json
import time

import pytest
from document_server import DocumentServer, unused_port
from forgery import hmac_token
from oidc import Client, callback_of
from programs import Provider
from signer import EcSigner
from web import Browser

CALLBACK = "http://localhost:8000/cb"
SECRET = "a secret of thirty-two bytes, so that HS256 signs"
KEY = EcSigner("key")
PATHS = ("good", "changing", "gone", "moved", "slow", "large", "garbage", "hashed", "busy", "crowd", "keyed")


def client(name, *uris, **attributes):
    return {
        "clientId": name,
        "secret": SECRET,
        "redirectUris": [CALLBACK],
        "attributes": {"request.uris": "##".join(uris), **attributes},
    }


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("objects"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(work, objects):
    addresses = [objects.url(f"/{path}") for path in PATHS]
    keys = objects.url("/keys")
    objects.put("/keys", raw=json.dumps({"keys": [KEY.jwk()]}).encode())
    clients = [
        client("web", *addresses, f"{objects.url('/named')}#one", f"https://localhost:{unused_port()}/", objects.url("/tree/*"), "file:///etc/*"),
        client("keyed", objects.url("/keyed"), **{"use.jwks.url": "true", "jwks.url": keys}),
        client("pushing", objects.url("/good"), **{"require.pushed.authorization.requests": "true"}),
    ]
    files = []
    for name, allowed in (("open", "127.0.0.0/8, ::1"), ("closed", "")):
        files.append(work / f"{name}-realm.json")
        users = [{"username": "una", "enabled": True, "credentials": [{"type": "password", "value": "una-password"}]}]
        document = {"realm": name, "enabled": True, "clients": clients, "users": users,
                    "attributes": {"client.id.metadata.document.addresses": allowed}}
        files[-1].write_text(json.dumps(document))
    arguments = ("--ca-file", objects.ca, "--http-enabled=true", "--hostname-strict=false")
    provider = Provider(files, work / "request-uri", arguments=arguments)
    provider.command = ["start" if word == "start-dev" else word for word in provider.command]
    with provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("open")


def signed(realm, client_id="web", signer=None, **changes):
    claims = {"client_id": client_id, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "nonce": "n",
              "state": "of-the-object", "iss": client_id, "aud": realm.issuer, "exp": int(time.time()) + 60, **changes}
    if signer:
        return signer.token(signer.header, claims)
    return hmac_token({"alg": "HS256", "typ": "oauth-authz-req+jwt"}, claims, SECRET.encode())


def publish(objects, path, text, **fields):
    return objects.put(f"/{path}", raw=text.encode(), content_type="application/oauth-authz-req+jwt", **fields)


def ask(realm, uri, client_id="web", browser=None, **more):
    return (browser or Browser()).get(realm.endpoint("auth"), {"client_id": client_id, "request_uri": uri, **more})


def assert_login(answer):
    assert answer.status == 200 and answer.page.form("kc-form-login"), answer.text[:300]


def assert_refused(answer, word="cannot be had"):
    assert (answer.status, answer.location) == (400, None) and word in answer.text, answer.text[:300]


def test_a_published_object_is_the_request(realm, objects):
    browser = Browser()
    uri = publish(objects, "good", signed(realm))
    page = ask(realm, uri, browser=browser, state="beside", scope="unknown")
    answer = browser.submit(page.page.form("kc-form-login"), username="una", password="una-password")
    assert callback_of(answer)["state"] == "of-the-object"
    assert realm.code(Client("web", SECRET, CALLBACK), callback_of(answer)["code"]).status == 200
    assert dict(objects.requests[-1][1])["Accept"].startswith("application/oauth-authz-req+jwt")


def test_discovery_says_so(realm):
    document = realm.discovery().json()
    assert document["request_uri_parameter_supported"] is True and document["require_request_uri_registration"] is True


def test_what_is_there_now_counts(realm, objects):
    uri = publish(objects, "changing", signed(realm))
    assert_login(ask(realm, uri))
    publish(objects, "changing", signed(realm, prompt="none"))
    assert callback_of(ask(realm, uri))["error"] == "login_required"
    publish(objects, "changing", "garbage")
    assert_refused(ask(realm, uri), "malformed")
    objects.documents["/changing"] = (404, {}, b"")
    assert_refused(ask(realm, uri))
    publish(objects, "changing", signed(realm))
    assert_login(ask(realm, uri))


def test_a_hash_tells_which_one_is_meant(realm, objects):
    first, second = signed(realm, state="first", prompt="none"), signed(realm, state="second", prompt="none")
    digests = [base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b"=").decode() for t in (first, second)]
    uri, before = publish(objects, "hashed", first), objects.asked("/hashed")
    for _ in range(3):
        assert callback_of(ask(realm, f"{uri}#{digests[0]}"))["state"] == "first"
    assert objects.asked("/hashed") == before + 1  # what fits is not fetched again
    publish(objects, "hashed", second)
    assert callback_of(ask(realm, f"{uri}#{digests[1]}"))["state"] == "second"
    assert_refused(ask(realm, f"{uri}#{digests[0]}"))
    assert_refused(ask(realm, f"{uri}#x"))
    named = publish(objects, "named", second)
    assert callback_of(ask(realm, f"{named}#one"))["state"] == "second"  # as it is registered
    assert_refused(ask(realm, f"{named}#two"))


@pytest.mark.parametrize("path", ["gone", "moved", "large", "empty"])
def test_what_cannot_be_had_is_refused(realm, objects, path):
    if path == "gone":
        uri = publish(objects, path, signed(realm), status=404)
    elif path == "moved":
        publish(objects, "good", signed(realm))
        uri = publish(objects, path, signed(realm), status=302, fields={"Location": objects.url("/good")})
    elif path == "large":
        uri = publish(objects, path, signed(realm, padding="x" * (16 << 10)))
    else:
        uri = publish(objects, "gone", "")
    assert_refused(ask(realm, uri))


@pytest.mark.parametrize("other", ["/other", "/good/", "/good?x=1", "/tree/../good", "/tree/%2e%2e/good"])
def test_other_addresses_are_not_followed(realm, objects, other):
    publish(objects, "good", signed(realm))
    before = len(objects.requests)
    assert_refused(ask(realm, objects.url("/good").removesuffix("/good") + other))
    assert len(objects.requests) == before


def test_no_other_scheme_user_or_host_is_followed(realm, objects):
    good, before = objects.url("/good"), len(objects.requests)
    for uri in ("file:///etc/passwd", good.replace("https", "http"), good.replace("https", "HTTPS"), good.replace("//", "//x@"),
                f" {good}", f"{good}\n", "x" * 3000, "urn:x", "//localhost/good"):
        assert_refused(ask(realm, uri))
    for several in ([good, good], good + "\0"):
        assert_refused(ask(realm, several), "")
    assert_refused(ask(realm, good, request=signed(realm)), "more than one")
    assert_refused(ask(realm, good, client_id="nobody"), "Client not found")
    assert_refused(ask(realm, good, client_id=["web", "keyed"]), "")
    assert len(objects.requests) == before


def test_below_a_wildcard(realm, objects):
    publish(objects, "tree/one", signed(realm))
    assert_login(ask(realm, objects.url("/tree/*").replace("*", "one")))


def test_private_addresses_are_for_realms_that_allow_them(server, objects):
    closed, before = server.realm("closed"), objects.connections
    assert_refused(ask(closed, publish(objects, "good", signed(closed))))
    assert objects.connections == before


def test_an_object_of_another_client_or_of_nobody(realm, objects):
    for text in (signed(realm, client_id="keyed"), signed(realm, signer=EcSigner("key"))):
        assert_refused(ask(realm, publish(objects, "good", text)), "object")


def test_keys_that_are_elsewhere_are_fetched_too(realm, objects):
    uri = publish(objects, "keyed", signed(realm, "keyed", KEY))
    assert_login(ask(realm, uri, "keyed"))
    assert objects.asked("/keys") == 1


def test_a_client_that_pushes_does_nothing_else(realm, objects):
    uri = publish(objects, "good", signed(realm, "pushing"))
    assert callback_of(ask(realm, uri, "pushing"))["error_description"] == "Pushed Authorization Request is only allowed."


def test_who_comes_at_once_is_answered_by_one_fetch(realm, objects):
    uri = publish(objects, "crowd", signed(realm))
    objects.slow("/crowd", 0.3)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for answer in pool.map(lambda _: ask(realm, uri), range(8)):
            assert_login(answer)
    assert objects.asked("/crowd") <= 2

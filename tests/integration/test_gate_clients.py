# SPDX-License-Identifier: Apache-2.0
"""Sites with clients of their own behind one gate: who signs in where, and what the session of one is worth at another."""

import json
import os
import secrets
import signal
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fake_fixtures import good_again, provider  # noqa: F401  (fixtures)
from fake_provider import CLIENT, SECRET, b64
from gate_person import Person
from gate_site import Gate
from waiting import until
from web import Browser, query_of

PLAIN, WIKI, SHOP, TILL, ODD = (f"{name}.example.org" for name in ("plain", "wiki", "shop", "till", "odd"))
KEY = Ed25519PrivateKey.generate()
CALLBACK = "/oauth2/callback"
RULES = [{"prefix": "/", "policy": {}, "login": True}]


def own_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    raw = (serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    public = KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    jwk = {"kty": "OKP", "crv": "Ed25519", "kid": "shop-key", "x": b64(public), "d": b64(KEY.private_bytes(*raw))}
    for name, text in {"wiki-secret": "wiki-secret\n", "shop-key": json.dumps(jwk), "odd-secret": "odd+secret"}.items():
        file = folder / name
        file.write_text(text)
        file.chmod(0o600)


def sites(folder, wiki="wiki"):
    shared = {"client": {"id": "shop", "key_file": f"{folder}/shop-key"}, "cookie_domain": "example.org"}
    return [
        {"origin": f"https://{PLAIN}", "rules": RULES},
        {
            "origin": f"https://{WIKI}",
            "client": {"id": wiki, "secret_file": f"{folder}/wiki-secret", "redirect_path": CALLBACK},
            "scope": "openid wiki",
            "rules": RULES,
        },
        {"origin": f"https://{SHOP}", **shared, "rules": RULES},
        {"origin": f"https://{TILL}", **shared, "rules": RULES},
        {"origin": f"https://{ODD}", "client": {"id": "odd id", "secret_file": f"{folder}/odd-secret"}, "rules": RULES},
    ]


@pytest.fixture(scope="module")
def gate(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    own_files(folder)
    secret = {"OSTIARY_CLIENT_SECRET": SECRET}
    with Gate(folder, provider.issuer, {"sites": sites(folder)}, "nginx", ["--client-id", CLIENT], secret) as running:
        running.wait_for_logins()
        running.folder = folder
        yield running


@pytest.fixture(autouse=True)
def clients(provider):
    provider.clients = {CLIENT: SECRET, "wiki": "wiki-secret", "shop": KEY.public_key(), "odd%20id": "odd%2Bsecret"}


def person_at(gate, host):
    return Person(gate, CALLBACK if host == WIKI else "/_ostiary/callback")


def asked(provider, host):
    return next(call[2] for call in reversed(provider.calls) if call[1] == "auth" and host in call[2]["redirect_uri"])


@pytest.mark.parametrize("host, client, scope", [(PLAIN, CLIENT, "openid"), (WIKI, "wiki", "openid wiki"), (SHOP, "shop", "openid")])
def test_a_client_of_its_own(gate, provider, host, client, scope):
    """Login, refresh and logout are all that client's, and so are the tokens."""
    provider.access_claims = {"exp": int(time.time()) - 28}
    person = person_at(gate, host)
    person.log_in(host)
    said = asked(provider, host)
    assert (said["client_id"], said["scope"]) == (client, scope)
    assert said["redirect_uri"] == f"https://{host}{person.callback}"
    until(lambda: not person.passes(host), step=0.2)
    provider.access_claims = {}
    assert person.ask(host, "/_ostiary/login?rd=/").status == 303 and person.passes(host)
    assert set(provider.refresh_tokens.values()) == {client} and provider.count("token") == 2
    out = person.ask(host, "/_ostiary/logout")
    assert out.status == 303 and query_of(out.headers["Location"])["client_id"] == client
    assert not person.passes(host)


def test_ids_and_secrets_are_encoded(gate, provider):
    """Each form-encoded before they are joined (RFC 6749 section 2.3.1)."""
    provider.clients = {"odd%20id": "odd%2Bsecret"}
    person = Person(gate)
    back = person.begin(ODD)
    provider.codes = {code: {**said, "client_id": "odd%20id"} for code, said in provider.codes.items()}
    provider.id_claims = {"aud": "odd id", "azp": "odd id"}
    assert person.ask(ODD, f"{back.path}?{back.query}").status == 302 and person.passes(ODD)


# ---- attacks ----


def renamed(person, origin, host):
    """The session of one site as a thief would send it to another, under the name that counts there."""
    names = {SHOP: "__Secure-ostiary-example.org", TILL: "__Secure-ostiary-example.org"}
    old, new = (names.get(one, "__Host-ostiary") for one in (origin, host))
    pairs = [pair.split("=", 1) for pair in person.sent(origin).split("; ")]
    return "; ".join(f"{name.replace(old, new)}={value}" for name, value in pairs)


@pytest.mark.parametrize("origin", [PLAIN, WIKI, SHOP])
def test_attack_48_the_session_of_another_client(gate, origin):
    person = person_at(gate, origin)
    person.log_in(origin)
    for host in (PLAIN, WIKI, SHOP, TILL, ODD):
        shares = host == origin or {host, origin} == {SHOP, TILL}
        assert person.passes(host) == shares, host
        assert person.passes(host, cookies=renamed(person, origin, host)) == shares, host


def test_attack_48_a_code_of_another_client(gate, provider):
    """Somebody's code for one client at the callback of another: neither its state nor its cookies count there, and
    a provider that takes it all the same gives an ID token of somebody else's client."""
    thief, person = Person(gate), person_at(gate, WIKI)
    stolen = query_of("?" + thief.begin(PLAIN).query)
    answer = person.ask(WIKI, f"{CALLBACK}?code={stolen['code']}&state={stolen['state']}", cookies=thief.sent(PLAIN))
    assert answer.status == 400
    back = query_of("?" + person.begin(WIKI).query)
    assert person.ask(WIKI, f"{CALLBACK}?code={stolen['code']}&state={back['state']}").status != 302
    back = person.begin(WIKI)
    provider.id_claims = {"aud": CLIENT, "azp": CLIENT}
    assert person.ask(WIKI, f"{back.path}?{back.query}").status == 403
    assert not person.passes(WIKI)
    provider.id_claims = {"aud": ["wiki", CLIENT], "azp": CLIENT}
    back = person.begin(WIKI)
    assert person.ask(WIKI, f"{back.path}?{back.query}").status == 502
    assert not person.passes(WIKI)


def test_a_redirect_address_is_one_site_s(gate):
    """At other sites it is a page like any other, that the gate has nothing to say at."""
    person = person_at(gate, WIKI)
    back = person.begin(WIKI)
    assert person.ask(PLAIN, f"{back.path}?{back.query}").status == 404
    assert person.ask(WIKI, f"{back.path}?{back.query}", "POST").status == 404
    assert person.ask(WIKI, f"{back.path}?{back.query}").status == 302


def reload(gate, text, words):
    new = gate.rules.with_suffix(".new")
    new.write_text(json.dumps(text))
    os.replace(new, gate.rules)
    before = gate.log.read_text().count(words)
    os.kill(gate.pid, signal.SIGHUP)
    until(lambda: gate.log.read_text().count(words) > before, gate.log_tail, step=0.02)


def test_attack_48_a_client_that_is_another_one_now(gate, provider):
    """What the old one began and what it has signed in count no more; it comes back and finds its sessions."""
    provider.clients["wiki-2"] = "wiki-secret"
    person, late = person_at(gate, WIKI), person_at(gate, WIKI)
    person.log_in(WIKI)
    back = late.begin(WIKI)
    tokens = provider.count("token")
    reload(gate, {"sites": sites(gate.folder, "wiki-2")}, "gate: the rules were read anew")
    assert not person.passes(WIKI) and late.ask(WIKI, f"{back.path}?{back.query}").status == 400
    assert provider.count("token") == tokens
    assert person_at(gate, WIKI).log_in(WIKI).status == 302 and asked(provider, WIKI)["client_id"] == "wiki-2"
    reload(gate, {"sites": sites(gate.folder)}, "gate: the rules were read anew")
    assert person.passes(WIKI)


def test_a_secret_is_read_anew_with_the_rules(gate, provider):
    file = gate.folder / "wiki-secret"
    try:
        file.write_text("new-secret\n")
        reload(gate, {"sites": sites(gate.folder)}, "gate: the rules were read anew")
        provider.clients["wiki"] = "new-secret"
        person = person_at(gate, WIKI)
        assert person.log_in(WIKI).status == 302 and person.passes(WIKI)
        file.chmod(0o644)
        reload(gate, {"sites": sites(gate.folder)}, "is open to everybody")
        assert person.passes(WIKI) and "new-secret" not in gate.log.read_text()
    finally:
        file.write_text("wiki-secret\n")
        file.chmod(0o600)
        reload(gate, {"sites": sites(gate.folder)}, "gate: the rules were read anew")


def test_logout_tokens_of_its_client(gate, provider):
    provider.id_claims = {"sid": "s-wiki"}
    person = person_at(gate, WIKI)
    person.log_in(WIKI)
    now = int(time.time())
    claims = {"iss": provider.issuer, "iat": now, "exp": now + 60, "sub": "alice-id", "sid": "s-wiki"}
    claims["events"] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    for client, status in (("nobody", 400), ("wiki-2", 400), ("wiki", 200)):
        token = provider.key.sign({**claims, "aud": client, "jti": secrets.token_hex(8)}, typ="logout+jwt")
        answer = Browser().post(f"{gate.base}/_ostiary/backchannel-logout", {"logout_token": token})
        assert answer.status == status, client
        assert person.passes(WIKI) == (status == 400)

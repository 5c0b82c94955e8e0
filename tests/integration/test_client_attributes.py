# SPDX-License-Identifier: Apache-2.0
"""Attributes of clients that Keycloak acts upon, each acted upon or told (P9): those of secrets."""

import json
import subprocess

import pytest
from administrator import Admin
from oidc import Client
from programs import provider_program

ROOT = {
    "username": "root",
    "enabled": True,
    "credentials": [{"type": "password", "value": "root-password"}],
    "clientRoles": {"realm-management": ["realm-admin"]},
}
PAST, SOON = "1000000000", "99999999999"
CLIENTS = {
    "ended": {"client.secret.expiration.time": PAST},
    "ending": {"client.secret.expiration.time": SOON, "client.secret.rotated": "before"},
    "post": {"client.secret.authentication.allowed.method": "client_secret_post"},
    "basic": {"client.secret.authentication.allowed.method": "client_secret_basic"},
    "held": {"dpop.bound.access.tokens": "True", "use.refresh.tokens": "False", "use.jwks.url": "TRUE"},
    "pushed": {"require.pushed.authorization.requests": "TRUE", "access.token.lifespan": "5m"},
    "alone": {"use.refresh.tokens": "False"},
    "slips": {
        "Use.Refresh.Tokens": "false",
        "tls_client_certificate_bound_access_tokens": "true",
        "pkce.code.challenge.methods": "S256",
        "tls-client-certificate-bound-access-tokens": "false",  # of older consoles; Keycloak overlooks it, too
        "department": "shop",
    },
}
SCOPE = {
    "name": "hidden",
    "protocol": "openid-connect",
    "attributes": {
        "include.in.openid.provider.metadata": "False",
        "include.in.token.scope": "FALSE",
        "is.parameterized.scope": "true",
    },
}


@pytest.fixture(scope="module")
def realm_file(tmp_path_factory):
    clients = [
        {
            **{"clientId": name, "secret": "s", "serviceAccountsEnabled": True, "attributes": attributes},
            **{"directAccessGrantsEnabled": True, "redirectUris": ["http://localhost/cb"]},
            "defaultClientScopes": ["hidden"],
        }
        for name, attributes in CLIENTS.items()
    ]
    file = tmp_path_factory.mktemp("attributes") / "x-realm.json"
    realm = {"realm": "x", "enabled": True, "clients": clients, "users": [ROOT], "clientScopes": [SCOPE], }
    file.write_text(json.dumps(realm))
    return file


@pytest.fixture
def site(new_provider, realm_file):
    return new_provider([realm_file])


def ask(site, name, secret="s", by_form=False):
    form = {"grant_type": "client_credentials"}
    if by_form:
        return site.realm("x").token({**form, "client_id": name, "client_secret": secret})
    return site.realm("x").token(form, Client(name, secret))


def test_p9_an_expired_secret_is_refused_until_it_is_renewed(site):
    assert ask(site, "ending").status == 200
    assert ask(site, "ending", "before").status == 401  # as Keycloak 26 without rotation of secrets
    assert ask(site, "ended").status == ask(site, "ended", by_form=True).status == 401
    admin = Admin(site, "x", "root", "root-password")
    client = admin("GET", "/realms/x/clients?clientId=ended").json()[0]
    renewed = admin("POST", f"/realms/x/clients/{client['id']}/client-secret")
    assert renewed.status == 200
    assert ask(site, "ended", renewed.json()["value"]).status == 200
    attributes = admin("GET", f"/realms/x/clients/{client['id']}").json()["attributes"]
    assert "client.secret.expiration.time" not in attributes


def test_p9_a_secret_comes_by_the_allowed_way(site):
    assert ask(site, "post", by_form=True).status == ask(site, "basic").status == 200
    for answer in (ask(site, "post"), ask(site, "basic", by_form=True)):
        assert (answer.status, answer.json()["error"]) == (401, "unauthorized_client")


def test_p9_a_scope_may_stay_out_of_the_metadata(site):
    assert "hidden" not in site.realm("x").discovery().json()["scopes_supported"]


def test_p9_true_and_false_are_read_in_any_case(site):
    """As str(True) of Python has them, and so Ansible's files: a demand that is not seen would be weaker in silence."""
    realm = site.realm("x")
    assert realm.client_credentials(Client("held", "s")).json()["error"] == "invalid_dpop_proof"
    pushed = realm.authorize(realm.browser(), Client("pushed", "s", "http://localhost/cb"))
    assert pushed.status == 302 and "Pushed" in pushed.location
    tokens = realm.password(Client("alone", "s"), "root", "root-password").json()
    assert "refresh_token" not in tokens and tokens["scope"] == "openid"
    assert "refresh_token" in realm.password(Client("ending", "s"), "root", "root-password").json()


def report(tmp_path, realm_file, *options):
    done = subprocess.run(
        [
            *(str(provider_program()), "realm", "import", str(realm_file), "--json"),
            *("--data", str(tmp_path / "data"), *options),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done


def named(done, fate):
    assert done.returncode == 0, done.stderr
    return {
        f"{entry['path']}.{item['member']}": item["why"]
        for entry in json.loads(done.stdout)[0]["objects"]
        for item in entry.get(fate, [])
    }


def test_p9_what_is_left_of_rotation_and_parameters_is_told(tmp_path, realm_file):
    told = named(report(tmp_path, realm_file), "kept without effect").keys()
    assert "clientScopes[0].attributes.is.parameterized.scope" in told
    assert "clients[1].attributes.client.secret.rotated" not in told  # a policy may let it count


def test_p9_names_that_miss_a_known_one_by_a_letter_are_told(tmp_path, realm_file):
    at = f"clients[{list(CLIENTS).index('slips')}].attributes."
    slips = {
        "Use.Refresh.Tokens": "use.refresh.tokens",
        "tls_client_certificate_bound_access_tokens": "tls.client.certificate.bound.access.tokens",
        "pkce.code.challenge.methods": "pkce.code.challenge.method",
    }
    unknown = named(report(tmp_path, realm_file), "unknown")
    assert unknown == {f"{at}{slip}": f"no such attribute is known; is {meant} meant?" for slip, meant in slips.items()}
    assert report(tmp_path, realm_file, "--replace", "--strict").returncode == 1


def test_p9_a_lifetime_with_a_unit_is_told(tmp_path, realm_file):
    told = named(report(tmp_path, realm_file), "kept without effect")
    at = f"clients[{list(CLIENTS).index('pushed')}].attributes.access.token.lifespan"
    assert told[at] == "not a whole number; the usual one counts"


def test_minus_one_is_a_lifetime(tmp_path):
    """Consoles write it for what is not limited: Keycloak takes it, and so does this."""
    file = tmp_path / "x-realm.json"
    names = ("access.token.lifespan", "client.session.idle.timeout", "client.session.max.lifespan", "client.offline.session.idle.timeout")
    clients = [{"clientId": "open", "publicClient": True, "attributes": dict.fromkeys(names, "-1")}]
    file.write_text(json.dumps({"realm": "x", "enabled": True, "clients": clients}))
    assert named(report(tmp_path, file, "--dry-run"), "kept without effect") == {}


def test_redirect_uris_that_only_keycloak_follows_are_told(tmp_path, new_provider):
    """A wildcard for every site would send codes to anybody: it leads nowhere, and a login that fails is no way to learn that."""
    file = tmp_path / "x-realm.json"
    clients = [
        {"clientId": "any", "publicClient": True, "redirectUris": ["https://shop.example/*", "*"]},
        {"clientId": "port", "publicClient": True, "redirectUris": ["http://localhost:3000*"]},
        {"clientId": "out", "publicClient": True, "attributes": {"post.logout.redirect.uris": "+##https://*"}},
        {"clientId": "asks", "publicClient": True, "attributes": {"request.uris": "https://shop.example/*##https://shop*"}},
        {"clientId": "good", "publicClient": True, "redirectUris": ["https://cart.example/*", "shop:*", "https://shop.example/?x=*"]},
    ]
    file.write_text(json.dumps({"realm": "x", "enabled": True, "clients": clients}))
    told = named(report(tmp_path, file, "--dry-run"), "kept without effect")
    assert told.keys() == {
        "clients[0].redirectUris",
        "clients[1].redirectUris",
        "clients[2].attributes.post.logout.redirect.uris",
        "clients[3].attributes.request.uris",
    }
    assert all("a wildcard stands for the end of a path" in why for why in told.values()), told
    strict = report(tmp_path, file, "--strict")
    assert strict.returncode == 1 and "clients[0].redirectUris: leads nowhere" in strict.stderr
    site = new_provider([file])  # --import-realm tells it as well
    log = site.log_tail()
    assert f"{file.name}: not all of it is here as in Keycloak:\n  clients[0] any: redirectUris: kept without effect (leads" in log
    assert log.count("kept without effect") == 4 and "clients[4]" not in log
    query = Client("good", redirect_uri="https://shop.example/?x=1")  # in a query a star is a star
    assert site.realm("x").authorize(site.realm("x").browser(), query).status == 400
    query.redirect_uri = "https://shop.example/?x=*"
    assert site.realm("x").authorize(site.realm("x").browser(), query).status == 200

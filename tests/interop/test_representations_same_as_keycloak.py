# SPDX-License-Identifier: Apache-2.0
"""Clients that register by Keycloak's own representation, and what adapters read, at Keycloak (24, or the newest) and at our
provider: status, members, words of errors. What differs is in the rows, with the reason."""

import json
import re

import pytest
from needs import kept_running
from programs import Provider
from test_admin_same_as_keycloak import Admin
from web import Browser, basic, bearer

from both_providers import only_keycloak
from keycloak import ADMIN

POLICY = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
KINDS = ["oidc-address-mapper", "oidc-full-name-mapper", "oidc-usermodel-property-mapper", "oidc-usermodel-attribute-mapper"]
USERS = {"maker": "create-client", "keeper": "manage-clients", "viewer": "view-clients"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def policy(name, kind, sub="anonymous", **config):
    config = {setting.replace("_", "-"): value for setting, value in config.items()}
    return {"name": name, "providerId": kind, "subType": sub, "subComponents": {}, "config": config}


def user(name, role):
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": "F", "lastName": "L",
            "credentials": [{"type": "password", "value": "pw"}], "clientRoles": {"realm-management": [role]}}  # fmt: skip


DOCUMENT = {
    "realm": "registrants",
    "enabled": True,
    "clients": [
        {"clientId": "confidential", "secret": "s", "nodeReRegistrationTimeout": -1, "attributes": {"post.logout.redirect.uris": "+"}},
        {"clientId": "direct", "publicClient": True, "directAccessGrantsEnabled": True},
    ],
    "users": [user(name, role) for name, role in USERS.items()],
    "components": {POLICY: [
        policy("Trusted Hosts", "trusted-hosts", trusted_hosts=["localhost", "127.0.0.1"],
               host_sending_registration_request_must_match=["true"], client_uris_must_match=["true"]),
        policy("Consent Required", "consent-required"),
        policy("Full Scope Disabled", "scope"),
        policy("Max Clients Limit", "max-clients", max_clients=["200"]),
        *(policy("Allowed Protocol Mapper Types", "allowed-protocol-mappers", sub, allowed_protocol_mapper_types=KINDS)
          for sub in ("anonymous", "authenticated")),
        *(policy("Allowed Client Scopes", "allowed-client-templates", sub, allow_default_scopes=["true"])
          for sub in ("anonymous", "authenticated")),
    ]},
}  # fmt: skip

pytestmark = only_keycloak


def mapper(kind, **config):
    return [{"name": "m", "protocol": "openid-connect", "protocolMapper": kind, "config": config}]


# Ours says more of what is wrong, in one place: its errors are of RFC 7591 throughout.
WORDS = "the words"
ROLE = mapper("oidc-hardcoded-role-mapper", role="realm-management.realm-admin")
HERE = ["http://localhost/x"]

# Who registers what: "initial" has an initial access token, "nobody" none. And what is ours where it differs: a status, or
# members.
CREATED = [
    ("initial", {"clientId": "a1", "redirectUris": ["http://localhost/*", "https://two.example/cb", "app:/cb"]}),
    ("initial", {"redirectUris": ["http://x/"]}),
    ("initial", {}),
    ("initial", {"clientId": "a2", "name": "N", "description": "D", "attributes": {"a": "b"}, "implicitFlowEnabled": True}),
    ("initial", {"clientId": "a3", "publicClient": True, "standardFlowEnabled": False, "frontchannelLogout": True}),
    ("initial", {"clientId": "a4", "bearerOnly": True}),
    ("initial", {"clientId": "a5", "fullScopeAllowed": False, "consentRequired": True, "directAccessGrantsEnabled": True}),
    ("initial", {"clientId": "a6", "defaultClientScopes": ["profile"], "optionalClientScopes": ["phone"]}),
    ("initial", {"clientId": "a7", "defaultClientScopes": ["nope"]}),
    ("initial", {"clientId": "a8", "rootUrl": "http://x", "baseUrl": "/y", "adminUrl": "http://z/", "webOrigins": ["*"]}),
    ("initial", {"clientId": "a9", "clientAuthenticatorType": "client-x509"}),
    ("initial", {"clientId": "confidential"}),
    ("initial", {"clientId": "realm-management"}),
    ("initial", {"clientId": "a b/ü"}),
    ("initial", {"clientId": "b1", "redirectUris": ["javascript:alert(1)"]}),
    ("initial", {"clientId": "b2", "redirectUris": ["http://x/#a"]}),
    ("initial", {"clientId": "b3", "baseUrl": "javascript:1"}),
    ("initial", {"clientId": "b4", "protocolMappers": mapper("oidc-script-based-protocol-mapper", script="1")}),
    ("initial", {"clientId": "b5", "protocolMappers": ROLE}),
    ("initial", {"clientId": "b6", "protocolMappers": mapper("oidc-audience-mapper", **{"included.client.audience": "direct"})}),
    ("initial", {"clientId": "b7", "secret": "mine", "enabled": False, "alwaysDisplayInConsole": True}),
    # What is the server's own, or an administrator's to say, is left out.
    ("initial", {"clientId": "c1", "attributes": {"a": "b", "registration.access.token.id": "x"}}, {"attributes": {"a": "b"}}),
    ("initial", {"clientId": "c2", "defaultRoles": ["r"]}, {"defaultRoles": []}),
    ("initial", {"clientId": "c3", "registeredNodes": {"n": 1}}, {"registeredNodes": None}),
    ("initial", {"clientId": "c4", "surrogateAuthRequired": True}, {"surrogateAuthRequired": False}),
    ("initial", {"clientId": "c5", "access": {"manage": True}, "registrationAccessToken": "x", "origin": "o"}),
    # Claims that say who somebody is are not for the asking.
    ("initial", {"clientId": "c6", "protocolMappers": mapper("oidc-usermodel-attribute-mapper", **{"claim.name": "realm_access.roles"})}, 403),
    # SAML is not spoken; a name that is too long is not the server's fault.
    ("initial", {"clientId": "c7", "protocol": "saml"}, 400),
    ("initial", {"clientId": "x" * 300}, 400),
    ("initial", {"clientId": "c8", "bogus": 1}, WORDS),
    ("initial", {"clientId": "c9", "enabled": "yes"}, WORDS),
    ("initial", {"clientId": "d1", "redirectUris": "x"}, WORDS),
    ("initial", [], WORDS),
    ("initial", b"{", WORDS),
    ("initial", b"", 400),
    ("maker", {"clientId": "e1"}),
    ("keeper", {"clientId": "e2", "fullScopeAllowed": True, "secret": "mine"}),
    ("keeper", {"clientId": "e3", "protocolMappers": ROLE}),
    ("viewer", {"clientId": "e4"}),
    ("junk", {"clientId": "e5"}),
    ("nobody", {"clientId": "f1", "redirectUris": HERE, "consentRequired": False, "fullScopeAllowed": True}),
    ("nobody", {"clientId": "f2", "redirectUris": ["http://evil/x"]}),
    ("nobody", {"clientId": "f3", "redirectUris": ["/x"], "baseUrl": "/y", "rootUrl": "http://localhost"}),
    ("nobody", {"clientId": "f4", "protocolMappers": ROLE}),
    ("nobody", {"clientId": "f5", "rootUrl": "http://evil/x"}, WORDS),
    ("nobody", {"clientId": "f6", "adminUrl": "http://evil/x"}, WORDS),
    # A stranger has no account, sends no browser elsewhere, and lets no other page read answers.
    ("nobody", {"clientId": "f7", "redirectUris": HERE, "serviceAccountsEnabled": True}, {"serviceAccountsEnabled": False}),
    ("nobody", {"clientId": "f8", "webOrigins": ["http://evil"]}, 403),
    ("nobody", {"clientId": "f9", "attributes": {"backchannel.logout.url": "https://evil/"}}, 403),
    ("nobody", {"clientId": "g1", "redirectUris": ["*"]}, 403),
]  # fmt: skip

# What becomes of a client of "initial" (or of "nobody"), one change after the other.
CHANGED = [
    ("initial", {"clientId": "changed", "redirectUris": ["http://localhost/a"]}),
    ("initial", {"clientId": "other"}),
    ("initial", {}),
    ("initial", {"clientId": "changed", "attributes": {"x": "", "z": "1"}}),
    ("initial", {"clientId": "changed", "protocolMappers": ROLE}),
    ("initial", {"clientId": "changed", "optionalClientScopes": ["phone"], "defaultClientScopes": ["profile"]}),
    ("initial", {"clientId": "changed", "defaultClientScopes": ["nope"]}),
    ("initial", {"clientId": "changed", "secret": "new", "directAccessGrantsEnabled": True}),
    ("initial", {"clientId": "changed", "redirectUris": ["javascript:1"]}),
    ("nobody", {"clientId": "changed", "consentRequired": False}),
    ("nobody", {"clientId": "changed", "fullScopeAllowed": True}),
    ("nobody", {"clientId": "changed", "redirectUris": ["http://evil/"]}),
    ("nobody", {"clientId": "changed", "name": "Z", "redirectUris": HERE}),
    ("nobody", {"clientId": "changed", "directAccessGrantsEnabled": True}, {"directAccessGrantsEnabled": False}),
    ("nobody", {"clientId": "changed", "serviceAccountsEnabled": True},
     {"serviceAccountsEnabled": False, "directAccessGrantsEnabled": False}),
]  # fmt: skip

# Asked about the client "confidential", or about one that is not there.
ASKED = [
    ("GET", "default/confidential", "nobody"),
    ("GET", "default/confidential", "initial"),
    ("GET", "default/confidential", "maker"),
    ("GET", "default/confidential", "viewer"),
    ("GET", "default/confidential", "keeper"),
    ("GET", "default/confidential", "junk"),
    ("GET", "default/absent", "keeper"),
    ("PUT", "default/confidential", "nobody"),
    ("PUT", "default/confidential", "initial"),
    ("PUT", "default/confidential", "viewer"),
    ("PUT", "default/absent", "keeper"),
    ("DELETE", "default/confidential", "nobody"),
    ("DELETE", "default/confidential", "maker"),
    ("DELETE", "default/absent", "keeper"),
    ("GET", "install/confidential", "nobody"),
    ("GET", "install/confidential", "client"),
    ("GET", "install/confidential", "client, wrongly"),
    ("GET", "install/direct", "client"),
    ("GET", "install/confidential", "viewer"),
    ("GET", "install/absent", "keeper"),
    ("GET", "install/absent", "nobody"),
    ("GET", "install/direct", "nobody"),
]


class Site:
    """One server with the realm; who asks, asks with a header."""

    def __init__(self, server):
        admin = Admin(server)
        admin("DELETE", f"/realms/{DOCUMENT['realm']}")
        made = admin("POST", "/realms", json.dumps(DOCUMENT).encode())
        assert made.status == 201, made.text
        self.realm = server.realm(DOCUMENT["realm"])
        initial = admin("POST", f"/realms/{DOCUMENT['realm']}/clients-initial-access", b'{"count": 1000}').json()["token"]
        self.headers = {"initial": bearer(initial), "nobody": {}, "junk": bearer("abc"), "client": basic("confidential", "s"),
                        "client, wrongly": basic("confidential", "x")}  # fmt: skip
        for name in USERS:
            form = {"grant_type": "password", "client_id": "direct", "username": name, "password": "pw"}
            self.headers[name] = bearer(self.realm.token(form).json()["access_token"])

    def __call__(self, method, path, who, body=None):
        headers = {**(self.headers[who] if isinstance(who, str) else who), "Content-Type": "application/json"}
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return Browser().request(method, f"{self.realm.issuer}/clients-registrations/{path}", sent, headers)

    def shown(self, answer):
        """Status and members: without what is made up, and what ours says of nothing but when it was."""
        if not answer.text:
            return answer.status, {}
        seen = answer.json()
        for name in ("id", "secret", "registrationAccessToken"):
            if name in seen and len(str(seen[name])) > 20:
                seen[name] = "made"
        seen.get("attributes", {}).pop("client.secret.creation.time", None)
        seen = {name: sorted(value) if isinstance(value, list) and value and isinstance(value[0], str) else value for name, value in seen.items()}
        text = UUID.sub("uuid", json.dumps(seen)).replace(self.realm.base, "base")
        return answer.status, json.loads(text)


@pytest.fixture(scope="module")
def ours(work, results):
    yield from kept_running(lambda: Provider([], work / "registrants", administrator=ADMIN), results)


@pytest.fixture(scope="module")
def sites(provider, ours):
    return Site(provider), Site(ours)


def compare(row, keycloaks, own):
    """`row`'s last: the status, the words or the members that are ours."""
    (wanted, theirs), (status, ours) = keycloaks, own
    differs = row[2] if len(row) > 2 else {}
    if isinstance(differs, int):
        assert status == differs and (wanted, theirs) != (status, ours), row
        assert set(ours) == {"error", "error_description"}
        return
    assert status == wanted, (row, theirs, ours)
    if differs == WORDS:
        assert ours != theirs and set(ours) == {"error", "error_description"}, row
        return
    for name, value in differs.items():
        assert theirs.get(name) != value and ours.get(name) == value, (row, name)
    rest = {name for name in {*theirs, *ours} - {*differs} if theirs.get(name) != ours.get(name)}
    assert not rest, (row, {name: (theirs.get(name), ours.get(name)) for name in rest})


@pytest.mark.parametrize("row", CREATED, ids=lambda row: f"{row[0]} {str(row[1])[:60]}")
def test_registered_by_both(sites, row):
    answers = [site("POST", "default", row[0], row[1]) for site in sites]
    compare(row, *(site.shown(answer) for site, answer in zip(sites, answers)))
    for site, answer in zip(sites, answers):
        if answer.status == 201:
            assert answer.header("Location").startswith(f"{site.realm.issuer}/clients-registrations/default/")


def test_changed_by_both(sites):
    changed = {"clientId": "changed", "name": "N", "redirectUris": HERE, "attributes": {"x": "y"}}
    for who in ("initial", "nobody"):
        own = []
        for site in sites:
            made = site("POST", "default", who, changed).json()
            own.append(bearer(made["registrationAccessToken"]))
        for row in CHANGED:
            if row[0] != who:
                continue
            answers = [site("PUT", "default/changed", token, row[1]) for site, token in zip(sites, own)]
            shown = [site.shown(answer) for site, answer in zip(sites, answers)]
            for one in shown:  # attributes that strangers may not have
                one[1].get("attributes", {}).pop("x", None)
            compare(row, *shown)
            for index, answer in enumerate(answers):
                if answer.status == 200:
                    assert sites[index]("GET", "default/changed", own[index]).status == 401, "the one before is void"
                    own[index] = bearer(answer.json()["registrationAccessToken"])
                assert sites[index]("GET", "default/changed", own[index]).status == 200
        assert [site("DELETE", "default/changed", token).status for site, token in zip(sites, own)] == [204, 204]
        assert [site("GET", "default/changed", token).status for site, token in zip(sites, own)] == [401, 401]


@pytest.mark.parametrize("row", ASKED, ids=" ".join)
def test_asked_of_both(sites, row):
    method, path, who = row
    body = {"clientId": path.partition("/")[2]} if method == "PUT" else None
    compare(row[:2], *(site.shown(site(method, path, who, body)) for site in sites))


def test_a_client_of_saml_is_refused_in_words(sites):
    answer = sites[1]("POST", "saml2-entity-descriptor", "initial", b"<EntityDescriptor/>")
    assert answer.status == 501 and "SAML" in answer.json()["error_description"]

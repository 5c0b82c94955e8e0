# SPDX-License-Identifier: Apache-2.0
"""Tokens that real Keycloak binds to a client's key (DPoP, off by default in version 24)."""

import pytest
from dpop import DpopClient
from keycloak import CHOSEN, VERSION
from oidc import Client, Pkce
from peers import free_port
from programs import ItemsApi, realm_for
from web import Browser, unverified_token

BOUND = "dpop.bound.access.tokens"


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def keycloak(port, work, keycloak_beside):
    keycloak_beside.create_realm(realm_for(f"http://localhost:{port}", work / f"realms-{port}"))
    client = keycloak_beside.admin("GET", "myrealm/clients?clientId=myapi")[0]
    client["attributes"][BOUND] = "true"
    keycloak_beside.admin("PUT", f"myrealm/clients/{client['id']}", client)
    yield keycloak_beside
    keycloak_beside.admin("DELETE", "myrealm")


@pytest.fixture(scope="module")
def api(keycloak, port, work):
    with ItemsApi(f"{keycloak.base}/realms/myrealm", work / f"dpop-{port}", port) as program:
        yield program


class ProvingRealm:
    """The realm of a client that shows a proof with every request for tokens."""

    def __init__(self, realm, client):
        self.realm, self.client, self.prover = realm, client, DpopClient()

    def proof(self):
        url = self.realm.endpoint("token")
        return {"DPoP": self.prover.proof(url, "", method="POST")}

    def log_in(self):
        browser, pkce = self.realm.browser(), Pkce()
        answer = self.realm.log_in(browser, self.client, "alice", "alice-password", pkce)
        code = answer.location.split("code=")[1].split("&")[0]
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": pkce.verifier}
        return self.tokens({**form, "redirect_uri": self.client.redirect_uri})

    def refresh(self, tokens):
        return self.tokens({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})

    def tokens(self, form):
        answer = self.realm.token(form, self.client, self.proof())
        assert answer.status == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def proving(keycloak, port):
    return ProvingRealm(keycloak.realm(), Client("myapi", "myapi-secret", f"http://localhost:{port}/auth"))


@pytest.fixture(scope="module")
def tokens(proving):
    return proving.log_in()


def show(api, token, prover, scheme="DPoP"):
    url = f"{api.base}/items/"
    return Browser().get(url, headers={"Authorization": f"{scheme} {token}", "DPoP": prover.proof(url, token)})


def test_what_keycloak_writes(tokens, proving):
    _, claims = unverified_token(tokens["access_token"])
    assert claims["typ"] == "DPoP"
    kind = {} if CHOSEN == VERSION else {"kc-jkt-type": "DPoP"}
    assert claims["cnf"] == {"jkt": proving.prover.thumbprint, **kind}


def test_bound_tokens_are_let_in(api, tokens, proving):
    for token in (tokens["access_token"], proving.refresh(tokens)["access_token"]):
        answer = show(api, token, proving.prover)
        assert answer.status == 200, answer.text + api.log_tail()


def test_attack_41_token_of_another_sender(api, tokens, proving):
    token = tokens["access_token"]
    for answer in (
        show(api, token, DpopClient()),
        show(api, token, proving.prover, "Bearer"),
        Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}),
        Browser().get(f"{api.base}/items/", headers={"Authorization": f"DPoP {token}"}),
    ):
        assert answer.status == 401


def test_a_refresh_token_is_none(api, tokens, proving):
    assert show(api, tokens["refresh_token"], proving.prover).status == 401


def test_where_the_server_itself_takes_them(keycloak, proving):
    """At its admin and account APIs: Keycloak 26, and so ours. Who has no right there is at least known (403)."""
    token = proving.log_in()["access_token"]
    taken = CHOSEN != VERSION
    for path in ("/admin/realms/myrealm/users", "/realms/myrealm/account"):
        url = keycloak.base + path

        def ask(scheme, **shown):
            headers = {"Accept": "application/json", "Authorization": f"{scheme} {token}", **shown}
            return Browser().get(url, headers=headers).status != 401

        assert ask("DPoP", DPoP=proving.prover.proof(url, token)) == taken, url
        assert not ask("DPoP", DPoP=DpopClient().proof(url, token)), url
        assert not taken or not (ask("DPoP") or ask("Bearer")), url

# SPDX-License-Identifier: Apache-2.0
"""The code of docs/usage/from-fastapi-keycloak.md, before and after, against our provider."""

import json
import pathlib
import re
import sys

import pytest
import requests
from fastapi.testclient import TestClient

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from peers import Unavailable  # noqa: E402
from programs import Provider  # noqa: E402
from waiting import until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "usage" / "from-fastapi-keycloak.md"
BEFORE, AFTER = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
# fastapi-keycloak is written for pydantic 1, python-jose for Python 3.11.
pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def person(name, *roles):
    told = {"username": name, "enabled": True, "email": f"{name}@example.com", "firstName": name, "lastName": "X"}
    return {**told, "realmRoles": ["default-roles-shop", *roles], "credentials": [{"type": "password", "value": "password"}]}


def realm():
    audience = {"name": "api", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper"}
    audience["config"] = {"included.custom.audience": "items-api", "access.token.claim": "true"}
    web = {"clientId": "items-web", "secret": "items-secret", "directAccessGrantsEnabled": True}
    other = {"clientId": "other", "publicClient": True, "directAccessGrantsEnabled": True}
    admin = {"clientId": "admin-cli", "secret": "admin-secret", "serviceAccountsEnabled": True, "fullScopeAllowed": True}
    account = {"username": "service-account-admin-cli", "enabled": True, "serviceAccountClientId": "admin-cli"}
    account["clientRoles"] = {"realm-management": ["realm-admin"], "account": ["manage-account"]}
    return {
        **{"realm": "shop", "enabled": True, "roles": {"realm": [{"name": "editor"}]}},
        "clients": [{**web, "protocolMappers": [audience]}, other, admin],
        "users": [person("alice", "editor"), person("bob"), account],
    }


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    (folder / "shop-realm.json").write_text(json.dumps(realm()))
    try:
        made = Provider([folder / "shop-realm.json"], folder)
    except Unavailable as reason:
        pytest.skip(str(reason))
    with made:
        yield made


def token(provider, username, client="items-web", secret="items-secret"):
    form = {"grant_type": "password", "client_id": client, "username": username, "password": "password"}
    answer = requests.post(
        f"{provider.base}/realms/shop/protocol/openid-connect/token",
        data={**form, **({"client_secret": secret} if secret else {})},
        timeout=10,
    )
    return answer.json()["access_token"]


def run(code, provider):
    defined = {"SERVER": provider.base, "__name__": "guide"}
    exec(compile(code, str(PAGE), "exec", dont_inherit=True), defined)
    return defined


def get(client, sent):
    return client.get("/items/", headers={"Authorization": f"Bearer {sent}"})


@pytest.mark.parametrize("code", [BEFORE, AFTER], ids=["before", "after"])
def test_before_and_after(provider, code):
    with TestClient(run(code, provider)["app"]) as client:
        alice, bob = token(provider, "alice"), token(provider, "bob")
        until(lambda: get(client, alice).status_code != 503, "keys")
        answer = get(client, alice)
        assert answer.status_code == 200 and len(answer.json()["user"]) == 36
        assert get(client, bob).status_code == 403
        assert get(client, alice[:-4] + "AAAA").status_code == 401
        assert client.get("/items/").status_code == 401
        assert ("items-secret" in client.get("/docs").text) == (code == BEFORE)


def test_after_it_tells_why_and_takes_its_own_tokens_alone(provider):
    with TestClient(run(AFTER, provider)["app"]) as client:
        bob = get(client, token(provider, "bob"))
        assert 'error="insufficient_scope"' in bob.headers["www-authenticate"]
        other = get(client, token(provider, "alice", "other", None))
        assert other.status_code == 401 and 'error="invalid_token"' in other.headers["www-authenticate"]


def test_after_it_starts_without_the_provider(provider):
    provider.stop()
    try:
        with pytest.raises(requests.ConnectionError):
            run(BEFORE, provider)
        defined = run(AFTER, provider)
    finally:
        provider.start()
    with TestClient(defined["app"]) as client:
        until(lambda: get(client, token(provider, "alice")).status_code != 503, step=0.1)
        assert get(client, token(provider, "alice")).status_code == 200

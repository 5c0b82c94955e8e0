# SPDX-License-Identifier: Apache-2.0
"""Resource indicators (RFC 8707): the API that a client names is the audience of its token, and no other."""

import json
import subprocess

import pytest
from oidc import Client, Pkce, callback_of
from peers import PROJECT, free_port
from programs import ItemsApi, Provider, items_api_program
from web import Browser, query_of, unverified_token

CALLBACK = "http://localhost:8000/auth"
WEB = Client("web", "web-secret", CALLBACK)
SPA = Client("spa", None, CALLBACK)
CAROL = ("carol", "carol-password")
CLIENT, MAPPED, LISTED, BELOW = (
    "https://api.example/client",
    "https://api.example/mapped",
    "https://api.example/listed",
    "https://mcp.example/tools/mcp",
)
REALM = {
    "realm": "shop",
    "enabled": True,
    "attributes": {"resource.indicators": f"{LISTED} ## https://mcp.example/tools/*"},
    "clients": [
        {
            "clientId": "web",
            "secret": "web-secret",
            "redirectUris": [CALLBACK],
            "directAccessGrantsEnabled": True,
            "serviceAccountsEnabled": True,
            "implicitFlowEnabled": True,
            "protocolMappers": [
                {
                    "name": "audience",
                    "protocol": "openid-connect",
                    "protocolMapper": "oidc-audience-mapper",
                    "config": {"included.custom.audience": MAPPED, "access.token.claim": "true"},
                }
            ],
        },
        {"clientId": "spa", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
        {"clientId": CLIENT, "bearerOnly": True},
        {"clientId": "https://api.example/off", "bearerOnly": True, "enabled": False},
    ],
    "users": [
        {
            "username": "carol",
            "enabled": True,
            "email": "carol@example.com",
            "firstName": "Carol",
            "lastName": "Cook",
            "emailVerified": True,
            "credentials": [{"type": "password", "value": "carol-password"}],
        }
    ],
}


@pytest.fixture(scope="module")
def realm(work):
    file = work / "shop-realm.json"
    file.write_text(json.dumps(REALM))
    with Provider([file], work / "resources") as provider:
        yield provider.realm("shop")


def password(realm, client=WEB, **extra):
    form = {"grant_type": "password", "username": CAROL[0], "password": CAROL[1], "scope": "openid", **extra}
    return realm.token(form, client)


def claims(token):
    return unverified_token(token)[1]


def audience(answer):
    assert answer.status == 200, answer.text
    return claims(answer.json()["access_token"])["aud"]


def assert_refused(answer, description):
    assert (answer.status, answer.json()["error"]) == (400, "invalid_target"), answer.text
    assert description in answer.json()["error_description"]


@pytest.mark.parametrize("resource", [CLIENT, MAPPED, LISTED, BELOW, "https://mcp.example/tools/"])
def test_a_known_resource_is_the_audience_of_every_grant(realm, resource):
    assert audience(password(realm, resource=resource)) == resource
    assert audience(realm.token({"grant_type": "client_credentials", "resource": resource}, WEB)) == resource
    pkce = Pkce()
    _, answer = realm.code_login(WEB, *CAROL, pkce, resource=resource)
    assert audience(answer) == resource
    assert claims(answer.json()["id_token"])["aud"] == "web"
    assert audience(realm.refresh(WEB, answer.json()["refresh_token"])) == resource


def test_without_a_resource_the_mappers_say_it(realm):
    assert MAPPED in audience(password(realm))
    assert audience(password(realm, resource="")) == audience(password(realm))


def test_several_resources_each_have_a_parameter(realm):
    answer = password(realm, resource=[LISTED, CLIENT, LISTED])
    assert audience(answer) == [LISTED, CLIENT]
    assert audience(realm.refresh(WEB, answer.json()["refresh_token"])) == [LISTED, CLIENT]
    assert_refused(password(realm, resource=[f"https://mcp.example/tools/{i}" for i in range(9)]), "Too many")


@pytest.mark.parametrize(
    "resource",
    [
        "https://unknown.example/",
        LISTED + "/",
        LISTED.upper(),
        "https://mcp.example/tools",
        "https://mcp.example/toolsmith",
        "https://api.example/off",
        "http://localhost.example/",
        "http://localhost@evil.example/",
        "http://localhost:80@evil.example/",
        f"{LISTED} {CLIENT}",
        f"{LISTED}#fragment",
        "/relative",
        "web:",
        "1https://api.example/",
        "https://mcp.example/tools/\u00e9",
        'https://mcp.example/tools/"',
    ],
)
def test_an_unknown_resource_is_refused(realm, resource):
    assert_refused(password(realm, resource=resource), "Invalid resource")
    answer = realm.authorize(Browser(), WEB, Pkce(), resource=resource)
    assert answer.status == 302
    assert query_of(answer.location)["error"] == "invalid_target"
    assert query_of(answer.location)["state"] == "state-1"


def test_an_audience_of_another_client_is_not_ones_own(realm):
    assert_refused(password(realm, SPA, resource=MAPPED), "not known")


def test_a_development_server_knows_this_machine(realm):
    for resource in ("http://localhost:8000/mcp", "http://127.0.0.1:9", "http://[::1]/", "http://localhost"):
        assert audience(password(realm, SPA, resource=resource)) == resource


def test_a_code_and_a_refresh_token_may_ask_for_less_and_never_for_more(realm):
    pkce = Pkce()
    code = callback_of(realm.log_in(Browser(), WEB, *CAROL, pkce, resource=[LISTED, CLIENT]))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": pkce.verifier,
        "resource": CLIENT,
    }
    answer = realm.token(form, WEB)
    assert audience(answer) == CLIENT
    refresh = answer.json()["refresh_token"]
    assert audience(realm.refresh(WEB, refresh, resource=LISTED)) == LISTED
    assert audience(realm.refresh(WEB, refresh)) == [LISTED, CLIENT]
    assert_refused(realm.refresh(WEB, refresh, resource=MAPPED), "not granted")
    code = callback_of(realm.log_in(Browser(), WEB, *CAROL, pkce, resource=LISTED))["code"]
    assert_refused(realm.token({**form, "code": code}, WEB), "not granted")


def test_a_token_in_the_redirect_has_the_audience(realm):
    answer = realm.log_in(Browser(), WEB, *CAROL, response_type="token", resource=LISTED)
    assert claims(callback_of(answer)["access_token"])["aud"] == LISTED


def test_a_failed_attempt_at_the_login_forgets_no_resource(realm):
    browser, pkce = Browser(), Pkce()
    page = realm.authorize(browser, WEB, pkce, resource=LISTED)
    page = browser.submit(page.page.form("kc-form-login"), username="carol", password="wrong")
    answer = browser.submit(page.page.form("kc-form-login"), username="carol", password="carol-password")
    assert audience(realm.code(WEB, callback_of(answer)["code"], pkce)) == LISTED


NO_RESOURCES = (
    *("api.example", "urn:x:y", "https://", "https://user:pw@api.example", "https://bücher.example", "https://api.example:99999", "http://api.example"),
    *("https://api.example/a/../b", "https://api.example/.", "https://api.example/a?b", "https://api.example/#a", "https://api.example/a b"),
)


@pytest.mark.parametrize("resource", NO_RESOURCES)
def test_p29_what_nobody_can_ask_for_is_no_resource(resource):
    """Its metadata would have an address that no client reaches, or tell a password."""
    command = [str(items_api_program()), "--issuer", "https://id.example", "--audience", "a", "--resource", resource]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "--resource: " in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_metadata_is_where_rfc_8414_puts_it(realm, name):
    expected = realm.discovery().json()
    for url in (f"{realm.base}/.well-known/{name}/realms/shop", f"{realm.issuer}/.well-known/{name}"):
        answer = Browser().get(url, headers={"Origin": "https://app.example"})
        assert answer.json() == expected
        assert answer.header("access-control-allow-origin") == "https://app.example"
        asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
        allowed = Browser().request("OPTIONS", url, None, asked).header("access-control-allow-headers")
        assert "MCP-Protocol-Version" in allowed
    assert Browser().get(f"{realm.base}/.well-known/{name}/realms/nobody").status == 404


def test_p29_an_api_that_names_itself_takes_the_tokens_that_are_for_it(provider, myapi, tmp_path):
    """As script/server starts it: clients of the Model Context Protocol ask by the resource that the metadata names."""
    port = free_port()
    resource = f"http://localhost:{port}"
    with ItemsApi(provider.realm().issuer, tmp_path, port, arguments=("--resource", resource, "--audience", resource)) as api:
        challenge = Browser().get(f"{api.base}/items/").header("WWW-Authenticate")
        place = challenge.split('resource_metadata="')[1].split('"')[0]
        metadata = Browser().get(place, headers={"Origin": "https://inspector.example"})
        assert metadata.header("Access-Control-Allow-Origin") == "*"
        wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "mcp-protocol-version"}
        asked = Browser().request("OPTIONS", place, None, {"Origin": "https://inspector.example", **wanted})
        assert (asked.status, asked.header("Access-Control-Allow-Origin"), asked.header("Access-Control-Allow-Headers")) == (204, "*", "mcp-protocol-version")
        elsewhere = Browser().request("OPTIONS", f"{api.base}/items/", None, {"Origin": "https://inspector.example", **wanted})
        assert elsewhere.header("Access-Control-Allow-Origin") is None
        assert metadata.json()["resource"] == resource
        assert metadata.json()["authorization_servers"] == [provider.realm().issuer]
        form = {"grant_type": "password", "username": "alice", "password": "alice-password", "scope": "openid"}
        for asked in ({"resource": resource}, {}):
            token = provider.realm().token({**form, **asked}, myapi).json()["access_token"]
            assert Browser().get(f"{api.base}/items/", headers={"Authorization": f"Bearer {token}"}).status == 200
    server = (PROJECT / "script" / "server").read_text()
    assert '--resource "http://localhost:$api_port"' in server and '--audience "http://localhost:$api_port"' in server

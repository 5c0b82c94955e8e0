# SPDX-License-Identifier: Apache-2.0
"""An MCP server, the SDK's own client, and our provider between them: discovery, login, a tool call."""

import asyncio
import contextlib
import json
import pathlib
import socket
import sys
import threading

import httpx2
import pytest
import uvicorn
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata

import ostiary.mcp
from ostiary import errors, testing

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from oidc import callback_of  # noqa: E402
from peers import Unavailable  # noqa: E402
from programs import Provider  # noqa: E402
from web import Browser, query_of  # noqa: E402

CALLBACK = "http://localhost:9999/callback"
REGISTRATION = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy"
ALICE = {"username": "alice", "password": "alice-password"}


@contextlib.contextmanager
def serving(issuer, scopes=(), path="/mcp", **settings):
    """An MCP server with one tool, guarded; gives its guard and its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    resource = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
    guard = ostiary.mcp.Guard(issuer, resource, scopes=scopes, **settings)
    mcp = MCPServer("shop", auth=guard.settings(), token_verifier=guard)

    @mcp.tool()
    def whoami() -> str:
        return get_access_token().claims["preferred_username"]

    app = mcp.streamable_http_app(streamable_http_path=path)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert guard.verifier.wait_ready(60)
        yield guard, resource
    finally:
        server.should_exit = True
        thread.join()
        guard.close()


@pytest.fixture(scope="module")
def realm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mcp")
    client = {"clientId": "agent", "publicClient": True, "redirectUris": [CALLBACK]}
    client["attributes"] = {"pkce.code.challenge.method": "S256"}
    user = {"username": "alice", "enabled": True, "email": "alice@example.com", "firstName": "Alice", "lastName": "A"}
    user["credentials"] = [{"type": "password", "value": ALICE["password"]}]
    user["realmRoles"] = ["default-roles-shop"]
    content = {"realm": "shop", "enabled": True, "clients": [client], "users": [{**user, "emailVerified": True}]}
    content["attributes"] = {"resource.indicators": "http://127.0.0.1/*"}
    hosts = {"trusted-hosts": ["localhost", "127.0.0.1"], "host-sending-registration-request-must-match": ["true"]}
    trusted = {"name": "hosts", "providerId": "trusted-hosts", "subType": "anonymous", "config": hosts}
    content["components"] = {REGISTRATION: [trusted]}
    (folder / "shop-realm.json").write_text(json.dumps(content))
    try:
        provider = Provider([folder / "shop-realm.json"], folder)
    except Unavailable as reason:
        pytest.skip(str(reason))
    with provider:
        yield provider.realm("shop")


class Agent:
    """The SDK's client, and a human who signs in where it sends them."""

    def __init__(self, registered=True):
        self.tokens, self.asked = None, []
        self.client = OAuthClientInformationFull(client_id="agent", redirect_uris=[CALLBACK], token_endpoint_auth_method="none")
        if not registered:
            self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, info):
        self.client = info

    async def log_in(self, url):
        def human():
            browser = Browser()
            page = browser.get(url)
            assert page.status == 200, page.text[:400]
            return callback_of(browser.submit(page.page.form("kc-form-login"), **ALICE))

        self.asked.append(query_of(url))
        self.answer = await asyncio.to_thread(human)

    async def callback(self):
        return AuthorizationCodeResult(
            code=self.answer["code"], state=self.answer.get("state"), iss=self.answer.get("iss")
        )

    def provider(self, resource, metadata):
        return OAuthClientProvider(
            server_url=resource,
            storage=self,
            redirect_handler=self.log_in,
            callback_handler=self.callback,
            client_metadata=metadata,
        )

    async def call(self, resource):
        metadata = OAuthClientMetadata(
            client_name="agent", redirect_uris=[CALLBACK], token_endpoint_auth_method="none"
        )
        auth = self.provider(resource, metadata)
        async with httpx2.AsyncClient(auth=auth, timeout=30) as http:
            async with streamable_http_client(resource, http_client=http) as streams:
                async with ClientSession(streams[0], streams[1]) as session:
                    await session.initialize()
                    answer = await session.call_tool("whoami", {})
                    return answer.content[0].text


def test_the_client_finds_the_provider_logs_in_and_calls(realm):
    with serving(realm.issuer) as (_, resource):
        agent = Agent()
        assert asyncio.run(agent.call(resource)) == "alice"
        assert agent.asked[0]["resource"] == resource and agent.asked[0]["code_challenge_method"] == "S256"
        # The same login serves the next call, without a second one.
        assert asyncio.run(agent.call(resource)) == "alice" and len(agent.asked) == 1


def test_a_client_that_nobody_knows_registers_itself(realm):
    with serving(realm.issuer) as (_, resource):
        agent = Agent(registered=False)
        assert asyncio.run(agent.call(resource)) == "alice"
        assert agent.client.client_id not in ("", "agent")


def test_a_token_for_another_resource_is_refused(realm):
    with serving(realm.issuer) as (_, one), serving(realm.issuer) as (guard, other):
        agent = Agent()
        assert asyncio.run(agent.call(one)) == "alice"
        token = agent.tokens.access_token
        assert asyncio.run(guard.verify_token(token)) is None
        answer = httpx2.post(other, headers={"Authorization": f"Bearer {token}"}, json={})
        assert answer.status_code == 401
        assert "/.well-known/oauth-protected-resource/mcp" in answer.headers["WWW-Authenticate"]


def test_the_metadata_of_the_resource(realm):
    with serving(realm.issuer, scopes=["tools:use"]) as (_, resource):
        origin, _, path = resource.rpartition("/")
        answer = httpx2.get(f"{origin}/.well-known/oauth-protected-resource/{path}").json()
    assert answer["resource"] == resource and answer["authorization_servers"] == [realm.issuer]
    assert answer["scopes_supported"] == ["tools:use"]


# ---- the verifier by itself ----


RESOURCE = "https://mcp.example.org/mcp"


@pytest.fixture
def own():
    with testing.Issuer(RESOURCE) as issuer:
        yield issuer


@pytest.fixture
def guard(own):
    made = ostiary.mcp.Guard(own.url, RESOURCE, scopes=["tools:use"])
    assert made.verifier.wait_ready(60)
    yield made
    made.close()


def test_what_the_sdk_is_told_of_a_token(own, guard):
    token = own.token("bob", scopes=["tools:use", "other"], client="agent")
    said = asyncio.run(guard.verify_token(token))
    assert (said.client_id, said.subject, said.scopes) == ("agent", "bob", ["tools:use", "other"])
    assert said.resource == RESOURCE and said.claims["iss"] == own.url and said.expires_at > 0


@pytest.mark.parametrize(
    "change", [{"audience": "https://other.example.org/mcp"}, {"audience": RESOURCE + "/"}, {"lifetime": -900}]
)
def test_what_is_not_for_this_server_is_none(own, guard, change):
    assert asyncio.run(guard.verify_token(own.token(**change))) is None


def test_bound_tokens_are_refused(own, guard):
    from ostiary import jwk

    assert asyncio.run(guard.verify_token(own.token(dpop_key=jwk.Key.generate("ES256")))) is None


def test_an_outage_is_no_refusal(own):
    own.down = True
    made = ostiary.mcp.Guard(own.url, RESOURCE)
    with pytest.raises(errors.UnavailableError):
        asyncio.run(made.verify_token(own.token()))
    made.close()


def test_fastmcp_asks_for_the_scopes_by_its_own_names():
    """What its RemoteAuthProvider, 4.2.3, reads of a token_verifier: without these it made no server."""
    guard = ostiary.mcp.Guard("https://id.example.org/realms/shop", "https://mcp.example.org/mcp", scopes=("tools:use",))
    try:
        assert guard.required_scopes == guard.scopes_supported == ["tools:use"]
    finally:
        guard.close()


def test_scopes_are_several():
    with pytest.raises(TypeError, match="scopes"):
        ostiary.mcp.Guard("https://id.example.org", RESOURCE, scopes="tools:use")

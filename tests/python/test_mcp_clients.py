# SPDX-License-Identifier: Apache-2.0
"""From nothing but a server's address: the clients of the SDKs sign in at our provider and call a tool at a
guarded server, by the metadata that they publish or by registration, after their user has consented."""

import asyncio
import json
import pathlib
import subprocess
import sys

import pytest
from mcp.client.auth import OAuthClientProvider
from test_mcp import ALICE, CALLBACK, REGISTRATION, Agent, serving

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from document_server import DocumentServer  # noqa: E402
from oidc import callback_of  # noqa: E402
from peers import PROJECT, Unavailable, npm_packages  # noqa: E402
from programs import Provider  # noqa: E402
from web import Browser, query_of  # noqa: E402


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("documents"))
    yield made
    made.close()


def policy(name, **config):
    return {"name": name, "providerId": name, "subType": "anonymous", "config": config}


def realm_of(name, documents):
    user = {"username": "alice", "enabled": True, "email": "alice@example.com", "firstName": "Alice", "lastName": "A"}
    user["credentials"] = [{"type": "password", "value": ALICE["password"]}]
    user["realmRoles"] = [f"default-roles-{name}"]
    hosts = policy("trusted-hosts", **{"trusted-hosts": ["localhost", "127.0.0.1"]})
    attributes = {"resource.indicators": "http://127.0.0.1/*"}
    if documents:
        attributes["client.id.metadata.documents"] = "true"
        attributes["client.id.metadata.document.addresses"] = "127.0.0.1"
    return {
        "realm": name,
        "enabled": True,
        "attributes": attributes,
        "users": [{**user, "emailVerified": True}],
        "components": {REGISTRATION: [hosts, policy("consent-required")]},
    }


@pytest.fixture(scope="module")
def provider(tmp_path_factory, documents):
    folder = tmp_path_factory.mktemp("agents")
    files = []
    for name in ("documents", "registration"):
        files.append(folder / f"{name}-realm.json")
        files[-1].write_text(json.dumps(realm_of(name, name == "documents")))
    try:
        made = Provider(files, folder, arguments=("--ca-file", documents.ca))
    except Unavailable as reason:
        pytest.skip(str(reason))
    with made:
        yield made


def log_in_and_consent(url, pages):
    """What a person does; where their browser ends up."""
    browser = Browser()
    answer = browser.submit(browser.get(url).page.form("kc-form-login"), **ALICE)
    if "/login-actions/consent?" in answer.location:
        page = browser.get(answer.location).page
        pages.append(page)
        answer = browser.submit(page.form(), accept="Yes")
    return answer


class ConsentingAgent(Agent):
    def __init__(self, metadata_url=None):
        super().__init__(registered=False)
        self.metadata_url, self.pages = metadata_url, []

    async def log_in(self, url):
        self.asked.append(query_of(url))
        self.answer = callback_of(await asyncio.to_thread(log_in_and_consent, url, self.pages))

    def provider(self, resource, metadata):
        return OAuthClientProvider(
            server_url=resource,
            storage=self,
            redirect_handler=self.log_in,
            callback_handler=self.callback,
            client_metadata=metadata,
            client_metadata_url=self.metadata_url,
        )


def in_python(resource, metadata_url):
    agent = ConsentingAgent(metadata_url)
    assert asyncio.run(agent.call(resource)) == "alice"
    # The same login serves the next call; so does a refresh.
    assert asyncio.run(agent.call(resource)) == "alice" and len(agent.asked) == 1
    return agent.client.client_id, agent.asked, agent.pages


def in_typescript(resource, metadata_url, sdk="sdk"):
    try:
        home = npm_packages(PROJECT / "tests" / "interop" / "npm-mcp", "npm-mcp")
    except Unavailable as reason:
        pytest.skip(str(reason))
    command = ["node", "mcp-client.mjs", sdk, resource, CALLBACK, *([metadata_url] if metadata_url else [])]
    asked, pages, said = [], [], {}
    with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        for line in client.stdout:
            said = json.loads(line)
            if "authorize" in said:
                asked.append(query_of(said["authorize"]))
                client.stdin.write(log_in_and_consent(said["authorize"], pages).location + "\n")
                client.stdin.flush()
    assert (said["text"], said["again"], said["refreshed"]) == ("alice", "alice", True)
    return said["client"], asked, pages


def in_typescript_2(resource, metadata_url):
    return in_typescript(resource, metadata_url, "client")


SDKS = pytest.mark.parametrize("client", [in_python, in_typescript, in_typescript_2], ids=["python", "typescript", "typescript 2"])


@SDKS
def test_a_client_that_publishes_its_metadata(client, provider, documents):
    path = f"/{client.__name__}.json"
    url = documents.put(
        path,
        client_name="Published Agent",
        redirect_uris=[CALLBACK],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    with serving(provider.realm("documents").issuer) as (_, resource):
        client_id, asked, pages = client(resource, url)
    assert client_id == url and documents.asked(path) == 1
    assert [(one["client_id"], one["resource"], one["code_challenge_method"]) for one in asked] == [(url, resource, "S256")]
    assert pages[0].text_by_id["kc-page-title"] == "Grant Access to Published Agent"
    assert pages[0].text_by_id["kc-client-host"] == url.split("/")[2]


@SDKS
def test_a_client_that_registers_itself(client, provider, documents):
    url = documents.put(f"/unused-{client.__name__}.json")
    with serving(provider.realm("registration").issuer) as (_, resource):
        client_id, asked, pages = client(resource, url)
    assert client_id != url and documents.asked(f"/unused-{client.__name__}.json") == 0
    assert len(asked) == len(pages) == 1 and asked[0]["client_id"] == client_id
    assert "User profile" in pages[0].lines

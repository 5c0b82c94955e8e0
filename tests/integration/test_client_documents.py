# SPDX-License-Identifier: Apache-2.0
"""Clients whose ID is the address of their metadata: what is fetched, from where, how often, and what comes of it."""

import concurrent.futures
import json
import urllib.parse

import pytest
from document_server import DocumentServer, unused_port
from oidc import Client, Pkce, callback_of
from programs import Provider
from web import Browser, bearer

CALLBACK = "http://localhost:8000/cb"
ON = {"client.id.metadata.documents": "true"}
OPEN = {**ON, "client.id.metadata.document.addresses": "127.0.0.0/8, ::1"}


def realm_of(name, attributes):
    return {
        "realm": name,
        "enabled": True,
        "attributes": attributes,
        "clients": [{"clientId": "checker", "secret": "checker-secret", "redirectUris": [CALLBACK]}],
        "users": [
            {
                "username": "ann",
                "enabled": True,
                "email": "ann@example.org",
                "credentials": [{"type": "password", "value": "ann-password"}],
                "clientRoles": {"realm-management": ["manage-users"]},
            }
        ],
    }


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("documents"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def files(work):
    made = []
    for name, attributes in (("open", OPEN), ("closed", ON), ("off", {}), ("other", OPEN)):
        made.append(work / f"{name}-realm.json")
        made[-1].write_text(json.dumps(realm_of(name, attributes)))
    return made


@pytest.fixture(scope="module")
def server(work, files, documents):
    with Provider(files, work / "documents", arguments=("--ca-file", documents.ca)) as provider:
        yield provider


@pytest.fixture(scope="module")
def realm(server):
    return server.realm("open")


@pytest.fixture
def path(request, realm, documents):
    """A path of the test's own, so that nothing is cached; and a budget that is not used up."""
    return f"/{abs(hash(request.node.name))}.json"


def agent(url):
    return Client(url, None, CALLBACK)


def begin(realm, url, browser=None, **changes):
    return realm.authorize(browser or Browser(), agent(url), Pkce(), **changes)


def refusal(answer):
    assert answer.status == 400 and not answer.location, (answer.status, answer.location)
    return answer.page.text


def grant(realm, url, browser=None, scope="openid"):
    browser, pkce = browser or Browser(), Pkce()
    answer = realm.log_in(browser, agent(url), "ann", "ann-password", pkce, scope=scope)
    page = browser.get(answer.location).page
    answer = browser.submit(page.form(), accept="Yes")
    return page, realm.code(agent(url), callback_of(answer)["code"], pkce)


# ---- the way of a client ----


def test_a_client_logs_its_user_in(server, realm, documents, path):
    url = documents.put(path, client_uri="https://weather.example", tos_uri="https://weather.example/terms")
    browser = Browser()
    page, answer = grant(realm, url, browser)
    assert page.text_by_id["kc-page-title"] == "Grant Access to Weather Agent"
    assert page.text_by_id["kc-client-host"] == url.split("/")[2]
    assert page.text_by_id["kc-return"] == "localhost:8000"
    assert answer.status == 200, answer.text
    tokens = answer.json()
    assert realm.userinfo(tokens["access_token"]).json()["email"] == "ann@example.org"
    assert realm.refresh(agent(url), tokens["refresh_token"]).status == 200
    seen = Browser().post(realm.endpoint("token/introspect"), {"token": tokens["access_token"], **Client("checker", "checker-secret").form})
    assert seen.json()["active"] and seen.json()["client_id"] == url
    assert "code" in callback_of(begin(realm, url, browser)), "consent is remembered"
    assert documents.asked(path) == 1, "a document is fetched once while it is new"
    fields = dict(documents.requests)[path]
    assert fields["Accept"] == "application/json" and "Cookie" not in fields and "Authorization" not in fields
    revoked = Browser().post(realm.endpoint("revoke"), {"token": tokens["refresh_token"], "client_id": url})
    assert revoked.status == 200


def test_it_is_announced_where_it_is_on(server):
    for name, expected in (("open", True), ("closed", True), ("off", None)):
        assert server.realm(name).discovery().json().get("client_id_metadata_document_supported") is expected


def test_a_consent_to_it_is_listed_and_withdrawn(server, realm, documents, path):
    url = documents.put(path)
    _, answer = grant(realm, url)
    token = realm.password(Client("admin-cli"), "ann", "ann-password").json()["access_token"]
    users = f"{server.base}/admin/realms/open/users"
    ann = Browser().get(f"{users}?username=ann", headers=bearer(token)).json()[0]["id"]
    listed = Browser().get(f"{users}/{ann}/consents", headers=bearer(token)).json()
    assert url in [one["clientId"] for one in listed]
    assert url in next(one for one in listed if one["clientId"] == url)["grantedClientScopes"]
    assert Browser().request("DELETE", f"{users}/{ann}/consents/{url}", None, bearer(token)).status == 204
    assert realm.refresh(agent(url), answer.json()["refresh_token"]).json()["error"] == "invalid_grant"


def test_it_must_use_pkce(realm, documents, path):
    url = documents.put(path)
    answer = realm.authorize(Browser(), agent(url))
    assert callback_of(answer)["error"] == "invalid_request"


def test_a_realm_that_has_it_off_knows_no_such_client(server, documents, path):
    url = documents.put(path)
    assert "Client not found." in refusal(begin(server.realm("off"), url))
    assert documents.asked(path) == 0


def test_a_redirect_uri_is_one_of_the_documents_own(realm, documents, path):
    url = documents.put(path, redirect_uris=["https://app.example/cb"])
    for wrong in ("https://app.example/cb/", "https://app.example/cb?x=1", "https://APP.example/cb", "https://evil.example/cb"):
        assert "redirect_uri" in refusal(begin(realm, url, redirect_uri=wrong))
    assert begin(realm, url, redirect_uri="https://app.example/cb").status == 200


def test_a_restart_fetches_again(work, files, documents, path):
    url = documents.put(path)
    folder = work / "restarted"
    with Provider(files[:1], folder, arguments=("--ca-file", documents.ca)) as provider:
        realm = provider.realm("open")
        _, answer = grant(realm, url)
        tokens = answer.json()
        provider.stop()
        provider.start()
        assert realm.userinfo(tokens["access_token"]).status == 200
        assert realm.refresh(agent(url), tokens["refresh_token"]).status == 200
    assert documents.asked(path) == 2


# ---- documents that are no good ----


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://localhost/other.json"},
        {"client_id": None},
        {"client_id": 5},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["https://app.example/*"]},
        {"redirect_uris": "http://localhost:8000/cb"},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"client_secret": "hidden"},
        {"client_secret_expires_at": 0},
        {"client_name": ["x"]},
        {"raw": b"[]"},
        {"raw": b"{"},
        {"raw": b""},
        {"raw": b'{"client_id": "a", "client_id": "b"}'},
        {"raw": b"x" * 6000},
        {"raw": b'{"a":' * 50 + b"1" + b"}" * 50},
        {"content_type": "text/html"},
        {"content_type": "application/jsonp"},
        {"status": 404},
        {"status": 500},
        {"status": 204, "raw": b""},
        {"status": 301, "fields": {"Location": "/good.json"}},
        {"status": 302, "fields": {"Location": "https://127.0.0.1/"}},
        {"fields": {"Content-Encoding": "gzip"}},
    ],
    ids=str,
)
def test_a_document_that_is_no_good(server, documents, path, changes):
    url = documents.put(path, **changes)
    text = refusal(begin(server.realm("other"), url))
    assert "Client not found: its document" in text


def test_what_was_no_good_is_not_remembered(realm, documents, path):
    url = documents.put(path, client_id="https://localhost/other.json")
    refusal(begin(realm, url))
    documents.put(path)
    assert begin(realm, url).status == 200


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON", "application/cimd+json"])
def test_media_types_of_json(server, documents, path, media):
    url = documents.put(path, content_type=media)
    assert begin(server.realm("other"), url).status == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("https", "http"),
        lambda url: url + "#f",
        lambda url: url.replace("https://", "https://user@"),
        lambda url: url.replace("https://", "https://user:pw@"),
        lambda url: url.replace(".localhost", ".LOCALHOST"),
        lambda url: url.replace(".localhost", ".local%68ost"),
        lambda url: url[: url.rindex("/")],
        lambda url: url[: url.rindex("/") + 1],
        lambda url: url[: url.rindex("/")] + "/a/../" + url[url.rindex("/") + 1 :],
        lambda url: url[: url.rindex("/")] + "/%2e/" + url[url.rindex("/") + 1 :],
        lambda url: url.replace(":/", ":\\"),
        lambda url: url + "\n",
        lambda url: url + " ",
        lambda url: url + "?" + "x" * 1100,
    ],
)
def test_what_is_no_such_id(realm, documents, path, change):
    url = change(documents.put(path))
    before = documents.connections
    assert "Client not found." in refusal(begin(realm, url))
    assert documents.connections == before


# ---- strangers' addresses ----


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "[64:ff9b::7f00:1]",
        "localhost.",
        "a.localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fe80::1]",
        "[fd00::1]",
    ],
)
def test_closed_addresses_are_not_connected_to(server, documents, path, host):
    documents.put(path)
    before = documents.connections
    text = refusal(begin(server.realm("closed"), documents.url(path, host)))
    assert "its document cannot be fetched" in text
    assert documents.connections == before


def test_what_one_realm_may_ask_is_nothing_for_another(server, documents, path):
    url = documents.put(path)
    assert begin(server.realm("open"), url).status == 200
    assert "cannot be fetched" in refusal(begin(server.realm("closed"), url))


def test_a_server_without_a_good_certificate(realm, documents, path):
    documents.put(path)
    before = len(documents.requests)
    assert "cannot be fetched" in refusal(begin(realm, documents.url(path, "127.0.0.1")))
    assert len(documents.requests) == before


def test_nobody_learns_what_lies_behind_an_address(realm):
    silent = refusal(begin(realm, f"https://localhost:{unused_port()}/a.json"))
    strange = refusal(begin(realm, f"https://localhost:{urllib.parse.urlsplit(realm.issuer).port}/a.json"))
    assert silent.splitlines()[2] == strange.splitlines()[2]


# ---- how often ----


def test_those_who_ask_at_once_wait_for_one_fetch(realm, documents, path):
    url = documents.put(path)
    documents.slow(path, 0.5)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: begin(realm, url).status, range(12)))
    assert answers == [200] * 12
    assert documents.asked(path) == 1


def test_a_host_is_not_asked_without_end(work, files, documents, path):
    with Provider(files[:1], work / "budget", arguments=("--ca-file", documents.ca)) as provider:
        realm = provider.realm("open")
        before = documents.connections
        answers = [begin(realm, documents.url(f"/missing-{number}.json", "localhost")) for number in range(15)]
        assert documents.connections - before == 10
        assert "asked for too often" in refusal(answers[-1])
        metrics = Browser().get(f"{provider.base}/metrics").text
        assert 'ostiary_provider_client_document_fetches_total{outcome="fetched"} 0' in metrics
        assert 'ostiary_provider_client_document_fetches_total{outcome="failed"} 10' in metrics


def test_a_server_that_hangs_holds_nobody_up(work, files, documents, path):
    with Provider(files[:1], work / "hanging", arguments=("--ca-file", documents.ca)) as provider:
        realm = provider.realm("open")
        url = documents.put(path)
        documents.slow(path, 8)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(begin, realm, url)
            assert realm.discovery().json()["issuer"] == realm.issuer
            assert "cannot be fetched" in refusal(hanging.result())


def test_a_provider_stops_while_it_fetches(work, files, documents, path):
    with Provider(files[:1], work / "stopping", arguments=("--ca-file", documents.ca)) as provider:
        url = documents.put(path)
        documents.slow(path, 1)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pending = pool.submit(lambda: begin(provider.realm("open"), url))
            while documents.asked(path) == 0:
                pass
            provider.stop()
            assert pending.result().status in (200, 400), "it is answered before the end"


def test_blocks_that_cannot_be_read_are_refused(tmp_path, new_provider):
    file = tmp_path / "bad-realm.json"
    file.write_text(json.dumps(realm_of("bad", {**ON, "client.id.metadata.document.addresses": "10.0.0.0/99"})))
    with pytest.raises(Exception):
        new_provider([file])

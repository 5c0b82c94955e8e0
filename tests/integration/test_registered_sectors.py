# SPDX-License-Identifier: Apache-2.0
"""Clients that name a sector when they register (OpenID Connect Registration §5): only what lists their redirect URIs."""

import json

import pytest
from document_server import DocumentServer
from programs import Provider
from test_registered_keys import TRUSTED
from web import Browser

OURS = ["https://a.localhost/cb", "https://b.localhost/cb"]


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("sectors"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def realm(work, documents):
    components = {"org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy": [TRUSTED]}
    file = work / "sectors-realm.json"
    file.write_text(json.dumps({"realm": "sectors", "enabled": True, "components": components}))
    with Provider([file], work / "registered-sectors", arguments=("--ca-file", documents.ca)) as provider:
        yield provider.realm("sectors")


def send(realm, method, body, token=None, client_id=None):
    url = f"{realm.issuer}/clients-registrations/openid-connect" + (f"/{client_id}" if client_id else "")
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    return Browser().request(method, url, body=json.dumps(body).encode(), headers=headers)


def register(realm, sector, uris=OURS):
    body = {"redirect_uris": uris, "subject_type": "pairwise", "sector_identifier_uri": sector}
    return send(realm, "POST", body)


def publish(documents, path, text, content_type="application/json"):
    documents.put(path, raw=text.encode(), content_type=content_type)
    return documents.url(path)


def test_a_sector_that_lists_the_redirect_uris(realm, documents):
    sector = publish(documents, "/both", json.dumps([*OURS, "https://c.localhost/cb"]))
    made = register(realm, sector)
    assert made.status == 201, made.text
    known = made.json()
    assert (known["subject_type"], known["sector_identifier_uri"]) == ("pairwise", sector)
    # A change is checked as well: the redirect URIs of somebody else do not come in by it.
    change = {name: known[name] for name in ("client_id", "redirect_uris", "subject_type", "sector_identifier_uri")}
    token = known["registration_access_token"]
    bad = {**change, "redirect_uris": ["https://d.localhost/cb"]}
    assert send(realm, "PUT", bad, token, known["client_id"]).status == 400
    good = {**change, "redirect_uris": ["https://c.localhost/cb"]}
    assert send(realm, "PUT", good, token, known["client_id"]).status == 200


@pytest.mark.parametrize(
    "text, content_type",
    [
        (json.dumps(OURS[:1]), "application/json"),
        (json.dumps([]), "application/json"),
        (json.dumps({"redirect_uris": OURS}), "application/json"),
        (json.dumps(" ".join(OURS)), "application/json"),
        (json.dumps([OURS]), "application/json"),
        (json.dumps(OURS)[:-1], "application/json"),
        (json.dumps(OURS), "text/html"),
        (json.dumps(OURS + ["x" * 70000]), "application/json"),
    ],
)
def test_the_sector_of_another(realm, documents, text, content_type):
    path = f"/of-another-{abs(hash((text, content_type)))}"
    answer = register(realm, publish(documents, path, text, content_type))
    assert (answer.status, answer.json()["error"]) == (400, "invalid_client_metadata"), text[:60]


def test_addresses_that_are_not_asked(realm, documents):
    elsewhere = publish(documents, "/moved-to", json.dumps(OURS))
    documents.put("/moved", fields={"Location": elsewhere}, status=302)
    before = documents.connections
    assert register(realm, documents.url("/moved")).status == 400
    assert not any(path == "/moved-to" for path, _ in documents.requests)
    for sector in (
        documents.url("/moved-to").replace("https:", "http:"),
        "https://10.0.0.1/uris.json",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ):
        assert register(realm, sector).status == 400, sector
    assert documents.connections - before <= 1


def test_nobody_is_asked_for_whom_it_cannot_be(realm, documents):
    sector = publish(documents, "/of-strangers", json.dumps([*OURS, "https://stranger.example/cb"]))
    body = {"redirect_uris": OURS, "subject_type": "pairwise", "sector_identifier_uri": sector}
    assert send(realm, "POST", body, "no-token").status == 401
    assert register(realm, sector, ["https://stranger.example/cb"]).status == 403
    known = send(realm, "POST", {"redirect_uris": OURS}).json()
    change = {**body, "client_id": known["client_id"]}
    for token in (None, "no-token"):
        assert send(realm, "PUT", change, token, known["client_id"]).status == 401
    assert not any(path == "/of-strangers" for path, _ in documents.requests)
    assert send(realm, "PUT", change, known["registration_access_token"], known["client_id"]).status == 200

# SPDX-License-Identifier: Apache-2.0
"""The items API in front of each provider: tokens, refusals, and the login of a browser."""

import pytest

from navigation import NAVIGATION, api_cookies, is_login_page, log_in, navigate
from oidc import Pkce
from web import Browser, bearer, query_of, unverified_token


def items(items_api, token=None, **headers):
    return Browser().get(f"{items_api.base}/items/", headers={**(bearer(token) if token else {}), **headers})


def message_for(token):
    return {"message": f"Hello user {unverified_token(token)[1]['sub']}! This is a protected resource!"}


@pytest.fixture(scope="session")
def tokens(realm, myapi):
    return realm.password(myapi, "alice", "alice-password").json()


# Tokens


def test_public_is_open(items_api):
    assert Browser().get(f"{items_api.base}/public/").status == 200


def test_password_token(items_api, tokens):
    answer = items(items_api, tokens["access_token"])
    assert answer.status == 200, answer.text
    assert answer.json() == message_for(tokens["access_token"])


def test_service_account_token(items_api, realm, myapi):
    token = realm.client_credentials(myapi).json()["access_token"]
    assert items(items_api, token).json() == message_for(token)


def test_code_flow_tokens(items_api, realm, myapi, items_docs):
    for client in (myapi, items_docs):
        _, answer = realm.code_login(client, "bob", "bob-password", Pkce())
        token = answer.json()["access_token"]
        assert items(items_api, token).json() == message_for(token)


def test_refreshed_token(items_api, realm, myapi, tokens):
    token = realm.refresh(myapi, tokens["refresh_token"]).json()["access_token"]
    assert items(items_api, token).status == 200


def test_implicit_token(items_api, realm, myapi):
    answer = realm.log_in(realm.browser(), myapi, "alice", "alice-password", response_type="id_token token")
    fragment = dict(pair.split("=", 1) for pair in answer.location.split("#")[1].split("&"))
    assert items(items_api, fragment["access_token"]).status == 200


def test_no_token(items_api):
    answer = items(items_api)
    assert answer.status == 401
    assert answer.json() == {"detail": "Not authenticated"}
    assert answer.header("WWW-Authenticate").startswith("Bearer")
    assert "error=" not in answer.header("WWW-Authenticate")


@pytest.mark.parametrize("kind", ["id_token", "refresh_token"])
def test_other_tokens_of_the_login(items_api, tokens, kind):
    answer = items(items_api, tokens[kind])
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_tampered_token(items_api, tokens):
    header, claims, signature = tokens["access_token"].split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (f"{header}.{claims}.{flipped}", f"{header}.{claims}.", f"{header}.{claims}"):
        answer = items(items_api, forged)
        assert answer.status == 401
        assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


# The login of a browser


def test_login_and_back(items_api, api_base, myapi):
    browser = Browser()
    first = navigate(browser, f"{api_base}/items/?page=2", follow=False)
    assert first.status in (302, 303)
    asked = query_of(first.location)
    assert asked["client_id"] == "myapi"
    assert asked["redirect_uri"] == myapi.redirect_uri
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 16 and len(asked["nonce"]) >= 16
    page = browser.get(first.location, headers=NAVIGATION)
    answer = browser.submit(
        page.page.form("kc-form-login"), follow=True, headers=NAVIGATION, username="alice", password="alice-password"
    )
    assert answer.url == f"{api_base}/items/?page=2"
    assert answer.status == 200
    assert answer.json()["message"].startswith("Hello user ")


def test_session_is_in_cookies_alone(items_api, api_base):
    browser, page = log_in(api_base)
    assert page.status == 200
    again = navigate(browser, f"{api_base}/items/", follow=False)
    assert again.status == 200
    assert again.json() == page.json()
    assert api_cookies(browser, api_base)


def test_cookies_are_closed_to_scripts(items_api, api_base):
    browser, seen = Browser(), []
    answer = navigate(browser, f"{api_base}/items/")
    answer = browser.submit(
        answer.page.form("kc-form-login"), headers=NAVIGATION, username="bob", password="bob-password"
    )
    while answer.location:
        answer = browser.get(answer.location, headers=NAVIGATION)
        seen += answer.all("Set-Cookie")
    assert seen
    for line in seen:
        assert "httponly" in line.lower(), line
        assert "samesite" in line.lower(), line
        assert len(line) <= 4096, f"{len(line)} bytes: browsers drop such a cookie"


def test_wrong_password(items_api, api_base):
    _, page = log_in(api_base, "alice", "wrong")
    assert is_login_page(page)
    assert "Invalid username or password." in page.page.text
    fields = {field.get("name"): field for field in page.page.form("kc-form-login").fields}
    assert fields["username"]["value"] == "alice"


def test_scripts_are_not_sent_to_login(items_api):
    answer = items(items_api, Accept="application/json")
    assert answer.status == 401


def test_wanted_page_stays_at_home(items_api, api_base):
    """Neither a path that looks like a host nor one in the parameters leads away after login."""
    _, page = log_in(api_base, wanted="/items/?next=//elsewhere.example/")
    assert page.url.startswith(api_base + "/")


def test_forged_callback(items_api, api_base):
    browser = Browser()
    first = navigate(browser, f"{api_base}/items/", follow=False)
    state = query_of(first.location)["state"]
    for query in ("code=x&state=y", f"code=x&state={state}", f"state={state}", "code=x", ""):
        answer = navigate(browser, f"{api_base}/auth?{query}", follow=False)
        assert 400 <= answer.status < 600, f"{query}: {answer.status}"
    answer = navigate(Browser(), f"{api_base}/auth?code=x&state={state}", follow=False)
    assert 400 <= answer.status < 500


def test_logout_ends_the_session_at_the_provider_too(items_api, api_base, realm, myapi):
    browser, page = log_in(api_base)
    assert page.status == 200
    back = navigate(browser, f"{api_base}/logout")
    assert back.url.startswith(api_base), back.url
    assert navigate(browser, f"{api_base}/items/", follow=False).status in (302, 303)
    answer = realm.authorize(browser, myapi, prompt="none")
    assert query_of(answer.location)["error"] == "login_required"


def test_second_login_asks_no_password(items_api, api_base):
    """The API's session is gone, the provider's is not: single sign-on."""
    browser, _ = log_in(api_base)
    for key in [key for key in browser.cookies if not key[1].startswith("/realms")]:
        del browser.cookies[key]
    answer = navigate(browser, f"{api_base}/items/")
    assert answer.url == f"{api_base}/items/"
    assert answer.status == 200

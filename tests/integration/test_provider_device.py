# SPDX-License-Identifier: Apache-2.0
"""The device authorization grant (RFC 8628): who is asked, whose answer counts, what a device gets, and what
neither a stranger nor a flood of polls or of guesses gets."""

import concurrent.futures
import json

import pytest
from clock import Clock
from dpop import DpopClient
from oidc import Client, Pkce
from programs import Provider
from web import Browser, query_of, unverified_token

TV, ASKING, PACED, BRIEF, BOX, BOUND = (Client(name) for name in ("tv", "asking", "paced", "brief", "box", "bound"))
OFF, WEB = Client("off"), Client("web", None, "http://localhost:8000/cb")


def client(client_id, interval="0", grant="true", attributes=None, **more):
    kept = {
        "oauth2.device.authorization.grant.enabled": grant,
        "oauth2.device.polling.interval": interval,
        **(attributes or {}),
    }
    return {"clientId": client_id, "publicClient": True, "attributes": kept, **more}


REALM = {
    "realm": "devices",
    "enabled": True,
    "clients": [
        client("tv", name="Television <b>"),
        client("box"),
        client("asking", consentRequired=True),
        client("paced", interval="8"),
        client("brief", attributes={"oauth2.device.code.lifespan": "6"}),
        client("bound", attributes={"dpop.bound.access.tokens": "true"}),
        client("off", grant="false"),
        client("web", grant="false", redirectUris=["http://localhost:8000/cb"]),
    ],
    "users": [
        {
            "username": name,
            "enabled": True,
            "email": f"{name}@example.org",
            "firstName": name,
            "lastName": "Cook",
            "realmRoles": ["default-roles-devices"],
            "credentials": [{"type": "password", "value": f"{name}-password"}],
        }
        for name in ("ann", "bob")
    ],
}


@pytest.fixture(scope="module")
def clock(work):
    with Clock(work) as set_by_tests:
        yield set_by_tests


@pytest.fixture(scope="module")
def server(work, clock):
    other = {"realm": "others", "enabled": True, "clients": [client("tv")]}
    files = [work / "devices-realm.json", work / "others-realm.json"]
    for file, realm in zip(files, (REALM, other)):
        file.write_text(json.dumps(realm))
    with clock.below(Provider(files, work / "devices")) as provider:
        yield provider


@pytest.fixture
def realm(server):
    return server.realm("devices")


def begin(realm, client=TV, scope="openid", **more):
    answer = realm.device_authorization(client, scope, **more)
    assert answer.status == 200, answer.text
    return answer.json()


def to_question(realm, begun, browser=None, name="ann"):
    browser = browser or realm.browser()
    page = browser.get(begun["verification_uri_complete"], follow=True)
    assert page.status == 200, page.text
    if page.page.forms[0].attributes.get("id") == "kc-form-login":
        page = browser.submit(page.page.forms[0], follow=True, username=name, password=f"{name}-password")
    return browser, page


def answered(realm, begun, name="ann", browser=None, **choice):
    browser, page = to_question(realm, begun, browser, name)
    return browser.submit(page.page.forms[0], **(choice or {"accept": "Yes"}))


def error_of(answer):
    assert answer.status == 400, answer.text
    return answer.json()["error"]


def test_a_device_gets_tokens_of_the_user_who_answers(realm):
    begun = begin(realm, scope="openid email")
    assert len(begun["device_code"]) == 43
    assert begun["verification_uri"] == f"{realm.issuer}/device" == realm.discovery().json()["issuer"] + "/device"
    assert error_of(realm.device_token(TV, begun["device_code"])) == "authorization_pending"
    end = answered(realm, begun)
    assert end.location == f"{realm.issuer}/device/status"
    assert "Device Login Successful" in Browser().get(end.location).text
    tokens = realm.device_token(TV, begun["device_code"]).json()
    _, claims = unverified_token(tokens["access_token"])
    assert claims["azp"] == "tv" and claims["email"] == "ann@example.org"
    assert realm.userinfo(tokens["access_token"]).json()["preferred_username"] == "ann"
    _, again = unverified_token(realm.refresh(TV, tokens["refresh_token"]).json()["id_token"])
    assert again["auth_time"] == unverified_token(tokens["id_token"])[1]["auth_time"]
    assert error_of(realm.device_token(TV, begun["device_code"])) == "invalid_grant"


def test_the_question_says_who_asks_and_shows_the_code(realm):
    begun = begin(realm)
    browser, question = to_question(realm, begun)
    lines = " ".join(question.page.lines)
    assert "Grant Access to Television <b>" in lines and "Email address" in lines
    assert begun["user_code"] in lines and "If somebody sent you here, choose No." in lines
    assert "ann" in lines


def test_whoever_is_signed_in_is_asked_each_time(realm):
    browser = realm.browser()
    for client in (TV, TV, ASKING, ASKING):
        begun = begin(realm, client)
        _, question = to_question(realm, begun, browser)
        assert "Grant Access" in question.text
        assert error_of(realm.device_token(client, begun["device_code"])) == "authorization_pending"
        browser.submit(question.page.forms[0], accept="Yes")
        assert realm.device_token(client, begun["device_code"]).status == 200


def test_a_no_ends_it(realm):
    begun = begin(realm)
    end = answered(realm, begun, cancel="No")
    assert query_of(end.location) == {"error": "access_denied"}
    assert "Device Login Failed" in Browser().get(end.location).text
    assert error_of(realm.device_token(TV, begun["device_code"])) == "access_denied"
    # Nothing is left to be answered otherwise.
    assert "Invalid code" in Browser().get(begun["verification_uri_complete"]).text


def test_the_answer_is_given_once(realm):
    begun = begin(realm)
    first, second = (to_question(realm, begun, name=name) for name in ("ann", "bob"))
    first[0].submit(first[1].page.forms[0], accept="Yes")
    late = second[0].submit(second[1].page.forms[0], accept="Yes")
    assert query_of(late.location) == {"error": "expired_token"}
    denied = second[0].submit(second[1].page.forms[0], cancel="No")
    assert query_of(denied.location) == {"error": "expired_token"}
    tokens = realm.device_token(TV, begun["device_code"]).json()
    assert unverified_token(tokens["access_token"])[1]["preferred_username"] == "ann"


def test_the_answer_counts_from_the_browser_that_was_asked(realm):
    begun = begin(realm)
    _, question = to_question(realm, begun)
    other = realm.browser()
    other.get(begun["verification_uri_complete"])
    assert other.submit(question.page.forms[0], accept="Yes").status == 400
    assert error_of(realm.device_token(TV, begun["device_code"])) == "authorization_pending"


def test_a_code_is_its_clients_and_its_realms(realm, server):
    begun = begin(realm)
    answered(realm, begun)
    assert error_of(realm.device_token(BOX, begun["device_code"])) == "invalid_grant"
    assert error_of(realm.device_token(OFF, begun["device_code"])) == "invalid_grant"
    assert error_of(realm.code(WEB, begun["device_code"])) in ("invalid_grant", "unauthorized_client")
    other = server.realm("others")
    assert error_of(other.device_token(TV, begun["device_code"])) == "invalid_grant"
    assert "Invalid code" in Browser().get(f"{other.issuer}/device?user_code={begin(realm)['user_code']}").text
    assert realm.device_token(TV, begun["device_code"]).status == 200


def test_one_of_two_nodes_spends_a_code(realm, server, tmp_path):
    begun = begin(realm)
    answered(realm, begun)
    with Provider([], tmp_path / "second", arguments=("--data", server.data)) as second:
        nodes = [realm, second.realm("devices")] * 4
        with concurrent.futures.ThreadPoolExecutor(len(nodes)) as pool:
            answers = list(pool.map(lambda node: node.device_token(TV, begun["device_code"]), nodes))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7


def test_a_flood_of_polls_is_slowed_down(realm, clock):
    begun = begin(realm, PACED)
    assert begun["interval"] == 8
    answers = [error_of(realm.device_token(PACED, begun["device_code"])) for _ in range(20)]
    assert answers[0] == "authorization_pending" and set(answers[1:]) == {"slow_down"}
    clock.forward(9)
    assert error_of(realm.device_token(PACED, begun["device_code"])) == "authorization_pending"


def test_a_code_expires(realm, clock):
    begun = begin(realm, BRIEF)
    browser, question = to_question(realm, begun)
    clock.forward(7)
    late = browser.submit(question.page.forms[0], accept="Yes")
    assert query_of(late.location) == {"error": "expired_token"}
    assert error_of(realm.device_token(BRIEF, begun["device_code"])) == "expired_token"
    assert "The code has expired" in Browser().get(begun["verification_uri_complete"]).text


def test_a_proof_key_binds_the_code_to_who_asked(realm):
    pkce = Pkce()
    begun = begin(realm, **pkce.params)
    answered(realm, begun)
    for wrong in ({}, {"code_verifier": Pkce().verifier}, {"code_verifier": "short"}):
        assert error_of(realm.device_token(TV, begun["device_code"], **wrong)) == "invalid_grant"
    assert realm.device_token(TV, begun["device_code"], code_verifier=pkce.verifier).status == 200


def test_tokens_are_bound_to_the_devices_key(realm):
    begun = begin(realm, BOUND)
    answered(realm, begun)
    assert error_of(realm.device_token(BOUND, begun["device_code"])) == "invalid_dpop_proof"
    prover = DpopClient()
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": begun["device_code"]}
    answer = realm.token(form, BOUND, {"DPoP": prover.proof(realm.endpoint("token"), "", "POST", ath=None)})
    assert unverified_token(answer.json()["access_token"])[1]["cnf"] == {"jkt": prover.thumbprint}


def test_a_session_that_ended_gives_no_tokens(realm):
    begun = begin(realm)
    browser = realm.browser()
    answered(realm, begun, browser=browser)
    page = browser.get(realm.endpoint("logout"))
    browser.submit(page.page.forms[0])
    assert error_of(realm.device_token(TV, begun["device_code"])) == "invalid_grant"


def test_offline_access_is_asked_for_and_lasts(realm):
    begun = begin(realm, TV, "openid offline_access")
    browser, question = to_question(realm, begun)
    assert "Offline Access" in question.text
    browser.submit(question.page.forms[0], accept="Yes")
    tokens = realm.device_token(TV, begun["device_code"]).json()
    assert unverified_token(tokens["refresh_token"])[1]["typ"] == "Offline"
    browser.submit(browser.get(realm.endpoint("logout")).page.forms[0])
    assert realm.refresh(TV, tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:2]} {code[2:]} "])
def test_a_code_is_taken_as_people_type_it(realm, typed):
    begun = begin(realm)
    browser = realm.browser()
    form = browser.get(f"{realm.issuer}/device").page.forms[0]
    page = browser.submit(form, device_user_code=typed(begun["user_code"]))
    assert page.page.form("kc-form-login")


# The last one: this address is not heard afterwards.
def test_codes_are_not_guessed(realm):
    begun = begin(realm)
    browser = realm.browser()
    guesses = (f"BBBB-BB{a}{b}" for a in "BCDFGH" for b in "BCDFGH")
    statuses = [browser.get(f"{realm.issuer}/device", {"user_code": guess}).status for guess in guesses]
    assert statuses.index(429) <= 20 and set(statuses[20:]) == {429}
    # Not even the right one, so that nothing is learnt by going on.
    page = browser.get(begun["verification_uri_complete"])
    assert page.status == 429 and "Too many wrong codes" in page.text
    # Logging in goes on.
    assert realm.log_in(browser, WEB, "ann", "ann-password").status == 302

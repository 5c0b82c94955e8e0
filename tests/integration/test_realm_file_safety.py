# SPDX-License-Identifier: Apache-2.0
"""P1: the safety that a realm file asks for is not dropped in silence."""

import re

import pytest
from realm_imports import ANN, CLIENT, SHOP, exported, importing, log_in, realm_of, told  # noqa: F401, F811  (fixtures)
from web import Browser, query_of, unverified_token

OTP = {
    "id": "7b5b1e6f-6b0f-4f5f-8f58-3f3b2f7d9a11",
    "type": "otp",
    "userLabel": "phone",
    "createdDate": 1700000000000,
    "secretData": '{"value":"aaaaaaaaaaaaaaaaaaaa"}',
    "credentialData": '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}',
}

KEY = {"type": "our-own-factor", "secretData": "{}", "credentialData": "{}"}


# ---- P1: a file's safety is not dropped in silence ----


def test_p1_a_second_factor_keeps_the_password_alone_out_and_is_exported(tmp_path, importing, realm_of):
    user = {**ANN, "totp": True, "credentials": [*ANN["credentials"], OTP]}
    realm, _ = realm_of(users=[user])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (401, "invalid_grant")
    old, _ = realm_of(users=[user], authenticationFlows=FLOWS, browserFlow="old browser", directGrantFlow="old direct")
    assert log_in(old).json()["error_description"] == "Invalid user credentials"
    plain, _ = realm_of(users=[user], authenticationFlows=FLOWS, browserFlow="plain browser", directGrantFlow="plain direct")
    assert log_in(plain).status == 200, "the file's flow asks for no code"
    done, report = importing({"realm": "x", "users": [{**user, "credentials": [*user["credentials"], KEY]}]})
    assert done.returncode == 0, done.stderr
    assert told(report, "refused in use") == {"users[0].credentials[2].type"}
    credentials = exported(tmp_path)["users"][0]["credentials"]
    assert [one["type"] for one in credentials] == ["password", "otp", "our-own-factor"]
    assert credentials[1:] == [OTP, KEY]


def test_p1_a_temporary_password_has_to_be_changed(realm_of):
    realm, _ = realm_of(users=[{**ANN, "credentials": [{"type": "password", "value": "ann-password", "temporary": True}]}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error_description"]) == (400, "Account is not fully set up")


@pytest.mark.parametrize(
    "actions, verified, status",
    [
        (None, False, 400),
        (None, True, 200),
        ([{"alias": "VERIFY_EMAIL", "enabled": True}], False, 400),
        ([{"alias": "VERIFY_EMAIL", "enabled": False}], False, 200),
    ],
)
def test_p1_verify_email(realm_of, actions, verified, status):
    realm, _ = realm_of(
        verifyEmail=True, requiredActions=actions, users=[{**ANN, "email": "ann@x.example", "emailVerified": verified}]
    )
    assert log_in(realm).status == status


def test_p1_consent_required(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "consentRequired": True}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_client")
    assert answer.json()["error_description"] == "Client requires user consent"
    browser = Browser()
    answer = realm.log_in(browser, CLIENT, "ann", "ann-password")
    assert "/login-actions/consent?" in answer.location
    assert "code" in query_of(browser.submit(browser.get(answer.location).page.form(), accept="Yes").location)


@pytest.mark.parametrize(
    "attributes, error",
    [
        ({"require.pushed.authorization.requests": "true"}, "invalid_request"),
        ({"request.object.encryption.alg": "ECDH-ES"}, "unauthorized_client"),
    ],
)
def test_p1_authorization_requests_that_have_to_be_safer_are_refused(realm_of, attributes, error):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": attributes}])
    assert query_of(realm.authorize(Browser(), CLIENT).location)["error"] == error
    assert log_in(realm).status == 200


def test_p1_a_client_that_has_to_sign_its_requests_does(realm_of):
    for how in ("request only", "request or request_uri", "request_uri only"):
        realm, _ = realm_of(clients=[{**SHOP, "attributes": {"request.object.required": how}}])
        answer = realm.authorize(Browser(), CLIENT)
        assert (answer.status, answer.location) == (400, None) and "is not signed" in answer.text
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"request.object.signature.alg": "ES256"}}])
    assert realm.authorize(Browser(), CLIENT).status == 200


def test_p1_tokens_that_have_to_be_bound_to_a_key_are(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"dpop.bound.access.tokens": "true"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_p1_tokens_that_have_to_be_bound_to_a_certificate_are(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"tls.client.certificate.bound.access.tokens": "true"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert "Client Certification missing" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "attribute, value",
    [
        ("id.token.encrypted.response.alg", "RSA1_5"),
        ("user.info.response.signature.alg", "none"),
    ],
)
def test_p1_tokens_that_have_to_be_safer_are_refused(realm_of, attribute, value):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {attribute: value}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "unauthorized_client")
    assert attribute in answer.json()["error_description"]


def test_p1_tokens_that_cannot_be_encrypted_are_refused(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"id.token.encrypted.response.alg": "RSA-OAEP"}}])
    answer = log_in(realm)
    assert (answer.status, answer.json()["error"]) == (400, "unauthorized_client")
    assert "no key" in answer.json()["error_description"]


def test_p1_a_client_of_another_protocol_gets_no_tokens(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "protocol": "saml"}])
    assert log_in(realm).json()["error_description"] == "Wrong client protocol."
    assert realm.authorize(Browser(), CLIENT).status == 400


FLOWS = [
    {
        "id": "11111111-1111-1111-1111-111111111111",
        "alias": "strict browser",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "our-own-factor", "requirement": "REQUIRED"},
        ],
    },
    {
        "id": "22222222-2222-2222-2222-222222222222",
        "alias": "strict direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-otp", "requirement": "REQUIRED"},
            {"authenticator": "our-own-check", "requirement": "REQUIRED"},
        ],
    },
    {
        "id": "33333333-3333-3333-3333-333333333333",
        "alias": "plain browser",
        "authenticationExecutions": [
            {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"},
            {"flowAlias": "plain forms", "requirement": "ALTERNATIVE", "authenticatorFlow": True},
        ],
    },
    {
        "alias": "old browser",
        "authenticationExecutions": [
            {"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"},
            {"flowAlias": "old forms", "requirement": "ALTERNATIVE", "autheticatorFlow": True},
        ],
    },
    {
        "alias": "old forms",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "auth-otp-form", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "old direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-otp", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "plain direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "REQUIRED"},
        ],
    },
    {
        "alias": "careless direct",
        "authenticationExecutions": [
            {"authenticator": "direct-grant-validate-username", "requirement": "REQUIRED"},
            {"authenticator": "direct-grant-validate-password", "requirement": "OPTIONAL"},
        ],
    },
    {
        "alias": "plain forms",
        "authenticationExecutions": [
            {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
            {"authenticator": "auth-otp-form", "requirement": "DISABLED"},
        ],
    },
]


@pytest.mark.parametrize("members, browser, direct", [
    ({"browserFlow": "strict browser"}, False, True),
    ({"directGrantFlow": "strict direct"}, True, False),
    ({"browserFlow": "plain browser"}, True, True),
    ({"browserFlow": "nowhere"}, False, True),
    ({"browserFlow": "old browser", "directGrantFlow": "old direct"}, True, True),
    ({"directGrantFlow": "careless direct"}, True, False),
    ({"clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": FLOWS[0]["id"]}}]}, False, True),
    ({"clients": [{**SHOP, "authenticationFlowBindingOverrides": {"direct_grant": FLOWS[1]["id"]}}]}, True, False),
    (
        {"browserFlow": "strict browser",
         "clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": FLOWS[2]["id"]}}]},
        True, True,
    ),
])
def test_p1_logins_by_a_flow_that_is_not_there_are_refused(realm_of, members, browser, direct):
    realm, _ = realm_of(authenticationFlows=FLOWS, **members)
    page = realm.authorize(Browser(), CLIENT)
    assert (page.status == 200) == browser
    if not browser:
        assert query_of(page.location)["error"] == "unauthorized_client"
    assert (log_in(realm).status == 200) == direct


def test_p1_use_refresh_tokens_false(realm_of):
    realm, _ = realm_of(clients=[{**SHOP, "attributes": {"use.refresh.tokens": "false"}}])
    answer = log_in(realm).json()
    assert "refresh_token" not in answer and answer["refresh_expires_in"] == 0


@pytest.mark.parametrize("members", [
    {"clients": [{**SHOP, "attributes": {"client.session.max.lifespan": "120"}}]},
    {"clients": [{**SHOP, "attributes": {"client.session.idle.timeout": "120"}}]},
    {"clientSessionMaxLifespan": 120},
    {"clientSessionIdleTimeout": 120},
])
def test_p1_the_clients_part_of_a_session_ends_before_the_session(realm_of, members):
    realm, _ = realm_of(**members)
    answer = log_in(realm).json()
    assert 118 <= answer["refresh_expires_in"] <= 120
    idle = "Idle" in str(members) or "idle" in str(members)
    assert (answer["expires_in"] <= 120) != idle
    claims = unverified_token(answer["refresh_token"])[1]
    again = realm.refresh(CLIENT, answer["refresh_token"]).json()
    if not idle:
        assert unverified_token(again["refresh_token"])[1]["exp"] <= claims["exp"] + 1


def test_p1_client_policies_that_nothing_enforces_are_refused(importing):
    policy = {"name": "strict", "enabled": True, "conditions": [], "profiles": ["saml-security-profile"]}
    done, report = importing({"realm": "x", "clientPolicies": {"policies": [policy]}})
    assert done.returncode == 1 and re.search("saml-[a-z-]+ is not enforced", done.stderr)
    done, _ = importing({"realm": "x", "clientPolicies": {"policies": [{**policy, "enabled": "true"}]}})
    assert done.returncode == 1 and "clientPolicies" in done.stderr
    for name, policies in (("x", []), ("y", [{**policy, "enabled": False}]), ("z", [{**policy, "profiles": ["fapi-2-security-profile"]}])):
        done, _ = importing({"realm": name, "clientPolicies": {"policies": policies}})
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("members, sentence", [
    ({"clientProfiles": {"profiles": [{"executors": []}]}}, "clientProfiles: client profile without its name"),
    ({"clientProfiles": {"profiles": [{"name": "fapi-ciba"}]}}, "name of some global profile"),
    ({"clientProfiles": {"profiles": [{"name": "a"}] * 201}}, "clientProfiles: not the representation"),
    ({"clientPolicies": {"policies": [{"name": "p", "profiles": ["a"]}]}}, "clientPolicies: referring not existing"),
    ({"clientPolicies": {"policies": [{"name": "p", "conditions": [{"condition": "x"}]}]}}, "clientPolicies: the proposed"),
])
def test_p1_client_profiles_and_policies_are_well_formed(importing, members, sentence):
    done, _ = importing({"realm": "x", **members})
    assert done.returncode == 1 and sentence in done.stderr


CUSTOM = {"alias": "ours", "id": "f1", "topLevel": True, "authenticationExecutions": [{"authenticator": "our-step", "requirement": "REQUIRED", "priority": 1}]}


def chosen(role, negate="false"):
    """A flow with a condition by a role."""
    steps = [{"authenticator": "auth-username-password-form", "requirement": "REQUIRED", "priority": 1},
             {"flowAlias": "part", "requirement": "CONDITIONAL", "priority": 2, "authenticatorFlow": True}]
    part = [{"authenticator": "conditional-user-role", "requirement": "REQUIRED", "priority": 1, "authenticatorConfig": "whom"},
            {"authenticator": "deny-access-authenticator", "requirement": "REQUIRED", "priority": 2}]
    return {"browserFlow": "ours", "authenticatorConfig": [{"alias": "whom", "config": {"condUserRole": role, "negate": negate}}],
            "authenticationFlows": [{"alias": "ours", "topLevel": True, "authenticationExecutions": steps},
                                    {"alias": "part", "authenticationExecutions": part}]}


def beside(factor, requirement):
    """A flow with a factor beside a password that is required."""
    steps = [("auth-username-password-form", "REQUIRED"), (factor, requirement)]
    return {"browserFlow": "ours", "authenticationFlows": [{"alias": "ours", "topLevel": True, "authenticationExecutions": [
        {"authenticator": name, "requirement": word, "priority": at} for at, (name, word) in enumerate(steps)]}]}


LOST = "authenticationFlows[1].authenticationExecutions[0]"


@pytest.mark.parametrize("members, paths", [
    ({}, []),
    (chosen("offline_access"), []),
    (chosen("offline_acces"), [LOST]),
    (chosen("offline_acces", "true"), [LOST]),
    (chosen("account.view-profile"), []),
    (beside("auth-otp-form", "ALTERNATIVE"), ["authenticationFlows[0].authenticationExecutions[1]"]),
    (beside("webauthn-authenticator", "ALTERNATIVE"), ["authenticationFlows[0].authenticationExecutions[1]"]),
    (beside("auth-otp-form", "REQUIRED"), []),
    (beside("auth-otp-form", "DISABLED"), []),
    ({**chosen("offline_access"), "authenticatorConfig": []}, ["browserFlow"]),
    ({"authenticationFlows": [CUSTOM]}, []),
    ({"authenticationFlows": [CUSTOM], "browserFlow": "ours"}, ["browserFlow"]),
    ({"authenticationFlows": [CUSTOM], "directGrantFlow": "ours"}, ["directGrantFlow"]),
    ({"authenticationFlows": [CUSTOM], "clients": [{**SHOP, "authenticationFlowBindingOverrides": {"browser": "f1"}}]},
     ["clients[0].authenticationFlowBindingOverrides"]),
])
def test_p1_a_flow_that_refuses_logins_is_warned_of(importing, members, paths):
    done, report = importing({"realm": "x", "clients": [SHOP], **members})
    assert done.returncode == 0, done.stderr
    assert sorted(warning["path"] for warning in report[0]["warnings"]) == paths


WEBAUTHN = {
    "type": "webauthn",
    "secretData": "{}",
    "credentialData": '{"credentialId":"AAAA","counter":1,"credentialPublicKey":"AAAA","attestationStatementFormat":"none"}',
}
CODES = {
    "type": "recovery-authn-codes",
    "secretData": '{"codes":[{"number":1,"encodedHashedValue":"AAAA"}]}',
    "credentialData": '{"algorithm":"SHA-512","totalCodes":1,"remainingCodes":1}',
}


def test_p1_factors_that_the_usual_flows_do_not_ask_for(tmp_path, importing, realm_of):
    """As in Keycloak: whose password is good is let in, who has nothing else is not; where a flow asks, nobody is."""
    user = {**ANN, "credentials": [*ANN["credentials"], KEY]}
    realm, _ = realm_of(users=[user, {**ANN, "username": "bare", "credentials": [KEY]}])
    assert log_in(realm).status == 200
    assert "code" in query_of(realm.log_in(Browser(), CLIENT, "ann", "ann-password").location)
    page = realm.log_in(Browser(), CLIENT, "bare", "anything").page
    assert "Invalid username or password." in page.text
    done, report = importing({"realm": "x", "users": [user]})
    assert done.returncode == 0 and "users[0].credentials[1].type" in told(report, "refused in use"), done.stderr
    assert exported(tmp_path)["users"][0]["credentials"][1].items() >= KEY.items()
    asking = {"alias": "browser", "authenticationExecutions": [
        {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
        {"authenticator": "our-own-step", "requirement": "ALTERNATIVE"},
    ]}
    realm, _ = realm_of(users=[user], authenticationFlows=[asking], browserFlow="browser")
    assert query_of(realm.authorize(Browser(), CLIENT).location)["error"] == "unauthorized_client"


@pytest.mark.parametrize(("factor", "step", "form"), [
    (WEBAUTHN, "webauthn-authenticator", "webauth"),
    (CODES, "auth-recovery-authn-code-form", "kc-recovery-code-login-form"),
], ids=lambda one: one if isinstance(one, str) else one["type"])
def test_p1_factors_are_taken_and_asked_for_where_the_flow_says(tmp_path, importing, realm_of, factor, step, form):
    user = {**ANN, "credentials": [*ANN["credentials"], factor]}
    done, report = importing({"realm": "x", "users": [user]})
    assert done.returncode == 0 and told(report, "refused in use") == set(), done.stderr
    assert exported(tmp_path)["users"][0]["credentials"][1].items() >= factor.items()
    realm, _ = realm_of(users=[user])
    assert "code" in query_of(realm.log_in(Browser(), CLIENT, "ann", "ann-password").location)
    asking = {"alias": "browser", "authenticationExecutions": [
        {"authenticator": "auth-username-password-form", "requirement": "REQUIRED"},
        {"authenticator": step, "requirement": "REQUIRED"},
    ]}
    realm, _ = realm_of(users=[user], authenticationFlows=[asking], browserFlow="browser")
    browser = Browser()
    assert realm.log_in(browser, CLIENT, "ann", "ann-password").page.form(form)
    assert not browser.cookie("KEYCLOAK_IDENTITY")

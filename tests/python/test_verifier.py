# SPDX-License-Identifier: Apache-2.0
"""The verifier: what it accepts, what it refuses, and what the exceptions say."""

import asyncio
import pickle
import threading

import pytest

import ostiary
from conftest import rsa_key
from ostiary import errors, jwt


def test_a_good_token_gives_its_claims(issuer, verifier):
    claims = verifier.verify(issuer.token(email="alice@example.org"))
    assert claims.subject == claims["sub"] == "alice"
    assert claims["email"] == "alice@example.org"
    assert claims.issuer == issuer.issuer and claims.client_id == "web"
    assert claims.has_scope("items:read") and not claims.has_scope("items")
    assert claims.has_role("editor") and not claims.has_role("admin")
    assert claims.has_role("buyer", client="shop") and not claims.has_role("buyer", client="other")
    assert claims.has_audience("items-api") and not claims.has_audience("other")


def test_bytes_and_str_are_the_same(issuer, verifier):
    token = issuer.token()
    assert verifier.verify(token) == verifier.verify(token.encode())


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"aud": "other"}, errors.AudienceError, "OST_E_AUDIENCE"),
        ({"iss": "https://other.example"}, errors.IssuerError, "OST_E_ISSUER"),
        ({"typ": "ID"}, errors.ClaimsError, "OST_E_TOKEN_TYPE"),
        ({"nbf": 99999999999}, errors.NotYetValidError, "OST_E_NOT_YET"),
    ],
)
def test_a_bad_claim_is_refused_with_its_code(issuer, verifier, change, error, code):
    token = issuer.token(**change)
    with pytest.raises(error) as caught:
        verifier.verify(token)
    refusal = caught.value
    assert refusal.code == code and refusal.status == 401
    assert refusal.challenge.startswith('Bearer realm="ostiary", error="invalid_token"')
    assert token not in str(refusal) and token not in repr(refusal.__dict__)


def test_a_forged_signature_is_refused(issuer, verifier):
    forger = rsa_key("first", "forger")
    with pytest.raises(errors.SignatureError) as caught:
        verifier.verify(issuer.token(key=forger))
    assert caught.value.code == "OST_E_SIGNATURE"


def test_a_policy_is_asked_too(issuer, verifier):
    token = issuer.token()
    assert verifier.verify(token, ostiary.Policy({"scopes": ["items:read"], "realm_roles": ["editor"]}))
    with pytest.raises(errors.InsufficientScopeError) as caught:
        verifier.verify(token, ostiary.Policy('{"scopes": ["items:write"]}'))
    assert caught.value.status == 403
    assert 'error="insufficient_scope", scope="items:write"' in caught.value.challenge
    with pytest.raises(errors.ConfigurationError):
        ostiary.Policy({"scope": ["items:read"]})


@pytest.mark.parametrize(
    ("change", "policy", "expected", "seen"),
    [
        ({"aud": "other"}, None, "items-api", "aud other"),
        ({"aud": None}, None, "items-api", "no aud"),
        ({"iss": "https://other.example"}, None, "ISSUER", "iss https://other.example"),
        ({}, {"scopes": ["items:write"]}, "scopes items:write", "scope openid items:read"),
        ({}, {"clients": ["mobile"]}, "clients mobile", "azp web"),
        ({"typ": "ID"}, None, "an access token", "typ ID"),
    ],
)
def test_what_was_expected_and_seen_is_told(issuer, verifier, change, policy, expected, seen):
    claims = {name: value for name, value in issuer.claims(**change).items() if value is not None}
    token = jwt.sign(claims, issuer.key, "RS256", lifetime=300)
    for call in (lambda p: verifier.verify(token, p), lambda p: verifier.check(f"Bearer {token}", p)):
        with pytest.raises(errors.TokenError) as caught:
            call(policy and ostiary.Policy(policy))
        assert caught.value.expected == expected.replace("ISSUER", issuer.issuer)
        assert caught.value.seen == seen and caught.value.advice


def test_check_takes_the_fields_of_a_request(issuer, verifier):
    token = issuer.token()
    assert verifier.check([f"Bearer {token}"]).subject == "alice"
    assert verifier.check(f"Bearer {token}").subject == "alice"
    with pytest.raises(errors.MissingTokenError) as caught:
        verifier.check([])
    assert caught.value.status == 401 and caught.value.message == "Not authenticated"
    with pytest.raises(errors.TokenError) as caught:
        verifier.check([f"Bearer {token}", f"Bearer {token}"])
    assert caught.value.status == 400
    assert verifier.check([], ostiary.Policy({"open": True})) is None


def test_exceptions_pickle(issuer, verifier):
    with pytest.raises(errors.AudienceError) as caught:
        verifier.verify(issuer.token(aud="other"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is errors.AudienceError and again.args == caught.value.args
    assert again.__dict__ == caught.value.__dict__


def test_a_task_waits_for_a_new_key_and_the_loop_goes_on(issuer, verifier):
    fresh = rsa_key("second")
    issuer.published.append(fresh)
    issuer.delay = 1
    token = issuer.token(key=fresh)
    before = issuer.count("/certs")

    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticker = asyncio.create_task(tick())
        all_claims = await asyncio.gather(*(verifier.averify(token) for _ in range(1200)))
        ticker.cancel()
        return all_claims, ticks

    all_claims, ticks = asyncio.run(main(), debug=False)  # in debug mode a loop writes down each task's stack
    assert {claims.subject for claims in all_claims} == {"alice"}
    assert ticks > 5
    assert issuer.count("/certs") == before + 1


def test_a_thread_waits_for_a_new_key(issuer, verifier):
    fresh = rsa_key("second")
    issuer.published.append(fresh)
    assert verifier.verify(issuer.token(key=fresh)).subject == "alice"


def test_the_issuer_may_be_down_when_it_starts(issuer):
    issuer.down = True
    with ostiary.Verifier(issuer.issuer, "items-api") as verifier:
        with pytest.raises(errors.UnavailableError) as caught:
            verifier.verify(issuer.token())
        assert caught.value.status == 503 and caught.value.retry_after > 0
        issuer.down = False
        assert verifier.wait_ready(60)
        assert verifier.verify(issuer.token()).subject == "alice"


def test_a_closed_verifier_says_so(issuer):
    verifier = ostiary.Verifier(issuer.issuer, "items-api")
    verifier.wait_ready(60)
    claims = verifier.verify(issuer.token())
    verifier.verify(issuer.token())
    verifier.close()
    verifier.close()
    assert verifier.closed and claims["sub"] == "alice"
    with pytest.raises(errors.ClosedError):
        verifier.verify(issuer.token())


def test_many_threads_verify_at_once(issuer, verifier):
    token, failures = issuer.token(), []

    def work():
        try:
            for _ in range(300):
                assert verifier.verify(token)["sub"] == "alice"
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_token_is_taken_back(issuer, verifier):
    token = issuer.token(sid="session-1")
    assert verifier.verify(token)
    verifier.revoke(session="session-1")
    with pytest.raises(errors.RevokedError):
        verifier.verify(token)
    with pytest.raises(TypeError, match="exactly one"):
        verifier.revoke()


def test_opaque_tokens_are_asked_about(issuer):
    asking = ostiary.Introspection("items-api", "the-secret-of-this-api")
    issuer.introspection["opaque-1"] = {"active": True, **issuer.claims(exp=99999999999)}
    assert "the-secret" not in repr(asking)
    with ostiary.Verifier(issuer.issuer, "items-api", introspection=asking) as verifier:
        assert verifier.wait_ready(60)
        assert verifier.verify("opaque-1")["sub"] == "alice"
        with pytest.raises(errors.RevokedError):
            verifier.verify("opaque-2")


def test_it_describes_itself(verifier, issuer):
    assert verifier.ready
    assert verifier.describe()["issuers"][0]["issuer"] == issuer.issuer
    assert "ostiary_" in verifier.metrics()
    assert "RS256" in verifier.dpop_algorithms

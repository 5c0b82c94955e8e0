# SPDX-License-Identifier: Apache-2.0
"""The admin REST API rotates keys with an overlap, and tells when each is published, signs and retires."""

from test_admin_api import provider, root, shop_admin  # noqa: F401  (fixtures)
from test_admin_keys import KEY, REALM, app, kid, login, published, userinfo  # noqa: F401  (fixtures)
from waiting import until


def timeline(root, algorithm="RS256"):  # noqa: F811
    answer = root("GET", REALM + "/keys/timeline").json()
    return answer["now"], {key["state"]: key for key in answer["keys"] if key["algorithm"] == algorithm}


def rotate(root, **wanted):  # noqa: F811
    return root("POST", REALM + "/keys/rotation", wanted)


def test_a_key_is_published_before_it_signs(provider, root):  # noqa: F811
    before = login(provider)
    assert rotate(root, algorithm="RS256", delay=3600).status == 204
    now, keys = timeline(root)
    old, new = keys["ACTIVE"], keys["NEXT"]
    assert kid(login(provider)) == kid(before) == old["kid"] and {old["kid"], new["kid"]} <= set(published(provider))
    assert new["published"] <= now and new["signsFrom"] == old["signsUntil"] and "retires" not in new
    assert abs(new["signsFrom"] - now - 3600_000) < 60_000 and old["retires"] > old["signsUntil"]
    again = rotate(root, algorithm="RS256")
    assert again.status == 409 and "waiting already" in again.json()["errorMessage"]
    assert root("DELETE", f"{REALM}/components/{new['providerId']}").status == 204
    assert set(timeline(root)[1]) == {"ACTIVE"} and "retires" not in timeline(root)[1]["ACTIVE"]


def test_the_old_key_retires(provider, root):  # noqa: F811
    before = login(provider)
    assert rotate(root, algorithm="RS256", delay=0).status == 204
    until(lambda: kid(login(provider)) != kid(before), "the new key to sign", step=0.1)
    now, keys = timeline(root)
    old, new = keys["PASSIVE"], keys["ACTIVE"]
    assert kid(login(provider)) == new["kid"] and old["kid"] == kid(before) and userinfo(provider, before) == 200
    assert abs(old["signsUntil"] - now) < 60_000 and old["retires"] > now and new["signsFrom"] <= now
    assert root("GET", REALM + "/keys").json()["active"]["RS256"] == new["kid"]


SIGNING = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"
REFUSED = [
    *((body, "'algorithm' is missing") for body in ({}, {"algorithm": 7})),
    *(({"algorithm": name}, f"tokens cannot be signed with {name}, but with {SIGNING}") for name in ("HS512", "none", "rs256")),
    *(({"algorithm": "RS256", "delay": delay}, "'delay' is not between 0 and 2592000 seconds") for delay in (-1, 2592001, "5", 1.5, None)),
]


def test_what_cannot_be_rotated(root):  # noqa: F811
    for body, told in REFUSED:
        answer = rotate(root, **body)
        assert (answer.status, answer.json()) == (400, {"errorMessage": told}), body
    assert "NEXT" not in timeline(root)[1]


def test_there_is_an_end_to_rotation(provider, root):  # noqa: F811
    body = {"providerId": "hmac-generated", "providerType": KEY, "config": {"algorithm": ["HS256"]}}
    while root("POST", REALM + "/components", body).status == 201:
        pass
    assert rotate(root, algorithm="RS256").json() == {"errorMessage": "The realm has too many keys"}
    assert userinfo(provider, login(provider)) == 200


def test_who_may(provider, root):  # noqa: F811
    boss, viewer = shop_admin(provider, "boss"), shop_admin(provider, "viewer")
    assert boss("GET", REALM + "/keys/timeline").status == 200
    assert viewer("GET", REALM + "/keys/timeline").status == 403
    assert viewer("POST", REALM + "/keys/rotation", {"algorithm": "RS256"}).status == 403
    assert boss("POST", REALM + "/keys/rotation", {"algorithm": "RS256"}).status == 204

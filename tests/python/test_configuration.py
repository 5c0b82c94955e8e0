# SPDX-License-Identifier: Apache-2.0
"""Whatever the guard of C can be told, a verifier in Python can; and how issuers are reached by a proxy."""

import inspect
import pathlib
import re
import sys
import time

import pytest

import ostiary
from ostiary import jwk, jwt

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(PROJECT / "tests/integration")]
HOST = "https://id.proxied.example"
ISSUER = HOST + "/realms/far"

# Struct of C -> who takes its members, with what before their names.
FACES = {
    "ost_issuer": (ostiary.Issuer, ""),
    "ost_introspection": (ostiary.Introspection, ""),
    "ost_status_lists": (ostiary.StatusLists, ""),
    "ost_dpop_rules": (ostiary.DPoP, ""),
    "ost_guard_config": (ostiary.Verifier, ""),
    "ost_jwe_rules": (ostiary.Verifier, "decryption_"),
    "ost_login_config": (ostiary.Login, ""),
}
NAMES = {
    "audiences": "audience",
    "issuers": "issuer",
    "encs": "encryptions",
    "decryption": "decryption_algorithms",
    "secret": "cookie_secret",
}
# Of a login: what its verifier says of its issuer, and the secret before, which stands behind the other.
BY_VERIFIER = {"issuer", "discovery_url", "insecure_http", "ca_file", "proxy", "no_proxy", "guard", "older_secret"}
# Clock and randomness: for tests. Proofs that processes share: functions of C.
EXCUSED = {
    "ost_guard_config": {"context"},
    "ost_login_config": {"context"} | BY_VERIFIER,
    "ost_dpop_rules": {"replays"},
}


def members_of(struct):
    layout = (PROJECT / "packaging/ostiary.layout").read_text()
    (body,) = re.findall(rf"^{struct}: (.*)$", layout, re.M)
    declared = [part.rpartition(" ")[2] if "," not in part else part for part in body.rstrip(";").split("; ")]
    names = {name.strip(" *").rpartition(" ")[2].lstrip("*") for part in declared for name in part.split(",")}
    return {name for name in names if not name.endswith("_count")}


@pytest.mark.parametrize("struct", FACES)
def test_every_member_of_the_guards_configuration_can_be_said(struct):
    face, before = FACES[struct]
    parameters = set(inspect.signature(face).parameters)
    members = members_of(struct) - EXCUSED.get(struct, set())
    assert len(members) > 3
    assert {before + NAMES.get(name, name) for name in members} <= parameters


def test_a_verifier_takes_all_that_an_issuer_takes():
    assert set(inspect.signature(ostiary.Issuer).parameters) <= set(inspect.signature(ostiary.Verifier).parameters)


# ---- by a proxy ----


@pytest.fixture
def world(tmp_path):
    """A proxy that makes tunnels to a host that is nowhere else, and ends TLS there."""
    from vendor_world import VendorWorld

    with VendorWorld(tmp_path, ["id.proxied.example"]) as made:
        made.signer = jwk.Key.generate("ES256", kid="far")
        made.put(
            ISSUER + "/.well-known/openid-configuration",
            {
                "issuer": ISSUER,
                "jwks_uri": ISSUER + "/certs",
                "authorization_endpoint": ISSUER + "/auth",
                "token_endpoint": ISSUER + "/token",
            },
        )
        made.put(ISSUER + "/certs", {"keys": [made.signer.to_jwk()]})
        yield made


def token_of(world):
    return jwt.sign({"iss": ISSUER, "aud": "api", "sub": "alice"}, world.signer, "ES256", lifetime=60)


def test_an_issuer_is_reached_by_a_proxy(world):
    with ostiary.Verifier(ISSUER, "api", ca_file=str(world.authority), proxy=world.proxy) as verifier:
        assert verifier.verify(token_of(world)).subject == "alice"
    assert set(world.tunnels) == {"id.proxied.example:443"}


def test_each_issuer_has_a_proxy_of_its_own(world, issuer):
    far = ostiary.Issuer(ISSUER, "api", ca_file=str(world.authority), proxy=world.proxy)
    with ostiary.Verifier([far, ostiary.Issuer(issuer.issuer, "items-api")]) as verifier:
        assert verifier.verify(token_of(world)).subject == "alice"
        assert verifier.verify(issuer.token())["azp"] == "web"


def test_hosts_without_a_proxy_and_the_environment_are_left_alone(world, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", world.proxy)
    settings = {"ca_file": str(world.authority), "fetch_timeout": 1}
    for more in ({}, {"proxy": world.proxy, "no_proxy": "other.example,proxied.example"}):
        with ostiary.Verifier(ISSUER, "api", **settings, **more) as verifier:
            with pytest.raises(ostiary.UnavailableError):
                verifier.verify(token_of(world))
    assert world.tunnels == []


def test_a_browsers_login_is_reached_by_the_proxy_too(world):
    from ostiary.fastapi import OIDC

    login = ostiary.Login("web", cookie_secret="s" * 32)
    oidc = OIDC(ISSUER, "api", ca_file=str(world.authority), proxy=world.proxy, login=login)
    try:
        assert oidc.verifier.wait_ready(60)
        for _ in range(100):
            if oidc._sessions.ready:
                break
            time.sleep(0.02)
        assert oidc._sessions.ready, oidc._sessions.trouble
    finally:
        oidc.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"proxy": "socks5://user:geheim@127.0.0.1:1"},
        {"proxy": "http://user:geheim@127.0.0.1:1/path"},
        {"proxy": "user:geheim"},
        {"proxy": "http://user:geheim@\x00"},
        {"no_proxy": "example.org"},
        {"proxy": b"http://user:geheim@127.0.0.1:1"},
    ],
)
def test_a_proxy_that_is_none_is_refused_without_its_password(settings):
    with pytest.raises((ostiary.errors.ConfigurationError, TypeError, ValueError), match="proxy") as caught:
        ostiary.Verifier(ISSUER, "api", **settings)
    assert "geheim" not in str(caught.value) + repr(caught.value)
    assert "geheim" not in repr(ostiary.Issuer(ISSUER, "api", **settings))


def test_a_proxys_password_is_in_no_word_about_a_failure(world):
    proxy = "http://user:geheim@127.0.0.1:1"
    with ostiary.Verifier(ISSUER, "api", proxy=proxy, fetch_timeout=1) as verifier:
        with pytest.raises(ostiary.UnavailableError) as caught:
            verifier.verify(token_of(world))
        said = [str(caught.value), repr(caught.value), repr(vars(caught.value)), repr(verifier.describe())]
        assert "geheim" not in "".join(said) + verifier.metrics()


def test_rounds_of_passwords_are_bounded_as_it_is_told(issuer):
    from ostiary import jwe

    key = jwk.Key.from_secret("correct horse battery staple", "PBES2-HS256+A128KW")
    sealed = jwe.encrypt(issuer.token(), key, "PBES2-HS256+A128KW", cty="JWT", pbes2_count=3000)
    for most, good in ((2999, False), (3000, True)):
        settings = {"decryption_keys": key, "decryption_pbes2_count_max": most}
        with ostiary.Verifier(issuer.issuer, "items-api", **settings) as verifier:
            if good:
                assert verifier.verify(sealed).subject == "alice"
            else:
                with pytest.raises(ostiary.TokenError):
                    verifier.verify(sealed)

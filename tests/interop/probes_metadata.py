# SPDX-License-Identifier: Apache-2.0
"""Discovery, key sets, and what the realm's own paths answer."""

from observe import MYAPI
from web import Browser


def probe_discovery(r):
    realm = r.realm()
    r.take("document", realm.discovery())
    r.take("of an unknown realm", r.realm("nowhere").discovery())
    r.take("of a disabled realm", r.realm("closed").discovery())
    r.take("for a script of another origin", Browser().get(
        f"{realm.issuer}/.well-known/openid-configuration", headers={"Origin": "http://elsewhere.example"}))
    r.take("HEAD", Browser().request("HEAD", f"{realm.issuer}/.well-known/openid-configuration"))
    r.take("POST", Browser().post(f"{realm.issuer}/.well-known/openid-configuration", {}))


def probe_certs(r):
    realm = r.realm()
    r.take("key set", realm.certs())
    r.take("of an unknown realm", r.realm("nowhere").certs())
    r.take("of a disabled realm", r.realm("closed").certs())
    r.take("for a script of another origin", Browser().get(
        realm.endpoint("certs"), headers={"Origin": "http://elsewhere.example"}))
    r.take("HEAD", Browser().request("HEAD", realm.endpoint("certs")))


def probe_realm_document(r):
    r.take("realm", Browser().get(r.realm().issuer))
    r.take("with a slash", Browser().get(r.realm().issuer + "/"))
    r.take("unknown", Browser().get(r.realm("nowhere").issuer))
    r.take("disabled", Browser().get(r.realm("closed").issuer))


def probe_unknown_paths(r):
    realm = r.realm()
    r.take("root", Browser().get(r.base + "/"))
    r.take("outside realms", Browser().get(r.base + "/nothing-here"))
    r.take("realms", Browser().get(r.base + "/realms"))
    r.take("unknown endpoint", Browser().get(realm.endpoint("nothing-here")))
    r.take("unknown protocol", Browser().get(realm.issuer + "/protocol/nothing/auth"))
    r.take("unknown part of the realm", Browser().get(realm.issuer + "/nothing-here"))
    r.take("for a browser", Browser().get(realm.endpoint("nothing-here"), headers={"Accept": "text/html"}))


def probe_host_name_in_issuer(r):
    """The issuer follows the Host header in start-dev."""
    realm = r.realm()
    r.take("document", Browser().get(
        realm.issuer + "/.well-known/openid-configuration", headers={"Host": "sso.example:9999"}))
    r.take("token", realm.token(
        {"grant_type": "client_credentials"}, MYAPI, headers={"Host": "sso.example:9999"}))


def probe_health(r):
    for path in ("/health", "/health/live", "/health/ready", "/health/started", "/metrics"):
        r.take(path, Browser().get(r.base + path))


def probe_helpers_of_scripts(r):
    realm = r.realm()
    r.take("session iframe", Browser().get(realm.endpoint("login-status-iframe.html")))
    r.take("session check", Browser().get(realm.endpoint("login-status-iframe.html/init"),
                                          {"client_id": "myapi", "origin": "http://localhost:8000"}))
    r.take("session check of another origin", Browser().get(
        realm.endpoint("login-status-iframe.html/init"),
        {"client_id": "myapi", "origin": "http://elsewhere.example"}))

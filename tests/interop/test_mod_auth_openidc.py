# SPDX-License-Identifier: Apache-2.0
"""Apache with Debian's mod_auth_openidc: login, claims, refresh, logout at the provider."""

import json
import os
import pathlib
import tempfile

import pytest
from client_realm import SECRET, Site, realm_of

from needs import kept_running, must_have
from peers import Unavailable, require_program
from programs import Program, Provider
from waiting import until
from web import Browser, query_of

MODULES = pathlib.Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "alias", "dir", "headers", "auth_openidc")
APACHE = """
ServerName localhost
ServerRoot {folder}
PidFile {folder}/apache.pid
User www-data
Group www-data
Mutex file:{folder} default
Listen 127.0.0.1:{port}
ErrorLog {folder}/error.log
DocumentRoot {folder}/site
{modules}
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID web
OIDCClientSecret {secret}
OIDCRedirectURI {origin}/protected/callback
OIDCCryptoPassphrase "a passphrase of the sessions"
OIDCScope "openid email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim email
OIDCPassRefreshToken On
OIDCInfoHook userinfo id_token access_token refresh_token
OIDCDefaultLoggedOutURL {origin}/
OIDCCacheType file
OIDCCacheDir {folder}/cache
<Location /protected>
    AuthType openid-connect
    Require valid-user
    Header set X-User expr=%{{REMOTE_USER}}
</Location>
"""

@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with must_have(lambda: told_of_logouts(tmp_path_factory.mktemp("apache"))) as site:
        yield site


def told_of_logouts(folder):
    """The module takes logout tokens at its redirect URI."""
    site = Site(folder)
    file = folder / "clients-realm.json"
    web = {
        "post.logout.redirect.uris": "+",
        "backchannel.logout.url": f"{site.origin}/protected/callback?logout=backchannel",
        "backchannel.logout.session.required": "true",
    }
    file.write_text(json.dumps(realm_of(site.origin, client={"attributes": web})))
    site.provider = Provider([file], folder / "provider")
    site.realm = site.provider.realm("clients")
    return site


def apache(site, folder):
    program = require_program("apache2", "apache2-bin")
    if not (MODULES / "mod_auth_openidc.so").exists():
        raise Unavailable("mod_auth_openidc is not installed (Debian package libapache2-mod-auth-openidc)")
    for name in ("site/protected", "cache"):
        (folder / name).mkdir(parents=True)
    for page in ("site/index.html", "site/protected/index.html"):
        (folder / page).write_text(page)
    for path in (folder, *folder.rglob("*")):
        os.chmod(path, 0o777 if path.is_dir() else 0o644)  # its workers are another user
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
    known = {"folder": folder, "port": site.port, "origin": site.origin, "issuer": site.realm.issuer, "secret": SECRET}
    (folder / "apache.conf").write_text(APACHE.format(modules=modules, **known))
    command = [program, "-D", "FOREGROUND", "-f", folder / "apache.conf"]
    return Program(command, f"{site.origin}/", folder / "apache.log")


@pytest.fixture(scope="module")
def server(site, results):
    # Not below pytest's own folder, which its workers may not enter.
    with tempfile.TemporaryDirectory() as folder:
        yield from kept_running(lambda: apache(site, pathlib.Path(folder)), results)


def test_login_refresh_logout(site, server):
    browser, callback = Browser(), f"{site.origin}/protected/callback"
    page = site.log_in(browser, f"{site.origin}/protected/")
    assert page.text == "site/protected/index.html", page.text
    assert page.header("X-User") == "alice@example.com"

    first = browser.get(f"{callback}?info=json").json()
    assert first["userinfo"]["sub"] == first["id_token"]["sub"]
    target = f"{site.origin}/protected/"
    browser.get(callback, {"refresh": target, "access_token": first["access_token"]}, follow=True)
    second = browser.get(f"{callback}?info=json").json()
    assert second["access_token"] != first["access_token"]
    assert site.realm.userinfo(second["access_token"]).status == 200

    leaving = browser.get(callback, {"logout": f"{site.origin}/"})
    assert query_of(leaving.location)["post_logout_redirect_uri"] == f"{site.origin}/"
    assert browser.get(leaving.location, follow=True).url == f"{site.origin}/"
    assert site.asks_again(browser)
    assert site.realm.refresh(site.web, second["refresh_token"]).status == 400


def test_back_channel_logout(site, server):
    """The browser is logged out at the provider by others, and Apache hears of it."""
    browser, other = Browser(), Browser()
    inside = f"{site.origin}/protected/"
    for one in (browser, other):
        assert site.log_in(one, inside).text == "site/protected/index.html"
    tokens = browser.get(f"{site.origin}/protected/callback?info=json").json()
    form = {"refresh_token": tokens["refresh_token"], "client_id": "web", "client_secret": SECRET}
    assert Browser().post(site.realm.endpoint("logout"), form).status == 204
    until(lambda: browser.get(inside).status == 302)
    assert other.get(inside).status == 200

# SPDX-License-Identifier: Apache-2.0
"""oidc-client-ts, which react-oidc-context and others stand on, in a page with its session monitor on."""

import re

import pytest
from application import served_in_place_of
from login_page import LoginPage

from needs import must_have
from peers import PROJECT, npm_packages

PAGE = """<!doctype html><title>waiting</title><script src="/oidc-client-ts.js"></script><script type="module">
const manager = new oidc.UserManager({
  authority: "%(issuer)s",
  client_id: "items-docs",
  redirect_uri: location.origin + "/docs/oauth2-redirect",
  post_logout_redirect_uri: location.origin + "/docs/oauth2-redirect",
  scope: "openid email",
  loadUserInfo: true,
  monitorSession: true,
  checkSessionIntervalInSeconds: 1,
  userStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
});
window.manager = manager;
const query = new URLSearchParams(location.search);
try {
  if (window.parent !== window) await manager.signinSilentCallback();
  else if (query.has("code")) await manager.signinCallback();
  else if (query.has("state")) await manager.signoutCallback();
  const user = await manager.getUser();
  manager.events.addUserSignedOut(() => { document.title = "signed out"; });
  document.title = user ? user.profile.email : "nobody";
} catch (error) {
  document.title = "failed: " + error.message;
}
</script>"""
EXPIRE = """async () => {
  const user = await manager.getUser();
  if (!%s) user.refresh_token = undefined;
  await manager.storeUser(user);
  const fresh = await manager.signinSilent();
  return [user.access_token !== fresh.access_token, user.profile.sub === fresh.profile.sub];
}"""


@pytest.fixture
def application(provider, items_api):
    home = must_have(lambda: npm_packages(PROJECT / "tests" / "interop" / "npm"))
    library = home / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
    page = PAGE % {"issuer": provider.realm().issuer}
    with served_in_place_of(items_api, page, {"/oidc-client-ts.js": library.read_bytes()}) as url:
        yield url


def test_oidc_client_ts_from_login_to_logout(page, application):
    page.goto(application)
    page.wait_for_function("document.title === 'nobody'")
    page.evaluate("void manager.signinRedirect()")
    LoginPage(page).wait().log_in()
    page.wait_for_function("document.title === 'alice@example.com'")
    # Fresh tokens: by the refresh token, and by a frame in which the session answers.
    assert page.evaluate(EXPIRE % "true") == [True, True]
    assert page.evaluate(EXPIRE % "false") == [True, True]
    page.evaluate("void manager.signoutRedirect()")
    page.wait_for_function("document.title === 'nobody'")
    page.evaluate("void manager.signinRedirect()")
    LoginPage(page).wait()


def test_oidc_client_ts_notices_a_logout_elsewhere(page, application):
    page.goto(application)
    page.wait_for_function("document.title === 'nobody'")
    page.evaluate("void manager.signinRedirect()")
    LoginPage(page).wait().log_in()
    page.wait_for_function("document.title === 'alice@example.com'")
    page.wait_for_timeout(2500)  # the frame has been asked twice
    assert page.title() == "alice@example.com"
    page.context.clear_cookies(name=re.compile("KEYCLOAK_(SESSION|IDENTITY)"))
    page.wait_for_function("document.title === 'signed out'")

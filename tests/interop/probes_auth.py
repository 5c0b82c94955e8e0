# SPDX-License-Identifier: Apache-2.0
"""The authorization endpoint: which errors are pages, which are redirects, and what those carry."""

from observe import CALLBACK, ITEMS_DOCS, MYAPI, OTHER, SPA, WEB
from oidc import Client, Pkce
from web import Browser


def ask(r, label, client=MYAPI, realm="myrealm", pkce=None, **changes):
    target = r.realm(realm)
    return r.take(label, target.authorize(target.browser(), client, pkce, **changes))


def probe_pages(r):
    ask(r, "no client_id", client_id=None)
    ask(r, "unknown client", client_id="nobody")
    ask(r, "no redirect_uri", redirect_uri=None)
    ask(r, "unregistered redirect_uri", redirect_uri="http://elsewhere.example/auth")
    ask(r, "redirect_uri with another port", redirect_uri="http://localhost:8001/auth")
    ask(r, "redirect_uri with a longer path", redirect_uri=CALLBACK + "/more")
    ask(r, "redirect_uri with a query", redirect_uri=CALLBACK + "?x=1")
    ask(r, "redirect_uri with a fragment", redirect_uri=CALLBACK + "#x")
    ask(r, "relative redirect_uri", redirect_uri="/auth")
    ask(r, "disabled client", Client("retired", None, CALLBACK), "probe")
    ask(r, "bearer-only client", Client("bearer", None, CALLBACK), "probe")
    ask(r, "unknown realm", realm="nowhere")
    ask(r, "disabled realm", WEB, "closed")
    realm = r.realm()
    r.take("repeated client_id", Browser().get(
        realm.endpoint("auth") + "?client_id=myapi", realm.auth_params(MYAPI)))
    r.take("repeated state", Browser().get(realm.endpoint("auth") + "?state=a", realm.auth_params(MYAPI)))
    r.take("no parameters", Browser().get(realm.endpoint("auth")))


def probe_wildcards(r):
    ask(r, "below the registered path", WEB, "probe", redirect_uri="http://localhost:8000/wild/deep/er?x=1")
    ask(r, "the path itself", WEB, "probe", redirect_uri="http://localhost:8000/wild")
    ask(r, "beside it", WEB, "probe", redirect_uri="http://localhost:8000/wilder")
    ask(r, "out of it by dots", WEB, "probe", redirect_uri="http://localhost:8000/wild/../auth2")
    ask(r, "out of it by escaped dots", WEB, "probe", redirect_uri="http://localhost:8000/wild/%2e%2e/auth2")
    ask(r, "user information", WEB, "probe", redirect_uri="http://localhost:8000@elsewhere.example/wild/")


def probe_redirects(r):
    ask(r, "no response_type", response_type=None)
    ask(r, "empty response_type", response_type="")
    ask(r, "unknown response_type", response_type="magic")
    ask(r, "no response_type, no state", response_type=None, state=None)
    ask(r, "unknown scope", scope="openid nonsense")
    ask(r, "unknown response_mode", response_mode="pigeon")
    ask(r, "query mode for tokens", response_type="token", response_mode="query")
    ask(r, "fragment mode for an error", response_type=None, response_mode="fragment")
    ask(r, "form_post mode for an error", prompt="none", response_mode="form_post")
    ask(r, "prompt=none without a session", prompt="none")
    ask(r, "prompt=none and login", prompt="none login")
    ask(r, "unknown prompt", prompt="perhaps")
    ask(r, "prompt=none, implicit", prompt="none", response_type="id_token token")
    ask(r, "implicit without a nonce", response_type="id_token token", nonce=None)
    ask(r, "hybrid without a nonce", response_type="code id_token", nonce=None)
    ask(r, "client without implicit flow", OTHER, "probe", response_type="token")
    ask(r, "public client without implicit flow", SPA, "probe", response_type="id_token token")
    ask(r, "client without standard flow", Client("silent", None, CALLBACK), "probe")
    ask(r, "request object", request="x.y.z")
    ask(r, "request_uri", request_uri="http://localhost:8000/request")
    ask(r, "max_age that is not a number", max_age="soon")
    ask(r, "negative max_age", max_age="-1")
    ask(r, "claims that are not JSON", claims="{")


def probe_pkce(r):
    pkce = Pkce()
    ask(r, "required and missing", ITEMS_DOCS)
    ask(r, "plain where S256 is required", ITEMS_DOCS, code_challenge=pkce.verifier, code_challenge_method="plain")
    ask(r, "method missing where S256 is required", ITEMS_DOCS, code_challenge=pkce.challenge)
    ask(r, "challenge missing", ITEMS_DOCS, code_challenge_method="S256")
    ask(r, "challenge too short", ITEMS_DOCS, code_challenge="short", code_challenge_method="S256")
    ask(r, "challenge of wrong characters", ITEMS_DOCS, code_challenge="!" * 43, code_challenge_method="S256")
    ask(r, "unknown method", ITEMS_DOCS, code_challenge=pkce.challenge, code_challenge_method="S512")
    ask(r, "unknown method, not required", MYAPI, code_challenge=pkce.challenge, code_challenge_method="S512")
    ask(r, "challenge too short, not required", MYAPI, code_challenge="short", code_challenge_method="S256")
    ask(r, "as it should be", ITEMS_DOCS, pkce=pkce)


def probe_login_page(r):
    ask(r, "code")
    ask(r, "no scope, state or nonce", scope=None, state=None, nonce=None)
    ask(r, "without openid", scope="email")
    ask(r, "login_hint", login_hint='al"ice<')
    ask(r, "locale", ui_locales="de")
    ask(r, "unknown parameter", unheard_of="1")
    ask(r, "realm with marks in its name", WEB, "probe")
    realm = r.realm()
    r.take("POST", realm.browser().post(realm.endpoint("auth"), realm.auth_params(MYAPI)))
    r.take("HEAD", realm.browser().request("HEAD", realm.endpoint("auth") + "?client_id=myapi"))
    r.take("PUT", realm.browser().request("PUT", realm.endpoint("auth")))

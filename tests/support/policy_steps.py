# SPDX-License-Identifier: Apache-2.0
"""What a realm under client policies is asked: each of these makes a step, a function of a Site."""

import json

from oidc import Client, callback_of
from policy_site import HTTPS, NOT_SHOWN, REALM, client
from web import Browser, bearer, unverified_token


# ---- steps ----


def entered(client="open", secret=None, **wish):
    """Somebody signs in, and comes again: what the first token says, and whether they are asked a second time."""

    def step(site):
        browser, named = Browser(), Client(client, secret, HTTPS)
        page = site.realm.authorize(browser, named, **wish)
        if page.status != 200 or "kc-form-login" not in page.text:
            return page
        answer = browser.submit(page.page.form("kc-form-login"), username="carol", password="carol-password")
        if answer.status not in (302, 303):
            return answer
        told = unverified_token(site.free(lambda: site.realm.code(named, callback_of(answer)["code"])).json()["id_token"])[1]
        again = site.realm.authorize(browser, named)
        return {"acr": told["acr"], "again": "asked" if again.status == 200 else "in"}

    return step


def made(**members):
    def step(site):
        body = json.dumps({"clientId": "made", "redirectUris": [HTTPS], **members}).encode()
        answer = site.admin("POST", f"/realms/{REALM}/clients", body)
        if answer.status != 201:
            return answer
        path = f"/realms/{REALM}/clients/{answer.header('Location').rsplit('/', 1)[1]}"
        shown = settings(site.admin("GET", path).json())
        site.admin("DELETE", path)
        return {"status": 201, **shown}

    return step


def changed(name="changed", **members):
    def step(site):
        client = site.admin("GET", f"/realms/{REALM}/clients?clientId={name}").json()[0]
        path = f"/realms/{REALM}/clients/{client['id']}"
        answer = site.admin("PUT", path, json.dumps({**client, "description": "x", **members}).encode())
        if answer.status != 204:
            return answer
        shown = settings(site.admin("GET", path).json())
        assert site.free(lambda: site.admin("PUT", path, json.dumps(without_new(client, shown)).encode())).status == 204
        return {"status": 204, **shown}

    return step


def without_new(client, shown):
    """As it was: an attribute goes by being empty."""
    gone = {name: "" for name in shown["attributes"] if name not in client["attributes"]}
    return {**client, "attributes": {**client["attributes"], **gone}}


def settings(client):
    names = ("clientAuthenticatorType", "consentRequired", "directAccessGrantsEnabled", "fullScopeAllowed", "implicitFlowEnabled")
    kept = {name: value for name, value in client["attributes"].items() if name not in NOT_SHOWN}
    return {**{name: client.get(name) for name in names}, "attributes": kept}


def authorized(client="open", **changes):
    def step(site):
        params = {"client_id": client, "redirect_uri": HTTPS, "response_type": "code", "scope": "openid", "state": "s", "nonce": "n"}
        params = {name: value for name, value in {**params, **changes}.items() if value is not None}
        return Browser().get(site.realm.endpoint("auth"), params)

    return step


def pushed(proof=None, **changes):
    def step(site):
        form = {"redirect_uri": HTTPS, "response_type": "code", "scope": "openid", **(proof(site) if proof else {"client_id": "open"})}
        return site.post("ext/par/request", {name: value for name, value in {**form, **changes}.items() if value is not None})

    return step


ASKED = {"redirect_uri": HTTPS, "response_type": "code", "state": "s", "nonce": "n"}


def signed(beside=(), push=False, sealed=False, **changes):
    """A request in an object, with parameters beside it."""

    def step(site):
        made = site.request_object(**{**ASKED, **changes})
        form = {"client_id": "jwt", "request": site.sealed(made) if sealed else made, **dict(beside)}
        if push:
            return site.post("ext/par/request", {**form, **site.assertion()})
        return Browser().get(site.realm.endpoint("auth"), form)

    return step


def beside(**more):
    """What was pushed, with parameters beside it."""

    def step(site):
        name = site.free(lambda: pushed(state="s", nonce="n")(site)).json()["request_uri"]
        return Browser().get(site.realm.endpoint("auth"), {"client_id": "open", "request_uri": name, **more})

    return step


def in_backchannel(**form):
    return posted("ext/ciba/auth", **{"scope": "openid", "login_hint": "carol", **form})


def signed_in_backchannel(**changes):
    def step(site):
        form = {"client_id": "jwt", "request": site.request_object(**{"login_hint": "carol", "client_id": None, **changes})}
        return site.post("ext/ciba/auth", {**form, **site.assertion()})

    return step


def exchanged(**form):
    """A token with the scope "address", for another one; what that has."""
    kind = "urn:ietf:params:oauth:token-type:access_token"

    def step(site):
        subject = site.free(lambda: password("secret", scope="openid address")(site)).json()["access_token"]
        form_ = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": subject, "subject_token_type": kind, **form}
        answer = posted("token", **form_)(site)
        return answer if answer.status != 200 else {"status": 200, "scope": sorted(answer.json()["scope"].split())}

    return step


def by_link(hinted=False, **params):
    """A browser that is led to the logout."""

    def step(site):
        hint = {"id_token_hint": site.tokens["id_token"]} if hinted else {}
        return Browser().get(site.realm.endpoint("logout"), {**hint, **params})

    return step


def by_jwt(*how):
    return lambda site: {"client_id": "jwt", **site.assertion(*how)}


def by_secret(_=None):
    return {"client_id": "secret", "client_secret": "secret"}


def posted(path, proof=by_secret, proved=False, **form):
    return lambda site: site.post(path, {**proof(site), **form}, site.proof(path) if proved else None)


def credentials(proof=by_secret):
    return posted("token", proof, grant_type="client_credentials")


def password(client="open", proved=False, **more):
    proof = by_secret if client == "secret" else lambda _: {"client_id": client}
    form = {"grant_type": "password", "username": "carol", "password": "carol-password", "scope": "openid"}
    return posted("token", proof, proved, **{**form, **more})


def redeemed(challenge=None, proved=False, **form):
    def step(site):
        code = site.code(challenge)
        asked = {"grant_type": "authorization_code", "code": code, "client_id": "open", "redirect_uri": HTTPS, **form}
        return site.post("token", asked, site.proof("token") if proved else None)

    return step


def bound(of):
    """Which of the tokens that come are bound to a key."""

    def step(site):
        answer = of(site)
        if answer.status != 200:
            return answer
        tokens = answer.json()
        kinds = {kind: "jkt" in unverified_token(tokens[f"{kind}_token"])[1].get("cnf", {}) for kind in ("access", "refresh")}
        return {"status": 200, "token_type": tokens["token_type"], **kinds}

    return step


def renewed(first, proved=False):
    """A refresh with what came of `first`."""

    def step(site):
        brought = first(site).json()["refresh_token"]
        form = {"client_id": "open", "grant_type": "refresh_token", "refresh_token": brought}
        return site.post("token", form, site.proof("token") if proved else None)

    return step


def of_free(path, proved=False, name="token", kind="refresh_token", **form):
    """With a token that was issued when there were no policies."""
    return lambda site: site.post(path, {"client_id": "open", name: site.tokens[kind], **form}, site.proof(path) if proved else None)


def userinfo(site):
    return Browser().get(site.realm.endpoint("userinfo"), headers=bearer(site.tokens["access_token"]))


def registered(**metadata):
    def step(site):
        first = site.admin("POST", f"/realms/{REALM}/clients-initial-access", b'{"count":1,"expiration":60}').json()["token"]
        url = f"{site.realm.issuer}/clients-registrations/openid-connect"
        body = json.dumps({"redirect_uris": [HTTPS], **metadata}).encode()
        return Browser().request("POST", url, body, {**bearer(first), "Content-Type": "application/json"})

    return step


def said(of, introspects=False):
    """The names of the claims of the access token that comes, or of what introspection tells of it."""

    def step(site):
        answer = of(site)
        if answer.status != 200:
            return answer
        token = answer.json()["access_token"]
        claims = unverified_token(token)[1]
        if introspects:
            told = site.free(lambda: posted("token/introspect", token=token)(site)).json()
            names = {name: sorted(told[name].split()) for name in ("scope",) if name in told}
            roles = sorted(told.get("realm_access", {}).get("roles", []))
            return {**{name: told.get(name) for name in ("active", "preferred_username", "username", "azp", "typ", "acr")}, **names, "roles": roles}
        return {"claims": sorted(claims), "typ": claims["typ"]}

    return step


def lightened(site):
    """A lightweight token at userinfo."""
    token = password()(site).json()["access_token"]
    return Browser().get(site.realm.endpoint("userinfo"), headers=bearer(token))


def again(site):
    first = site.free(lambda: password()(site)).json()["refresh_token"]
    return site.post("token", {"client_id": "open", "grant_type": "refresh_token", "refresh_token": first})


def refreshed(site):
    """Whether another refresh token comes, and whether the one that was brought goes on."""
    first = site.free(lambda: password()(site)).json()["refresh_token"]
    form = {"client_id": "open", "grant_type": "refresh_token", "refresh_token": first}
    one, two = site.post("token", form), site.post("token", form)
    return {"statuses": [one.status, two.status], "comes": "refresh_token" in one.json()}


def managed(site):
    """Whether a registration access token goes on after a change."""
    client = site.free(lambda: registered()(site)).json()
    url, token = client["registration_client_uri"], client["registration_access_token"]
    body = json.dumps({"client_id": client["client_id"], "redirect_uris": [HTTPS]}).encode()
    put = [Browser().request("PUT", url, body, {**bearer(token), "Content-Type": "application/json"}).status for _ in range(2)]
    return {"statuses": put}

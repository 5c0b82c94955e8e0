# SPDX-License-Identifier: Apache-2.0
"""Rows (brokering_rows.py) of identity providers with flows of their own, and of tokens of theirs that are kept."""

import json

from brokering_flows import AFTER, FIRST, flows
from brokering_rows import APP, FULL, row, user
from oidc import Client
from one_time_codes import totp
from web import Browser, bearer

FLOWS = "flows"
SECRET = "a secret of twenty bytes"
NAMES = {alias: alias.replace(" ", "-").replace(":", "") for alias in (*FIRST, *AFTER)}
OWNERS = [f"own-{name}" for alias, name in NAMES.items() if alias in FIRST]


OTHER = Client("other", "other-secret", "http://localhost:8000/other")
# Who may link accounts, and by which role; "nil" has one that does not do.
LINKS = {"lia": "manage-account-links", "lou": "manage-account", "lux": "manage-account", "nil": "view-profile"}


def link(alias, name):
    return {"identityProvider": alias, "userId": f"up-{name}", "userName": name}


def with_device(name):
    """A user who has a device for one-time codes."""
    made = user(name)
    data = {"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1", "counter": 0}
    made["credentials"].append({"type": "otp", "credentialData": json.dumps(data), "secretData": json.dumps({"value": SECRET})})
    return made


def document(upstream):
    def made(alias, **more):
        more["config"] = {"userInfoUrl": None, "pkceEnabled": "true", "pkceMethod": "S256", **more.get("config", {})}
        return upstream.config(alias, **more)

    usual = {"firstBrokerLoginFlowAlias": "first broker login"}
    keeps = {"storeToken": True, **usual}
    return {
        **{"realm": FLOWS, "enabled": True, "sslRequired": "none", "internationalizationEnabled": False, **flows()},
        "clients": [
            {"clientId": one.client_id, "secret": one.secret, "redirectUris": [one.redirect_uri, *more]}
            for one, more in ((APP, ["http://localhost:8000/linked"]), (OTHER, []))
        ],
        "roles": {"realm": [{"name": "staff"}]},
        "requiredActions": [
            {"alias": alias, "name": alias, "providerId": alias, "enabled": True, "defaultAction": False, "priority": 10 * at}
            for at, alias in enumerate(("CONFIGURE_TOTP", "UPDATE_PASSWORD", "UPDATE_PROFILE", "VERIFY_EMAIL", "VERIFY_PROFILE"), 1)
        ],
        "users": [
            *(user(name) for name in OWNERS),
            *(with_device(f"dev-{NAMES[alias]}") for alias in ("by password", "asks for a code")),
            *(user(name) for name in ("kim", "leo", "mia")),
            *(user(name, clientRoles={"account": [role]}) for name, role in LINKS.items()),
            user("busy", requiredActions=["UPDATE_PASSWORD"], federatedIdentities=[link("silent", "busy")]),
            user("quiet", federatedIdentities=[link("silent", "quiet")]),
        ],
        "identityProviders": [
            *(made(NAMES[alias], firstBrokerLoginFlowAlias=alias) for alias in FIRST),
            made("links-trusted", firstBrokerLoginFlowAlias="links", trustEmail=True),
            *(made(NAMES[alias], postBrokerLoginFlowAlias=alias, **usual) for alias in AFTER),
            made("plain", **usual),
            made("keeps", **keeps),
            made("gives", addReadTokenRoleOnCreate=True, **keeps),
            made("off", enabled=False, **keeps),
            made("links-only", linkOnly=True, **usual),
            made("gives-roles", **usual, config={"syncMode": "FORCE"}),
            made("silent", **usual, config={"acceptsPromptNoneForwardFromClient": "true"}),
        ],
        "identityProviderMappers": [
            {"name": "role", "identityProviderAlias": "gives-roles", "identityProviderMapper": "oidc-hardcoded-role-idp-mapper",
             "config": {"role": "staff", "syncMode": "FORCE"}},
        ],
    }


def begin(side):
    """The realm beside that of the other rows; Side.realm is it for these."""
    assert side.admin("DELETE", f"/realms/{FLOWS}").status in (204, 404)
    made = side.admin("POST", "/realms", json.dumps(document(side.upstream)).encode())
    assert made.status == 201, made.text
    profile = f"/realms/{FLOWS}/users/profile"
    asked = json.loads(side.admin("GET", profile).text)
    for attribute in asked["attributes"]:
        if attribute["name"] != "username":
            attribute["required"] = {"roles": ["user"]}
    assert side.admin("PUT", profile, json.dumps(asked).encode()).status == 200


class There:
    """The side, in the realm of these rows."""

    def __init__(self, side):
        self.side, self.before = side, side.realm

    def __enter__(self):
        self.side.realm = self.side.server.realm(FLOWS)
        return self.side

    def __exit__(self, *_):
        self.side.realm = self.before


def here(name):
    def add(seen):
        def within(side):
            with There(side) as there:
                return seen(there)

        row(name)(within)
        return seen

    return add


def is_sign_in(answer):
    """The form that asks who somebody is; of whom that is known the password is asked for alone."""
    return any(form.attributes.get("id") == "kc-form-login" and form.values().get("username") == "" for form in answer.page.forms)


def kind(side, answer):
    """Which page or place it is."""
    seen = side.outcome(answer)
    if seen[0] != "page" or is_sign_in(answer):
        return seen
    text = answer.text
    for name, mark in (
        ("review", 'id="kc-idp-review-profile-form"'),
        ("confirm", 'id="linkAccount"'),
        ("password", 'id="kc-form-login"'),
        ("code", 'name="otp"'),
        ("new password", 'name="password-new"'),
        ("device", 'name="totp"'),
    ):
        if mark in text:
            return (name,)
    return ("page", answer.status, "denied" if "Nobody by this one." in text else seen[2])


def steps(side, browser, answer, name, code=True):
    """Whatever is asked, one after the other, as somebody would answer who has it all."""
    seen = []
    for _ in range(8):
        seen.append(kind(side, answer))
        form = answer.page.forms[0] if answer.status == 200 and not answer.location and answer.page.forms else None
        asked = seen[-1][0]
        if asked == "review":
            form, values = answer.page.forms[0], {"firstName": "Re", "lastName": "Viewed"}
        elif asked == "confirm":
            values = {"submitAction": "linkAccount"}
        elif asked == "password":
            form, values = answer.page.form("kc-form-login"), {"password": f"{name}-password"}
        elif asked == "code" and code:
            values = {"otp": totp(SECRET.encode())}
        elif asked == "new password":
            values = {"password-new": "Another-password-1", "password-confirm": "Another-password-1"}
        else:
            break
        if seen.count(seen[-1]) > 2:
            break
        answer = side.follow(browser, browser.submit(form, **values))
    return seen


def first(alias):
    def seen(side):
        name, own = NAMES[alias], f"own-{NAMES[alias]}"
        found = {}
        for who, claims in {
            "new": {"preferred_username": f"new-{name}", "email": f"new-{name}@example.com", **FULL},
            "bare": {"preferred_username": f"bare-{name}"},
            "address": {"preferred_username": f"other-{name}", "email": f"{own}@example.com", "email_verified": True, **FULL},
        }.items():
            browser = side.realm.browser()
            answer = side.log_in(name, browser, sub=f"{who}-{name}", **claims)
            found[who] = steps(side, browser, answer, own)
            again = side.log_in(name, sub=f"{who}-{name}", **claims)
            found[f"{who}, again"] = kind(side, again)
        found["links"] = (side.facts(own) or {}).get("links")
        found["made"] = side.facts(f"new-{name}") is not None
        return found

    return seen


for _alias in [alias for alias in FIRST if alias != "asks always"]:
    here(f"first/{_alias}")(first(_alias))


def device(alias):
    def seen(side):
        name, own = NAMES[alias], f"dev-{NAMES[alias]}"
        browser = side.realm.browser()
        answer = side.log_in(name, browser, sub=own, preferred_username=own, email=f"{own}@example.com", **FULL)
        return {"asked": steps(side, browser, answer, own)}

    return seen


for _alias in ("by password", "asks for a code"):
    here(f"device/{_alias}")(device(_alias))


@here("first/links, trusted")
def links_trusted(side):
    name = "own-links"
    found = {}
    for said in (False, True):
        claims = {"sub": f"t-{said}", "preferred_username": f"t-{said}", "email": f"{name}@example.com", "email_verified": said}
        browser = side.realm.browser()
        found[str(said)] = steps(side, browser, side.log_in("links-trusted", browser, **claims, **FULL), name)
    return {**found, "links": [link[0] for link in side.facts(name)["links"]]}


def after(alias):
    def seen(side):
        name = NAMES[alias]
        found = {}
        claims = {"preferred_username": f"aft-{name}", "email": f"aft-{name}@example.com", **FULL}
        for turn in ("first", "then"):
            browser = side.realm.browser()
            found[turn] = steps(side, browser, side.log_in(name, browser, sub=f"aft-{name}", **claims), name)
            # The way back, and the session that there may be.
            found[f"{turn}, silently"] = side.outcome(side.follow(browser, side.realm.authorize(browser, APP, prompt="none")))
        return found

    return seen


for _alias in AFTER:
    here(f"{_alias}")(after(_alias))


# ---- tokens that are kept ----


def read(side, alias, token, **headers):
    headers = {**(bearer(token) if token else {}), **headers}
    answer = Browser().get(f"{side.realm.issuer}/broker/{alias}/token", headers=headers)
    try:
        body = json.loads(answer.text)
    except ValueError:
        return answer.status, "a page"
    if "access_token" not in body:
        return answer.status, body if isinstance(body, str) else {name: hidden(side, text) for name, text in body.items()}
    given = side.upstream.given
    names = {"access_token", "refresh_token", "id_token"} & set(body)
    return answer.status, {name: given.index(body[name]) - len(given) for name in sorted(names) if body[name] in given}, sorted(body)


def hidden(side, text):
    for name in ("kim", "leo", "mia", "kept"):
        found = side.find(name)
        text = text.replace(found["id"], name) if found and isinstance(text, str) else text
    return text


KEPT = {"sub": "kept", "preferred_username": "kept", "email": "kept@example.com", **FULL}


def came(side, alias, name="kept", **more):
    """An access token of ours for somebody who has come by it."""
    claims = {**KEPT, "sub": name, "preferred_username": name, "email": f"{name}@example.com", **more}
    return side.tokens(side.log_in(alias, **claims))["access_token"]


def give_role(side, name, on=True):
    clients = json.loads(side.admin("GET", f"/realms/{FLOWS}/clients?clientId=broker").text)
    where = f"/realms/{FLOWS}/users/{side.find(name)['id']}/role-mappings/clients/{clients[0]['id']}"
    role = json.loads(side.admin("GET", f"/realms/{FLOWS}/clients/{clients[0]['id']}/roles/read-token").text)
    done = side.admin("POST" if on else "DELETE", where, json.dumps([role]).encode())
    assert done.status == 204, done.text


@here("kept/nobody")
def kept_nobody(side):
    return {
        "no token": read(side, "keeps", None),
        "garbage": read(side, "keeps", "x.y.z"),
        "basic": read(side, "keeps", None, Authorization="Basic eDp5"),
        "no token, nobody": read(side, "nobody", None),
    }


@here("kept/roles")
def kept_roles(side):
    token = came(side, "gives")
    found = {alias: read(side, alias, token) for alias in ("gives", "keeps", "plain", "off", "nobody")}
    other = came(side, "keeps", "kept2")
    found["without the role"] = read(side, "keeps", other)
    found["without the role, nobody"] = read(side, "nobody", other)
    give_role(side, "kept2")
    found["with an older token"] = read(side, "keeps", other)
    found["given"] = read(side, "keeps", came(side, "keeps", "kept2"))
    return found


@here("kept/links")
def kept_links(side):
    token = came(side, "gives", "kept3")
    where = f"/realms/{FLOWS}/users/{side.find('kept3')['id']}/federated-identity"
    found = {"there": read(side, "gives", token)[0], "shown": sorted(json.loads(side.admin("GET", where).text)[0])}
    side.admin("DELETE", f"{where}/gives")
    found["unlinked"] = read(side, "gives", token)[0]
    link = {"identityProvider": "gives", "userId": "kept3", "userName": "kept3"}
    side.admin("POST", f"{where}/gives", json.dumps(link).encode())
    found["linked by an administrator"] = read(side, "gives", token)[0]
    found["come again"] = read(side, "gives", came(side, "gives", "kept3"))[0]
    return found


@here("kept/ages")
def kept_ages(side):
    """What is over, or nearly so, is refreshed by 26 alone."""
    up = side.upstream
    up.given.clear()
    up.more = {"refresh_token": "r1", "expires_in": 1}
    token = came(side, "gives", "kept4")
    up.more = {"refresh_token": "r2", "expires_in": 600}
    found = {"over": read(side, "gives", token), "then": read(side, "gives", token)}
    found["asked with"] = [form.get("refresh_token") for form, _ in up.asked("/token") if form.get("grant_type") == "refresh_token"]
    up.more = {"refresh_token": "r3", "expires_in": 1}
    token = came(side, "gives", "kept5")
    up.answers = {"/token": (400, "application/json", b'{"error":"invalid_grant"}')}
    found["refused there"] = read(side, "gives", token)
    up.answers = {"/token": (500, "text/html", b"<p>")}
    found["broken there"] = read(side, "gives", token)
    up.answers, up.more = {}, {"expires_in": 1}
    token = came(side, "gives", "kept6")
    found["without a refresh token"] = read(side, "gives", token)
    up.more = {"expires_in": None, "refresh_token": "r4"}
    found["without an age"] = read(side, "gives", came(side, "gives", "kept7"))
    up.more = {}
    return found


@here("kept/by a proof")
def kept_by_proof(side):
    """An account that was there gets token and role with the link."""
    browser = side.realm.browser()
    claims = {"sub": "kim-there", "preferred_username": "kimmy", "email": "kim@example.com"}
    answer = side.log_in("gives", browser, **claims, **FULL)
    shown = steps(side, browser, answer, "kim")
    token = side.tokens(side.log_in("gives", **claims, **FULL))["access_token"]
    return {"asked": shown, "read": read(side, "gives", token)[0], "links": side.facts("kim")["links"]}

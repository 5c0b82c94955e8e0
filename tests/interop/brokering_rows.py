# SPDX-License-Identifier: Apache-2.0
"""Logins by an identity provider, as Keycloaks and ours are asked for them. A row is a function of a Side, and what it has seen.

observe_logins.py writes down what Keycloaks have shown; test_logins_same_as_keycloak.py holds ours to that."""

import json
import pathlib

from oidc import Client, callback_of
from upstream import button
from web import Browser, bearer, query_of, unverified_token

from keycloak import NEWEST, VERSION

HERE = pathlib.Path(__file__).parent
OBSERVED = {VERSION: HERE / "observed" / "logins.json", NEWEST: HERE / "observed" / "newest" / "logins.json"}
REALM = "logins"
APP = Client("app", "app-secret", "http://localhost:8000/auth")
FULL = {"given_name": "Ada", "family_name": "Cook"}
MADE_UP = ("state", "nonce", "code_challenge", "redirect_uri")


def user(name, **more):
    return {
        **{"username": name, "enabled": True, "email": f"{name}@example.com", "emailVerified": False},
        **{"firstName": name.title(), "lastName": "Cook"},
        **{"credentials": [{"type": "password", "value": f"{name}-password"}], **more},
    }


def claims_mapper(kind, pattern="false", claims=(), **more):
    wanted = json.dumps([{"key": key, "value": value} for key, value in claims])
    return f"oidc-{kind}-idp-mapper", {"claims": wanted, "are.claim.values.regex": pattern, **more}


MAPPERS = [
    ("hardcoded-attribute-idp-mapper", {"attribute": "from", "attribute.value": "there"}),
    ("oidc-user-attribute-idp-mapper", {"claim": "address.town", "user.attribute": "town"}),
    ("oidc-user-attribute-idp-mapper", {"claim": "teams", "user.attribute": "teams"}),
    ("oidc-hardcoded-role-idp-mapper", {"role": "guest"}),
    ("oidc-role-idp-mapper", {"claim": "teams", "claim.value": "staff", "role": "staff"}),
    claims_mapper("advanced-role", claims=[("teams", "north")], role="northern"),
    claims_mapper("advanced-role", "true", [("teams", "n.*h")], role="patterned"),
    claims_mapper("advanced-group", claims=[("teams", "south")], group="/south"),
    ("oidc-hardcoded-group-idp-mapper", {"group": "/all"}),
    ("oidc-username-idp-mapper", {"template": "${ALIAS}.${CLAIM.sub}", "target": "LOCAL"}),
    ("hardcoded-user-session-attribute-idp-mapper", {"attribute": "came.by", "attribute.value": "a button"}),
    claims_mapper("user-session-note", claims=[("shift", "night"), ("level", "high")]),
    claims_mapper("user-session-note", "true", [("desk", "[0-9]+")]),
]
NOTES = ("came.by", "shift", "level", "desk", "identity_provider", "identity_provider_identity", "AUTH_TIME")


def note_mapper(note):
    config = {"user.session.note": note, "claim.name": f"note_{note.replace('.', '_')}", "jsonType.label": "String"}
    config |= {"access.token.claim": "true", "id.token.claim": "true", "userinfo.token.claim": "true"}
    return {"name": note, "protocol": "openid-connect", "protocolMapper": "oidc-usersessionmodel-note-mapper", "config": config}


SYNCS = ("IMPORT", "LEGACY", "FORCE")


def document(upstream):
    def made(alias, **more):
        more["config"] = {"userInfoUrl": None, "pkceEnabled": "true", "pkceMethod": "S256", **more.get("config", {})}
        return upstream.config(alias, firstBrokerLoginFlowAlias="first broker login", **more)

    providers = [
        made("up", config={"guiOrder": "2"}, displayName="The one there"),
        made("trusted", trustEmail=True, config={"guiOrder": "1"}),
        made("hidden", config={"hideOnLoginPage": "true"}),
        made("only", linkOnly=True),
        made("off", enabled=False),
        made("hinted", config={"loginHint": "true", "uiLocales": "true", "passMaxAge": "true"}),
        made("forwards", config={"forwardParameters": "acr_values, kind,prompt"}),
        made("asks", config={"prompt": "consent"}),
        made("silent", config={"acceptsPromptNoneForwardFromClient": "true"}),
        made("info", config={"userInfoUrl": f"{upstream.issuer}/userinfo"}),
        made("renames", config={"syncMode": "FORCE"}),
        made("gives", config={"syncMode": "FORCE"}),
        made("signsout", config={"logoutUrl": f"{upstream.issuer}/logout"}),
        made("signsoutbare", config={"logoutUrl": f"{upstream.issuer}/logout", "sendIdTokenOnLogout": "false", "sendClientIdOnLogout": "true"}),
        *(made(f"maps-{sync.lower()}", config={"syncMode": sync}) for sync in SYNCS),
    ]
    mappers = [
        {"name": f"{sync}-{number}", "identityProviderAlias": f"maps-{sync.lower()}", "identityProviderMapper": kind,
         "config": {"syncMode": "INHERIT", **config}}
        for sync in SYNCS for number, (kind, config) in enumerate(MAPPERS)
    ]
    name = {"template": "${CLAIM.preferred_username}.there", "target": "LOCAL", "syncMode": "INHERIT"}
    there = {"template": "${CLAIM.sub}@${ALIAS}", "target": "BROKER_USERNAME", "syncMode": "INHERIT"}
    mappers += [
        {"name": target, "identityProviderAlias": "renames", "identityProviderMapper": "oidc-username-idp-mapper", "config": config}
        for target, config in (("local", name), ("there", there))
    ]
    mappers += [
        {"name": f"gives-{number}", "identityProviderAlias": "gives", "identityProviderMapper": kind,
         "config": {"syncMode": "INHERIT", **config}}
        for number, (kind, config) in enumerate(MAPPERS) if kind != "oidc-username-idp-mapper"
    ]
    return {
        **{"realm": REALM, "enabled": True, "sslRequired": "none"},
        **{"internationalizationEnabled": True, "supportedLocales": ["en", "de"], "defaultLocale": "en"},
        "clients": [
            {"clientId": APP.client_id, "secret": APP.secret, "redirectUris": [APP.redirect_uri],
             "attributes": {"post.logout.redirect.uris": "+"},
             "protocolMappers": [note_mapper(note) for note in NOTES]}
        ],
        "roles": {"realm": [{"name": name} for name in ("guest", "staff", "northern", "patterned")]},
        "groups": [{"name": "all"}, {"name": "south"}],
        "users": [user(name) for name in ("vera", "walt", "xena", "yann", "zoe")],
        "identityProviders": providers,
        "identityProviderMappers": mappers,
    }


class Side:
    """One of the two, with the identity provider that both send people to."""

    def __init__(self, server, admin, upstream):
        self.server, self.admin, self.upstream = server, admin, upstream
        self.realm = server.realm(REALM)

    def there(self, browser, alias, **asked):
        """Where the button leads."""
        page = self.realm.authorize(browser, APP, **asked)
        return browser.get(button(page, alias)).location

    def hinted(self, browser, alias, **asked):
        """Where a hint leads."""
        return self.follow(browser, self.realm.authorize(browser, APP, kc_idp_hint=alias, **asked))

    def follow(self, browser, answer):
        """On to the first answer that leads out of the realm, or nowhere."""
        for _ in range(12):
            if not (answer.location or "").startswith(f"{self.realm.issuer}/"):
                break
            answer = browser.get(answer.location)
        return answer

    def log_in(self, alias, browser=None, **claims):
        """The answer after somebody has been there."""
        self.upstream.reset(**claims)
        browser = browser or self.realm.browser()
        return self.follow(browser, browser.get(self.upstream.agree(self.hinted(browser, alias).location)))

    def outcome(self, answer):
        """Whom people are with now, and what they see there."""
        where = answer.location or ""
        if where.startswith(APP.redirect_uri):
            told = callback_of(answer)
            return "client", told.get("error") or sorted(set(told) - {"state", "session_state", "iss"})
        if where.startswith(self.upstream.issuer):
            return ("there",)
        assert not where, where
        forms = [form.attributes.get("id") for form in answer.page.forms]
        return "page", answer.status, "sign in" if "kc-form-login" in forms else "form" if any(forms) else "words"

    def tokens(self, answer):
        told = callback_of(answer)
        assert "code" in told, (answer.location, answer.text[:2000])
        return self.realm.code(APP, told["code"]).json()

    def find(self, name):
        found = json.loads(self.admin("GET", f"/realms/{self.realm.name}/users?exact=true&username={name}").text)
        return found[0] if found else None

    def facts(self, name):
        found = self.find(name)
        if found is None:
            return None
        where = f"/realms/{self.realm.name}/users/{found['id']}"
        roles, groups, links = (
            json.loads(self.admin("GET", f"{where}/{path}").text) for path in ("role-mappings/realm", "groups", "federated-identity")
        )
        return {
            **{member: found.get(member) for member in ("username", "email", "emailVerified", "firstName", "lastName")},
            "attributes": {key: sorted(values) for key, values in (found.get("attributes") or {}).items()},
            "roles": sorted(role["name"] for role in roles if not role["name"].startswith("default-roles")),
            "groups": sorted(group["path"] for group in groups),
            "links": sorted((link["identityProvider"], link["userId"], link["userName"]) for link in links),
        }


ROWS = {}


def row(name):
    def add(seen):
        ROWS[name] = seen
        return seen

    return add


def begin(server, admin, upstream):
    """Attributes that no profile names are kept, as older Keycloaks did by themselves."""
    assert admin("DELETE", f"/realms/{REALM}").status in (204, 404)
    made = admin("POST", "/realms", json.dumps(document(upstream)).encode())
    assert made.status == 201, made.text
    profile = f"/realms/{REALM}/users/profile"
    loose = {**json.loads(admin("GET", profile).text), "unmanagedAttributePolicy": "ENABLED"}
    for attribute in loose["attributes"]:
        if attribute["name"] != "username":
            attribute["required"] = {"roles": ["user"]}
    changed = admin("PUT", profile, json.dumps(loose).encode())
    assert changed.status == 200, changed.text
    return Side(server, admin, upstream)


def observe(side):
    """{row: what is seen}, as JSON has it."""
    return json.loads(json.dumps({name: seen(side) for name, seen in ROWS.items()}))


# ---- the buttons, and hints ----


@row("buttons")
def buttons(side):
    page = side.realm.authorize(side.realm.browser(), APP).page
    return {"shown": [name for name in page.ids if name.startswith("social-")]}


@row("hints")
def hints(side):
    seen = {}
    for alias in ("up", "hidden", "off", "only", "nobody", "", "../up"):
        seen[alias] = side.outcome(side.hinted(side.realm.browser(), alias))
    for prompt in ("none", "login", "consent", "select_account"):
        seen[prompt] = side.outcome(side.hinted(side.realm.browser(), "up", prompt=prompt))
    return seen


def asked(answer):
    query = query_of(answer.location)
    if "max_age" in query:
        query["max_age"] = str(int(query["max_age"]) // 10 * 10)  # of a request that is some seconds old
    return {name: name in MADE_UP or value for name, value in query.items()}


ASKED = {
    "nothing": {},
    "prompt-login": {"prompt": "login"},
    "prompt-consent": {"prompt": "consent"},
    "prompt-select": {"prompt": "select_account"},
    "a-hint": {"login_hint": "ada@example.com"},
    "a-language": {"ui_locales": "de"},
    "an-age": {"max_age": "600"},
    "age-0": {"max_age": "0"},
    "a-level": {"acr_values": "1 gold"},
    "several": {"prompt": "login select_account", "acr_values": "silver", "login_hint": "x"},
    "own": {"kind": "of mine", "other": "x", "state": "s"},
}


def asked_of(alias):
    def seen(side):
        return {name: asked(side.hinted(side.realm.browser(), alias, **wishes)) for name, wishes in ASKED.items()}

    return seen


for _alias in ("up", "hinted", "forwards", "asks"):
    row(f"asked-{_alias}")(asked_of(_alias))


@row("asked-silently")
def asked_silently(side):
    """prompt=none that goes on, and what comes of an answer there."""
    browser = side.realm.browser()
    away = side.hinted(browser, "silent", prompt="none")
    if not (away.location or "").startswith(side.upstream.issuer):
        return {"away": side.outcome(away)}
    side.upstream.reset(sub="none")
    back = side.follow(browser, browser.get(side.upstream.agree(away.location, code=None, error="login_required")))
    return {"away": query_of(away.location).get("prompt"), "back": side.outcome(back)}


# ---- errors there ----

ERRORS = {
    "denied": {"code": None, "error": "access_denied"},
    "login-required": {"code": None, "error": "login_required"},
    "interaction-required": {"code": None, "error": "interaction_required"},
    "unavailable": {"code": None, "error": "temporarily_unavailable"},
    "server-error": {"code": None, "error": "server_error", "error_description": "no <b>luck</b>"},
    "garbage": {"code": None, "error": "<script>\u202e\n" + "x" * 500},
    "nothing": {"code": None},
    "unknown-code": {"code": "none of mine"},
    "both": {"error": "access_denied"},
    "no-state": {"state": None},
    "another-state": {"state": "x.y.z"},
    "another-issuer": {"iss": "http://127.0.0.1:1"},
}


@row("errors")
def errors(side):
    seen = {}
    for name, changes in ERRORS.items():
        side.upstream.reset(sub="err", **FULL, email="err@example.com", preferred_username="err")
        browser = side.realm.browser()
        back = side.upstream.agree(side.hinted(browser, "up").location, **changes)
        answer = side.follow(browser, browser.get(back))
        seen[name] = side.outcome(answer)
    return seen


TOKEN_ANSWERS = {
    "400": (400, "application/json", b'{"error":"invalid_grant"}'),
    "500": (500, "text/plain", b"no"),
    "html": (200, "text/html", b"<p>hello"),
    "empty": (200, "application/json", b"{}"),
    "no-id-token": (200, "application/json", b'{"access_token":"a","token_type":"Bearer"}'),
    "bad-id-token": (200, "application/json", b'{"access_token":"a","token_type":"Bearer","id_token":"a.b.c"}'),
}


@row("token-answers")
def token_answers(side):
    seen = {}
    for name, answer in TOKEN_ANSWERS.items():
        side.upstream.reset(sub="tok", **FULL, preferred_username="tok", email="tok@example.com")
        side.upstream.answers = {"/token": answer}
        browser = side.realm.browser()
        back = side.upstream.agree(side.hinted(browser, "up").location)
        seen[name] = side.outcome(side.follow(browser, browser.get(back)))
    side.upstream.reset()
    return seen


# ---- first logins ----


@row("a-new-user")
def a_new_user(side):
    answer = side.log_in("up", sub="n1", preferred_username="Nia", email="NIA@Example.com", email_verified=True, **FULL)
    return {"came": side.outcome(answer), **side.facts("nia")}


@row("a-new-user-of-a-trusted-one")
def a_trusted_user(side):
    seen = {}
    for number, said in enumerate((True, False, None)):
        name = f"tru{number}"
        more = {} if said is None else {"email_verified": said}
        side.log_in("trusted", sub=name, preferred_username=name, email=f"{name}@example.com", **more, **FULL)
        seen[str(said)] = side.facts(name)["emailVerified"]
    return seen


@row("a-new-user-without-names")
def without_names(side):
    browser = side.realm.browser()
    answer = side.log_in("up", browser, sub="n2", preferred_username="noa", email="noa@example.com")
    form = answer.page.forms[0]
    values = {name: value for name, value in form.values().items() if name in ("email", "firstName", "lastName")}
    done = side.follow(browser, browser.submit(form, firstName="Noa", lastName="Cook"))
    return {"asked": values, "came": side.outcome(done), **side.facts("noa")}


@row("a-new-user-with-one-name")
def one_name(side):
    side.log_in("up", sub="n3", preferred_username="uma", email="uma@example.com", name="Uma May Cook")
    return {"names": side.facts("uma") and [side.facts("uma")[name] for name in ("firstName", "lastName")]}


@row("no-user-name")
def no_user_name(side):
    side.log_in("up", sub="n4", preferred_username=None, email="pat@example.com", **FULL)
    return {"by address": side.facts("pat@example.com")}


def link_by_password(side, browser, answer, name):
    """Whoever shows that both are theirs."""
    if "kc-form-login" not in answer.text:
        button = {field["value"] for field in answer.page.forms[0].fields if field.get("name") == "submitAction"}
        assert "linkAccount" in button, answer.text
        answer = side.follow(browser, browser.submit(answer.page.forms[0], submitAction="linkAccount"))
    form = answer.page.form("kc-form-login")
    return side.follow(browser, browser.submit(form, password=f"{name}-password"))


def linked(alias, name, **claims):
    def seen(side):
        browser = side.realm.browser()
        answer = side.log_in(alias, browser, **FULL, **claims)
        before = side.facts(name)["links"]
        # The realm has no mail server: Keycloak goes on with the password.
        done = link_by_password(side, browser, answer, name)
        again = side.log_in(alias, **FULL, **claims)
        return {"before": before, "came": side.outcome(done), "again": side.outcome(again), **side.facts(name)}

    return seen


row("an-address-that-somebody-has")(linked("up", "vera", sub="v1", preferred_username="ver", email="vera@example.com"))
row("an-address-of-a-trusted-one")(
    linked("trusted", "walt", sub="w1", preferred_username="wal", email="walt@example.com", email_verified=True)
)
row("a-name-that-somebody-has")(linked("up", "xena", sub="x1", preferred_username="xena", email="xena@elsewhere.example"))


@row("a-name-and-an-address-of-two")
def of_two(side):
    answer = side.log_in("up", sub="t1", preferred_username="xena", email="zoe@example.com", **FULL)
    return {"came": side.outcome(answer)[:2], "links": [side.facts(name)["links"] for name in ("xena", "zoe")]}


@row("somebody-disabled")
def disabled(side):
    claims = {"sub": "d1", "preferred_username": "dis", "email": "dis@example.com"}
    side.log_in("up", **claims, **FULL)
    where = f"/realms/{REALM}/users/{side.find('dis')['id']}"
    assert side.admin("PUT", where, json.dumps({**side.find("dis"), "enabled": False}).encode()).status == 204
    return {"came": side.outcome(side.log_in("up", **claims, **FULL))[0]}


@row("userinfo")
def userinfo(side):
    """It has what the ID token has not, and is of somebody else."""
    browser = side.realm.browser()
    side.upstream.reset(sub="i1")
    side.upstream.userinfo = {"sub": "i1", "preferred_username": "ina", "email": "ina@example.com", **FULL}
    away = side.hinted(browser, "info").location
    good = side.follow(browser, browser.get(side.upstream.agree(away)))
    side.upstream.reset(sub="i2")
    side.upstream.userinfo = {"sub": "i1", "preferred_username": "ina", "email": "ina@example.com", **FULL}
    browser = side.realm.browser()
    bad = side.follow(browser, browser.get(side.upstream.agree(side.hinted(browser, "info").location)))
    return {"good": side.outcome(good), "another": side.outcome(bad), "ina": side.facts("ina")}


@row("link-only")
def link_only(side):
    return {"came": side.outcome(side.hinted(side.realm.browser(), "only"))}


# ---- mappers ----

BEFORE = {"teams": ["staff", "north", "south"], "address": {"town": "Bath"}, "shift": "night", "level": "high", "desk": "12"}
AFTER = {"teams": ["north", "norwich"], "address": {"town": "York"}, "shift": "day", "level": "high", "desk": "none"}


def notes(side, answer):
    tokens = side.tokens(answer)
    told = {}
    for kind in ("access_token", "id_token"):
        claims = unverified_token(tokens[kind])[1]
        told[kind] = {name: name == "note_AUTH_TIME" or value for name, value in claims.items() if name.startswith("note_")}
    info = side.realm.userinfo(tokens["access_token"]).json()
    told["userinfo"] = sorted(name for name in info if name.startswith("note_"))
    fresh = side.realm.refresh(APP, tokens["refresh_token"]).json()["access_token"]
    told["refreshed"] = sorted(name for name in unverified_token(fresh)[1] if name.startswith("note_"))
    return told


def mapped(sync):
    def seen(side):
        alias = f"maps-{sync.lower()}"
        name = f"{alias}.m-1"
        claims = {"sub": "m-1", "preferred_username": f"m-{sync}", "email": f"m-{sync}@example.com".lower()}
        first = side.log_in(alias, **claims, **FULL, **BEFORE)
        told = {"first notes": notes(side, first), "first": side.facts(name)}
        claims = {**claims, "preferred_username": "renamed", "email": f"new-{sync}@example.com".lower()}
        second = side.log_in(alias, **claims, given_name="Eva", family_name="Cook", **AFTER)
        return {**told, "second notes": notes(side, second), "second": side.facts(name)}

    return seen


for _sync in SYNCS:
    row(f"mappers-{_sync}")(mapped(_sync))


@row("mappers-at-a-link")
def mapped_at_a_link(side):
    claims = {"sub": "y1", "preferred_username": "yan", "email": "yann@example.com", **FULL, **BEFORE}
    browser = side.realm.browser()
    done = link_by_password(side, browser, side.log_in("gives", browser, **claims), "yann")
    seen = {"notes": notes(side, done), "then": side.facts("yann")}
    side.log_in("gives", **claims)
    return {**seen, "next": side.facts("yann")}


@row("names-by-templates")
def renamed(side):
    claims = {"sub": "r1", "email": "r1@example.com", **FULL}
    first = side.log_in("renames", preferred_username="ren", **claims)
    seen = {"first": side.facts("ren.there"), "told": notes(side, first)["id_token"].get("note_identity_provider_identity")}
    where = f"/realms/{REALM}/users/{side.find('ren.there')['id']}"
    side.log_in("renames", preferred_username="ned", **claims)
    return {**seen, "then": json.loads(side.admin("GET", where).text)["username"]}


# ---- logouts ----


def signed_out(alias):
    def seen(side):
        browser = side.realm.browser()
        answer = side.log_in(alias, browser, sub=f"o-{alias}", preferred_username=f"o-{alias}", email=f"o-{alias}@example.com", **FULL)
        tokens = side.tokens(answer)
        after = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": APP.redirect_uri, "state": "s1"}
        away = side.follow(browser, browser.get(side.realm.endpoint("logout"), after))
        sent = query_of(away.location)
        told = {name: name in ("state", "id_token_hint") or value.replace(side.realm.issuer, "") for name, value in sent.items()}
        back = side.follow(browser, browser.get(f"{sent['post_logout_redirect_uri']}?state={sent['state']}"))
        ended = side.realm.refresh(APP, tokens["refresh_token"]).status
        return {"away": told, "back": back.location, "ended": ended}

    return seen


for _alias in ("signsout", "signsoutbare"):
    row(f"logout-{_alias}")(signed_out(_alias))


# ---- tokens of theirs that are kept ----


@row("stored-tokens")
def stored_tokens(side):
    answer = side.log_in("up", sub="s1", preferred_username="sol", email="sol@example.com", **FULL)
    token = side.tokens(answer)["access_token"]
    asked = {alias: Browser().get(f"{side.realm.issuer}/broker/{alias}/token", headers=bearer(token)) for alias in ("up", "nobody")}
    return {alias: answer.status for alias, answer in asked.items()}

# SPDX-License-Identifier: Apache-2.0
"""Rows (brokering_rows.py) of links that a client begins (/broker/ALIAS/link), and of prompt=none that goes on to a provider."""

import base64
import hashlib
import itertools

from brokering_flow_rows import OTHER, here, kind
from brokering_rows import APP, FULL
from oidc import callback_of
from web import query_of

NUMBERS = itertools.count()
LINKED = "http://localhost:8000/linked"


def signed_in(side, name, client=APP):
    """A browser of somebody who has signed in by password, and the id of the session."""
    browser = side.realm.browser()
    page = side.realm.authorize(browser, client)
    answer = browser.submit(page.page.form("kc-form-login"), username=name, password=f"{name}-password")
    return browser, callback_of(answer)["session_state"]


def hash_of(nonce, session, client, alias):
    digest = hashlib.sha256(f"{nonce}{session}{client}{alias}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def ask(side, browser, session, alias="plain", client=APP.client_id, nonce=None, without=None, **changes):
    nonce = f"n-{next(NUMBERS)}" if nonce is None else nonce
    query = {"client_id": client, "redirect_uri": LINKED, "nonce": nonce, "hash": hash_of(nonce, session, client, alias), **changes}
    return browser.get(f"{side.realm.issuer}/broker/{alias}/link", {name: value for name, value in query.items() if value is not None and name != without})


def seen_at(side, answer):
    where = answer.location or ""
    if where.startswith("http://localhost:8000/"):
        return ["client", where.partition("?")[0], {name: name == "nonce" or value for name, value in query_of(where).items()}]
    return kind(side, answer)


def linked(side, browser, session, alias="plain", changes=(), **claims):
    """There and back."""
    away = side.follow(browser, ask(side, browser, session, alias))
    if not (away.location or "").startswith(side.upstream.issuer):
        return seen_at(side, away)
    side.upstream.reset(**claims)
    return seen_at(side, side.follow(browser, browser.get(side.upstream.agree(away.location, **dict(changes)))))


def links(side, name):
    return [list(link) for link in side.facts(name)["links"]]


def profile(side, name):
    return {member: side.facts(name)[member] for member in ("email", "firstName", "roles")}


@here("link/made")
def made(side):
    browser, session = signed_in(side, "lou")
    claims = {"sub": "lou-there", "preferred_username": "Lou There", "email": "elsewhere@example.com", **FULL}
    seen = {"came": linked(side, browser, session, **claims), "links": links(side, "lou"), "profile": profile(side, "lou")}
    seen["twice"] = linked(side, browser, session, **claims)
    seen["another one"] = linked(side, browser, session, sub="another", preferred_username="another")
    seen["links then"] = links(side, "lou")
    seen["links only"] = linked(side, browser, session, "links-only", **claims)
    seen["that brings up to date"] = linked(side, browser, session, "gives-roles", **claims)
    return {**seen, "profile then": profile(side, "lou")}


@here("link/of others")
def of_others(side):
    claims = {"sub": "lou-there", "preferred_username": "Lou There", "email": "elsewhere@example.com", **FULL}
    other, session = signed_in(side, "lux")
    seen = {"of somebody else": linked(side, other, session, **claims)}
    lesser, session = signed_in(side, "lia")
    return {**seen, "by the lesser role": linked(side, lesser, session, sub="lia-there"), "links": [links(side, name) for name in ("lux", "lia")]}


@here("link/twice")
def twice(side):
    """The same address again."""
    browser, session = signed_in(side, "lux")
    return [seen_at(side, side.follow(browser, ask(side, browser, session, nonce="once"))) for _ in range(2)]


@here("link/what went wrong there")
def wrong_there(side):
    browser, session = signed_in(side, "lux")
    seen = {}
    for error in ("access_denied", "server_error", "login_required", "interaction_required", "temporarily_unavailable"):
        seen[error] = linked(side, browser, session, changes={"code": None, "error": error}, sub="x")
    seen["no code"] = linked(side, browser, session, changes={"code": None}, sub="x")
    seen["an unknown code"] = linked(side, browser, session, changes={"code": "x"}, sub="x")
    return {**seen, "links": links(side, "lux")}


@here("link/asked")
def asked(side):
    browser, session = signed_in(side, "lux")
    query = query_of(side.follow(browser, ask(side, browser, session)).location or "")
    return {name: name in ("state", "nonce", "code_challenge", "redirect_uri") or value for name, value in query.items()}


@here("link/refused")
def refused(side):
    browser, session = signed_in(side, "lux")
    nobody = side.realm.browser()
    # Another client has a session of the same browser's, or none.
    unknown, foreign = signed_in(side, "nil", OTHER)
    rows = {
        "nobody is signed in": (nobody, session, {}),
        "another session": (browser, foreign, {}),
        "another client's hash": (browser, session, {"client": OTHER.client_id, "redirect_uri": OTHER.redirect_uri}),
        "the hash of another client": (browser, session, {"nonce": "n", "hash": hash_of("n", session, OTHER.client_id, "plain")}),
        "the hash of another provider": (browser, session, {"nonce": "n", "hash": hash_of("n", session, APP.client_id, "only")}),
        "the hash of another nonce": (browser, session, {"nonce": "m", "hash": hash_of("n", session, APP.client_id, "plain")}),
        "no hash": (browser, session, {"hash": None}),
        "an empty hash": (browser, session, {"hash": ""}),
        "no hash at all": (browser, session, {"hash": "not base64!"}),
        "no nonce": (browser, session, {"without": "nonce", "hash": hash_of("", session, APP.client_id, "plain")}),
        "an empty nonce": (browser, session, {"nonce": ""}),
        "no address": (browser, session, {"redirect_uri": None}),
        "another address": (browser, session, {"redirect_uri": "https://evil.example/"}),
        "another client's address": (browser, session, {"redirect_uri": OTHER.redirect_uri}),
        "no client": (browser, session, {"client_id": None}),
        "an unknown client": (browser, session, {"client_id": "nobody"}),
        "an unknown provider": (browser, session, {"alias": "nobody"}),
        "a provider that is off": (browser, session, {"alias": "off"}),
    }
    seen = {name: seen_at(side, side.follow(one, ask(side, one, of, **changes))) for name, (one, of, changes) in rows.items()}
    padded = hash_of("padded", session, APP.client_id, "plain") + "="
    seen["a padded hash"] = seen_at(side, side.follow(browser, ask(side, browser, session, nonce="padded", hash=padded)))
    browser, session = signed_in(side, "nil")
    seen["without the role"] = seen_at(side, ask(side, browser, session))
    seen["signed in meanwhile"] = seen_at(side, ask(side, unknown, foreign))
    return seen


@here("link/signed out on the way")
def signed_out(side):
    browser, session = signed_in(side, "lux")
    away = side.follow(browser, ask(side, browser, session))
    if not (away.location or "").startswith(side.upstream.issuer):
        return seen_at(side, away)
    side.upstream.reset(sub="gone")
    back = side.upstream.agree(away.location)
    where = f"/realms/{side.realm.name}/users/{side.find('lux')['id']}/logout"
    assert side.admin("POST", where).status == 204
    return [seen_at(side, side.follow(browser, browser.get(back))), links(side, "lux")]


# ---- prompt=none that goes on ----


def silently(side, changes=(), alias="silent", asked=(), **claims):
    browser = side.realm.browser()
    side.upstream.reset(**claims)
    away = side.hinted(browser, alias, prompt="none", **dict(asked))
    if not (away.location or "").startswith(side.upstream.issuer):
        return browser, away
    return browser, side.follow(browser, browser.get(side.upstream.agree(away.location, **dict(changes))))


def quiet(name):
    return {"sub": f"up-{name}", "preferred_username": name, "email": f"{name}@example.com", **FULL}


@here("silently/errors")
def silent_errors(side):
    words = ("login_required", "interaction_required", "access_denied", "server_error", "consent_required", "account_selection_required")
    return {word: side.outcome(silently(side, {"code": None, "error": word}, sub="x")[1]) for word in words}


@here("silently/who comes")
def silent_who(side):
    seen = {
        "known": side.outcome(silently(side, **quiet("quiet"))[1]),
        "new": side.outcome(silently(side, **quiet("silent-new"))[1]),
        "made": side.facts("silent-new") is not None,
        "without names": side.outcome(silently(side, sub="bare-silent", preferred_username="bare-silent")[1]),
        "whose address is there": side.outcome(silently(side, **{**quiet("leo"), "sub": "leo-there"})[1]),
        "who has something to do": side.outcome(silently(side, **quiet("busy"))[1]),
        "a code that is none": side.outcome(silently(side, {"code": "x"}, **quiet("quiet"))[1]),
        "another provider": side.outcome(silently(side, alias="plain", **quiet("quiet"))[1]),
        "an age": side.outcome(silently(side, asked={"max_age": "0"}, **quiet("quiet"))[1]),
    }
    browser, _ = silently(side, **quiet("quiet"))
    seen["then, without a hint"] = side.outcome(side.realm.authorize(browser, APP, prompt="none"))
    browser = side.realm.browser()
    seen["asked without prompt"] = query_of(side.hinted(browser, "silent").location).get("prompt")
    return seen

# SPDX-License-Identifier: Apache-2.0
"""Security keys at Keycloak (24, and 26 with OSTIARY_KEYCLOAK=newest) and at our provider: one key in software registers and
signs in at both, rightly and wrongly, and what becomes of it is the same. What differs is in the rows, with the reason. And
authentication flows with conditions: who is asked for what, and who is denied."""

import json
import re
import urllib.parse

import pytest
from needs import kept_running
from oidc import Client, Realm
from one_time_codes import credential as otp_credential
from one_time_codes import totp
from programs import Provider
from security_key import USER_PRESENT, USER_VERIFIED, SecurityKey, asked, b64
from test_admin_same_as_keycloak import with_realm
from web import Browser, unverified_token

from both_providers import only_keycloak
from keycloak import ADMIN, CHOSEN, VERSION

REALM = "keyring"
CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
OWNED = {kind: SecurityKey("http://localhost", "localhost", kind, counter=1) for kind in ("ES256", "RS256")}


def step(name, requirement, priority, flow=False):
    return {"flowAlias" if flow else "authenticator": name, "requirement": requirement, "priority": priority,
            "authenticatorFlow": flow, "autheticatorFlow": flow, "userSetupAllowed": False}


def flow(alias, *steps, top=False):
    return {"alias": alias, "providerId": "basic-flow", "topLevel": top, "builtIn": False, "authenticationExecutions": list(steps)}


def user(name, *credentials, **more):
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "emailVerified": True, "firstName": name,
            "lastName": "Cook", "credentials": [{"type": "password", "value": "pw"}, *credentials], **more}


DOCUMENT = {
    "realm": REALM,
    "enabled": True,
    "sslRequired": "none",
    "webAuthnPolicySignatureAlgorithms": ["ES256", "RS256"],
    "clients": [{"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK]}],
    "browserFlow": "keyed",
    "authenticationFlows": [
        flow("keyed", step("auth-cookie", "ALTERNATIVE", 10), step("keyed forms", "ALTERNATIVE", 20, True), top=True),
        flow("keyed forms", step("auth-username-password-form", "REQUIRED", 10), step("keyed second", "CONDITIONAL", 20, True)),
        flow("keyed second", step("conditional-user-configured", "REQUIRED", 10), step("webauthn-authenticator", "ALTERNATIVE", 20)),
    ],
    "users": [
        *(user(f"owner-{kind.lower()}", key.credential()) for kind, key in OWNED.items()),
        *(user(f"new{n}", requiredActions=["webauthn-register"]) for n in range(3)),
        user("bob"),
    ],
}

pytestmark = only_keycloak


@pytest.fixture(scope="module")
def servers(provider, work, results):
    """Each with the realm, and what asks its admin API."""
    for ours in kept_running(lambda: Provider([], work / "keyring", administrator=ADMIN), results):
        yield with_realm((provider, ours), DOCUMENT)


def challenge_of(answer):
    """Keycloak's stands in the page's script."""
    form = answer.page.forms[0].attributes
    if "data-options" in form:
        return json.loads(form["data-options"])["challenge"]
    return re.search(r"""challenge\s*[:=]\s*["']([\w-]+)["']""", answer.text)[1]


def origin_of(realm):
    return "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(realm.base))


def outcome(answer):
    """Where the form led to."""
    location = answer.location or ""
    return "code" if location.startswith(CALLBACK) and "code=" in location else "not signed in"


def register(realm, name, key, **wrong):
    browser = Browser()
    page = browser.get(realm.log_in(browser, APP, name, "pw").location)
    key.origin = origin_of(realm)
    return browser.submit(page.page.form("register"), **key.create(challenge_of(page), **wrong), authenticatorLabel="My key")


def use(realm, name, answer_of):
    browser = Browser()
    page = realm.log_in(browser, APP, name, "pw")
    return browser.submit(page.page.form("webauth"), **answer_of(origin_of(realm), challenge_of(page)))


def stored(realm, admin, name):
    found = admin("GET", f"/realms/{REALM}/users?username={name}&exact=true").json()[0]
    listed = admin("GET", f"/realms/{REALM}/users/{found['id']}/credentials").json()
    return [{k: v for k, v in one.items() if k not in ("id", "createdDate")} for one in listed if one["type"] == "webauthn"]


@pytest.mark.parametrize(("number", "kind", "form"), [(0, "ES256", "none"), (1, "RS256", "none"), (2, "ES256", "packed")])
def test_what_is_stored(servers, number, kind, form):
    key, found = SecurityKey("http://localhost", "localhost", kind), []
    for realm, admin in servers:
        answer = register(realm, f"new{number}", key, form=form)
        found.append((outcome(answer), stored(realm, admin, f"new{number}")))
    (keycloak_outcome, [theirs]), (our_outcome, [ours]) = found
    assert keycloak_outcome == our_outcome == "code"
    data = [json.loads(one.pop("credentialData")) for one in (theirs, ours)]
    for one in data:  # a set
        one["transports"].sort()
    if kind == "RS256":  # which Keycloak writes in another order of members
        assert len({len(one.pop("credentialPublicKey")) for one in data}) == 1
    assert {**data[0], **data[1]} == data[0] and set(data[0]) - set(data[1]) <= {"attestationStatement"} and theirs == ours


@pytest.mark.parametrize("kind", OWNED)
def test_imported_keys(servers, kind):
    key = OWNED[kind]

    def right(origin, challenge):
        key.origin = origin
        return key.get(challenge)

    assert [outcome(use(realm, f"owner-{kind.lower()}", right)) for realm, _ in servers] == ["code", "code"]


# What is wrong with an answer to be registered, or with the key that is used.
WRONG = {
    "another origin": dict(origin="https://evil.example"),
    "another party": dict(rp_id="evil.example"),
    "another type": dict(type="webauthn.other"),
    "nobody there": dict(flags=USER_VERIFIED),
    "another challenge": dict(challenge=b64(bytes(32))),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_registrations(servers, what):
    for realm, admin in servers:
        browser = Browser()
        answer = realm.log_in(browser, APP, "bob", "pw", kc_action="webauthn-register")
        page = browser.get(answer.location)
        key = SecurityKey(origin_of(realm), "localhost")
        answer = browser.submit(page.page.form("register"), **key.create(challenge_of(page), **WRONG[what]))
        assert outcome(answer) == "not signed in" and stored(realm, admin, "bob") == [], realm.base


@pytest.mark.parametrize("what", [*WRONG, "another key", "a counter that goes back", "no verification"])
def test_wrong_assertions(servers, what):
    key, found = OWNED["ES256"], []

    def wrong(origin, challenge):
        key.origin = origin
        if what == "another key":
            return {**SecurityKey(origin, "localhost").get(challenge), "credentialId": b64(key.id)}
        if what == "a counter that goes back":
            return back(key, challenge)
        return key.get(challenge, **WRONG.get(what, {"flags": USER_PRESENT}))

    for realm, _ in servers:
        found.append(outcome(use(realm, "owner-es256", wrong)))
    assert found == (["code", "code"] if what == "no verification" else ["not signed in", "not signed in"])


def back(key, challenge):
    """Said once more by a key that has lost count, and goes on as before."""
    before, key.counter = key.counter + 100, 0
    fields = key.get(challenge)
    key.counter = before
    return fields


def test_what_a_page_asks_of_a_browser(servers):
    """Keycloak puts it into its script."""
    told = []
    for realm, _ in servers:
        browser = Browser()
        page = browser.get(realm.log_in(browser, APP, "bob", "pw", kc_action="webauthn-register").location)
        if "data-options" in page.page.form("register").attributes:
            options = asked(page.page.form("register"))
            told.append((options["rp"]["id"], [one["alg"] for one in options["pubKeyCredParams"]], options["user"]["name"]))
        else:
            words = {name: re.search(rf"""\b{name}\s*[:=]\s*["']([^"']*)["']""", page.text)[1] for name in ("rpId", "username")}
            algs = [int(n) for n in re.search(r"signatureAlgorithms\s*[:=]\s*\[([-\d, ]*?),?\]", page.text)[1].split(",")]
            told.append((words["rpId"], algs, words["username"]))
    assert told[0] == told[1]


# ---- passkeys in the place of a password ----


PASSRING, FIELDRING = "passring", "fieldring"
PASSKEY = "webauthn-authenticator-passwordless"
BARE, NAMED, UNCOOKIED, PARTS = (f"00000000-0000-4000-8000-0000000000f{at}" for at in range(4))
FLOWS = {"bare": BARE, "named": NAMED, "uncookied": UNCOOKIED, "parts": PARTS}
PASSKEYS = {name: SecurityKey("http://localhost", "localhost", counter=1) for name in ("pam", "pat")}
IDS = {name: f"00000000-0000-4000-8000-0000000000a{at}" for at, name in enumerate(PASSKEYS)}
PASSKEY_DOCUMENT = {
    **DOCUMENT,
    "realm": PASSRING,
    "webAuthnPolicyPasswordlessUserVerificationRequirement": "required",
    "browserFlow": "passed",
    "authenticationFlows": [
        flow("passed", step("auth-cookie", "ALTERNATIVE", 10), step("passed forms", "ALTERNATIVE", 20, True), top=True),
        flow("passed forms", step("auth-username-form", "REQUIRED", 10), step("passed either", "REQUIRED", 20, True)),
        flow("passed either", step("webauthn-authenticator-passwordless", "ALTERNATIVE", 10), step("auth-password-form", "ALTERNATIVE", 20)),
        {**flow("bare", step("auth-cookie", "ALTERNATIVE", 10), step(PASSKEY, "ALTERNATIVE", 20), top=True), "id": BARE},
        {**flow("named", step("auth-cookie", "ALTERNATIVE", 10), step("named forms", "ALTERNATIVE", 20, True), top=True), "id": NAMED},
        flow("named forms", step("auth-username-form", "REQUIRED", 10), step(PASSKEY, "REQUIRED", 20)),
        {**flow("uncookied", step(PASSKEY, "REQUIRED", 10), top=True), "id": UNCOOKIED},
        {**flow("parts", step("part of keys", "ALTERNATIVE", 10, True), step("part of words", "ALTERNATIVE", 20, True), top=True), "id": PARTS},
        flow("part of keys", step(PASSKEY, "REQUIRED", 10)),
        flow("part of words", step("auth-username-password-form", "REQUIRED", 10)),
    ],
    "clients": [
        *DOCUMENT["clients"],
        *({"clientId": name, "publicClient": True, "redirectUris": [CALLBACK], "authenticationFlowBindingOverrides": {"browser": flow_id}}
          for name, flow_id in FLOWS.items()),
    ],
    # Keycloak asks first for what somebody had first.
    "users": [{**user(name), "id": IDS[name], "credentials": [key.credential("webauthn-passwordless"), {"type": "password", "value": "pw"}]}
              for name, key in PASSKEYS.items()],
}


@pytest.fixture(scope="module")
def passkey_servers(servers):
    made = []
    for realm, admin in servers:
        admin("DELETE", f"/realms/{PASSRING}")
        answer = admin("POST", "/realms", json.dumps(PASSKEY_DOCUMENT).encode())
        assert answer.status == 201, answer.text
        made.append(Realm(realm.base, PASSRING))
    return made


def passkey_page(realm, browser, name):
    """Keycloak asks for the name first; our page for names has a link to passkeys, which tell it."""
    page = realm.authorize(browser, APP)
    [link] = [one for one in page.page.links if "webauthn-authenticator-passwordless" in one] or [None]
    return browser.get(link) if link else browser.submit(page.page.form("kc-form-login"), username=name)


def sign_in(realm, name, answer_of):
    browser = Browser()
    page = passkey_page(realm, browser, name)
    key = PASSKEYS[name]
    key.origin, key.user_handle = origin_of(realm), IDS[name].encode()
    return browser.submit(page.page.form("webauth"), **answer_of(key, challenge_of(page)))


PASSKEY_ANSWERS = {
    "the right one": lambda key, challenge: key.get(challenge),
    **{what: lambda key, challenge, changes=changes: key.get(challenge, **changes) for what, changes in WRONG.items()},
    "no verification": lambda key, challenge: key.get(challenge, flags=USER_PRESENT),
    "another key": lambda key, challenge: {**SecurityKey(key.origin, "localhost").get(challenge), "credentialId": b64(key.id),
                                           "userHandle": b64(key.user_handle)},
    "a counter that goes back": back,
    "nobody by that handle": lambda key, challenge: {**key.get(challenge), "userHandle": b64(b"nobody")},
    "somebody else's handle": lambda key, challenge: {**key.get(challenge), "userHandle": b64(IDS["pat"].encode())},
    "the right one, after all that": lambda key, challenge: key.get(challenge),
}


@pytest.mark.parametrize("what", PASSKEY_ANSWERS)
def test_passkeys(passkey_servers, what):
    found = [outcome(sign_in(realm, "pam", PASSKEY_ANSWERS[what])) for realm in passkey_servers]
    assert found == ["code" if what.startswith("the right one") else "not signed in"] * 2


def test_a_password_beside_a_passkey(passkey_servers):
    """At Keycloak behind another way, at ours on the page for names."""
    keycloak, ours = passkey_servers
    browser = Browser()
    page = passkey_page(keycloak, browser, "pat")
    assert page.page.form("webauth") and page.page.form("kc-select-try-another-way-form")
    assert outcome(ours.log_in(Browser(), APP, "pat", "pw")) == "code"


# ---- flows without any password ----


def key_page(realm, browser, client_id, name="pam", **changes):
    """The page that asks for the passkey, by whatever comes before it."""
    page = realm.authorize(browser, Client(client_id, None, CALLBACK), **changes)
    if page.location:
        page = browser.get(page.location)
    forms = {form.attributes.get("id"): form for form in page.page.forms}
    if "webauth" in forms:
        return page
    [link] = [one for one in page.page.links if PASSKEY in one] or [None]
    if link:
        return browser.get(link)
    if client_id == "parts":
        return by_another_way(browser, forms["kc-select-try-another-way-form"])
    return browser.submit(forms["kc-form-login"], follow=True, username=name)


def by_another_way(browser, form):
    """Keycloak's page of ways: the password, which the page before asked for, and the passkey."""
    for at in range(2):
        page = browser.submit(form, follow=True, tryAnotherWay="on").page
        ways = [(one, field["value"]) for one in page.forms for field in one.fields if field.get("name") == "authenticationExecution"]
        chosen = browser.submit(ways[at][0], follow=True, authenticationExecution=ways[at][1])
        if any(one.attributes.get("id") == "webauth" for one in chosen.page.forms):
            break
        form = chosen.page.form("kc-select-try-another-way-form")
    return chosen


def come(realm, browser, client_id, name, key_of, **changes):
    """Where somebody is led who says a name and uses a passkey, and who they are then."""
    page = key_page(realm, browser, client_id, name, **changes)
    forms = [form for form in page.page.forms if form.attributes.get("id") == "webauth"]
    if not forms:
        return "not signed in"
    key = PASSKEYS[key_of]
    key.origin, key.user_handle = origin_of(realm), IDS[key_of].encode()
    answer = browser.submit(forms[0], **key.get(challenge_of(page)))
    if outcome(answer) != "code":
        return "not signed in"
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.location).query))["code"]
    tokens = realm.code(Client(client_id, None, CALLBACK), code).json()
    return unverified_token(tokens["id_token"])[1]["preferred_username"]


@pytest.mark.parametrize("client_id", FLOWS)
def test_a_passkey_alone(passkey_servers, client_id):
    assert [come(realm, Browser(), client_id, "pam", "pam") for realm in passkey_servers] == ["pam", "pam"]


@pytest.mark.parametrize(("client_id", "again", "silent"), [("bare", True, True), ("named", True, True), ("uncookied", False, False),
                                                          ("parts", False, False)])
def test_a_session_where_the_flow_asks_for_the_cookie(passkey_servers, client_id, again, silent):
    client = Client(client_id, None, CALLBACK)
    for realm in passkey_servers:
        browser = Browser()
        assert come(realm, browser, client_id, "pam", "pam") == "pam"
        assert (outcome(realm.authorize(browser, client)) == "code") is again, realm.base
        assert ("code=" in realm.authorize(browser, client, prompt="none").location) is silent, realm.base


@pytest.mark.parametrize(("name", "key_of"), [("pam", "pat"), ("nobody", "pat")])
def test_who_is_named_and_who_comes(passkey_servers, name, key_of):
    """Ours asks for no name where nothing but a passkey will do: who that is it says."""
    found = [come(realm, Browser(), "named", name, key_of) for realm in passkey_servers]
    assert found == ["not signed in", "pat"]


FIELD_ID = "00000000-0000-4000-8000-0000000000b0"
FIELD_USERS = [{**PASSKEY_DOCUMENT["users"][0], "id": FIELD_ID}]


if CHOSEN != VERSION:  # Keycloak 24 has no such switch

    def test_passkeys_in_the_field_for_the_name(servers):
        """Keycloak 26 offers them where the realm says so; 24 does not know the switch."""
        document = {**DOCUMENT, "realm": FIELDRING, "webAuthnPolicyPasswordlessPasskeysEnabled": True, "users": FIELD_USERS}
        document = {name: value for name, value in document.items() if name not in ("browserFlow", "authenticationFlows")}
        for realm, admin in servers:
            admin("DELETE", f"/realms/{FIELDRING}")
            assert admin("POST", "/realms", json.dumps(document).encode()).status == 201
            realm, browser = Realm(realm.base, FIELDRING), Browser()
            page = realm.authorize(browser, APP)
            [field] = [one for one in page.page.form("kc-form-login").fields if one.get("name") == "username"]
            assert "webauthn" in field["autocomplete"].split(), realm.base
            key = PASSKEYS["pam"]
            key.origin, key.user_handle = origin_of(realm), FIELD_ID.encode()
            assert outcome(browser.submit(page.page.form("webauth"), **key.get(challenge_of_offer(page)))) == "code", realm.base


def challenge_of_offer(page):
    form = page.page.form("webauth").attributes
    return json.loads(form["data-options"])["challenge"] if "data-options" in form else challenge_of(page)


# ---- flows with conditions ----

FLOWRING = "flowring"
PASSWORD = step("auth-username-password-form", "REQUIRED", 10)
COOKIE = step("auth-cookie", "ALTERNATIVE", 10)
DENY = step("deny-access-authenticator", "REQUIRED", 20)
ONE_TIME_CODE = step("auth-otp-form", "REQUIRED", 20)
A_KEY = step("webauthn-authenticator", "REQUIRED", 30)


def by_role(config):
    return {**step("conditional-user-role", "REQUIRED", 10), "authenticatorConfig": config}


def part(alias, requirement="CONDITIONAL"):
    return step(alias, requirement, 20, True)


# For each client: what stands at the top and in the flows below it.
CHOOSING = {
    "denied": ([PASSWORD, part("chosen")], [by_role("members"), {**DENY, "authenticatorConfig": "words"}]),
    "others": ([PASSWORD, part("chosen")], [by_role("others"), DENY]),
    "guests": ([PASSWORD, part("chosen")], [by_role("guests"), DENY]),
    "nobody": ([PASSWORD, part("chosen")], [by_role("gone"), DENY]),
    "asked": ([PASSWORD, part("chosen")], [by_role("members"), ONE_TIME_CODE]),
    "twice": ([PASSWORD, part("chosen")], [by_role("members"), ONE_TIME_CODE, A_KEY]),
    "owners": ([PASSWORD, part("chosen")], [step("conditional-user-configured", "REQUIRED", 10), DENY]),
    "bare": ([PASSWORD, part("chosen")], [DENY]),
    "beside": ([PASSWORD, step("auth-otp-form", "ALTERNATIVE", 20)], []),
    "around": ([step("inner", "REQUIRED", 10, True), part("chosen")], [by_role("members"), ONE_TIME_CODE]),
    "shut": ([step("inner", "REQUIRED", 10, True), part("chosen")], [by_role("members"), DENY]),
    "late": ([step("chosen", "CONDITIONAL", 30, True), PASSWORD], [by_role("members"), DENY]),
}


def named(client, alias):
    return f"{client} {alias}"


def flows_of(client, at):
    top, chosen = CHOOSING[client]
    listed = {client: top, "chosen": chosen, "inner": [COOKIE, part("forms", "ALTERNATIVE")], "forms": [PASSWORD]}
    for alias, steps in listed.items():
        below = [{**one, "flowAlias": named(client, one["flowAlias"])} if "flowAlias" in one else one for one in steps]
        made = flow(alias if alias == client else named(client, alias), *below, top=alias == client)
        if below:
            yield {**made, "id": f"00000000-0000-4000-8000-00000000e{at:03}"} if alias == client else made


CHOOSERS = {
    "ann": dict(realmRoles=["member"]),
    "bob": {},
    "far": dict(clientRoles={"app": ["guest.of.all"]}),
}
FLOW_DOCUMENT = {
    **DOCUMENT,
    "realm": FLOWRING,
    "roles": {"realm": [{"name": "member"}], "client": {"app": [{"name": "guest.of.all"}]}},
    "browserFlow": "asked",
    "authenticatorConfig": [
        {"alias": alias, "config": {"condUserRole": role, "negate": negate}}
        for alias, role, negate in (("members", "member", "false"), ("others", "member", "true"), ("guests", "app.guest.of.all", "false"),
                                    ("gone", "no-such-role", "false"))
    ] + [{"alias": "words", "config": {"denyErrorMessage": "No members today."}}],
    "authenticationFlows": [one for at, client in enumerate(CHOOSING) for one in flows_of(client, at)],
    "clients": [
        *DOCUMENT["clients"],
        *({"clientId": client, "publicClient": True, "redirectUris": [CALLBACK],
           "authenticationFlowBindingOverrides": {"browser": f"00000000-0000-4000-8000-00000000e{at:03}"}}
          for at, client in enumerate(CHOOSING)),
    ],
    "users": [*(user(name, otp_credential(), **more) for name, more in CHOOSERS.items()), user("new", realmRoles=["member"]),
              user("both", otp_credential(), OWNED["ES256"].credential(), realmRoles=["member"])],
}


@pytest.fixture(scope="module")
def flow_servers(servers):
    made = []
    for realm, admin in servers:
        admin("DELETE", f"/realms/{FLOWRING}")
        answer = admin("POST", "/realms", json.dumps(FLOW_DOCUMENT).encode())
        assert answer.status == 201, answer.text
        made.append(Realm(realm.base, FLOWRING))
    return made


def next_step(browser, answer):
    """What somebody meets then; both lead to some pages by an address of their own."""
    if answer.location and not answer.location.startswith(CALLBACK):
        if "execution=" in answer.location and "required-action" in answer.location:
            return answer.location.split("execution=")[1].split("&")[0]
        answer = browser.get(answer.location)
    if answer.status != 200:
        words = next((one for one in ("No members today.", "Access denied") if one in answer.text), "")
        return f"{answer.status} {words}" if answer.status == 401 else outcome(answer)
    return next(form.attributes["id"] for form in answer.page.forms if form.attributes.get("id"))


@pytest.mark.parametrize("client", CHOOSING)
def test_what_a_flow_has_for_whom(flow_servers, client):
    """After a password, and for whoever comes back with the session of that."""
    found = []
    for realm in flow_servers:
        met = {}
        for name in (*CHOOSERS, "new"):
            browser, app = Browser(), Client(client, None, CALLBACK)
            met[name] = next_step(browser, realm.log_in(browser, app, name, "pw"))
            if met[name] == "code":
                met[f"{name} again"] = next_step(browser, realm.authorize(browser, app))
        found.append(met)
    assert found[0] == found[1]
    assert len(set(found[0].values())) > 1 or client in ("nobody", "owners", "bare", "beside"), found[0]


def test_two_factors_one_after_the_other(flow_servers):
    found, key, app = [], OWNED["ES256"], Client("twice", None, CALLBACK)
    for realm in flow_servers:
        browser = Browser()
        page = realm.log_in(browser, app, "both", "pw")
        page = browser.submit(page.page.form("kc-otp-login-form"), otp=totp())
        silent = realm.authorize(Browser(), app, prompt="none")
        key.origin = origin_of(realm)
        answer = browser.submit(page.page.form("webauth"), **key.get(challenge_of(page)))
        lacking = Browser()
        page = realm.log_in(lacking, app, "ann", "pw")
        page = lacking.submit(page.page.form("kc-otp-login-form"), otp=totp())
        found.append((outcome(answer), outcome(silent), next_step(lacking, page)))
    assert found == [("code", "not signed in", "webauthn-register")] * 2

# SPDX-License-Identifier: Apache-2.0
"""Steps by chance over the protocol, for random_runs.py: what is asked, and how one server is asked it.

A step is a dictionary of plain JSON: "do" names the function below; a number under "of" is the step that brought what this
one uses. What a dropped or failed step has not brought is sent as a word that no server knows.
"""

from oidc import Client, Pkce, callback_of
from random_realm import CALLBACK, CLIENTS, CONFIDENTIAL, PASSWORD, SCOPES, SECRET, USERS
from web import bearer

MISSING = "missing"
TYPE = "urn:ietf:params:oauth:token-type:"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
WANTED = ("openid", "profile", "email", "offline_access", "phone", "roles", "acr", *SCOPES)
PKCE = Pkce()  # one for all: who has it proves nothing here


def client(name):
    return Client(name, SECRET if name in CONFIDENTIAL else None, CALLBACK)


def scope_by_chance(rng):
    if rng.random() < 0.2:
        return None
    wanted = [one for one in rng.sample(WANTED, rng.randint(0, 3))]
    if rng.random() < 0.7:
        wanted.insert(0, "openid")
    if rng.random() < 0.03:
        wanted.append("unheard")
    return " ".join(dict.fromkeys(wanted)) or None


def _pick(rng, player, kind):
    """A step that brought such a thing; mostly one of the last."""
    steps = [number for number, brought in player.brought.items() if kind in brought]
    if not steps:
        return None
    return rng.choice(steps[-3:] if rng.random() < 0.7 else steps)


def _owner(rng, player, step):
    """The client of a step, or now and then another."""
    return rng.choice(CLIENTS) if rng.random() < 0.08 else player.brought[step].get("client", "web")


PAGES = {"password-new": "password", "password": "login", "accept": "consent", "confirmLogout": "logout", "device_user_code": "device"}


def _kind_of(page):
    names = [field.get("name") for form in page.forms for field in form.fields]
    return next((kind for name, kind in PAGES.items() if name in names), "other")


def _kind_of_page(player, browser):
    of = player.pages.get(browser)
    return None if of is None else _kind_of(player.brought[of]["page"].page)


# What is asked


def authorize(rng, player):
    params = {"scope": scope_by_chance(rng)}
    for name, values, chance in (
        ("prompt", ("none", "login", "consent", "login consent"), 0.3),
        ("max_age", ("0", "3600"), 0.1),
        ("response_mode", ("fragment", "query", "form_post", "jwt", "query.jwt"), 0.15),
        ("response_type", ("id_token", "id_token token", "code id_token", "token", "code token", "none", "nothing"), 0.2),
        ("login_hint", (*USERS, "nobody"), 0.1),
        ("redirect_uri", ("http://localhost:9/other", CALLBACK + "?a=b"), 0.03),
        ("acr_values", ("1", "0", "gold"), 0.06),
        ("ui_locales", ("de", "en"), 0.05),
        ("claims", ('{"id_token": {"email": null}}', '{"userinfo": {"email": {"essential": true}}}'), 0.06),
        ("kc_action", ("UPDATE_PASSWORD", "UPDATE_PROFILE"), 0.05),
        ("nonce", (None,), 0.06),
        ("state", (None,), 0.05),
    ):
        if rng.random() < chance and not (name == "kc_action" and player.exchanges):  # of which the newest says more
            params[name] = rng.choice(values)
    # Who has logged in and is asked something yet is a session here, and none at Keycloak.
    free = [browser for browser in (0, 1) if _kind_of_page(player, browser) not in ("consent", "password", "other")]
    return free and {"do": "authorize", "browser": rng.choice(free), "client": rng.choice(CLIENTS), "pkce": rng.random() < 0.5, "params": params}


def submit(rng, player):
    if not player.pages:
        return None
    of = rng.choice(list(player.pages.values()))
    step = {"do": "submit", "of": of, "page": _kind_of(player.brought[of]["page"].page), "username": rng.choice(USERS), "password": PASSWORD}
    if rng.random() < 0.12:
        step["password"] = "wrong-password"
    if rng.random() < 0.1:
        step["username"] = rng.choice((f"{USERS[0]}@example.org", USERS[1].upper(), "nobody"))
    if rng.random() < 0.15:
        step["rememberMe"] = "on"
    if rng.random() < 0.2:
        step["refused"] = True
    return step


def code(rng, player):
    of = _pick(rng, player, "code")
    if of is None:
        return None
    # A second use ends more here: offline sessions, too. Nothing is asked after it.
    again = of in player.used
    step = {"do": "code", "of": of, **({"last": True} if again else {}), "client": _owner(rng, player, of), "pkce": player.brought[of].get("pkce", False)}
    if rng.random() < 0.08:
        step["pkce"] = not step["pkce"]
    if rng.random() < 0.05:
        step["redirect_uri"] = "http://localhost:9/other"
    return step


def password(rng, player):
    step = {"do": "password", "client": rng.choice(CLIENTS), "username": rng.choice(USERS), "password": PASSWORD, "scope": scope_by_chance(rng)}
    if rng.random() < 0.12:
        step["password"] = "wrong-password"
    if rng.random() < 0.07:
        step["username"] = rng.choice((f"{USERS[0]}@example.org", USERS[1].upper(), "nobody"))
    return step


def credentials(rng, player):
    # Without a session there is nothing to keep for long: Keycloak says offline_access all the same, and gives no such token.
    wanted = " ".join(one for one in (scope_by_chance(rng) or "").split() if one != "offline_access")
    return {"do": "credentials", "client": rng.choice(CONFIDENTIAL), "scope": wanted or None}


def refresh(rng, player):
    of = _pick(rng, player, "refresh_token")
    if of is None:
        return None
    step = {"do": "refresh", "of": of, "client": _owner(rng, player, of)}
    if rng.random() < 0.2:
        step["scope"] = scope_by_chance(rng)
    return step


def _token_of(rng, player, kinds):
    for kind in rng.sample(kinds, len(kinds)):
        of = _pick(rng, player, kind)
        if of is not None:
            return {"of": of, "token": kind}
    return None


def introspect(rng, player):
    chosen = _token_of(rng, player, ("access_token", "access_token", "refresh_token"))
    return chosen and {"do": "introspect", **chosen, "client": rng.choice(CONFIDENTIAL)}


def revoke(rng, player):
    chosen = _token_of(rng, player, ("access_token", "refresh_token"))
    # An access token takes its refresh token along here, not at Keycloak (deviations.json).
    if not chosen or (chosen["token"] == "access_token" and "refresh_token" in player.brought[chosen["of"]]):
        return None
    step = {"do": "revoke", **chosen, "client": _owner(rng, player, chosen["of"])}
    if rng.random() < 0.3:
        step["hint"] = rng.choice(("access_token", "refresh_token"))
    return step


def userinfo(rng, player):
    of = _pick(rng, player, "access_token")
    return None if of is None else {"do": "userinfo", "of": of}


def sign_off(rng, player):
    of = _pick(rng, player, "refresh_token")
    return None if of is None else {"do": "sign_off", "of": of, "client": _owner(rng, player, of)}


def logout(rng, player):
    # Of a login in this browser: of another session Keycloak asks, and leaves it alone.
    browser = rng.randint(0, 1)
    own = [number for number, brought in player.brought.items() if "id_token" in brought and brought.get("browser") == browser]
    step = {"do": "logout", "browser": browser, "of": own[-1] if own else None, "params": {}}
    if rng.random() < 0.5:
        step["params"]["post_logout_redirect_uri"] = rng.choice((CALLBACK, CALLBACK, "http://localhost:9/other"))
    if rng.random() < 0.4:
        step["params"]["client_id"] = rng.choice(CLIENTS)
    if rng.random() < 0.4:
        step["params"]["state"] = "state-2"
    if rng.random() < 0.15:
        step["of"] = None
    return step


def device(rng, player):
    return {"do": "device", "client": rng.choice(CLIENTS), "scope": rng.choice((None, "openid", "openid email", "profile offline_access"))}


def device_open(rng, player):
    of = _pick(rng, player, "device_code")
    return None if of is None else {"do": "device_open", "of": of, "browser": rng.randint(0, 1)}


def device_poll(rng, player):
    of = _pick(rng, player, "device_code")
    return None if of is None else {"do": "device_poll", "of": of, "client": _owner(rng, player, of)}


def exchange(rng, player):
    of = _pick(rng, player, "access_token")
    if of is None or not player.exchanges:
        return None
    step = {"do": "exchange", "of": of, "client": rng.choice(CONFIDENTIAL), "params": {}}
    if rng.random() < 0.4:
        step["params"]["requested_token_type"] = TYPE + rng.choice(("access_token", "id_token", "refresh_token"))
    if rng.random() < 0.4:
        step["params"]["scope"] = scope_by_chance(rng)
    if rng.random() < 0.3:
        step["params"]["audience"] = rng.choice((*CLIENTS, "nobody"))
    return step


GRAMMAR = {
    authorize: 9, submit: 12, code: 6, password: 5, credentials: 2, refresh: 6, introspect: 4, revoke: 2, userinfo: 4,
    sign_off: 1, logout: 2, device: 1, device_open: 2, device_poll: 2, exchange: 4,
}  # fmt: skip


# How it is asked


class Asking:
    """The steps at one server; `player` keeps browsers and what was brought."""

    def __init__(self, player):
        self.player = player
        self.realm = player.realm

    def of(self, step, kind):
        return self.player.brought.get(step.get("of"), {}).get(kind, MISSING)

    def authorize(self, step):
        browser, params = self.player.browsers[step["browser"]], dict(step["params"])
        answer = self.realm.authorize(browser, client(step["client"]), PKCE if step["pkce"] else None, **params)
        return self._seen(answer, step, {"browser": step["browser"], "client": step["client"], "pkce": step["pkce"]})

    def submit(self, step):
        page = self.of(step, "page")
        if page == MISSING or not page.page.forms:
            return None
        known = {name: self.player.brought[step["of"]].get(name) for name in ("browser", "client", "pkce")}
        form = page.page.forms[0]
        names = {field.get("name") for field in form.fields}
        values = {name: step[name] for name in ("username", "password", "rememberMe") if name in step and name in names}
        if "password-new" in names:
            values = {"password-new": PASSWORD, "password-confirm": PASSWORD if not step.get("refused") else "other"}
        if "accept" in names:
            values = {"cancel": "No"} if step.get("refused") else {"accept": "Yes"}
        answer = self.player.browsers[known["browser"]].submit(form, **values)
        return self._seen(answer, step, known)

    def _seen(self, answer, step, known):
        """Keeps a page, or what the redirect to the client brings; redirects among pages are followed."""
        browser = self.player.browsers[known["browser"]]
        for _ in range(3):
            if answer.status not in (302, 303) or not (answer.location or "").startswith(self.player.base):
                break
            answer = browser.get(answer.location)
        if answer.status in (302, 303):
            self.player.keep(step, {**known, **callback_of(answer)})
        elif answer.status == 200 and (answer.header("Content-Type") or "").startswith("text/html"):
            forms = answer.page.forms
            to_client = forms and not forms[0].action.startswith(self.player.base)  # form_post
            self.player.keep(step, {**known, **(forms[0].values() if to_client else {"page": answer})})
        return answer

    def _tokens(self, answer, step):
        if answer.status == 200:
            browser = self.player.brought.get(step.get("of"), {}).get("browser")
            self.player.keep(step, {"browser": browser, "client": step["client"], **answer.json()})
        return answer

    def code(self, step):
        self.player.used.add(step["of"])
        answer = self.realm.code(client(step["client"]), self.of(step, "code"), PKCE if step["pkce"] else None, step.get("redirect_uri"))
        return self._tokens(answer, step)

    def _grant(self, step, kind, **form):
        form = {"grant_type": kind, **form, **({"scope": step["scope"]} if step.get("scope") else {})}
        return self._tokens(self.realm.token(form, client(step["client"])), step)

    def password(self, step):
        return self._grant(step, "password", username=step["username"], password=step["password"])

    def credentials(self, step):
        return self._grant(step, "client_credentials")

    def refresh(self, step):
        return self._grant(step, "refresh_token", refresh_token=self.of(step, "refresh_token"))

    def _post(self, path, form, name):
        who = client(name)
        return self.player.browser().post(self.realm.endpoint(path), {**form, **({} if who.secret else who.form)}, who.auth)

    def introspect(self, step):
        return self._post("token/introspect", {"token": self.of(step, step["token"])}, step["client"])

    def revoke(self, step):
        hint = {"token_type_hint": step["hint"]} if "hint" in step else {}
        return self._post("revoke", {"token": self.of(step, step["token"]), **hint}, step["client"])

    def userinfo(self, step):
        return self.player.browser().get(self.realm.endpoint("userinfo"), headers=bearer(self.of(step, "access_token")))

    def sign_off(self, step):
        return self._post("logout", {"refresh_token": self.of(step, "refresh_token")}, step["client"])

    def logout(self, step):
        hint = {} if step["of"] is None else {"id_token_hint": self.of(step, "id_token")}
        answer = self.player.browsers[step["browser"]].get(self.realm.endpoint("logout"), {**hint, **step["params"]})
        if answer.status == 200:
            self.player.keep(step, {"browser": step["browser"], "client": "web", "page": answer})
        return answer

    def device(self, step):
        answer = self.realm.device_authorization(client(step["client"]), step["scope"])
        return self._tokens(answer, step)

    def device_open(self, step):
        address = self.of(step, "verification_uri_complete")
        if address == MISSING:
            return None
        known = {"browser": step["browser"], "client": "web", "pkce": False}
        return self._seen(self.player.browsers[step["browser"]].get(address, follow=True), step, known)

    def device_poll(self, step):
        return self._tokens(self.realm.device_token(client(step["client"]), self.of(step, "device_code")), step)

    def exchange(self, step):
        form = {name: value for name, value in step["params"].items() if value}
        form.update(grant_type=EXCHANGE, subject_token=self.of(step, "access_token"), subject_token_type=TYPE + "access_token")
        return self._tokens(self.realm.token(form, client(step["client"])), step)

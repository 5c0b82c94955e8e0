# SPDX-License-Identifier: Apache-2.0
"""Levels of authentication: 1 by a password and 2 by a one-time code, asked for by acr_values and claims, and what a session is good for."""

import json

from oidc import Client, callback_of
from one_time_codes import KEY, hotp, totp

CALLBACK = "http://localhost:8000/auth"


def of(name="app"):
    return Client(name, None, CALLBACK)


def essential(*values):
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})}


class Person:
    """Somebody in a browser of theirs, whose device counts."""

    def __init__(self, r, name, realm="levels"):
        self.r, self.name, self.realm = r, name, r.realm(realm)
        self.browser, self.counter = self.realm.browser(), 0

    def ask(self, label, client=None, **wish):
        return self.r.take(label, self.realm.authorize(self.browser, client or of(), **wish))

    def password(self, label, page):
        form = page.page.form("kc-form-login")
        named = {} if not any(field.get("name") == "username" for field in form.fields) else {"username": self.name}
        return self.r.take(label, self.browser.submit(form, password=f"{self.name}-password", **named))

    def device(self, label, page):
        self.counter += 1
        if page.status == 302:  # to its address
            page = self.browser.get(page.location)
        return self.r.take(label, self.browser.submit(page.page.form("kc-otp-login-form"), otp=hotp(KEY, self.counter)))

    def tokens(self, label, answer, client=None):
        return self.r.take(label, self.realm.code(client or of(), callback_of(answer)["code"]))

    def enter(self, client=None, level=1, **wish):
        """Signs in, and up to the level."""
        client = client or of()
        page = self.realm.authorize(self.browser, client, **wish)
        answer = self.password("signed in", page)
        return answer if level == 1 else self.device("and stepped up", self.ask("up", client, acr_values="2"))


def probe_session(r):
    ann = Person(r, "ann")
    ann.tokens("tokens", ann.enter())
    ann.tokens("again", ann.ask("single sign-on"))
    ann.tokens("once more", ann.ask("level 1", acr_values="1"))
    ann.ask("level 2, silently", acr_values="2", prompt="none")
    tokens = ann.tokens("of level 2", ann.device("device", ann.ask("level 2", acr_values="2")))
    r.take("refreshed", ann.realm.refresh(of(), tokens.json()["refresh_token"]))
    ann.tokens("still", ann.ask("afterwards"))
    ann.tokens("silently", ann.ask("afterwards, silently", acr_values="2", prompt="none"))
    ann.tokens("lower", ann.ask("level 1 of 2", acr_values="1"))
    ann.tokens("the lower of two", ann.ask("level 2 or 1", acr_values="2 1"))


def probe_both_at_once(r):
    bob = Person(r, "bob")
    bob.tokens("tokens", bob.device("device", bob.password("password", bob.ask("level 2", acr_values="2"))))
    page = bob.ask("anew", acr_values="2", prompt="login")
    bob.tokens("anew, tokens", bob.device("anew, device", bob.password("anew, password", page)))
    bob.tokens("level 1 anew", bob.password("password anew", bob.ask("level 1", prompt="login")))


def probe_names(r):
    cat = Person(r, "cat")
    answer = cat.enter(of("named"), acr_values="silver")
    cat.tokens("silver", answer, of("named"))
    cat.tokens("by number", cat.ask("number", of("named"), acr_values="1"), of("named"))
    cat.tokens("unnamed", cat.ask("nothing", of("named")), of("named"))
    cat.tokens("gold", cat.device("device", cat.ask("wants gold", of("named"), acr_values="gold")), of("named"))
    cat.tokens("silver then", cat.ask("wants silver", of("named"), acr_values="silver"), of("named"))
    cat.tokens("of the realm", cat.ask("another client"), of())
    cat.tokens("of the realm by its name", cat.ask("its name", acr_values="bronze"), of())


def probe_defaults(r):
    dan = Person(r, "dan")
    page = dan.ask("wanting", of("wanting"))
    page = dan.password("password", page)
    dan.tokens("tokens", dan.device("device", page), of("wanting"))
    eve = Person(r, "eve")
    eve.enter()
    eve.ask("silently", of("wanting"), prompt="none")
    eve.tokens("less", eve.ask("less is asked for", of("wanting"), acr_values="1"), of("wanting"))


def probe_least(r):
    hal = Person(r, "hal")
    hal.enter()
    hal.ask("silently", of("least"), prompt="none")
    hal.ask("less, silently", of("least"), acr_values="1", prompt="none")
    page = hal.ask("asked", of("least"))
    if page.status == 200 or "/login-actions/" in page.location:  # not in 24, which knows no least level
        hal.tokens("tokens", hal.device("device", page), of("least"))


def probe_essential(r):
    fay = Person(r, "fay")
    fay.ask("unknown", **essential("platinum"))
    fay.enter()
    fay.ask("silently", prompt="none", **essential("2"))
    fay.tokens("tokens", fay.device("device", fay.ask("essential", **essential("2"))))
    fay.tokens("one of two", fay.ask("one or the other", **essential("7", "2")))
    fay.ask("out of reach, with a session", **essential("7"))
    fay.ask("out of reach, silently", prompt="none", **essential("7"))


def probe_out_of_reach(r):
    gus = Person(r, "gus")
    page = gus.ask("essential", **essential("7"))
    gus.device("device", gus.password("password", page))
    gus.ask("no session", prompt="none")


def probe_voluntary(r):
    ida = Person(r, "ida")
    page = ida.password("password", ida.ask("out of reach", acr_values="7"))
    ida.tokens("tokens", ida.device("device", page))
    ida.ask("again", acr_values="7")
    ida.ask("again, silently", acr_values="7", prompt="none")
    ida.tokens("unknown, tokens", ida.ask("unknown", acr_values="platinum"))


def probe_strange(r):
    jon = Person(r, "jon")
    jon.enter()
    jon.ask("unknown and known", acr_values="platinum 2", prompt="none")
    jon.ask("negative", acr_values="-1", prompt="none")
    jon.ask("empty", acr_values="", prompt="none")
    jon.ask("huge number", acr_values="99999999999999999999", prompt="none")
    jon.ask("spaces", acr_values="  2  ", prompt="none")
    jon.ask("voluntary claim", prompt="none", claims=json.dumps({"id_token": {"acr": {"values": ["2"]}}}))
    jon.ask("claim and parameter", prompt="none", acr_values="1", claims=json.dumps({"id_token": {"acr": {"values": ["2"]}}}))
    jon.ask("claim of no values", prompt="none", acr_values="2", claims=json.dumps({"id_token": {"acr": {"essential": True}}}))
    jon.ask("claim of userinfo", prompt="none", claims=json.dumps({"userinfo": {"acr": {"essential": True, "values": ["2"]}}}))
    jon.ask("claim as a number", prompt="none", claims=json.dumps({"id_token": {"acr": {"essential": True, "values": [2]}}}))


def probe_no_device(r):
    new = Person(r, "new")
    new.enter()
    answer = new.ask("level 2", acr_values="2")
    page = answer if answer.status == 200 else r.take("page", new.browser.get(answer.location))
    form = page.page.form("kc-totp-settings-form")
    [key] = [field["value"] for field in form.fields if field.get("name") == "totpSecret"]
    new.ask("left undone", acr_values="2", prompt="none")
    new.tokens("tokens", r.take("set up", new.browser.submit(form, totp=totp(key), userLabel="phone")))


def probe_other_flows(r):
    kim = Person(r, "kim")
    kim.tokens("flat", kim.enter(of("flat")), of("flat"))
    page = kim.ask("from the flat flow")
    kim.tokens("level 1", kim.password("password", page) if page.status == 200 else page)
    kim.tokens("flat after it", kim.ask("flat again", of("flat")), of("flat"))
    page = kim.ask("the flat flow, level 2", of("flat"), acr_values="2")
    kim.tokens("flat, wanting", kim.password("flat, password", page), of("flat"))


def probe_ages(r):
    lou = Person(r, "lou")
    lou.tokens("brief", lou.enter(of("brief"), level=2), of("brief"))
    lou.tokens("brief, again", lou.ask("over", of("brief")), of("brief"))
    lou.ask("over, silently", of("brief"), acr_values="2", prompt="none")
    lou.ask("of another flow, silently", acr_values="2", prompt="none")
    max_ = Person(r, "max")
    max_.tokens("fleeting", max_.enter(of("fleeting")), of("fleeting"))
    max_.ask("fleeting, again", of("fleeting"))
    page = max_.ask("fleeting, level 2", of("fleeting"), acr_values="2")
    page = max_.password("password", page)
    max_.tokens("fleeting, tokens", max_.device("device", page), of("fleeting"))
    max_.tokens("fleeting, session", max_.ask("single sign-on", of("fleeting")), of("fleeting"))


def probe_front_channel(r):
    none = Person(r, "none")
    page = none.ask("implicit", of("named"), response_type="id_token token", acr_values="silver")
    none.password("tokens", page)


def probe_direct_grant(r):
    r.take("tokens", r.realm("levels").password(of("named"), "none", "none-password"))


def probe_discovery(r):
    document = r.realm("levels").discovery()
    document.body = json.dumps({"acr_values_supported": document.json()["acr_values_supported"]}).encode()
    r.take("levels", document)

# SPDX-License-Identifier: Apache-2.0
"""Load upon nodes that are killed meanwhile, with a ledger of all that they have confirmed, and what is left of that.

Whoever asks a node that ends meanwhile learns nothing: what is not confirmed is not in the ledger, neither as done nor
as undone."""

import concurrent.futures
import http.client
import itertools
import random
import threading
import time

from administrator import Admin
from oidc import Client, Pkce, callback_of
from waiting import PATIENCE
from web import Browser, unverified_token

CALLBACK = "http://localhost:8000/cb"
WEB, ASKING = Client("web", "a-secret-of-the-web", CALLBACK), Client("asking", None, CALLBACK)
PASSWORD = "a-password"
KEY = "org.keycloak.keys.KeyProvider"
KEY_SECONDS, KEYS_MAX = 3, 80  # between two new keys, and of them: a realm has a hundred at most


def user(name, **more):
    return {"username": name, "enabled": True, "credentials": [{"type": "password", "value": PASSWORD}], **more}


REALM = {
    "realm": "myrealm",
    "enabled": True,
    "accessTokenLifespan": 3600,
    "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)",
    "clients": [
        {"clientId": "web", "secret": WEB.secret, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True},
        {"clientId": "asking", "publicClient": True, "redirectUris": [CALLBACK], "consentRequired": True},
    ],
    "users": [
        user("first", email="first@example.org", firstName="First", lastName="North"),
        user("keeper", clientRoles={"realm-management": ["manage-users", "manage-realm", "view-realm"]}),
    ],
}


class Unconfirmed(Exception):
    """A node that ends, or says that it has no store: nobody knows what came of it."""


def status_of(ask):
    """Of an answer that is one: the last kill may not have been noticed yet."""
    until = time.monotonic() + PATIENCE
    while (status := ask().status) == 503 and time.monotonic() < until:
        time.sleep(0.1)
    return status


class Ledger:
    def __init__(self, nodes, seed):
        self.nodes = nodes
        self.realms = [node.realm() for node in nodes]
        self.admins = [Admin(node, "myrealm", "keeper", PASSWORD) for node in nodes]
        self.dice = random.Random(seed)
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.users, self.sessions, self.codes, self.keys = ["first"], [], [], []
        self.unasked, self.consents, self.withdrawn, self.revoked = [], [], [], []
        self.counts, self.wrong, self.unconfirmed, self.key_at = 0, [], 0, 0.0
        self.pool = concurrent.futures.ThreadPoolExecutor(4)

    # ---- what is done ----

    def node(self):
        return self.dice.randrange(len(self.nodes))

    def answered(self, ask, *good):
        """The answer, which has to have one of these statuses: nothing that was asked for was wrong."""
        try:
            answer = ask()
        except (OSError, http.client.HTTPException):
            raise Unconfirmed from None
        if answer.status == 503 or "error=temporarily_unavailable" in (answer.location or ""):
            raise Unconfirmed
        if answer.status not in good:
            self.wrong.append((answer.url, answer.status, answer.text[:300]))
            raise Unconfirmed
        return answer

    def take(self, entries, left=0):
        """One of them, unless so many would not be left."""
        with self.lock:
            return entries.pop(self.dice.randrange(len(entries))) if len(entries) > left else None

    def new_user(self):
        with self.lock:
            self.counts += 1
            name = f"user-{self.counts}"
        person = user(name, email=f"{name}@example.org", firstName=name, lastName="North")
        self.answered(lambda: self.admins[self.node()]("POST", "/realms/myrealm/users", person), 201)
        self.users.append(name)
        self.unasked.append(name)

    def new_session(self):
        realm, name = self.realms[self.node()], self.dice.choice(self.users)
        answer = self.answered(lambda: realm.password(WEB, name, PASSWORD), 200)
        self.sessions.append(answer.json()["refresh_token"])

    def log_in(self, browser, client, name, pkce):
        realm = self.realms[self.node()]
        page = self.answered(lambda: realm.authorize(browser, client, pkce), 200).page
        return self.answered(lambda: browser.submit(page.form("kc-form-login"), username=name, password=PASSWORD), 302)

    def exchange(self, realm, code, pkce):
        try:
            answer = realm.code(WEB, code, pkce)
        except (OSError, http.client.HTTPException):
            return None
        if answer.status not in (200, 400, 503):
            self.wrong.append((answer.url, answer.status, answer.text[:300]))
        return answer

    def use_session(self):
        """A refresh keeps it awake, and it is the same one; nobody ends it meanwhile."""
        token, realm = self.take(self.sessions), self.realms[self.node()]
        if token is None:
            return
        try:
            self.answered(lambda: realm.refresh(WEB, token), 200)
        finally:
            self.sessions.append(token)

    def use_code(self):
        """At every node at once. Who hears that it had been used has ended what came of it."""
        pkce = Pkce()
        code = callback_of(self.log_in(Browser(), WEB, self.dice.choice(self.users), pkce))["code"]
        tries = [self.pool.submit(self.exchange, realm, code, pkce) for realm in (self.realms * 2)[:2]]
        good = [done.result() for done in tries]
        told = [answer.status for answer in good if answer is not None]
        good = [answer for answer in good if answer is not None and answer.status == 200]
        if len(good) > 1:
            self.wrong.append(("a code was used twice", code))
        if sorted(told) == [200, 400]:
            self.revoked.append(good[0].json()["refresh_token"])
        self.codes.append([code, pkce, len(good)])

    def consent(self):
        """Each user once, so that nobody consents while another thread takes it back."""
        name, browser = self.take(self.unasked), Browser()
        if name is None:
            return
        asked = self.log_in(browser, ASKING, name, Pkce())
        page = self.answered(lambda: browser.get(asked.location), 200).page
        done = self.answered(lambda: browser.submit(page.form(), accept="Yes"), 302)
        if "code" in callback_of(done):
            self.consents.append(name)

    def id_of(self, admin, name):
        return self.answered(lambda: admin("GET", f"/realms/myrealm/users?username={name}&exact=true"), 200).json()[0]["id"]

    def withdraw(self):
        name, admin = self.take(self.consents, len(self.withdrawn)), self.admins[self.node()]
        if name is None:
            return
        identifier = self.id_of(admin, name)
        self.answered(lambda: admin("DELETE", f"/realms/myrealm/users/{identifier}/consents/asking"), 204)
        self.withdrawn.append(name)

    def revoke(self):
        token, realm = self.take(self.sessions, len(self.revoked)), self.realms[self.node()]
        if token is None:
            return
        path, parameter, status = self.dice.choice([("revoke", "token", 200), ("logout", "refresh_token", 204)])
        self.answered(lambda: Browser().post(realm.endpoint(path), {parameter: token}, WEB.auth), status)
        self.revoked.append(token)

    def end(self):
        """By an administrator."""
        token, admin = self.take(self.sessions, len(self.revoked) // 2), self.admins[self.node()]
        if token is None:
            return
        session = unverified_token(token)[1]["sid"]
        self.answered(lambda: admin("DELETE", f"/realms/myrealm/sessions/{session}"), 204)
        self.revoked.append(token)

    def try_revoked(self):
        if self.revoked:
            token, realm = self.dice.choice(self.revoked), self.realms[self.node()]
            self.answered(lambda: realm.refresh(WEB, token), 400)

    def new_key(self):
        with self.lock:
            if time.monotonic() < self.key_at or len(self.keys) >= KEYS_MAX:
                return
            self.key_at = time.monotonic() + KEY_SECONDS
        admin = self.admins[self.node()]
        settings = {"priority": ["0"], "enabled": ["true"], "active": ["true"], "ecdsaEllipticCurveKey": ["P-256"]}
        body = {"name": "added", "providerId": "ecdsa-generated", "providerType": KEY, "config": settings}
        made = self.answered(lambda: admin("POST", "/realms/myrealm/components", body), 201)
        identifier = made.header("Location").rsplit("/", 1)[1]
        keys = self.answered(lambda: admin("GET", "/realms/myrealm/keys"), 200).json()["keys"]
        self.keys += [key["kid"] for key in keys if key["providerId"] == identifier]

    # ---- many of it ----

    def work(self):
        steps = [self.new_session] * 4 + [self.use_code] * 3 + [self.new_user] * 2 + [self.consent] * 3
        steps += [self.withdraw, self.revoke, self.revoke, self.end, self.try_revoked, self.try_revoked, self.new_key]
        steps += [self.use_session] * 2
        while not self.ended.is_set():
            try:
                self.dice.choice(steps)()
            except Unconfirmed:
                self.unconfirmed += 1
                time.sleep(0.01)

    def guarded(self):
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  what ends a thread is told with the rest
            self.wrong.append(("a thread ended", repr(error)))

    def __enter__(self):
        self.threads = [threading.Thread(target=self.guarded) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    # ---- and what is left of it ----

    def kept(self):
        """The names of all that is lost or alive again."""
        for realm, name in self.somewhere(self.users):
            if status_of(lambda: realm.password(WEB, name, PASSWORD)) != 200:  # noqa: B023
                yield f"lost: user {name}"
        for realm, token in self.somewhere(self.sessions):
            if status_of(lambda: realm.refresh(WEB, token)) != 200:  # noqa: B023
                yield "lost: a session"
        for realm, token in self.somewhere(self.revoked):
            status = status_of(lambda: realm.refresh(WEB, token))  # noqa: B023
            if status != 400:
                yield f"alive: a revoked session ({status})"
        for realm, kid in self.somewhere(self.keys):
            if kid not in [key["kid"] for key in realm.certs().json()["keys"]]:
                yield f"lost: key {kid}"
        yield from (f"lost: the consent of {name}" for name in self.consents if not self.has_consented(name))
        yield from (f"alive: the consent of {name}" for name in self.withdrawn if self.has_consented(name))
        for code, pkce, used in self.codes:  # the last: who uses a code again ends its session
            answers = [realm.code(WEB, code, pkce).status for realm in (self.realms * 2)[:2]]
            if used + answers.count(200) > 1:
                yield f"used twice: a code ({used}, {answers})"

    def somewhere(self, entries):
        """Each with the realm at one of the nodes, in turns."""
        return zip(itertools.cycle(self.realms), entries)

    def has_consented(self, name):
        admin = self.admins[self.node()]
        given = admin("GET", f"/realms/myrealm/users/{self.id_of(admin, name)}/consents").json()
        return "asking" in [one["clientId"] for one in given]

    def told(self):
        names = ("users", "sessions", "revoked", "codes", "consents", "withdrawn", "keys")
        return ", ".join(f"{len(getattr(self, name))} {name}" for name in names)

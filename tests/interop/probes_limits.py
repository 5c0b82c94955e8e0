# SPDX-License-Identifier: Apache-2.0
"""How many sessions user-session-limits lets somebody have. Each client has a flow of its own, and a user who signs in again and
again, each time in another browser; then in the first one, then by a direct grant. What became of it is kept, and how many
of their sessions live."""

import json

from oidc import Client
from web import Answer, query_of

CALLBACK = "http://localhost:8000/auth"
# {client: how often}
LOGINS = {"deny-2": 3, "deny-one-of-client": 2, "deny-in-words": 2, "end-2": 4, "end-one-of-client": 2, "end-of-both": 3, "unlimited": 2, "odd": 2, "no-configuration": 1}


class Person:
    def __init__(self, r, client, name):
        self.realm, self.client, self.name = r.realm("limits"), Client(client, None, CALLBACK), name
        self.tokens = []

    def enter(self, browser, client=None):
        client = client or self.client
        answer = self.realm.authorize(browser, client)
        if answer.status == 200:
            answer = browser.submit(answer.page.form("kc-form-login"), username=self.name, password=f"{self.name}-password")
        if answer.status in (302, 303) and "code" in query_of(answer.location):
            return self.keep(client, self.realm.code(client, query_of(answer.location)["code"]))
        return self.told(answer)

    def directly(self):
        answer = self.realm.password(self.client, self.name, f"{self.name}-password")
        return self.keep(self.client, answer) if answer.status == 200 else self.told(answer)

    def keep(self, client, answer):
        self.tokens.append((client, answer.json()))
        return "in"

    @staticmethod
    def told(answer):
        known = ("There are too many sessions", "Enough is enough.")
        return " ".join([str(answer.status), *(words for words in known if words in answer.text)])

    def alive(self):
        """Sessions, of which several may be in one second: which of these are the oldest is nobody's to tell."""
        return len({t["session_state"] for client, t in self.tokens if self.realm.refresh(client, t["refresh_token"]).status == 200})


def probe_limits(r):
    for client, count in LOGINS.items():
        person = Person(r, client, client)
        browsers = [person.realm.browser() for _ in range(count)]
        found = {"logins": [person.enter(browser) for browser in browsers], "alive": person.alive()}
        found["first browser"] = person.enter(browsers[0])
        found["direct"] = person.directly()
        found["alive then"] = person.alive()
        r.take(client, Answer(r.base, 200, [("Content-Type", "application/json")], json.dumps(found).encode()))


def probe_session_of_another_client(r):
    """The limit of a client's sessions counts in a session that goes on, the user's does not."""
    answers = []
    for client in ("deny-one-of-client", "deny-2"):
        person = Person(r, client, f"{client}-elsewhere")
        first, second = person.realm.browser(), person.realm.browser()
        found = [person.enter(first), person.enter(second, Client("plain", None, CALLBACK))]
        page = person.realm.authorize(second, person.client, prompt="login")
        form = page.page.form("kc-form-login")
        named = {"username": person.name} if any(field.get("name") == "username" for field in form.fields) else {}
        answer = second.submit(form, password=f"{person.name}-password", **named)
        found.append("in" if answer.status in (302, 303) and "code" in query_of(answer.location) else person.told(answer))
        answers.append(found)
    r.take("signs in again", Answer(r.base, 200, [("Content-Type", "application/json")], json.dumps({"answers": answers}).encode()))

# SPDX-License-Identifier: Apache-2.0
"""Direct grants by flows of a realm's own: attributes, one-time codes, levels of authentication. Of conditions that are met
their flows deny."""

import json

from oidc import Client
from one_time_codes import KEY, hotp


class Asker:
    """Asks for tokens by passwords; each code, from the `first` on, is one that has not been brought."""

    def __init__(self, r, first=1):
        self.r, self.realm, self.counter = r, r.realm("flows"), first

    def ask(self, client, name, code=False, **more):
        form = {"grant_type": "password", "username": name, "password": f"{name}-password", **more}
        if code:
            form["otp"] = hotp(KEY, self.counter)
            self.counter += 1
        words = [client, name, *(["code"] if code else []), *(f"{key} {value}" for key, value in more.items())]
        return self.r.take(", ".join(words), self.realm.token(form, Client(client)))


def probe_attributes(r):
    asker = Asker(r)
    for client in ("attr", "attr-not", "attr-group", "attr-group-not", "attr-regex", "attr-regex-part"):
        for name in ("two", "ops", "sub"):
            asker.ask(client, name)
    asker.ask("attr-email", "sue")
    asker.ask("attr-email", "ops")


def probe_codes(r):
    asker = Asker(r)
    for client in ("code-of-all", "code-by-role", "code-or-word", "word-or-code", "code-then-word"):
        asker.ask(client, "cod")
        asker.ask(client, "cod", code=True)
        if "or-" not in client:
            asker.ask(client, "cod", code=True, password="wrong")
    asker.ask("code-by-role", "cox")
    asker.ask("code-or-word", "non")


def probe_levels(r):
    asker = Asker(r, 20)
    asker.ask("leveled", "non")
    asker.ask("leveled", "cod", code=True, acr_values="2")
    asker.ask("leveled", "non", claims=json.dumps({"id_token": {"acr": {"essential": True, "values": ["7"]}}}))
    asker.ask("leveled-named", "non", acr_values="gold")
    asker.ask("leveled-least", "cod", code=True)
    asker.ask("leveled-high", "cod")
    tokens = asker.ask("leveled-high", "cod", code=True)
    r.take("refreshed", asker.realm.refresh(Client("leveled-high"), tokens.json()["refresh_token"]))
    asker.ask("leveled-word", "non")

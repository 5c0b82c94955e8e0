# SPDX-License-Identifier: Apache-2.0
"""Mixed load upon one provider for OSTIARY_SOAK_MINUTES (script/test --only soak): logins, tokens, administration, wrong
requests; with its signing process. As much goes as comes, and so what the processes hold (memory,
descriptors, threads) is as much in the last quarter of the time as in the one before. Memory goes up and down by a dozen
MiB, as it is taken and handed back: how much there is of it tells the lowest tenth."""

import http.client
import json
import os
import pathlib
import random
import statistics
import threading
import time

from administrator import Admin
from oidc import Client, Pkce, callback_of
from web import Browser, bearer

MINUTES = float(os.environ.get("OSTIARY_SOAK_MINUTES", "30"))
EVERY_SECONDS = min(5, MINUTES)
SLACK_MIB = 1.5
CALLBACK = "http://localhost:8000/cb"
WEB = Client("web", "a-secret-of-the-web", CALLBACK)
PEOPLE = [f"person-{number}" for number in range(20)]


def person(name):
    return {"username": name, "enabled": True, "email": f"{name}@example.org", "firstName": name, "lastName": "North",
            "credentials": [{"type": "password", "value": "a-password"}]}


REALM = {
    "realm": "myrealm",
    "enabled": True,
    "passwordPolicy": "hashAlgorithm(pbkdf2-sha256) and hashIterations(1)",
    "revokeRefreshToken": True,
    "accessTokenLifespan": 120,
    "ssoSessionIdleTimeout": 120,
    "clients": [{"clientId": "web", "secret": WEB.secret, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True,
                 "serviceAccountsEnabled": True}],
    "users": [
        *map(person, PEOPLE),
        {**person("keeper"), "clientRoles": {"realm-management": ["realm-admin"]}},
    ],
}


class Work:
    """Some steps at random, again and again."""

    def __init__(self, provider, number):
        self.provider, self.realm, self.number = provider, provider.realm(), number
        self.dice, self.counts, self.wrong = random.Random(number), 0, []
        self.steps = [self.log_in] * 4 + [self.password] * 4 + [self.service] * 6
        self.steps += [self.user, self.client, self.settings, self.refused, self.nonsense, self.realm_of_its_own]

    def expect(self, answer, *good):
        self.counts += 1
        if answer.status not in good:
            self.wrong.append((answer.method, answer.url, answer.status, answer.text[:300]))
        return answer

    def admin(self, method, path, body=None, good=204):
        """With a token that is renewed before it expires."""
        if not hasattr(self, "keeper") or time.monotonic() > self.renew_at:
            self.keeper, self.renew_at = Admin(self.provider, "myrealm", "keeper", "a-password"), time.monotonic() + 60
        return self.expect(self.keeper(method, f"/realms/myrealm{path}", body), good)

    def end(self, tokens):
        if self.dice.random() < 0.5:
            self.expect(Browser().post(self.realm.endpoint("revoke"), {"token": tokens["refresh_token"]}, WEB.auth), 200)
        self.expect(Browser().post(self.realm.endpoint("logout"), {"refresh_token": tokens["refresh_token"]}, WEB.auth), 204, 400)

    def log_in(self):
        pkce, browser = Pkce(), Browser()
        answer = self.expect(self.realm.log_in(browser, WEB, self.dice.choice(PEOPLE), "a-password", pkce), 302)
        tokens = self.expect(self.realm.code(WEB, callback_of(answer)["code"], pkce), 200).json()
        self.expect(self.realm.userinfo(tokens["access_token"]), 200)
        tokens = self.expect(self.realm.refresh(WEB, tokens["refresh_token"]), 200).json()
        self.end(tokens)
        self.expect(self.realm.userinfo(tokens["access_token"]), 401)

    def password(self):
        tokens = self.expect(self.realm.password(WEB, self.dice.choice(PEOPLE), "a-password"), 200).json()
        form = {"token": tokens["access_token"]}
        self.expect(Browser().post(self.realm.endpoint("token/introspect"), form, WEB.auth), 200)
        self.end(tokens)

    def service(self):
        self.expect(self.realm.client_credentials(WEB), 200)
        self.expect(self.realm.certs(), 200)

    def user(self):
        name = f"passing-{self.number}-{self.counts}"
        made = self.admin("POST", "/users", person(name), 201)
        path = "/users/" + made.header("Location").rsplit("/", 1)[1]
        self.admin("GET", f"/users?search={name}", good=200)
        self.admin("PUT", path, {"lastName": "South", "attributes": {"badge": [name]}})
        self.expect(self.realm.password(WEB, name, "a-password"), 200)
        self.admin("DELETE", path)

    def client(self):
        made = self.admin("POST", "/clients", {"clientId": f"passing-{self.number}-{self.counts}"}, 201)
        self.admin("DELETE", "/clients/" + made.header("Location").rsplit("/", 1)[1])

    def settings(self):
        self.admin("PUT", "", {"displayName": f"Name {self.counts}"})
        self.admin("GET", "", good=200)

    def realm_of_its_own(self):
        """Every tenth time: it makes keys."""
        if self.dice.random() < 0.9:
            return
        name = f"passing-{self.number}"
        admin = Admin(self.provider, "master", "admin", "admin-password")
        self.expect(admin("POST", "/realms", {"realm": name, "enabled": True}), 201)
        self.expect(self.provider.realm(name).certs(), 200)
        self.expect(admin("DELETE", f"/realms/{name}"), 204)

    def refused(self):
        self.expect(self.realm.password(WEB, self.dice.choice(PEOPLE), "wrong"), 401)
        self.expect(self.realm.refresh(WEB, "e30.e30."), 400)
        self.expect(self.realm.code(WEB, "no-code"), 400)
        self.expect(self.realm.userinfo("x" * self.dice.randrange(1, 6000)), 401)

    def nonsense(self):
        body = self.dice.randbytes(self.dice.randrange(2000))
        self.expect(Browser().post(self.realm.endpoint("token"), body, WEB.auth), 400, 401, 415)
        self.expect(Browser().get(self.realm.endpoint("auth"), {"client_id": body.hex()[:300]}), 400)
        self.expect(Browser().request("POST", f"{self.provider.base}/admin/realms/myrealm/users", body, bearer("x")), 401)
        connection = http.client.HTTPConnection("localhost", self.provider.port, timeout=10)
        connection.request("POST", "/realms/myrealm", headers={"Content-Length": "100"})
        connection.close()

    def until(self, deadline):
        while time.monotonic() < deadline and len(self.wrong) < 20:
            try:
                self.dice.choice(self.steps)()
            except Exception as error:  # noqa: BLE001  what ends a step is told with the rest
                self.wrong.append(("a step", repr(error)))


def tree(pid):
    yield pid
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def held(pid):
    """MiB, descriptors and threads of the provider and of its processes."""
    sums = [0.0, 0, 0]
    for one in tree(pid):
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines())
        sums[0] += int(status["RssAnon"].split()[0]) / 1024
        sums[1] += len(os.listdir(f"/proc/{one}/fd"))
        sums[2] += int(status["Threads"])
    return sums


def lowest_tenth(values):
    return sorted(values)[len(values) // 10]


def test_what_is_held_stays_as_much(new_provider, tmp_path, capsys):
    realm_file = tmp_path / "myrealm-realm.json"
    realm_file.write_text(json.dumps(REALM))
    provider = new_provider([realm_file], ["--signing-process"], start=False)
    provider.environment.update({"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": "admin-password"})
    provider.start()
    deadline = time.monotonic() + 60 * MINUTES
    works = [Work(provider, number) for number in range(3)]
    threads = [threading.Thread(target=work.until, args=(deadline,)) for work in works]
    for thread in threads:
        thread.start()
    samples = []
    while any(thread.is_alive() for thread in threads):
        time.sleep(EVERY_SECONDS)
        samples.append(held(provider.pid))
    wrong = [one for work in works for one in work.wrong]
    quarters = [samples[len(samples) * quarter // 4 : len(samples) * (quarter + 1) // 4] for quarter in range(4)]
    kept = [
        [lowest_tenth([sample[0] for sample in quarter]), *(statistics.median(sample[which] for sample in quarter) for which in (1, 2))]
        for quarter in quarters
    ]
    with capsys.disabled():
        told = "; ".join(f"{mib:.1f} MiB, {files:.0f} descriptors, {threads:.0f} threads" for mib, files, threads in kept)
        print(f"\n{MINUTES:g} minutes, {sum(work.counts for work in works)} requests; by quarters: {told}")
    assert wrong == []
    *_, before, after = kept
    assert after[0] <= before[0] * 1.02 + SLACK_MIB and after[1] <= before[1] + 2 and after[2] <= before[2], kept

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sequences of requests by chance at Keycloak and at our provider: where answers differ, and the shortest way there.

    random_runs.py --seeds 1-200        starts both (OSTIARY_KEYCLOAK=newest: 26.7.3) and prints every new kind of difference
    random_runs.py --replay FILE…       the realm and the steps of a file that a run has written

A seed makes a realm (random_realm.py), and steps over the protocol (random_steps.py) and the admin API (random_admin.py); which
one follows depends on what Keycloak has answered so far, by which tokens and pages are there to be used. What is known to differ
is in random_deviations.json, and, of the protocol, in deviations.json and newest_deviations.json.
"""

import argparse
import collections
import fnmatch
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1] / "support")]

from contract import contract, without_names  # noqa: E402
from contract import differences as contract_differences  # noqa: E402
from observe import UUID, exchange  # noqa: E402
from oidc import Realm  # noqa: E402
from random_admin import AdminAsking, admin_step  # noqa: E402
from random_realm import REALM, realm_by_chance, signing_key  # noqa: E402
from random_steps import GRAMMAR, Asking  # noqa: E402
from test_admin_same_as_keycloak import Admin  # noqa: E402
from web import Browser  # noqa: E402

from keycloak import ADMIN, CHOSEN, VERSION, Keycloak  # noqa: E402

HERE = pathlib.Path(__file__).parent
NEWEST = CHOSEN != VERSION
KNOWN_FILES = ("deviations.json", *(("newest_deviations.json",) if NEWEST else ()))
KEYS = signing_key()
LEAST, MOST = 20, 60
ADMIN_SHARE = 0.45
REPLAYS = 24  # in search of fewer steps


def _patterns(file, part=None):
    listed = json.loads((HERE / file).read_text())
    return [pattern for patterns in (listed if part is None else listed[part]).values() for pattern in patterns]


# Of the captures' deviations those that are about every probe; the others name steps of their own.
GENERAL = [pattern for file in KNOWN_FILES for pattern in _patterns(file) if re.match(r"\S+/\* \| \* \| ", pattern)]
OWN = [*_patterns("random_deviations.json", "both"), *_patterns("random_deviations.json", "newest" if NEWEST else "old")]


def is_known(row):
    return any(fnmatch.fnmatchcase(row, pattern) for pattern in (*OWN, *GENERAL))


class Player:
    """One server in the middle of a sequence."""

    exchanges = NEWEST  # the standard token exchange is not in 24

    def __init__(self, admin, document):
        self.admin, self.base = admin, admin.server.base
        self.realm = Realm(self.base, REALM)
        self.browsers = [Browser(), Browser()]
        self.brought, self.used = {}, set()  # what steps have brought; those whose codes have been sent
        self.pages = {}  # that each browser has before it, by the step that brought them
        admin("DELETE", f"/realms/{REALM}")
        answer = admin("POST", "/realms", json.dumps({**document, "components": KEYS}).encode())
        assert answer.status == 201, f"{self.base}: {answer.status} {answer.text}"
        profile = {**admin("GET", f"/realms/{REALM}/users/profile").json(), "unmanagedAttributePolicy": "ENABLED"}
        answer = admin("PUT", f"/realms/{REALM}/users/profile", json.dumps(profile).encode())
        assert answer.status == 200, f"{self.base}: {answer.status} {answer.text}"
        self.asking, self.admin_asking = Asking(self), AdminAsking(admin, REALM)

    @staticmethod
    def browser():
        return Browser()

    def keep(self, step, brought):
        self.brought[step["number"]] = brought
        if "page" in brought:
            self.pages[brought["browser"]] = step["number"]

    def play(self, step):
        """The answer in words that two servers have in common; nothing for a step that has nothing to begin with."""
        if step["do"] == "admin":
            answer = self.admin_asking.admin_step(step)
            return plain(answer, "first=" in step["path"] and "max=" in step["path"] or step["path"].startswith("/users?"))
        self.pages = {browser: number for browser, number in self.pages.items() if step["do"] != "submit" or number != step["of"]}
        answer = getattr(self.asking, step["do"])(step)
        return None if answer is None else _sets(contract(without_names(exchange(answer, time.time(), self.base))))


def _sets(value):
    """Lists of texts are sets in every answer; parameters are lists of pairs, and keep their order."""
    if isinstance(value, dict):
        return {name: _sets(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return re.sub(r"^iat[+](\d+)$", lambda found: f"iat+{round(int(found[1]), -1)}", value)  # of two looks at the clock
    if isinstance(value, list):
        told = [_sets(inner) for inner in value]
        return sorted(told) if all(isinstance(one, str) for one in told) and len(told) != 2 else told
    return value


def plain(answer, ordered):
    """An answer of the admin API, without ids and times; the order of lists counts where pages are asked for."""
    told = {"status": answer.status, "identity": None}
    if location := answer.header("Location"):
        told["location"] = UUID.sub("<uuid>", location.split("/admin/", 1)[-1])
    text = answer.text.replace(answer.url.split("/admin/")[0], "{base}")
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = "not JSON"
    told["json" if answer.status < 400 else "error"] = _plain(body, ordered)
    return told


def _plain(value, ordered, name=None):
    if isinstance(value, dict):
        return {UUID.sub("<uuid>", key): _plain(inner, False, key) for key, inner in value.items()}
    if isinstance(value, list):
        told = [_plain(inner, False, name) for inner in value]
        if not told:
            return told
        told = told if ordered else sorted(told, key=lambda one: json.dumps(one, sort_keys=True))
        keys = [one.get("username") or one.get("clientId") or one.get("name") if isinstance(one, dict) else None for one in told]
        if not all(keys) or len(set(keys)) != len(keys):
            return told
        return {**dict(zip(keys, told, strict=True)), **({"order": keys} if ordered else {})}
    if isinstance(value, str):
        return " ".join(sorted(value.split())) if name == "scope" else UUID.sub("<uuid>", value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 10**9:
        return "<time>"
    return value


def words(step):
    """A step as a line: what it does, and with what."""
    if step["do"] == "admin":
        body = f" {json.dumps(step['body'], sort_keys=True)}" if "body" in step else ""
        return f"admin/{step['method']} | {step['path']}{body}"
    return f"{step['do']}/random | {json.dumps({k: v for k, v in step.items() if k not in ('do', 'number', 'of')}, sort_keys=True)}"


def compared(step, players):
    """[(row, Keycloak's, ours)] of one step."""
    wanted, seen = (player.play(step) for player in players)
    if wanted is None or seen is None:
        return []
    return [(f"{words(step)} | {path}", *values) for path, *values in contract_differences(wanted, seen)]


def next_step(rng, player):
    if rng.random() < ADMIN_SHARE:
        return admin_step(rng)
    step = None
    while not step:
        step = rng.choices(list(GRAMMAR), GRAMMAR.values())[0](rng, player)
    return step


class Run:
    """What one seed has shown."""

    def __init__(self, document):
        self.document, self.steps, self.found, self.known = document, [], [], []

    def take(self, step, rows):
        """Whether it may go on: after another status the two are not in the same state any more."""
        self.steps.append(step)
        self.known += [row for row, _, _ in rows if is_known(row)]
        self.found += [difference for difference in rows if not is_known(difference[0])]
        return not any(row.endswith(" | ") for row, _, _ in rows)


def run_seed(seed, admins):
    rng = random.Random(seed)
    run = Run(realm_by_chance(rng, NEWEST))
    players = [Player(admin, run.document) for admin in admins]
    for number in range(rng.randint(LEAST, MOST)):
        step = {**next_step(rng, players[0]), "number": number}
        if not run.take(step, compared(step, players)) or "last" in step:
            break
    return run


def replay(document, steps, admins):
    run = Run(document)
    players = [Player(admin, document) for admin in admins]
    for step in steps:
        if not run.take(step, compared(step, players)):
            break
    return run


def kind_of(row):
    """Differences of one cause mostly share this: the request without its values, and the place."""
    head, _, path = row.rpartition(" | ")
    name, _, rest = head.partition(" | ")
    return f"{name} | {re.sub(r'=[^&]*', '', rest.split(' ')[0]) if name.startswith('admin') else ''} | {path}"


def leading_to(steps, writes):
    """The last step and those that it stands upon; with all that change something, if so wanted."""
    kept, wanted = [], {steps[-1]["number"]}
    for step in reversed(steps):
        if step["number"] in wanted or (writes and step.get("method") not in ("GET", None)):
            kept.insert(0, step)
            wanted.add(step.get("of"))
    return kept


def shrunk(run, wanted, admins, replays=REPLAYS):
    """The same difference by fewer steps."""
    best = run
    steps = run.steps[: 1 + next(at for at, step in enumerate(run.steps) if wanted.startswith(f"{words(step)} | "))]

    def differs(shorter):
        nonlocal best, replays
        replays -= 1
        again = replay(run.document, shorter, admins)
        if wanted not in [row for row, _, _ in again.found]:
            return False
        best = again
        return True

    if replays <= 0:
        return run
    for few in (leading_to(steps, False), leading_to(steps, True)):
        if len(few) < len(steps) and differs(few):
            steps = few
            break
    size = max(1, len(steps) // 2)
    while size and replays > 0:
        at = 0
        while at < len(steps) - 1 and replays > 0:
            shorter = [*steps[:at], *steps[min(at + size, len(steps) - 1) :]]
            if differs(shorter):
                steps = shorter
            else:
                at += size
        size //= 2
    return best


def told(run, of, seed, short=False):
    steps = run.steps[: 1 + next((at for at, step in enumerate(run.steps) if of and of.startswith(f"{words(step)} | ")), len(run.steps))]
    lines = [f"seed {seed}:", *(f"  {step['number']:2} {json.dumps(step)}" for step in (leading_to(steps, False) if short else run.steps))]
    for row, wanted, seen in (difference for difference in run.found if of in (None, difference[0])):
        lines += [f"  differs: {row}", f"    Keycloak: {json.dumps(wanted)[:600]}", f"    ours:     {json.dumps(seen)[:600]}"]
    return "\n".join(lines)


class Both:
    """Keycloak and ours, with an administrator of each."""

    def __enter__(self):
        from programs import Provider

        self.folder = tempfile.TemporaryDirectory()
        os.environ.update(KC_BOOTSTRAP_ADMIN_USERNAME=ADMIN[0], KC_BOOTSTRAP_ADMIN_PASSWORD=ADMIN[1])
        self.servers = [Keycloak([], log=f"{self.folder.name}/keycloak.log"), Provider([], f"{self.folder.name}/ours")]
        for server in self.servers:
            server.start()
        return [Admin(server) for server in self.servers]

    def __exit__(self, *_):
        self.servers[0].close()
        self.servers[1].stop()
        self.folder.cleanup()


def seeds_of(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def hunt(seeds, admins, out, seconds):
    """Runs the seeds; each kind of difference is shrunk and written once."""
    kinds, began, steps = collections.Counter(), time.monotonic(), 0
    for seed in seeds:
        if seconds and time.monotonic() - began > seconds:
            break
        try:
            run = run_seed(seed, admins)
        except Exception as error:  # one broken sequence must not end the hunt
            print(f"seed {seed}: {type(error).__name__}: {error}", flush=True)
            continue
        steps += len(run.steps)
        for row in dict.fromkeys(row for row, _, _ in run.found):
            kind = kind_of(row)
            kinds[kind] += 1
            if kinds[kind] == 1:
                shortest = shrunk(run, row, admins, REPLAYS if row.endswith(' | ') else 0)
                print(f"{told(shortest, row, seed, not row.endswith(' | '))}\n", flush=True)
                if out:
                    file = out / f"seed-{seed}-{len(kinds)}.json"
                    file.write_text(json.dumps({"realm": run.document, "steps": shortest.steps}, indent=1))
    print(f"{steps} steps, {sum(kinds.values())} differences of {len(kinds)} kinds")
    for kind, count in kinds.most_common():
        print(f"  {count} {kind}")
    return 1 if kinds else 0


def again(asked, row, admins, name):
    run = replay(asked["realm"], asked["steps"], admins)
    found = next((of for of, _, _ in run.found if row and row in of), None)
    if found:
        run = shrunk(run, found, admins, REPLAYS)
        print(json.dumps(run.document))
    print(told(run, found, name), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=seeds_of, default=range(1, 21))
    parser.add_argument("--replay", type=pathlib.Path, nargs="+", default=())
    parser.add_argument("--row", help="of what is played again, find fewer steps to the first difference that has this text")
    parser.add_argument("--out", type=pathlib.Path, help="folder for the shortest sequences")
    parser.add_argument("--seconds", type=float, help="no seed is begun after that time")
    options = parser.parse_args()
    with Both() as admins:
        for file in options.replay:
            again(json.loads(file.read_text()), options.row, admins, file.name)
        if options.replay:
            return 0
        return hunt(options.seeds, admins, options.out, options.seconds)


if __name__ == "__main__":
    sys.exit(main())

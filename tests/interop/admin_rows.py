# SPDX-License-Identifier: Apache-2.0
"""Requests to the admin API that are asked of Keycloak and of our provider: what a row is, and how answers compare.

A row is (method, path below the realm, body, what is saved). "{name}" in a path or a body stands for what an earlier row
saved: a name alone saves the id that Location ends with, a dictionary picks from the JSON of the answer.
"""

import json
import re
from typing import NamedTuple

REALM = "compared"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Row(NamedTuple):
    method: str
    path: str
    body: object = None
    saves: object = None

    def __str__(self):
        body = "" if self.body is None else f" {self.body if isinstance(self.body, str) else json.dumps(self.body)}"
        return f"{self.method} {self.path}{body}"


def get(path, **saves):
    return Row("GET", path, None, saves)


def post(path, body=None, saves=None):
    return Row("POST", path, body, saves)


def put(path, body=None):
    return Row("PUT", path, body)


def delete(path, body=None):
    return Row("DELETE", path, body)


def text(path, body):
    """What is written by PUT of plain text."""
    return Row("TEXT", path, body)


def become(*who):
    """The rows that follow are asked by another user of master: (name, password); nobody: the administrator."""
    return Row("AS", " ".join(who[:1]), who or None)


def login(saves=None, **form):
    """A grant of the token endpoint, for there to be something to administer."""
    return Row("TOKEN", "", form, saves)


def find(name, value, member="id"):
    """Picks `member` of the element of a list whose `name` is `value`."""
    return lambda answer: next(one[member] for one in answer if one.get(name) == value)


def member(*path):
    def pick(answer):
        for name in path:
            answer = answer[name]
        return answer

    return pick


def fill(template, saved):
    """The text with what was saved in its places; braces of JSON stay."""
    return re.sub(r"\{(\w+)\}", lambda found: str(saved.get(found[1], found[0])), template)


class Asker:
    """Sends rows to one server and keeps what they save."""

    def __init__(self, admin):
        self.admin = self.first = admin  # Admin of test_admin_same_as_keycloak.py
        self.saved = {}

    def __call__(self, row):
        if row.method == "AS":
            self.admin = self.first.of(*row.body) if row.body else self.first
            return self.admin.whoami()
        if row.method == "TOKEN":
            answer = self.admin.grant(REALM, {name: fill(value, self.saved) for name, value in row.body.items()})
            self._save(row, answer)
            return answer
        path = row.path.removeprefix("/") if row.path.startswith("//") else f"/realms/{REALM}{row.path}"
        body = row.body
        if row.method == "TEXT":
            return self.admin("PUT", fill(path, self.saved), fill(body, self.saved).encode(), "text/plain")
        if body is not None:
            body = fill(body if isinstance(body, str) else json.dumps(body), self.saved).encode()
        answer = self.admin(row.method, fill(path, self.saved), body)
        self._save(row, answer)
        return answer

    def _save(self, row, answer):
        if isinstance(row.saves, str):
            self.saved[row.saves] = (answer.header("Location") or "/missing").rsplit("/", 1)[1]
        for name, pick in row.saves.items() if isinstance(row.saves, dict) else ():
            try:
                self.saved[name] = pick(answer.json())
            except (ValueError, KeyError, StopIteration, TypeError, AttributeError):
                self.saved[name] = "missing"


def merge(shapes):
    """One shape for all elements of a list: the names that any of them has."""
    merged = None
    for shape in shapes:
        if isinstance(merged, dict) and isinstance(shape, dict):
            merged = {name: merge([one[name] for one in (merged, shape) if name in one]) for name in {**merged, **shape}}
        elif isinstance(merged, list) and isinstance(shape, list):
            merged = [merge([*merged, *shape])] if merged or shape else []
        elif merged is None:
            merged = shape
    return merged


def shape(value):
    if isinstance(value, dict):
        return {ID.sub("ID", name): shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [merge([shape(inner) for inner in value])] if value else []
    return type(value).__name__


def told(answer):
    """What is compared of an answer, as {path: what}."""
    rows = {"status": answer.status}
    location = answer.header("Location")
    if location:
        rows["Location"] = ID.sub("ID", location.split("/admin/", 1)[-1])
    try:
        body = json.loads(answer.text) if answer.text else None
    except ValueError:
        rows["body"] = "not JSON"
        return rows
    if answer.status >= 400 and isinstance(body, dict):
        rows.update({f"body.{name}": value for name, value in body.items()})
    elif body is not None:
        _flatten("body", shape(body), rows)
        if isinstance(body, list):
            rows["body.length"] = len(body)
    return rows


def _flatten(path, value, rows):
    if isinstance(value, dict):
        rows[path] = "dict"
        for name, inner in value.items():
            _flatten(f"{path}.{name}", inner, rows)
    elif isinstance(value, list):
        rows[path] = "list"
        for inner in value:
            _flatten(f"{path}[]", inner, rows)
    else:
        rows[path] = value


def differences(keycloak, ours):
    """[(path, Keycloak's, ours)] of two answers."""
    wanted, seen = told(keycloak), told(ours)
    if wanted["status"] != seen["status"]:
        return [("status", f"{wanted['status']} {keycloak.text[:200]}", f"{seen['status']} {ours.text[:200]}")]
    return [
        (path, wanted.get(path, "absent"), seen.get(path, "absent"))
        for path in sorted({*wanted, *seen})
        if wanted.get(path) != seen.get(path)
    ]

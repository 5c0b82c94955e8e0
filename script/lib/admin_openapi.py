#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the admin REST API as OpenAPI 3.0, made from the tables of src/provider/*/admin_operations*.c.

Bodies are those of Keycloak's representations, which are not written out: any JSON object or array.
"""
import json
import re
import sys

from admin_routes import rows

QUERY = {"first": "integer", "max": "integer", "search": "string", "q": "string", "exact": "boolean", "briefRepresentation": "boolean"}
ANY_BODY = {"anyOf": [{"type": "object"}, {"type": "array", "items": {}}]}
TEXT = "as text/plain"


def parameter(name, place, schema):
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def operation(method, path, roles, sentence):
    names = re.findall(r"\{(\w+)\}", path)
    made = {
        "operationId": f"{method} {path}",
        "summary": sentence,
        "description": f"One of these roles: {', '.join(roles)}." if roles else "The operation looks at roles itself.",
        "parameters": [parameter(name, "path", {"type": "string", "minLength": 1}) for name in names],
        "responses": {"default": {"description": "As Keycloak 24 answers; 501 for what is not carried out."}},
    }
    if method == "GET":
        made["parameters"] += [parameter(name, "query", {"type": kind}) for name, kind in QUERY.items()]
    elif method != "DELETE":
        kind, schema = ("text/plain", {"type": "string"}) if TEXT in sentence else ("application/json", ANY_BODY)
        made["requestBody"] = {"required": False, "content": {kind: {"schema": schema}}}
    return made


def distinct(path):
    """The path with another name for a parameter that stands in it twice."""
    seen = []

    def name(found):
        seen.append(found[1])
        count = seen.count(found[1])
        return f"{{{found[1]}{count if count > 1 else ''}}}"

    return re.sub(r"\{(\w+)\*?\}", name, path)


def document():
    paths = {}
    for method, path, roles, carried, sentence in rows():
        path = distinct(path)
        if carried and "*" not in path:
            paths.setdefault(path, {})[method.lower()] = operation(method, path, roles, sentence)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Ostiary's admin REST API", "version": "24.0.5"},
        "servers": [{"url": "/admin"}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
        "paths": paths,
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
    print()

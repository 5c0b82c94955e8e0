# SPDX-License-Identifier: Apache-2.0
"""An administrator of a realm, by the admin REST API."""

import json

from oidc import Client
from web import Browser, bearer

CLI = Client("admin-cli")


class Admin:
    """`within`: what all its paths are below."""

    def __init__(self, provider, realm, name, password, within=""):
        self.base = f"{provider.base}/admin{within}"
        answer = provider.realm(realm).password(CLI, name, password)
        assert answer.status == 200, answer.text
        self.token = answer.json()["access_token"]

    def __call__(self, method, path, body=None, raw=None):
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        headers = {**bearer(self.token), "Content-Type": "application/json"}
        return Browser().request(method, self.base + path, data, headers)

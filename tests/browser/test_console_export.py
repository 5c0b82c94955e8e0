# SPDX-License-Identifier: Apache-2.0
"""Export in the admin console: a realm file that makes the realm again, without its secrets."""

import json
import pathlib

from console_page import ConsolePage

REALM = {
    "realm": "packed",
    "enabled": True,
    "displayName": "Packed",
    "clients": [{"clientId": "web", "secret": "known-to-nobody", "redirectUris": ["https://web.example/*"]}],
    "roles": {"realm": [{"name": "seller"}]},
}


def export(page, console):
    with page.expect_download() as saved:
        console.press("Export")
    assert saved.value.suggested_filename == "packed-realm.json"
    return pathlib.Path(saved.value.path()).read_text()


def test_an_export_is_a_realm_file(page, administered, root):
    assert root("POST", "/realms", REALM).status == 201
    console = ConsolePage(page, administered.base).log_in().open("packed", "realm-settings", "export").heading("Realm settings")
    words = export(page, console)
    file = json.loads(words)
    assert "known-to-nobody" not in words and "web" in [client["clientId"] for client in file["clients"]]
    assert root("DELETE", "/realms/packed").status == 204 and root("POST", "/realms", file).status == 201
    assert "seller" in [role["name"] for role in root("GET", "/realms/packed/roles").json()]
    console.switch("Include clients", False).switch("Include groups and roles", False)
    less = json.loads(export(page, console))
    assert "clients" not in less and "roles" not in less and less["displayName"] == "Packed"
    assert console.problems == [] and root("DELETE", "/realms/packed").status == 204

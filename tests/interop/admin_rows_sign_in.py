# SPDX-License-Identifier: Apache-2.0
"""How people sign in: flows, required actions and texts; rows as in admin_rows.py."""

from admin_rows import delete, find, get, post, put, text

ACTIONS = "/authentication/required-actions"
FLOWS = "/authentication/flows"
TEXTS = "/localization"
PROFILE = {"alias": "UPDATE_PROFILE", "name": "Update Profile", "providerId": "UPDATE_PROFILE", "enabled": False, "defaultAction": True, "priority": 5, "config": {}}

ROWS = [
    get(ACTIONS),
    get(f"{ACTIONS}/UPDATE_PASSWORD"),
    get(f"{ACTIONS}/NONE"),
    put(f"{ACTIONS}/UPDATE_PROFILE", PROFILE),
    get(f"{ACTIONS}/UPDATE_PROFILE", now=lambda action: f"{action['enabled']}{action['defaultAction']}{action['priority']}"),
    get(ACTIONS, first=lambda actions: actions[0]["alias"]),
    put(f"{ACTIONS}/VERIFY_PROFILE", {"alias": "VERIFY_PROFILE"}),
    get(f"{ACTIONS}/VERIFY_PROFILE", off=lambda action: action["enabled"]),
    put(f"{ACTIONS}/NONE", PROFILE),
    put(f"{ACTIONS}/UPDATE_PROFILE", []),
    put(f"{ACTIONS}/UPDATE_PROFILE"),
    get(FLOWS, browser=find("alias", "browser")),
    get(f"{FLOWS}/{{browser}}"),
    get(f"{FLOWS}/none"),
    get(f"{FLOWS}/browser/executions"),
    get(f"{FLOWS}/none/executions"),
    get(TEXTS),
    get(f"{TEXTS}/de"),
    text(f"{TEXTS}/de/loginAccountTitle", "{now} {first} {off} <b>"),
    get(f"{TEXTS}/de"),
    post(f"{TEXTS}/de", {"a": "A", "loginAccountTitle": "Hallo"}),
    get(f"{TEXTS}/de"),
    get(f"{TEXTS}/de?useRealmDefaultLocaleFallback=true"),
    get(f"{TEXTS}/de/a"),
    get(f"{TEXTS}/de/none"),
    get(TEXTS),
    put("", {"internationalizationEnabled": True, "supportedLocales": ["de", "en"], "defaultLocale": "de"}),
    get(f"{TEXTS}/fr?useRealmDefaultLocaleFallback=true"),
    get(f"{TEXTS}/fr"),
    put(f"{TEXTS}/de/a", {"x": "y"}),
    post(f"{TEXTS}/de", []),
    post(f"{TEXTS}/de", {"a": {"b": "c"}}),
    delete(f"{TEXTS}/de/a"),
    delete(f"{TEXTS}/de/a"),
    delete(f"{TEXTS}/de"),
    delete(f"{TEXTS}/de"),
    get(TEXTS),
]

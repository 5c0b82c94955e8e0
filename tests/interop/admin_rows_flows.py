# SPDX-License-Identifier: Apache-2.0
"""Flows that administrators make, change and end; rows as in admin_rows.py."""

from admin_rows import delete, find, get, post, put

NOBODY = "00000000-0000-0000-0000-000000000000"
AUTH = "/authentication"
FLOWS = f"{AUTH}/flows"
MINE = {"alias": "mine", "description": "my own", "providerId": "basic-flow", "topLevel": True, "builtIn": False}
EXECUTIONS = f"{FLOWS}/mine/executions"
FORMS = {"alias": "my forms", "type": "basic-flow", "description": "a part", "provider": "registration-page-form"}


def step(name, **more):
    return {"id": f"{{{name}}}", **more}


ROWS = [
    post(FLOWS, MINE, "mine"),
    post(FLOWS, MINE),
    post(FLOWS, {**MINE, "alias": ""}),
    post(FLOWS, {"providerId": "basic-flow", "topLevel": True}),
    post(FLOWS, "[]"),
    get(f"{FLOWS}/{{mine}}"),
    get(EXECUTIONS),
    # steps
    post(f"{EXECUTIONS}/execution", {"provider": "auth-cookie"}),
    post(f"{EXECUTIONS}/flow", FORMS, "forms"),
    post(f"{EXECUTIONS}/flow", FORMS),
    post(f"{EXECUTIONS}/execution", {"provider": "no-such-thing"}),
    post(f"{EXECUTIONS}/execution", {}),
    post(f"{FLOWS}/none/executions/execution", {"provider": "auth-cookie"}),
    post(f"{FLOWS}/none/executions/flow", FORMS),
    post(f"{FLOWS}/browser/executions/execution", {"provider": "auth-cookie"}),
    post(f"{FLOWS}/browser/executions/flow", {**FORMS, "alias": "other"}),
    post(f"{FLOWS}/my%20forms/executions/execution", {"provider": "auth-username-password-form"}),
    post(f"{FLOWS}/my%20forms/executions/execution", {"provider": "auth-otp-form"}),
    get(
        EXECUTIONS,
        cookie=find("providerId", "auth-cookie"),
        part=find("displayName", "my forms"),
        password=find("providerId", "auth-username-password-form"),
        otp=find("providerId", "auth-otp-form"),
    ),
    get(f"{FLOWS}/{{forms}}"),
    put(EXECUTIONS, step("cookie", requirement="ALTERNATIVE")),
    put(EXECUTIONS, step("part", requirement="ALTERNATIVE")),
    put(f"{FLOWS}/my%20forms/executions", step("password", requirement="REQUIRED")),
    put(f"{FLOWS}/my%20forms/executions", step("otp", requirement="SOMETIMES")),
    put(EXECUTIONS, {"id": NOBODY, "requirement": "REQUIRED"}),
    put(f"{FLOWS}/none/executions", step("cookie", requirement="REQUIRED")),
    get(EXECUTIONS),
    get(f"{AUTH}/executions/{{otp}}"),
    get(f"{AUTH}/executions/{NOBODY}"),
    post(f"{AUTH}/executions/{{otp}}/raise-priority"),
    get(EXECUTIONS),
    post(f"{AUTH}/executions/{{otp}}/lower-priority"),
    post(f"{AUTH}/executions/{{otp}}/lower-priority"),
    post(f"{AUTH}/executions/{NOBODY}/lower-priority"),
    post(f"{AUTH}/executions/{NOBODY}/raise-priority"),
    get(EXECUTIONS),
    # settings of a step
    post(f"{EXECUTIONS}/execution", {"provider": "deny-access-authenticator"}),
    get(EXECUTIONS, deny=find("providerId", "deny-access-authenticator")),
    post(f"{AUTH}/executions/{{deny}}/config", {"alias": "denied", "config": {"denyErrorMessage": "no", "empty": ""}}, "denied"),
    post(f"{AUTH}/executions/{NOBODY}/config", {"alias": "x", "config": {}}),
    get(f"{AUTH}/config/{{denied}}"),
    get(f"{AUTH}/config/{NOBODY}"),
    put(f"{AUTH}/config/{{denied}}", {"alias": "denied", "config": {"denyErrorMessage": "never"}}),
    put(f"{AUTH}/config/{NOBODY}", {"alias": "denied", "config": {}}),
    get(f"{AUTH}/config/{{denied}}"),
    get(EXECUTIONS),
    delete(f"{AUTH}/config/{{denied}}"),
    delete(f"{AUTH}/config/{{denied}}"),
    get(f"{AUTH}/config/{{denied}}"),
    # other names, copies
    put(f"{FLOWS}/{{mine}}", {**MINE, "id": "{mine}", "description": "changed"}),
    put(f"{FLOWS}/{{mine}}", {**MINE, "id": "{mine}", "alias": "browser"}),
    put(f"{FLOWS}/{{mine}}", {**MINE, "id": "{mine}", "alias": ""}),
    put(f"{FLOWS}/{NOBODY}", {**MINE, "alias": "new"}),
    get(f"{FLOWS}/{{mine}}"),
    post(f"{FLOWS}/browser/copy", {"newName": "copied"}),
    get(FLOWS, copied=find("alias", "copied")),
    post(f"{FLOWS}/browser/copy", {"newName": "copied"}),
    post(f"{FLOWS}/none/copy", {"newName": "else"}),
    get(f"{FLOWS}/{{copied}}"),
    get(f"{FLOWS}/copied/executions"),
    # what goes, and what may not
    put("", {"browserFlow": "mine"}),
    delete(f"{FLOWS}/{{mine}}"),
    put("", {"browserFlow": "browser"}),
    delete(f"{AUTH}/executions/{{otp}}"),
    delete(f"{AUTH}/executions/{{otp}}"),
    delete(f"{AUTH}/executions/{{part}}"),
    get(f"{FLOWS}/{{forms}}"),
    get(EXECUTIONS),
    get(FLOWS, browser=find("alias", "browser")),
    get(f"{FLOWS}/browser/executions", builtin=find("providerId", "auth-cookie")),
    delete(f"{AUTH}/executions/{{builtin}}"),
    post(f"{AUTH}/executions/{{builtin}}/raise-priority"),
    delete(f"{FLOWS}/{{browser}}"),
    delete(f"{FLOWS}/{NOBODY}"),
    delete(f"{FLOWS}/{{mine}}"),
    delete(f"{FLOWS}/{{copied}}"),
    get(FLOWS),
    # required actions
    get(f"{AUTH}/unregistered-required-actions"),
    delete(f"{AUTH}/required-actions/UPDATE_PROFILE"),
    delete(f"{AUTH}/required-actions/UPDATE_PROFILE"),
    get(f"{AUTH}/unregistered-required-actions"),
    post(f"{AUTH}/register-required-action", {"providerId": "UPDATE_PROFILE", "name": "Update Profile"}),
    get(f"{AUTH}/required-actions/UPDATE_PROFILE"),
    get(f"{AUTH}/unregistered-required-actions"),
]

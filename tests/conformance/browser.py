# SPDX-License-Identifier: Apache-2.0
"""What the suite's own browser does at our pages, in the suite's terms."""

USER = {"username": "alice", "password": "alice-password"}
PAGE_SECONDS = 10


def browser_tasks(issuer, here, agrees=True, shows_login=False, shows_consent=False):
    """It logs in, agrees or not, logs out, and shows what it sees."""
    endpoints = f"{issuer}/protocol/openid-connect"
    # A page that a run wants to see goes into its log, whatever it is; verdict.py says what has to be on it.
    show = ["wait", "xpath", "//*", PAGE_SECONDS, "(?s).*", "update-image-placeholder-optional"]

    def task(name, match, *commands):
        return {"task": name, "match": match, "optional": True, "commands": list(commands)}

    login = task(
        "Log in",
        f"{endpoints}/auth*",
        *([show] if shows_login else []),
        ["text", "id", "username", USER["username"], "optional"],
        ["text", "id", "password", USER["password"], "optional"],
        ["click", "id", "kc-login", "optional"],
    )
    refused = task("Be refused", f"{endpoints}/auth*", show)
    answer = ["click", "id", "kc-login", "optional"] if agrees else ["click", "id", "kc-cancel"]
    consent = task("Answer", f"{issuer}/login-actions/*", *([show] if shows_consent else []), answer)
    back = task("Come back", f"{here}/callback*", ["wait", "id", "submission_complete", PAGE_SECONDS])
    logout = task("Log out", f"{endpoints}/logout*", ["click", "id", "kc-logout", "optional"], show)
    return [
        {"match": f"{endpoints}/auth*", "tasks": [login, *([] if shows_consent else [refused]), consent, back]},
        {"match": f"{endpoints}/logout*", "tasks": [logout]},
    ]

# SPDX-License-Identifier: Apache-2.0
"""Realms whose users have security keys, and what is done with these keys at logins."""

from administrator import Admin
from oidc import Client
from programs import Provider, realm_files
from security_key import USER_VERIFIED, SecurityKey, b64

CALLBACK = "http://localhost:8000/cb"
APP = Client("app", None, CALLBACK)
ORIGIN = "http://localhost"
FAILED = "The security key could not be used. Please try again."
NOT_REGISTERED = "The security key could not be registered. Please try again."


def user(name, *credentials, **more):
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "firstName": name,
        "lastName": "Cook",
        "credentials": [{"type": "password", "value": name}, *credentials],
        **more,
    }


def realm_of(name, *users, **more):
    client = {"clientId": "app", "publicClient": True, "redirectUris": [CALLBACK], "directAccessGrantsEnabled": True}
    keeper = user("keeper", clientRoles={"realm-management": ["realm-admin"]})
    return {"realm": name, "enabled": True, "clients": [client], "users": [keeper, *users], **more}


def serving(realms, keys, folder, work, *arguments):
    """A provider of these realms, at whose address the keys are."""
    with Provider(realm_files(realms, work / f"{folder}-realms"), work / folder, arguments=arguments) as provider:
        for key in keys:
            key.origin, key.rp_id = provider.base, provider.base.split("//")[1].split(":")[0]
        yield provider


def admin_of(server, name):
    return Admin(server, name, "keeper", "keeper", within=f"/realms/{name}")


def keys_of(admin, name):
    found = admin("GET", f"/users?username={name}&exact=true").json()[0]
    return [one for one in admin("GET", f"/users/{found['id']}/credentials").json() if one["type"].startswith("webauthn")]


def registering(realm, browser, name, **changes):
    """Logs in with the password; the form that registers a key."""
    answer = browser.get(realm.log_in(browser, APP, name, name, **changes).location)
    return answer.page.form("register")


def changed(fields, **others):
    return {**fields, **others}


# Answers to a challenge that must not do, whether a key or a passkey is asked for.
WRONG_ANSWERS = {
    "another origin": lambda key, options: key.get(options, origin="https://evil.example"),
    "another challenge": lambda key, options: key.get({**options, "challenge": b64(bytes(32))}),
    "another party": lambda key, options: key.get(options, rp_id="evil.example"),
    "within a frame": lambda key, options: key.get(options, crossOrigin=True),
    "nobody there": lambda key, options: key.get(options, flags=USER_VERIFIED),
    "a registration": lambda key, options: key.get(options, type="webauthn.create"),
    "another key's signature": lambda key, options: changed(SecurityKey(key.origin, key.rp_id).get(options), credentialId=b64(key.id)),
    "no signature": lambda key, options: changed(key.get(options), signature=""),
    "nothing": lambda key, options: {"credentialId": "", "clientDataJSON": ""},
    "the browser refused": lambda key, options: {"error": "NotAllowedError"},
}

# SPDX-License-Identifier: Apache-2.0
"""Authentication flows of a realm whose identity providers have flows of their own: Keycloak's own ones, which a realm with any
has to have, and those of first logins and after logins."""


def step(authenticator, requirement="REQUIRED", config=None):
    return {"authenticator": authenticator, "requirement": requirement, **({"authenticatorConfig": config} if config else {})}


def part(alias, requirement="REQUIRED", authenticator=None):
    more = {"authenticator": authenticator} if authenticator else {}
    return {"flowAlias": alias, "requirement": requirement, "authenticatorFlow": True, "autheticatorFlow": True, **more}


OTP = [step("conditional-user-configured"), step("auth-otp-form")]

# Of Keycloak's own, as far as it needs them; "first broker login" as 24 makes it.
USUAL = {
    "browser": [step("auth-cookie", "ALTERNATIVE"), step("identity-provider-redirector", "ALTERNATIVE"), part("forms", "ALTERNATIVE")],
    "direct grant": [step("direct-grant-validate-username"), step("direct-grant-validate-password")],
    "registration": [part("registration form", authenticator="registration-page-form")],
    "reset credentials": [step("reset-credentials-choose-user"), step("reset-credential-email"), step("reset-password")],
    "clients": [step("client-secret", "ALTERNATIVE"), step("client-jwt", "ALTERNATIVE")],
    "docker auth": [step("docker-http-basic-authenticator")],
    "first broker login": [step("idp-review-profile", config="review missing"), part("User creation or linking")],
}
USUAL_PARTS = {
    "forms": [step("auth-username-password-form"), part("Browser - Conditional OTP", "CONDITIONAL")],
    "Browser - Conditional OTP": OTP,
    "registration form": [step("registration-user-creation"), step("registration-password-action")],
    "User creation or linking": [step("idp-create-user-if-unique", "ALTERNATIVE"), part("Handle Existing Account", "ALTERNATIVE")],
    "Handle Existing Account": [step("idp-confirm-link"), part("Account verification options")],
    "Account verification options": [
        step("idp-email-verification", "ALTERNATIVE"),
        part("Verify Existing Account by Re-authentication", "ALTERNATIVE"),
    ],
    "Verify Existing Account by Re-authentication": [
        step("idp-username-password-form"),
        part("First broker login - Conditional OTP", "CONDITIONAL"),
    ],
    "First broker login - Conditional OTP": OTP,
}

CREATE = step("idp-create-user-if-unique", "ALTERNATIVE")
BY_PASSWORD = [step("idp-confirm-link"), step("idp-username-password-form")]

# {alias: (steps, its parts)} of flows of first logins
FIRST = {
    "asks always": [step("idp-review-profile", config="review on"), part("User creation or linking")],
    "asks nothing": [step("idp-review-profile", config="review off"), part("User creation or linking")],
    "makes alone": [step("idp-create-user-if-unique")],
    "makes with password": [step("idp-create-user-if-unique", config="password")],
    "by password": [CREATE, part("by password, those", "ALTERNATIVE")],
    "by password at once": [CREATE, step("idp-username-password-form", "ALTERNATIVE")],
    "finds": [step("idp-detect-existing-broker-user"), step("idp-username-password-form")],
    "finds and links": [step("idp-detect-existing-broker-user"), step("idp-auto-link")],
    "links": [CREATE, step("idp-auto-link", "ALTERNATIVE")],
    "denies": [step("deny-access-authenticator", config="no")],
    "denies at the end": [step("idp-create-user-if-unique"), step("deny-access-authenticator", config="no")],
    "does nothing": [step("allow-access-authenticator")],
    "asks for a code": [CREATE, part("with a code", "ALTERNATIVE")],
}
# and after logins
AFTER = {
    "after: code of owners": [part("after: code", "CONDITIONAL")],
    "after: code": [step("auth-otp-form")],
    "after: nobody": [step("deny-access-authenticator", config="no")],
    "after: everybody": [step("allow-access-authenticator")],
    "after: not staff": [part("after: staff", "CONDITIONAL")],
}
PARTS = {
    "by password, those": BY_PASSWORD,
    "with a code": [*BY_PASSWORD, step("auth-otp-form")],
    "after: code of owners, those": OTP,
    "after: staff": [step("conditional-user-role", config="is staff"), step("deny-access-authenticator", config="no")],
}
CONFIGS = {
    "review missing": {"update.profile.on.first.login": "missing"},
    "review on": {"update.profile.on.first.login": "on"},
    "review off": {"update.profile.on.first.login": "off"},
    "password": {"require.password.update.after.registration": "true"},
    "no": {"denyErrorMessage": "Nobody by this one."},
    "is staff": {"condUserRole": "staff"},
}
AFTER["after: code of owners"] = [part("after: code of owners, those", "CONDITIONAL")]


def flow(alias, steps, top):
    listed = [{"priority": 10 * number, "userSetupAllowed": False, **one} for number, one in enumerate(steps, 1)]
    kind = {"clients": "client-flow", "registration form": "form-flow"}.get(alias, "basic-flow")
    return {"alias": alias, "providerId": kind, "topLevel": top, "builtIn": False, "authenticationExecutions": listed}


def flows():
    """Those members of a realm."""
    tops = {**USUAL, **FIRST, **AFTER}
    listed = [flow(alias, steps, True) for alias, steps in tops.items()]
    listed += [flow(alias, steps, False) for alias, steps in {**USUAL_PARTS, **PARTS}.items()]
    configs = [{"alias": alias, "config": config} for alias, config in CONFIGS.items()]
    return {"authenticationFlows": listed, "authenticatorConfig": configs}

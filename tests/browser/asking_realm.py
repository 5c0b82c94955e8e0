# SPDX-License-Identifier: Apache-2.0
"""A realm whose users are asked for everything that a login may ask for."""

from one_time_codes import credential, execution
from recovery_codes import flows_with_recovery, recovery_codes
from security_key import SecurityKey

FACTORS = flows_with_recovery()
ASKING = {
    **FACTORS,
    "realm": "asking",
    "webAuthnPolicyPasswordlessPasskeysEnabled": True,
    "displayName": "A realm whose clients have to ask",
    "enabled": True,
    "internationalizationEnabled": True,
    "supportedLocales": ["en", "de", "ar"],
    "localizationTexts": {"en": {"termsText": "Be kind to others, and to their data.\n\nDo not share your password."}},
    "registrationAllowed": True,
    "resetPasswordAllowed": True,
    "registrationFlow": "own registration",
    "authenticationFlows": [
        *FACTORS["authenticationFlows"],
        {
            "alias": "keyed",
            "authenticationExecutions": [
                execution("auth-username-password-form"),
                {"flowAlias": "either factor", "requirement": "REQUIRED", "priority": 20, "authenticatorFlow": True},
            ],
        },
        {
            "alias": "either factor",
            "authenticationExecutions": [
                execution("auth-otp-form", "ALTERNATIVE"),
                execution("webauthn-authenticator", "ALTERNATIVE", 20),
            ],
        },
        {"alias": "passkeys", "authenticationExecutions": [execution("webauthn-authenticator-passwordless", "ALTERNATIVE")]},
        {
            "alias": "own registration",
            "authenticationExecutions": [
                {"authenticator": f"registration-{step}", "requirement": "REQUIRED"}
                for step in ("user-creation", "password-action", "terms-and-conditions")
            ],
        }
    ],
    "attributes": {"client.id.metadata.documents": "true", "client.id.metadata.document.addresses": "127.0.0.1"},
    "clients": [
        {
            "clientId": "agent",
            "name": "Weather Agent",
            "publicClient": True,
            "consentRequired": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "attributes": {
                "oauth2.device.authorization.grant.enabled": "true",
                "tosUri": "https://agent.example/terms",
                "policyUri": "https://agent.example/privacy",
            },
        },
        {
            "clientId": "keyed",
            "publicClient": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "authenticationFlowBindingOverrides": {"browser": "keyed"},
        },
        {
            "clientId": "passkeys",
            "publicClient": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "authenticationFlowBindingOverrides": {"browser": "passkeys"},
        },
        {
            "clientId": "portal",
            "name": "Portal",
            "publicClient": True,
            "frontchannelLogout": True,
            "redirectUris": ["http://localhost:8000/callback"],
            "attributes": {"frontchannel.logout.url": "http://localhost:8000/logged-out"},
        },
    ],
    "users": [
        {
            "username": "alice",
            "enabled": True,
            "email": "alice@example.org",
            "credentials": [{"type": "password", "value": "alice-password"}],
        },
        {
            "username": "pia",
            "enabled": True,
            "email": "pia@example.org",
            "firstName": "Pia",
            "lastName": "Cook",
            "credentials": [{"type": "password", "value": "pia-password"}],
            "clientRoles": {"account": ["manage-account"]},
        },
        {
            "username": "una",
            "enabled": True,
            "requiredActions": ["UPDATE_PROFILE"],
            "credentials": [{"type": "password", "value": "una-password"}],
        },
        {
            "username": "vera",
            "enabled": True,
            "email": "vera.with.a.rather.long.address@department.example.org",
            "requiredActions": ["VERIFY_EMAIL"],
            "credentials": [{"type": "password", "value": "vera-password"}],
        },
        {
            "username": "tom",
            "enabled": True,
            "email": "tom@example.org",
            "requiredActions": ["TERMS_AND_CONDITIONS"],
            "credentials": [{"type": "password", "value": "tom-password"}],
        },
        {
            "username": "max",
            "enabled": True,
            "email": "max@example.org",
            "credentials": [
                {"type": "password", "value": "max-password"},
                credential(label="Phone at work"),
                credential("2" * 20, label="The old tablet that lies in the kitchen & has lost its charger"),
            ],
        },
        {
            "username": "fay",
            "enabled": True,
            "email": "fay@example.org",
            "requiredActions": ["webauthn-register"],
            "credentials": [{"type": "password", "value": "fay-password"}],
        },
        {
            "username": "gil",
            "enabled": True,
            "email": "gil@example.org",
            "credentials": [{"type": "password", "value": "gil-password"}, credential(), SecurityKey("http://localhost").credential()],
        },
        {
            "username": "ray",
            "enabled": True,
            "email": "ray@example.org",
            "credentials": [{"type": "password", "value": "ray-password"}, credential(), recovery_codes(first=5)],
        },
        {
            "username": "eva",
            "enabled": True,
            "email": "eva@example.org",
            "requiredActions": ["CONFIGURE_RECOVERY_AUTHN_CODES"],
            "credentials": [{"type": "password", "value": "eva-password"}],
        },
        {
            "username": "kit",
            "enabled": True,
            "email": "kit@example.org",
            "requiredActions": ["CONFIGURE_TOTP"],
            "credentials": [{"type": "password", "value": "kit-password"}],
        },
        {
            "username": "zoe",
            "enabled": True,
            "email": "zoe@example.org",
            "requiredActions": ["UPDATE_PASSWORD"],
            "credentials": [{"type": "password", "value": "zoe-password"}],
        },
    ],
}

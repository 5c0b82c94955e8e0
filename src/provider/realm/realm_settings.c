/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm's document says of the realm itself: its settings, lifespans and limits. */
#include <string.h>

#include "base/text.h"
#include "http/message/address_scope.h"
#include "provider/proof/attribute.h"
#include "provider/realm/realm_key.h"
#include "provider/realm/realm_load.h"
#include "provider/realm/role.h"

#define DOCUMENT_ADDRESSES "client.id.metadata.document.addresses"
#define KEY_INTERVAL "key.rotation.interval"
#define OTP_WINDOW_MAX 100 /* codes on each side: each more is one more to guess */

static void load_lifespans(realm_loader *l, const ost_json *d, realm_lifespans *ret)
{
    ret->access_token = loader_integer(l, d, "accessTokenLifespan", 300);
    ret->access_token_implicit = loader_integer(l, d, "accessTokenLifespanForImplicitFlow", 900);
    ret->sso_idle = loader_integer(l, d, "ssoSessionIdleTimeout", 1800);
    ret->sso_max = loader_integer(l, d, "ssoSessionMaxLifespan", 36000);
    ret->sso_idle_remember = loader_integer(l, d, "ssoSessionIdleTimeoutRememberMe", 0);
    ret->sso_max_remember = loader_integer(l, d, "ssoSessionMaxLifespanRememberMe", 0);
    ret->code = loader_integer(l, d, "accessCodeLifespan", 60);
    ret->user_action = loader_integer(l, d, "accessCodeLifespanUserAction", 300);
    ret->login = loader_integer(l, d, "accessCodeLifespanLogin", 1800);
    ret->client_idle = loader_integer(l, d, "clientSessionIdleTimeout", 0);
    ret->client_max = loader_integer(l, d, "clientSessionMaxLifespan", 0);
    ret->offline_idle = loader_integer(l, d, "offlineSessionIdleTimeout", 2592000);
    ret->offline_max = loader_integer(l, d, "offlineSessionMaxLifespan", 5184000);
    ret->offline_limited = loader_boolean(l, d, "offlineSessionMaxLifespanEnabled", false);
    ret->client_offline_idle = loader_integer(l, d, "clientOfflineSessionIdleTimeout", 0);
    ret->client_offline_max = loader_integer(l, d, "clientOfflineSessionMaxLifespan", 0);
    if (ret->sso_idle_remember == 0)
        ret->sso_idle_remember = ret->sso_idle;
    if (ret->sso_max_remember == 0)
        ret->sso_max_remember = ret->sso_max;
}

static int64_t load_bounded(realm_loader *l, const ost_json *d, const char *member,
                            int64_t fallback, int64_t least, int64_t most)
{
    int64_t value = loader_integer(l, d, member, fallback);
    return value < least ? least : value > most ? most : value;
}

static void load_brute_force(realm_loader *l, const ost_json *d, realm_brute_force *ret)
{
    const int64_t year = 366 * 86400;
    ret->on = loader_boolean(l, d, "bruteForceProtected", false);
    ret->permanent = loader_boolean(l, d, "permanentLockout", false);
    ret->failures = load_bounded(l, d, "failureFactor", 30, 1, 1 << 20);
    ret->wait = load_bounded(l, d, "waitIncrementSeconds", 60, 0, year);
    ret->max_wait = load_bounded(l, d, "maxFailureWaitSeconds", 900, 0, year);
    ret->quick_ms = load_bounded(l, d, "quickLoginCheckMilliSeconds", 1000, 0, 3600 * 1000);
    ret->quick_wait = load_bounded(l, d, "minimumQuickLoginWaitSeconds", 60, 0, year);
    ret->window = load_bounded(l, d, "maxDeltaTimeSeconds", 43200, 1, year);
}

static void load_otp_policy(realm_loader *l, const ost_json *d, otp_policy *ret)
{
    const char *type = loader_string(l, d, "otpPolicyType");
    const char *algorithm = loader_string(l, d, "otpPolicyAlgorithm");
    const ost_json *attributes = ost_json_get(d, "attributes");
    ret->counted = type != NULL && strcmp(type, "hotp") == 0;
    ret->hash = algorithm == NULL                      ? 0
                : strcmp(algorithm, "HmacSHA256") == 0 ? 1
                : strcmp(algorithm, "HmacSHA512") == 0 ? 2
                                                       : 0;
    ret->digits = loader_integer(l, d, "otpPolicyDigits", 6) == 8 ? 8 : 6;
    ret->period = load_bounded(l, d, "otpPolicyPeriod", 30, 1, 3600);
    ret->window = load_bounded(l, d, "otpPolicyLookAheadWindow", 1, 0, OTP_WINDOW_MAX);
    ret->first = load_bounded(l, d, "otpPolicyInitialCounter", 0, 0, INT32_MAX);
    ret->reusable = loader_boolean(
        l, d, "otpPolicyCodeReusable",
        ost_json_equals(ost_json_get(attributes, "realmReusableOtpCode"), OST_TEXT("true")));
}

/* Required actions that the file does not list are on. */
static bool action_is_on(const ost_json *d, const char *alias)
{
    const ost_json *list = ost_json_get(d, "requiredActions");
    bool on = true;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "alias"), text_of(alias)) &&
            !ost_json_boolean(ost_json_get(at, "enabled"), &on))
            on = true;
    }
    return on;
}

/* Seconds in an attribute of the realm, which is a string. */
static int64_t load_attribute_seconds(const ost_json *d, const char *name, int64_t fallback,
                                      uint64_t most)
{
    uint64_t seconds;
    return text_to_unsigned(attribute_text(d, name), most, &seconds) && seconds > 0
               ? (int64_t)seconds
               : fallback;
}

static void load_key_interval(realm_loader *l, const ost_json *attributes, realm *r)
{
    const char *text = loader_string(l, attributes, KEY_INTERVAL);
    r->key_interval = -1;
    if (text != NULL && text[0] != '\0' &&
        !realm_key_interval_read(text_of(text), &r->key_interval))
        loader_fail(l, "attributes." KEY_INTERVAL,
                    "not a duration of a minute to ten years, such as 90d, nor never");
}

static bool is_given(const ost_json *object, const char *name)
{
    ost_text text;
    return ost_json_text(ost_json_get(object, name), &text) && text_trim(text).len > 0;
}

void realm_settings_load(realm_loader *l, const ost_json *d, realm *r)
{
    const char *ssl = loader_string(l, d, "sslRequired");
    r->name = loader_string(l, d, "realm");
    r->id = loader_string(l, d, "id");
    r->display_name = loader_string(l, d, "displayName");
    r->enabled = loader_boolean(l, d, "enabled", false);
    r->ssl_required_all = ssl != NULL && strcasecmp(ssl, "all") == 0;
    r->ssl_required_external = r->ssl_required_all || ssl == NULL || strcasecmp(ssl, "none") != 0;
    r->login_with_email = loader_boolean(l, d, "loginWithEmailAllowed", true);
    r->remember_me = loader_boolean(l, d, "rememberMe", false);
    if (loader_boolean(l, d, "internationalizationEnabled", false)) {
        r->locales = loader_tags(l, d, "supportedLocales");
        r->default_locale = loader_tag(l, d, "defaultLocale");
    }
    r->revoke_refresh_token = loader_boolean(l, d, "revokeRefreshToken", false);
    r->refresh_max_reuse = loader_integer(l, d, "refreshTokenMaxReuse", 0);
    r->not_before = loader_integer(l, d, "notBefore", 0);
    const ost_json *smtp = ost_json_get(d, "smtpServer");
    r->has_mail_server = is_given(smtp, "host") && is_given(smtp, "from");
    r->reset_password_allowed = loader_boolean(l, d, "resetPasswordAllowed", false);
    r->verify_email = loader_boolean(l, d, "verifyEmail", false) && action_is_on(d, "VERIFY_EMAIL");
    r->events = loader_boolean(l, d, "eventsEnabled", false);
    r->event_lifetime = loader_integer(l, d, "eventsExpiration", 0);
    r->admin_event_lifetime = load_attribute_seconds(d, "adminEventsExpiration", 0, INT32_MAX);
    r->admin_events = loader_boolean(l, d, "adminEventsEnabled", false);
    r->admin_event_details = loader_boolean(l, d, "adminEventsDetailsEnabled", false);
    r->duplicate_emails = loader_boolean(l, d, "duplicateEmailsAllowed", false);
    const char *alg = loader_string(l, d, "defaultSignatureAlgorithm");
    r->signature_alg = alg != NULL && alg[0] != '\0' ? ost_alg_of(text_of(alg)) : OST_RS256;
    if (!realm_key_is_public(r->signature_alg))
        loader_fail(l, "defaultSignatureAlgorithm", "no algorithm that others can verify");
    r->default_role = loader_copy(l, role_default_name(d, l->arena));
    r->password_policy = loader_string(l, d, "passwordPolicy");
    const ost_json *attributes = ost_json_get(d, "attributes");
    r->refresh_grace = load_attribute_seconds(d, "refresh.token.grace", 0, 60);
    r->dpop_nonce = ost_json_equals(ost_json_get(attributes, "dpop.nonce"), OST_TEXT("true"));
    r->pushed_lifespan = load_attribute_seconds(d, "parRequestUriLifespan", 60, 3600);
    r->device_lifespan =
        load_bounded(l, d, "oauth2DeviceCodeLifespan", 600, 1, DEVICE_LIFESPAN_MAX);
    r->device_interval =
        load_bounded(l, d, "oauth2DevicePollingInterval", 5, 0, DEVICE_INTERVAL_MAX);
    r->ciba = ciba_policy_load(d);
    r->client_documents =
        ost_json_equals(ost_json_get(attributes, "client.id.metadata.documents"), OST_TEXT("true"));
    r->document_addresses = loader_string(l, attributes, DOCUMENT_ADDRESSES);
    if (!address_blocks_are_good(text_of(r->document_addresses)))
        loader_fail(l, "attributes." DOCUMENT_ADDRESSES, "not a list of address blocks");
    load_key_interval(l, attributes, r);
    load_lifespans(l, d, &r->lifespans);
    load_brute_force(l, d, &r->brute_force);
    load_otp_policy(l, d, &r->otp);
    for (webauthn_use use = 0; use < WEBAUTHN_USES; use++)
        r->keys[use] = webauthn_policy_load(d, use);
    r->registration = realm_registration_of(d);
    if (r->name == NULL || r->name[0] == '\0')
        loader_fail(l, "realm", "the realm's name is missing");
    if (r->id == NULL)
        r->id = r->name;
}

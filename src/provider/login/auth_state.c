/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests while the user logs in: sealed and opened; see auth_request.h. */
#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/detail/authorization_details.h"
#include "provider/login/auth_request.h"
#include "provider/login/chosen_flow.h"
#include "provider/login/realm_language.h"
#include "provider/login/subject_request.h"
#include "provider/session/internal_token.h"
#include "provider/token/grant.h"

#define HINT_MAX 255 /* bytes: as long as a user name */

/* Only the hash of the cookie stands in the URL. */
static bool hash_cookie(call *c, ost_text browser, ost_text *ret_hash)
{
    return (browser.len > 0 && call_hash(c, browser, ret_hash) == OST_OK) ||
           call_refuse(c, 500, "server_error", NULL);
}

static const char *type_of(auth_stage stage)
{
    static const char *const types[] = {[AUTH_STAGE_LOGIN] = "Login",
                                        [AUTH_STAGE_CODE] = "OneTimeCode",
                                        [AUTH_STAGE_REGISTRATION] = "Registration",
                                        [AUTH_STAGE_ACTION] = "Action",
                                        [AUTH_STAGE_CONSENT] = "Consent",
                                        [AUTH_STAGE_UPSTREAM] = "Upstream"};
    return types[stage];
}

static auth_stage stage_of(const auth_request *r)
{
    if (r->upstream.len > 0)
        return AUTH_STAGE_UPSTREAM;
    if (r->half.len > 0)
        return AUTH_STAGE_CODE;
    if (r->session.len == 0)
        return r->registering ? AUTH_STAGE_REGISTRATION : AUTH_STAGE_LOGIN;
    return r->action.len > 0 ? AUTH_STAGE_ACTION : AUTH_STAGE_CONSENT;
}

/* The registration page is another one than the request's: it has the hint from here. */
static ost_text hint_of(const auth_request *r)
{
    return r->registering && r->login_hint.len <= HINT_MAX ? r->login_hint : (ost_text){0};
}

static void put_flag(ost_json_writer *w, const char *name, bool flag)
{
    if (flag)
        ost_json_member_boolean(w, name, true);
}

static bool flag_of(const ost_claims *claims, const char *name)
{
    bool flag = false;
    return ost_json_boolean(ost_claims_get(claims, name), &flag) && flag;
}

static void put_flags(ost_json_writer *w, const auth_request *r)
{
    if (r->fresh_since > 0)
        ost_json_member_integer(w, "fresh_since", r->fresh_since);
    put_flag(w, "all", r->prompt_consent);
    put_flag(w, "silent", r->prompt_none);
    put_flag(w, "acr", r->acr_proved);
    put_flag(w, "proved", r->proved);
    put_flag(w, "begun", r->begun);
    put_flag(w, "remember", r->remember);
}

/* The policies are not asked again. */
static void put_flow(ost_json_writer *w, const auth_request *r)
{
    if (!r->flowed)
        return;
    ost_json_member_text(w, "flow", r->flow);
    ost_json_member_integer(w, "flow_level", r->flow_level);
}

/* Of a session that has begun, what the client's part in it is yet to be held to. */
static void put_room(ost_json_writer *w, const auth_request *r)
{
    if (r->session.len == 0)
        return;
    if (r->room.denies.client > 0)
        ost_json_member_integer(w, "room_denies", r->room.denies.client);
    if (r->room.ends.client > 0)
        ost_json_member_integer(w, "room_ends", r->room.ends.client);
}

/* The flow that a policy has chosen, the level that is asked for, and what has come of that. */
static void put_level(ost_json_writer *w, const call_level *wanted, const auth_request *r)
{
    put_flow(w, r);
    put_room(w, r);
    if (wanted->asked)
        ost_json_member_integer(w, "level", wanted->level);
    put_flag(w, "level_essential", wanted->essential);
    if (wanted->names.len > 0)
        ost_json_member_text(w, "level_names", wanted->names);
    if (!r->leveled || r->session.len == 0)
        return;
    ost_json_member_integer(w, "reached", r->level);
    ost_json_member_text(w, "levels", r->levels);
    ost_json_member_text(w, "levels_id", r->levels_id);
    ost_json_member_integer(w, "levels_since", r->levels_since);
    ost_json_member_integer(w, "setup", r->setup);
}

static void fill_room(const ost_claims *claims, auth_request *r)
{
    (void)!ost_json_integer(ost_claims_get(claims, "room_denies"), &r->room.denies.client);
    (void)!ost_json_integer(ost_claims_get(claims, "room_ends"), &r->room.ends.client);
}

static void fill_level(const ost_claims *claims, call_level *wanted, auth_request *r)
{
    int64_t setup;
    *wanted = (call_level){.essential = flag_of(claims, "level_essential"),
                           .names = ost_claims_text(claims, "level_names")};
    wanted->asked = ost_json_integer(ost_claims_get(claims, "level"), &wanted->level);
    r->leveled = ost_json_integer(ost_claims_get(claims, "reached"), &r->level);
    r->levels = ost_claims_text(claims, "levels");
    r->levels_id = ost_claims_text(claims, "levels_id");
    (void)!ost_json_integer(ost_claims_get(claims, "levels_since"), &r->levels_since);
    r->setup = ost_json_integer(ost_claims_get(claims, "setup"), &setup) ? (unsigned)setup : 0;
}

/* Of the way to an identity provider, and from there. */
static void put_upstream(ost_json_writer *w, const auth_request *r)
{
    const struct {
        const char *name;
        ost_text value;
    } texts[] = {
        {"upstream", r->upstream},          {"upstream_nonce", r->upstream_nonce},
        {"verifier", r->upstream_verifier}, {"identity", r->identity},
        {"forwarded", r->forwarded},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].value.len > 0)
            ost_json_member_text(w, texts[i].name, texts[i].value);
    }
}

/* Of the one who is halfway in, and of nobody who begins again. */
static void put_half(ost_json_writer *w, const auth_request *r)
{
    if (r->half.len == 0)
        return;
    ost_json_member_text(w, "half", r->half);
    ost_json_member_text(w, "half_id", r->half_id);
    ost_json_member_text(w, "proofs", r->proofs);
}

static bool follow(call *c, const ost_claims *claims, auth_request *r)
{
    r->flowed = ost_claims_get(claims, "flow") != NULL;
    r->flow = ost_claims_text(claims, "flow");
    if (!r->flowed)
        return true;
    return ost_json_integer(ost_claims_get(claims, "flow_level"), &r->flow_level) &&
           chosen_flow_follow(c, r->flow, r->flow_level) &&
           c->client->browser_demand != FLOW_REFUSED;
}

bool auth_request_seal(call *c, const auth_request *r, ost_text browser, ost_text *ret_code)
{
    const struct {
        const char *name;
        ost_text value;
    } texts[] = {
        {"redirect_uri", r->redirect_uri},
        {"response_type", r->response_type},
        {"scope", r->scope},
        {"nonce", r->nonce},
        {"challenge", r->challenge},
        {"method", r->challenge_method},
        {"user", r->user},
        {"resource", r->resources},
        {"details", r->details},
        {"sid", r->session},
        {"shown", r->shown},
        {"subject", r->subject},
        {"claims", r->claims},
        {"pushed", r->pushed},
        {"jkt", r->jkt},
        {"device", r->device},
        {"user_code", r->user_code},
        {"login_hint", hint_of(r)},
        {"kc_action", r->kc_action},
        {"kc_action_status", r->kc_action_status},
        {"action", r->action},
        {"since", r->since},
        {"stepping", r->stepping},
        {"kc_locale", text_of(c->language.picked)},
        {"ui_locales", text_of(c->language.wanted)},
        {"locale", text_of(c->language.on_page)},
    };
    ost_text hash, claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL || !hash_cookie(c, browser, &hash))
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp",
                            r->half.len > 0 ? r->half_ends : c->now + c->realm->lifespans.login);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", type_of(stage_of(r)));
    ost_json_member_string(w, "client", c->client->client_id);
    ost_json_member_text(w, "browser", hash);
    ost_json_member_string(w, "mode", auth_mode_name(r->mode));
    if (r->has_state)
        ost_json_member_text(w, "state", r->state);
    put_flags(w, r);
    put_level(w, &c->level, r);
    put_upstream(w, r);
    put_half(w, r);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].value.data != NULL)
            ost_json_member_text(w, texts[i].name, texts[i].value);
    }
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK)
        return call_refuse(c, 400, "invalid_request", "a parameter is not UTF-8");
    return internal_token_make(c, claims, NULL, ret_code);
}

static ost_text device_url(call *c, const auth_request *r)
{
    ost_text code = percent_encode(c->arena, r->user_code);
    return text_of(call_format(c, "%s/device?user_code=%.*s", c->issuer, (int)code.len, code.data));
}

/* By its names, or its number; what is essential is among the claims. */
static ost_text acr_values_of(call *c, const auth_request *r)
{
    const call_level *l = &c->level;
    if (l->essential)
        return (ost_text){0};
    if (l->names.len > 0)
        return l->names;
    return l->asked        ? text_of(call_format(c, "%lld", (long long)l->level))
           : r->acr_proved ? OST_TEXT("1")
                           : (ost_text){0};
}

ost_text auth_request_url(call *c, const auth_request *r)
{
    const struct {
        const char *name;
        ost_text value;
    } parameters[] = {
        {"client_id", text_of(c->client->client_id)},
        {"redirect_uri", r->redirect_uri},
        {"response_type", r->response_type},
        {"response_mode", text_of(auth_mode_name(r->mode))},
        {"scope", r->scope},
        {"state", r->state},
        {"nonce", r->nonce},
        {"code_challenge", r->challenge},
        {"code_challenge_method", r->challenge_method},
        {"prompt", r->prompt_none      ? OST_TEXT("none")
                   : r->registering    ? OST_TEXT("create")
                   : r->prompt_consent ? OST_TEXT("consent")
                                       : (ost_text){0}},
        {"dpop_jkt", r->jkt},
        {"claims", subject_request_claims(c, r->subject, r->claims)},
        {DETAILS, r->details},
        {"kc_action", r->kc_action},
        {"acr_values", acr_values_of(c, r)},
        {"kc_locale", text_of(c->language.picked)},
        {"ui_locales", text_of(c->language.wanted)},
    };
    ost_text resources = r->resources, resource;
    const char *url = call_format(c, "%s/protocol/openid-connect/auth", c->issuer);
    if (r->device.len > 0)
        return device_url(c, r);
    for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
        if (parameters[i].value.data == NULL)
            continue;
        ost_text value = percent_encode(c->arena, parameters[i].value);
        url = call_format(c, "%s%c%s=%.*s", url, i == 0 ? '?' : '&', parameters[i].name,
                          (int)value.len, value.data);
    }
    while (text_next(&resources, ' ', &resource)) {
        ost_text value = percent_encode(c->arena, resource);
        url = call_format(c, "%s&resource=%.*s", url, (int)value.len, value.data);
    }
    return text_of(url);
}

static void fill(const ost_claims *claims, auth_request *r)
{
    ost_text rest, word;
    *r = (auth_request){.max_age = -1};
    r->redirect_uri = ost_claims_text(claims, "redirect_uri");
    r->response_type = ost_claims_text(claims, "response_type");
    r->scope = ost_claims_text(claims, "scope");
    r->nonce = ost_claims_text(claims, "nonce");
    r->challenge = ost_claims_text(claims, "challenge");
    r->challenge_method = ost_claims_text(claims, "method");
    r->user = ost_claims_text(claims, "user");
    r->resources = ost_claims_text(claims, "resource");
    r->details = ost_claims_text(claims, "details");
    r->subject = ost_claims_text(claims, "subject");
    r->claims = ost_claims_text(claims, "claims");
    r->pushed = ost_claims_text(claims, "pushed");
    r->jkt = ost_claims_text(claims, "jkt");
    r->device = ost_claims_text(claims, "device");
    r->user_code = ost_claims_text(claims, "user_code");
    r->login_hint = ost_claims_text(claims, "login_hint");
    r->state = ost_claims_text(claims, "state");
    r->session = ost_claims_text(claims, "sid");
    r->shown = ost_claims_text(claims, "shown");
    r->kc_action = ost_claims_text(claims, "kc_action");
    r->kc_action_status = ost_claims_text(claims, "kc_action_status");
    r->action = ost_claims_text(claims, "action");
    r->since = ost_claims_text(claims, "since");
    r->prompt_consent = flag_of(claims, "all");
    r->prompt_none = flag_of(claims, "silent");
    r->acr_proved = flag_of(claims, "acr");
    r->proved = flag_of(claims, "proved");
    r->begun = flag_of(claims, "begun");
    r->half = ost_claims_text(claims, "half");
    r->half_id = ost_claims_text(claims, "half_id");
    r->half_ends = ost_claims_expiry(claims);
    r->proofs = ost_claims_text(claims, "proofs");
    r->stepping = ost_claims_text(claims, "stepping");
    r->upstream = ost_claims_text(claims, "upstream");
    r->upstream_nonce = ost_claims_text(claims, "upstream_nonce");
    r->upstream_verifier = ost_claims_text(claims, "verifier");
    r->identity = ost_claims_text(claims, "identity");
    r->forwarded = ost_claims_text(claims, "forwarded");
    r->remember = flag_of(claims, "remember");
    (void)!ost_json_integer(ost_claims_get(claims, "fresh_since"), &r->fresh_since);
    r->has_state = ost_claims_get(claims, "state") != NULL;
    (void)!auth_mode_read(ost_claims_text(claims, "mode"), false, &r->mode);
    rest = r->response_type;
    while (text_next(&rest, ' ', &word)) {
        r->wants_code |= text_is(word, "code");
        r->wants_token |= text_is(word, "token");
        r->wants_id_token |= text_is(word, "id_token");
    }
}

bool auth_request_is_of(call *c, ost_text code, auth_stage stage)
{
    const ost_claims *claims;
    return internal_token_read(c, code, type_of(stage), &claims) == OST_OK;
}

auth_open auth_request_open(call *c, ost_text code, auth_stage stage, ost_text browser,
                            auth_request *ret_request)
{
    const ost_claims *claims;
    ost_text hash;
    if (internal_token_read(c, code, type_of(stage), &claims) != OST_OK)
        return AUTH_OPEN_INVALID;
    c->client = client_find(c, ost_claims_text(claims, "client"));
    if (c->client == NULL || !c->client->enabled)
        return AUTH_OPEN_INVALID;
    fill(claims, ret_request);
    if (!follow(c, claims, ret_request))
        return AUTH_OPEN_INVALID;
    c->scope = ret_request->scope;
    fill_level(claims, &c->level, ret_request);
    fill_room(claims, ret_request);
    ret_request->registering = stage == AUTH_STAGE_REGISTRATION;
    realm_language_ask(c, ost_claims_text(claims, "kc_locale"),
                       ost_claims_text(claims, "ui_locales"));
    realm_language_ask_by_address(c);
    c->language.on_page = c->language.picked_now
                              ? c->language.picked
                              : realm_language_match(c->realm, ost_claims_text(claims, "locale"));
    /* The client may have changed since. */
    if (ret_request->device.len > 0 ? !c->client->device_grant
                                    : !call_redirect_allowed(c, ret_request->redirect_uri))
        return AUTH_OPEN_INVALID;
    if (browser.len == 0 || !hash_cookie(c, browser, &hash) ||
        !text_equal_secret(hash, ost_claims_text(claims, "browser")))
        return AUTH_OPEN_COOKIE;
    return ost_claims_expiry(claims) > c->now ? AUTH_OPEN_GOOD : AUTH_OPEN_EXPIRED;
}

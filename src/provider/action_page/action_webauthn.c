/* SPDX-License-Identifier: Apache-2.0 */
/* The required actions webauthn-register and webauthn-register-passwordless; see action_page.h. */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/uuid.h"
#include "provider/session/key_ceremony.h"
#include "provider/user/user_change.h"
#include "provider/user/user_factor.h"
#include "store/user/user_record.h"

#define KEYS_MAX 50 /* of one user and kind */

#define WRONG "The security key could not be registered. Please try again."
#define KNOWN "This security key is registered already."
#define REFUSED "Security keys of this kind are not accepted here."

static webauthn_use use_of(const action_job *job)
{
    return job->action == ACTION_PASSKEY ? WEBAUTHN_PASSWORDLESS : WEBAUTHN_SECOND_FACTOR;
}

static key_ceremony ceremony_of(const call *c)
{
    const action_job *job = c->job;
    return (key_ceremony){.use = use_of(job),
                          .making = true,
                          .user = job->login.user.id,
                          .login = job->login.request.session,
                          .expires = c->now + c->realm->lifespans.login};
}

static ost_result read_keys(call *c, key_credential **ret_keys, size_t *ret_count)
{
    const action_job *job = c->job;
    return key_credentials_read(job->login.user.document, job->login.user.id, use_of(job), c->arena,
                                ret_keys, ret_count);
}

/* ---- the page ---- */

static ost_text party_name(const call *c, const webauthn_policy *policy)
{
    const char *shown = c->realm->display_name;
    if (policy->party_name.len > 0)
        return policy->party_name;
    return text_of(shown != NULL && *shown != '\0' ? shown : c->realm->name);
}

static void put_parties(call *c, ost_json_writer *w, const webauthn_policy *policy, ost_text handle)
{
    const action_job *job = c->job;
    ost_json_put_name(w, OST_TEXT("rp"));
    ost_json_open_object(w);
    ost_json_member_text(w, "id", key_party_id(c, policy));
    ost_json_member_text(w, "name", party_name(c, policy));
    ost_json_close_object(w);
    ost_json_put_name(w, OST_TEXT("user"));
    ost_json_open_object(w);
    ost_json_member_text(w, "id", handle);
    ost_json_member_text(w, "name", job->login.user.username);
    ost_json_member_text(w, "displayName", job->login.user.username);
    ost_json_close_object(w);
}

static void put_algorithms(ost_json_writer *w, const webauthn_policy *policy)
{
    ost_json_put_name(w, OST_TEXT("pubKeyCredParams"));
    ost_json_open_array(w);
    for (size_t i = 0; i < policy->alg_count; i++) {
        ost_json_open_object(w);
        ost_json_member_string(w, "type", "public-key");
        ost_json_member_integer(w, "alg", policy->algs[i]);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

static void put_selection(ost_json_writer *w, const webauthn_policy *policy)
{
    ost_json_put_name(w, OST_TEXT("authenticatorSelection"));
    ost_json_open_object(w);
    if (policy->attachment.len > 0)
        ost_json_member_text(w, "authenticatorAttachment", policy->attachment);
    if (policy->resident.len > 0) {
        ost_json_member_text(w, "residentKey", policy->resident);
        ost_json_member_boolean(w, "requireResidentKey", text_is(policy->resident, "required"));
    }
    if (policy->verification.len > 0)
        ost_json_member_text(w, "userVerification", policy->verification);
    ost_json_close_object(w);
}

/* What the browser is to make (WebAuthn §5.4), as JSON. The handle is Keycloak's: the user's id. */
static ost_result write_options(call *c, ost_text challenge, ost_text *ret_options)
{
    const action_job *job = c->job;
    const webauthn_policy *policy = &c->realm->keys[use_of(job)];
    key_credential *keys;
    size_t count;
    ost_text handle;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    ost_result result = w != NULL ? read_keys(c, &keys, &count) : OST_E_MEMORY;
    if (result == OST_OK)
        result = base64url_encode_to(c->arena, job->login.user.id, &handle);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "challenge", challenge);
    put_parties(c, w, policy, handle);
    put_algorithms(w, policy);
    put_selection(w, policy);
    if (policy->attestation.len > 0)
        ost_json_member_text(w, "attestation", policy->attestation);
    if (policy->timeout > 0)
        ost_json_member_integer(w, "timeout", policy->timeout * 1000);
    key_put_list(w, "excludeCredentials", keys, policy->once ? count : 0, c->arena);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_options);
}

void action_webauthn_put(call *c, page *p)
{
    action_job *job = c->job;
    const key_ceremony ceremony = ceremony_of(c);
    ost_text challenge, proof, options;
    p->template = PAGE_REGISTER_KEY;
    realm_page_say(c, p, PAGE_HEADING, "webauthn-registration-title");
    if (!key_challenge_make(c, &ceremony, &challenge, &proof) ||
        write_options(c, challenge, &options) != OST_OK) {
        p->broken = true;
        return;
    }
    page_put(p, PAGE_OPTIONS, options);
    page_put(p, PAGE_CODE, proof);
    page_put(p, PAGE_DEVICE_NAME, call_parameter(c, "authenticatorLabel"));
    page_put_flag(p, PAGE_END_SESSIONS, !job->keep_sessions);
}

/* ---- the form ---- */

/* Where the realm names models, others are not taken. */
static bool is_model_wanted(call *c, const webauthn_policy *policy, ost_text aaguid)
{
    ost_text model, listed;
    if (ost_json_count(policy->models) == 0)
        return true;
    if (key_model_text(aaguid, c->arena, &model) != OST_OK)
        return false;
    for (const ost_json *at = ost_json_first(policy->models); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &listed) && text_equal_ignoring_case(listed, model))
            return true;
    }
    return false;
}

static bool is_known(const key_credential *keys, size_t count, ost_text key_id)
{
    size_t i = 0;
    while (i < count && !text_equal(keys[i].key_id, key_id))
        i++;
    return i < count;
}

/* The key that came. False: it is not taken, and the page is shown again. */
static bool read_device(call *c, const webauthn_ceremony *expected, key_device *ret_device)
{
    const action_job *job = c->job;
    const webauthn_policy *policy = &c->realm->keys[use_of(job)];
    webauthn_registration r = {.algs = policy->algs, .alg_count = policy->alg_count};
    ost_text label = text_trim(call_parameter(c, "authenticatorLabel"));
    key_device d = {.use = use_of(job),
                    .transports = call_parameter(c, "transports"),
                    .label = label,
                    .now_ms = c->now * 1000};
    key_credential *keys;
    size_t count;
    ost_error error = {0};
    if (!key_parameter(c, "clientDataJSON", &r.client_data) ||
        !key_parameter(c, "attestationObject", &r.attestation_object))
        return action_show_again(c, WRONG, "invalid_registration");
    ost_result result = webauthn_register(expected, &r, c->arena, &d.made, &error);
    if (result == OST_E_UNSUPPORTED)
        return action_show_again(c, REFUSED, "invalid_registration");
    if (result != OST_OK || !user_factor_label_fits(label) || read_keys(c, &keys, &count) != OST_OK)
        return action_show_again(c, WRONG, "invalid_registration");
    if (!is_model_wanted(c, policy, d.made.aaguid) || count >= KEYS_MAX)
        return action_show_again(c, REFUSED, "invalid_registration");
    if (is_known(keys, count, d.made.id))
        return action_show_again(c, KNOWN, "invalid_registration");
    *ret_device = d;
    return true;
}

static ost_result device_add(call *c, const key_device *device)
{
    const action_job *job = c->job;
    const store_user *user = job->login.user.row;
    const ost_json *document = job->login.user.document, *actions;
    ost_result result = required_action_drop(ost_json_get(document, "requiredActions"), job->action,
                                             c->arena, &actions);
    if (result == OST_OK)
        result = document_put(document, OST_TEXT("requiredActions"), actions, c->arena, &document);
    if (result == OST_OK)
        result = key_credential_add(document, device, c->arena, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, user, document, c->arena)
               : result;
}

bool action_webauthn_take(call *c)
{
    action_job *job = c->job;
    const key_ceremony ceremony = ceremony_of(c);
    webauthn_ceremony expected;
    key_device device;
    job->keep_sessions = call_parameter(c, "logout-sessions").data == NULL;
    c->event.credential_type = text_of(key_credential_type(ceremony.use));
    if (!key_challenge_open(c, &ceremony, &expected))
        return action_show_again(c, ACTION_CHANGED, NULL);
    if (call_parameter(c, "error").len > 0)
        return action_show_again(c, WRONG, "user_rejected");
    if (!read_device(c, &expected, &device))
        return false;
    device.id = uuid_text(c->provider->context, c->arena);
    ost_result result = device.id.len > 0 ? key_challenge_spend(c, &expected) : OST_E_MEMORY;
    if (result == OST_OK)
        result = device_add(c, &device);
    if (result == OST_E_CONFLICT)
        return action_show_again(c, ACTION_CHANGED, NULL);
    if (result == OST_OK)
        return action_page_end_others(c);
    browser_login_break(c);
    return false;
}

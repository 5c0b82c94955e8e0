/* SPDX-License-Identifier: Apache-2.0 */
/* The required action CONFIGURE_TOTP; see action_page.h. The key travels in the form, and nowhere
 * in an address; that it is one of ours, made for this user in this session, is signed beside it,
 * so that no browser chooses one. */
#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/action_page/qr_picture.h"
#include "provider/login/realm_language.h"
#include "provider/realm/uuid.h"
#include "provider/session/form_secret.h"
#include "provider/user/otp_check.h"
#include "provider/user/user_factor.h"
#include "store/memory/store_memory.h"

#define KEY_LEN 25 /* characters, of 6 random bits each: RFC 4226 §4 wants 128 */
#define KEY_TYPE "DeviceKey"

/* ---- the key ---- */

static bool make_key(call *c, ost_text *ret_key)
{
    unsigned char random[KEY_LEN];
    ost_text text;
    if (context_random(c->provider->context, random, sizeof random) != OST_OK ||
        base64url_encode_to(c->arena, text_of_bytes(random, sizeof random), &text) != OST_OK)
        return false;
    wipe(random, sizeof random);
    *ret_key = text_slice(text, 0, KEY_LEN);
    return true;
}

static form_secret secret_of(const action_job *job, ost_text key)
{
    return (form_secret){.kind = KEY_TYPE,
                         .user = job->login.user.id,
                         .session = job->login.request.session,
                         .text = key};
}

static bool sign_key(call *c, ost_text key, ost_text *ret_proof)
{
    form_secret secret = secret_of(c->job, key);
    return form_secret_sign(c, &secret, ret_proof);
}

/* The key of the form, if it is one that was shown to this user. */
static bool read_key(call *c, ost_text *ret_key, ost_text *ret_hash)
{
    form_secret secret = secret_of(c->job, call_parameter(c, "totpSecret"));
    if (!form_secret_check(c, &secret, call_parameter(c, "code"), ret_hash))
        return false;
    *ret_key = secret.text;
    return true;
}

static bool has_device(const action_job *job)
{
    return (job->login.user.factors & FACTOR_CODE) != 0;
}

/* ---- the page ---- */

/* What apps read: otpauth://totp/ISSUER:NAME?…; as others write it, for there is no standard. */
static const char *address_of(call *c, ost_text key)
{
    static const char *const names[] = {
        [CODE_SHA1] = "SHA1", [CODE_SHA256] = "SHA256", [CODE_SHA512] = "SHA512"};
    const action_job *job = c->job;
    const otp_policy *policy = &c->realm->otp;
    const char *shown = c->realm->display_name != NULL && c->realm->display_name[0] != '\0'
                            ? c->realm->display_name
                            : c->realm->name;
    ost_text issuer = percent_encode(c->arena, text_of(shown));
    ost_text name = percent_encode(c->arena, job->login.user.username);
    return call_format(
        c, "otpauth://%s/%.*s:%.*s?secret=%.*s&digits=%d&algorithm=%s&issuer=%.*s&%s=%lld",
        policy->counted ? "hotp" : "totp", OST_FORMAT(issuer), OST_FORMAT(name), OST_FORMAT(key),
        (int)policy->digits, names[policy->hash], OST_FORMAT(issuer),
        policy->counted ? "counter" : "period",
        (long long)(policy->counted ? policy->first : policy->period));
}

/* In fours, to be typed. */
static ost_text grouped(call *c, ost_text key)
{
    char *text = ost_arena_alloc(c->arena, key.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; text != NULL && i < key.len; i++) {
        if (i > 0 && i % 4 == 0)
            text[len++] = ' ';
        text[len++] = key.data[i];
    }
    return (ost_text){text, len};
}

/* Names so long that no code holds them leave the key to be typed. */
static void put_picture(call *c, page *p, const char *address)
{
    ost_text path;
    unsigned side;
    if (address == NULL || qr_picture(text_of(address), c->arena, &path, &side) != OST_OK)
        return;
    page_put(p, PAGE_PICTURE, path);
    page_put(p, PAGE_PICTURE_SIDE, text_of(call_format(c, "%u", side)));
}

static void put_policy(call *c, page *p)
{
    static const char *const hashes[] = {"SHA1", "SHA256", "SHA512"};
    const otp_policy *policy = &c->realm->otp;
    const struct {
        const char *key, *value;
    } said[] = {
        {"loginTotpAlgorithm", hashes[policy->hash]},
        {"loginTotpDigits", call_format(c, "%lld", (long long)policy->digits)},
        {policy->counted ? "loginTotpCounter" : "loginTotpInterval",
         call_format(c, "%lld", (long long)(policy->counted ? policy->first : policy->period))}};
    size_t count = ARRAY_LEN(said);
    page_row *rows = ost_arena_alloc(c->arena, count * sizeof *rows);
    if (rows == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        rows[i] = (page_row){{{PAGE_ROW_NAME, page_words_say(realm_language_words(c), said[i].key,
                                                             NULL, 0, c->arena)},
                              {PAGE_ROW_VALUE, text_of(said[i].value)}}};
    p->rows = rows;
    p->row_count = count;
}

void action_totp_put(call *c, page *p)
{
    action_job *job = c->job;
    ost_text proof = {0}, key = {0};
    p->template = PAGE_CONFIGURE_TOTP;
    realm_page_say(c, p, PAGE_HEADING, "loginTotpTitle");
    if (!job->optional)
        realm_page_say(c, p, PAGE_MESSAGE, "configureTotpMessage");
    if ((job->key.len == 0 && !make_key(c, &job->key)) || !sign_key(c, job->key, &proof) ||
        base32_encode_to(c->arena, job->key, &key) != OST_OK) {
        p->broken = true;
        return;
    }
    page_put(p, PAGE_KEY, job->key);
    page_put(p, PAGE_KEY_SHOWN, grouped(c, key));
    page_put(p, PAGE_CODE, proof);
    put_picture(c, p, address_of(c, key));
    put_policy(c, p);
    page_put(p, PAGE_DEVICE_NAME, call_parameter(c, "userLabel"));
    page_put_flag(p, PAGE_DEVICE_NAMED, has_device(job));
    page_put_flag(p, PAGE_END_SESSIONS, !job->keep_sessions);
}

/* ---- the form ---- */

static ost_result device_put(const ost_json *document, const void *device, ost_arena *arena,
                             const ost_json **ret)
{
    return otp_credential_add(document, device, arena, ret);
}

/* The code that was typed is used up by that. */
static ost_result add_once(call *c, otp_device *device, uint64_t counter, ost_text hash)
{
    store *s = c->provider->store;
    const otp_policy *policy = device->policy;
    device->id = uuid_text(c->provider->context, c->arena);
    device->counter = policy->counted ? counter + 1 : 0;
    if (device->id.data == NULL)
        return OST_E_MEMORY;
    ost_result result = store_use_once(s, OST_TEXT("key of a device"), hash,
                                       c->now + c->realm->lifespans.login + policy->period);
    if (result == OST_OK)
        result = action_page_store(c, ACTION_TOTP, device_put, device);
    if (result == OST_OK && !policy->counted && !policy->reusable)
        result = otp_step_use(s, c->realm, device, counter, c->now, c->arena);
    return result;
}

static ost_result find_counter(call *c, ost_text key, ost_text code, uint64_t *ret_counter)
{
    const otp_policy *policy = &c->realm->otp;
    const code_key is = {.secret = key, .hash = (code_hash)policy->hash, .digits = policy->digits};
    uint64_t window = (uint64_t)policy->window;
    uint64_t now = (uint64_t)(policy->counted ? policy->first : c->now / policy->period);
    uint64_t first = policy->counted || now < window ? now : now - window;
    return one_time_code_find(&is, code, first, now + window, ret_counter);
}

static bool take(call *c, ost_text hash)
{
    action_job *job = c->job;
    ost_text label = text_trim(call_parameter(c, "userLabel"));
    ost_text code = call_parameter(c, "totp");
    otp_device device = {.user_id = job->login.user.id,
                         .policy = &c->realm->otp,
                         .key = job->key,
                         .label = label,
                         .now_ms = c->now * 1000};
    uint64_t counter;
    if (code.len == 0)
        return action_show_again(c, "Please specify authenticator code.", NULL);
    ost_result result = find_counter(c, job->key, code, &counter);
    if (result == OST_E_NOT_FOUND)
        return action_show_again(c, "Invalid authenticator code.", NULL);
    if (label.len == 0 && has_device(job))
        return action_show_again(c, "Please specify device name.", NULL);
    if (!user_factor_label_fits(label))
        return action_show_again(c, "Please specify device name.", NULL);
    if (result == OST_OK)
        result = add_once(c, &device, counter, hash);
    if (result == OST_OK)
        return true;
    if (result == OST_E_CONFLICT) {
        job->key = (ost_text){0};
        return action_show_again(c, ACTION_CHANGED, NULL);
    }
    browser_login_break(c);
    return false;
}

bool action_totp_take(call *c)
{
    action_job *job = c->job;
    ost_text hash;
    job->keep_sessions = call_parameter(c, "logout-sessions").data == NULL;
    if (!read_key(c, &job->key, &hash))
        return action_show_again(c, ACTION_CHANGED, NULL);
    return take(c, hash) && action_page_end_others(c);
}

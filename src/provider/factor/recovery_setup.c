/* SPDX-License-Identifier: Apache-2.0 */
/* The required action CONFIGURE_RECOVERY_AUTHN_CODES; see action_page.h. The codes are shown on
 * this page alone, and come back in its form; the store has no more than their hashes. */
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/login/realm_language.h"
#include "provider/realm/uuid.h"
#include "provider/session/form_secret.h"
#include "provider/user/recovery_codes.h"
#include "provider/user/user_factor.h"
#include "store/memory/store_memory.h"

#define CODES_TYPE "RecoveryCodes"

static form_secret secret_of(const action_job *job, ost_text codes)
{
    return (form_secret){.kind = CODES_TYPE,
                         .user = job->login.user.id,
                         .session = job->login.request.session,
                         .text = codes};
}

/* ---- the page ---- */

/* XXXX-XXXX-XXXX */
static ost_text grouped(call *c, ost_text code)
{
    ost_text parts[3];
    for (size_t i = 0; i < 3; i++)
        parts[i] = text_slice(code, i * RECOVERY_CODE_LEN / 3, RECOVERY_CODE_LEN / 3);
    return text_of(call_format(c, "%.*s-%.*s-%.*s", OST_FORMAT(parts[0]), OST_FORMAT(parts[1]),
                               OST_FORMAT(parts[2])));
}

static bool put_codes(call *c, page *p, ost_text codes)
{
    page_row *rows = ost_arena_alloc(c->arena, RECOVERY_CODES * sizeof *rows);
    size_t count = 0;
    ost_text code;
    if (rows == NULL)
        return false;
    while (count < RECOVERY_CODES && text_next(&codes, ',', &code))
        rows[count++] = (page_row){{{PAGE_ROW_VALUE, grouped(c, code)}}};
    p->rows = rows;
    p->row_count = count;
    return count == RECOVERY_CODES;
}

void action_recovery_put(call *c, page *p)
{
    action_job *job = c->job;
    ost_text proof = {0};
    p->template = PAGE_CONFIGURE_RECOVERY;
    realm_page_say(c, p, PAGE_HEADING, "recovery-code-config-header");
    if (!job->optional)
        realm_page_say(c, p, PAGE_MESSAGE, "configureBackupCodesMessage");
    if (job->key.len == 0 &&
        recovery_codes_make(c->provider->context, c->arena, &job->key) != OST_OK) {
        p->broken = true;
        return;
    }
    form_secret secret = secret_of(job, job->key);
    if (!put_codes(c, p, job->key) || !form_secret_sign(c, &secret, &proof)) {
        p->broken = true;
        return;
    }
    page_put(p, PAGE_KEY, job->key);
    page_put(p, PAGE_CODE, proof);
    page_put(p, PAGE_MADE_AT, text_of(call_format(c, "%lld", (long long)c->now * 1000)));
    page_put(
        p, PAGE_DEVICE_NAME,
        page_words_say(realm_language_words(c), "recovery-codes-label-default", NULL, 0, c->arena));
    page_put_flag(p, PAGE_END_SESSIONS, !job->keep_sessions);
}

/* ---- the form ---- */

static ost_result codes_put(const ost_json *document, const void *setup, ost_arena *arena,
                            const ost_json **ret)
{
    return recovery_codes_put(document, setup, arena, ret);
}

static ost_result store_once(call *c, recovery_setup *setup, ost_text hash)
{
    setup->id = uuid_text(c->provider->context, c->arena);
    if (setup->id.data == NULL)
        return OST_E_MEMORY;
    ost_result result = store_use_once(c->provider->store, OST_TEXT("recovery codes"), hash,
                                       c->now + c->realm->lifespans.login);
    return result == OST_OK ? action_page_store(c, ACTION_RECOVERY, codes_put, setup) : result;
}

static bool take(call *c, ost_text hash)
{
    action_job *job = c->job;
    recovery_setup setup = {.user_id = job->login.user.id,
                            .codes = job->key,
                            .label = text_trim(call_parameter(c, "userLabel")),
                            .now_ms = c->now * 1000};
    if (!user_factor_label_fits(setup.label))
        setup.label = (ost_text){0};
    ost_result result = store_once(c, &setup, hash);
    if (result == OST_OK)
        return true;
    if (result == OST_E_CONFLICT) {
        job->key = (ost_text){0};
        return action_show_again(c, ACTION_CHANGED, NULL);
    }
    browser_login_break(c);
    return false;
}

bool action_recovery_take(call *c)
{
    action_job *job = c->job;
    form_secret secret = secret_of(job, call_parameter(c, "generatedRecoveryAuthnCodes"));
    ost_text hash;
    job->keep_sessions = call_parameter(c, "logout-sessions").data == NULL;
    c->event.credential_type = OST_TEXT(RECOVERY_TYPE);
    if (!form_secret_check(c, &secret, call_parameter(c, "code"), &hash))
        return action_show_again(c, ACTION_CHANGED, NULL);
    job->key = secret.text;
    return take(c, hash) && action_page_end_others(c);
}

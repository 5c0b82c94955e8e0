/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is, as an identity provider says it; see broker_job.h. */
#include "base/fold.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "jose/jwt/numeric_date.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/profile/profile_rules.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define TEXT_MAX 255     /* bytes of names and addresses in the store */
#define CARRIED_MAX 3000 /* bytes of an ID token that is carried through addresses */

/* A short line of text; empty: it is none. */
static ost_text line_of(ost_text text)
{
    text = text_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return (ost_text){0};
    }
    return text.len <= TEXT_MAX ? text : (ost_text){0};
}

ost_text broker_person_email(call *c)
{
    profile_faults faults = {0};
    ost_text email = text_lower(line_of(broker_claim_text(c, "email")), c->arena);
    profile_check_email(email.len > 0 ? email : OST_TEXT(""), &faults);
    return faults.count == 0 ? email : (ost_text){0};
}

/* Verified here too: where the realm trusts the provider's addresses, and it says of this one, in
 * the same document, that it has verified it. Keycloak takes the first alone. */
bool broker_person_is_verified(const call *c)
{
    const broker_job *job = c->job;
    const ost_json *document =
        json_text_of(job->userinfo, "email").len > 0 ? job->userinfo : ost_claims_json(job->claims);
    return job->upstream->trust_email && json_true_of(document, "email_verified");
}

static ost_text person_name(ost_text name)
{
    name = line_of(name);
    return profile_is_person_name(name) ? name : (ost_text){0};
}

/* A name in one piece is parted at its last blank. */
static void names_of(const call *c, ost_text *ret_first, ost_text *ret_last)
{
    *ret_first = person_name(broker_claim_text(c, "given_name"));
    *ret_last = person_name(broker_claim_text(c, "family_name"));
    ost_text whole = person_name(broker_claim_text(c, "name"));
    if (ret_first->len > 0 || ret_last->len > 0 || whole.len == 0)
        return;
    size_t at = whole.len;
    while (at > 0 && whole.data[at - 1] != ' ')
        at--;
    *ret_first = text_trim(text_slice(whole, 0, at));
    *ret_last = text_slice(whole, at, whole.len);
}

void broker_identity_read(call *c)
{
    broker_job *job = c->job;
    upstream_identity *i = &job->identity;
    ost_text id = ost_claims_subject(job->claims),
             name = broker_claim_text(c, "preferred_username");
    ost_text session = ost_claims_text(job->claims, "sid"), email = broker_person_email(c);
    if (line_of(name).len == 0)
        name = email;
    *i = (upstream_identity){.alias = job->upstream->alias,
                             .id = id,
                             .name = line_of(name).len > 0 ? line_of(name) : id,
                             .email = broker_person_is_verified(c) ? email : (ost_text){0},
                             .session = line_of(session)};
    int64_t time;
    if (numeric_date_read(ost_claims_get(job->claims, "auth_time"), &time))
        i->auth_time = text_of(call_format(c, "%lld", (long long)time));
    if (job->id_token.len <= CARRIED_MAX)
        i->id_token = job->id_token;
    c->event.identity = i->name;
}

ost_result broker_person_find(call *c, ost_text name, bool or_email, ost_text own_id,
                              store_user *ret_user)
{
    ost_result result = store_user_find(c->provider->store, text_of(c->realm->name), name, or_email,
                                        c->arena, ret_user);
    return result == OST_OK && text_equal(ret_user->id, own_id) ? OST_E_NOT_FOUND : result;
}

ost_result broker_person_put_names(call *c, const ost_json **document)
{
    ost_text first, last;
    ost_result result = OST_OK;
    names_of(c, &first, &last);
    if (first.len > 0)
        result = document_put_text(*document, "firstName", first, c->arena, document);
    if (last.len > 0 && result == OST_OK)
        result = document_put_text(*document, "lastName", last, c->arena, document);
    return result;
}

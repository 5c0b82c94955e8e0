/* SPDX-License-Identifier: Apache-2.0 */
/* What a login by an identity provider changes of a user who was here before: as far as the realm
 * wants that (syncMode), of the provider and of each mapper. See broker_job.h. */
#include "base/fold.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/upstream/upstream_change.h"
#include "provider/user/user_change.h"
#include "store/user/user_record.h"

/* The address of somebody else stays theirs. */
static ost_result put_email(call *c, const store_user *row, const ost_json **document)
{
    store_user other;
    ost_text email = broker_person_email(c), folded = text_fold(email, c->arena);
    if (email.len == 0)
        return OST_OK;
    if (text_equal(folded, row->email))
        return broker_person_is_verified(c)
                   ? document_put_boolean(*document, "emailVerified", true, c->arena, document)
                   : OST_OK;
    ost_result result = c->realm->duplicate_emails
                            ? OST_E_NOT_FOUND
                            : broker_person_find(c, email, true, row->id, &other);
    if (result != OST_E_NOT_FOUND)
        return result;
    result = document_put_text(*document, "email", email, c->arena, document);
    return result == OST_OK ? document_put_boolean(*document, "emailVerified",
                                                   broker_person_is_verified(c), c->arena, document)
                            : result;
}

static ost_result bring_up_to_date(call *c, const store_user *row, const ost_json **document)
{
    const broker_job *job = c->job;
    ost_result result = OST_OK;
    if (job->upstream->sync == UPSTREAM_FORCE)
        result = put_email(c, row, document);
    if (job->upstream->sync == UPSTREAM_FORCE && result == OST_OK)
        result = broker_person_put_names(c, document);
    if (job->upstream->sync == UPSTREAM_FORCE && result == OST_OK)
        result = upstream_identity_rename(&job->identity, *document, c->arena, document);
    return result == OST_OK ? broker_mappers_apply(c, false, document) : result;
}

void broker_user_update(call *c)
{
    broker_job *job = c->job;
    authenticated_user *user = &job->login.user;
    const ost_json *document = user->document;
    ost_result result = bring_up_to_date(c, user->row, &document);
    if (result == OST_OK && !text_equal(ost_json_source(document), user->row->document)) {
        result = user_change_store(c->provider->store, c->realm, user->row, document, c->arena);
        if (result == OST_OK)
            result = authentication_load_user(c, user->id, user);
    }
    if (result != OST_OK)
        http_add_detail(c->exchange, "upstream", OST_TEXT("the user was not brought up to date"));
}

bool broker_user_carry_update(call *c, const store_user *owner, const ost_json *document)
{
    broker_job *job = c->job;
    const ost_json *after = document;
    if (bring_up_to_date(c, owner, &after) == OST_OK)
        return upstream_change_write(c, document, after, &job->identity.changes);
    http_add_detail(c->exchange, "upstream", OST_TEXT("the owner will not be brought up to date"));
    return true;
}

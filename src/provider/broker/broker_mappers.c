/* SPDX-License-Identifier: Apache-2.0 */
/* What the mappers of an identity provider make of a user here. Which there are says upstream_maps,
 * and one that there is not bars its provider; see broker_job.h. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_mapper.h"
#include "provider/broker/claim_path.h"

#define VALUES_MAX 100 /* that one claim brings */
#define NEVER_SET "${vault."

static ost_result list_values(const ost_json *value, ost_arena *arena, const ost_json **ret_list)
{
    const ost_json *list = NULL;
    ost_result result = OST_OK;
    ost_text text;
    size_t count = 0;
    bool many = ost_json_is(value, OST_JSON_ARRAY);
    for (const ost_json *at = many ? ost_json_first(value) : value;
         at != NULL && result == OST_OK && count < VALUES_MAX;
         at = many ? ost_json_next(at) : NULL) {
        if (broker_mapper_scalar(at, &text)) {
            result = document_add_text(list, text, arena, &list);
            count++;
        }
    }
    *ret_list = list;
    return result;
}

/* ---- attributes ---- */

/* Whoever writes these would make users other ones: names and addresses have their own ways. */
static bool is_own(ost_text name)
{
    static const char *const names[] = {"username", "email", "emailVerified", "enabled", NULL};
    return text_is_one_of(name, names);
}

static ost_result put_attribute(ost_text name, const ost_json *values, ost_arena *arena,
                                const ost_json **document)
{
    const ost_json *attributes = ost_json_get(*document, "attributes");
    if (values == NULL && ost_json_get_text(attributes, name) == NULL)
        return OST_OK;
    ost_result result = document_put(attributes, name, values, arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, arena, document)
               : result;
}

static ost_result import_attribute(call *c, const ost_json *mapper, const ost_json **document)
{
    ost_text name = broker_mapper_setting(mapper, "user.attribute"), text;
    const ost_json *value = broker_claim(c, broker_mapper_setting(mapper, "claim")), *values = NULL;
    if (name.len == 0 || is_own(name))
        return OST_OK;
    if (text_is(name, "firstName") || text_is(name, "lastName")) {
        const ost_json *first = ost_json_is(value, OST_JSON_ARRAY) ? ost_json_first(value) : value;
        return broker_mapper_scalar(first, &text)
                   ? document_put_text(*document, ost_arena_copy(c->arena, name), text, c->arena,
                                       document)
                   : OST_OK;
    }
    ost_result result = list_values(value, c->arena, &values);
    return result == OST_OK ? put_attribute(name, values, c->arena, document) : result;
}

static ost_result put_hardcoded(call *c, const ost_json *mapper, const ost_json **document)
{
    ost_text name = broker_mapper_setting(mapper, "attribute"),
             value = broker_mapper_setting(mapper, "attribute.value");
    const ost_json *values;
    if (name.len == 0 || value.len == 0 || is_own(name) || text_starts(value, NEVER_SET))
        return OST_OK;
    ost_result result = document_add_text(NULL, value, c->arena, &values);
    return result == OST_OK ? put_attribute(name, values, c->arena, document) : result;
}

/* ---- all of them ---- */

static ost_result apply(call *c, const ost_json *mapper, bool newcomer, const ost_json **document)
{
    if (!newcomer && broker_mapper_sync(c, mapper) == UPSTREAM_IMPORT)
        return OST_OK;
    if (broker_mapper_is(mapper, "oidc-user-attribute-idp-mapper"))
        return import_attribute(c, mapper, document);
    if (broker_mapper_is(mapper, "hardcoded-attribute-idp-mapper"))
        return put_hardcoded(c, mapper, document);
    return broker_mapper_grant(c, mapper, newcomer, document); /* a user name is chosen before */
}

ost_result broker_mappers_apply(call *c, bool newcomer, const ost_json **document)
{
    ost_result result = OST_OK;
    for (const ost_json *at = broker_mapper_next(c, NULL); at != NULL && result == OST_OK;
         at = broker_mapper_next(c, at))
        result = apply(c, at, newcomer, document);
    return result;
}

/* ---- names ---- */

/* "ALIAS", "UUID", "CLAIM.email" */
static ost_text value_of(void *user, ost_text name)
{
    call *c = user;
    const broker_job *job = c->job;
    ost_text text = {0};
    if (text_is(name, "ALIAS"))
        return job->upstream->alias;
    if (text_is(name, "UUID"))
        return job->nonce; /* another one each time */
    if (text_starts(name, "CLAIM.") &&
        !broker_mapper_scalar(broker_claim(c, text_slice(name, 6, name.len)), &text))
        text = (ost_text){0};
    return text;
}

ost_result broker_mappers_name(call *c)
{
    broker_job *job = c->job;
    for (const ost_json *at = broker_mapper_next(c, NULL); at != NULL;
         at = broker_mapper_next(c, at)) {
        ost_text name, target = broker_mapper_setting(at, "target");
        if (!broker_mapper_is(at, "oidc-username-idp-mapper"))
            continue;
        ost_result result =
            name_template_fill(broker_mapper_setting(at, "template"), value_of, c, c->arena, &name);
        if (result != OST_OK)
            return result;
        if (text_is(target, "BROKER_USERNAME"))
            job->identity.name = name;
        else
            job->username = name;
    }
    return OST_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of identity providers as they stand in the realm, and what of the claims fits them; see
 * broker_mapper.h. */
#include "provider/broker/broker_mapper.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/proof/java_pattern.h"

#define VALUE_MAX 2048 /* bytes of a text that comes from elsewhere */
#define CLAIMS_MAX 32  /* that one mapper asks for */

const ost_json *broker_mapper_next(const call *c, const ost_json *at)
{
    const broker_job *job = c->job;
    at = at == NULL ? ost_json_first(ost_json_get(c->realm->document, "identityProviderMappers"))
                    : ost_json_next(at);
    while (at != NULL &&
           !text_equal(json_text_of(at, "identityProviderAlias"), job->upstream->alias))
        at = ost_json_next(at);
    return at;
}

bool broker_mapper_is(const ost_json *mapper, const char *type)
{
    return text_is(json_text_of(mapper, "identityProviderMapper"), type);
}

ost_text broker_mapper_setting(const ost_json *mapper, const char *name)
{
    return json_text_of(ost_json_get(mapper, "config"), name);
}

upstream_sync broker_mapper_sync(const call *c, const ost_json *mapper)
{
    const broker_job *job = c->job;
    ost_text sync = broker_mapper_setting(mapper, "syncMode");
    return text_is(sync, "FORCE")    ? UPSTREAM_FORCE
           : text_is(sync, "IMPORT") ? UPSTREAM_IMPORT
           : text_is(sync, "LEGACY") ? UPSTREAM_LEGACY
                                     : job->upstream->sync;
}

/* ---- values ---- */

/* Numbers and flags as they stand in the claim. */
bool broker_mapper_scalar(const ost_json *value, ost_text *ret_text)
{
    if (ost_json_is(value, OST_JSON_NUMBER) || ost_json_is(value, OST_JSON_BOOL))
        *ret_text = ost_json_source(value);
    else if (!ost_json_text(value, ret_text))
        return false;
    return ret_text->len > 0 && ret_text->len <= VALUE_MAX;
}

static bool one_fits(const ost_json *value, ost_text wanted, bool pattern)
{
    ost_text text;
    if (!broker_mapper_scalar(value, &text))
        return false;
    return pattern ? java_pattern_match(wanted, text) == OST_OK : text_equal(text, wanted);
}

bool broker_mapper_fits(const ost_json *value, ost_text wanted, bool pattern)
{
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return one_fits(value, wanted, pattern);
    const ost_json *at = ost_json_first(value);
    while (at != NULL && !one_fits(at, wanted, pattern))
        at = ost_json_next(at);
    return at != NULL;
}

const ost_json *broker_mapper_claims(call *c, const ost_json *mapper)
{
    const ost_json *claims;
    if (ost_json_read(broker_mapper_setting(mapper, "claims"), NULL, c->arena, &claims, NULL) !=
            OST_OK ||
        !ost_json_is(claims, OST_JSON_ARRAY) || ost_json_count(claims) > CLAIMS_MAX)
        return NULL;
    return claims;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Notes that mappers of identity providers add to the session of a login, for the protocol mapper
 * of session notes (mapper_session.c); see broker_mapper.h. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_mapper.h"

#define NOTES_MAX 1536 /* bytes of all of them: they travel with the login */
#define NAME_MAX 255
#define NEVER_SET "${vault."

/* What would be too much stays away, and the log has it. */
static ost_result put_note(call *c, ost_text name, ost_text value, const ost_json **notes)
{
    const ost_json *more = *notes;
    const char *own = ost_arena_copy(c->arena, name);
    if (own == NULL)
        return OST_E_MEMORY;
    ost_result result = name.len > 0 && name.len <= NAME_MAX
                            ? document_put_text(*notes, own, value, c->arena, &more)
                            : OST_OK;
    if (result != OST_OK)
        return result;
    if (more == NULL || ost_json_source(more).len <= NOTES_MAX)
        *notes = more;
    else
        http_add_detail(c->exchange, "upstream", OST_TEXT("the mappers' notes are too long"));
    return OST_OK;
}

/* Everybody gets it, whenever they come. */
static ost_result put_hardcoded(call *c, const ost_json *mapper, const ost_json **notes)
{
    ost_text value = broker_mapper_setting(mapper, "attribute.value");
    return value.len == 0 || text_starts(value, NEVER_SET)
               ? OST_OK
               : put_note(c, broker_mapper_setting(mapper, "attribute"), value, notes);
}

/* Each claim that has the value, by its own path; texts alone, as at Keycloak. */
static ost_result put_claims(call *c, const ost_json *mapper, const ost_json **notes)
{
    bool pattern = text_is(broker_mapper_setting(mapper, "are.claim.values.regex"), "true");
    const ost_json *at = ost_json_first(broker_mapper_claims(c, mapper));
    ost_result result = OST_OK;
    for (; at != NULL && result == OST_OK; at = ost_json_next(at)) {
        ost_text name = json_text_of(at, "key"), text;
        const ost_json *value = broker_claim(c, name);
        if (ost_json_text(value, &text) &&
            broker_mapper_fits(value, json_text_of(at, "value"), pattern))
            result = put_note(c, name, text, notes);
    }
    return result;
}

ost_result broker_mappers_note(call *c, bool newcomer, ost_text *ret_notes)
{
    const ost_json *notes = NULL;
    ost_result result = OST_OK;
    for (const ost_json *at = broker_mapper_next(c, NULL); at != NULL && result == OST_OK;
         at = broker_mapper_next(c, at)) {
        if (broker_mapper_is(at, "hardcoded-user-session-attribute-idp-mapper"))
            result = put_hardcoded(c, at, &notes);
        else if (broker_mapper_is(at, "oidc-user-session-note-idp-mapper") &&
                 (newcomer || broker_mapper_sync(c, at) != UPSTREAM_IMPORT))
            result = put_claims(c, at, &notes);
    }
    if (result == OST_OK)
        *ret_notes = notes != NULL ? ost_json_source(notes) : (ost_text){0};
    return result;
}

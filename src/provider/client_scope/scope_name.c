/* SPDX-License-Identifier: Apache-2.0 */
/* Renaming client scopes in a document; see scope_name.h. */
#include "provider/client_scope/scope_name.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

typedef struct renaming {
    ost_text old, name;
    ost_json_writer *writer;
} renaming;

static void put_names(const renaming *r, const ost_json *names)
{
    ost_json_open_array(r->writer);
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_equals(at, r->old))
            ost_json_put_value(r->writer, at);
        else if (r->name.len > 0)
            ost_json_put_text(r->writer, r->name);
    }
    ost_json_close_array(r->writer);
}

static void put_clients(const renaming *r, const ost_json *clients)
{
    ost_json_open_array(r->writer);
    for (const ost_json *client = ost_json_first(clients); client != NULL;
         client = ost_json_next(client)) {
        ost_json_open_object(r->writer);
        for (const ost_json *at = ost_json_first(client); at != NULL; at = ost_json_next(at)) {
            ost_text name = ost_json_name(at);
            ost_json_put_name(r->writer, name);
            if (text_is(name, "defaultClientScopes") || text_is(name, "optionalClientScopes"))
                put_names(r, at);
            else
                ost_json_put_value(r->writer, at);
        }
        ost_json_close_object(r->writer);
    }
    ost_json_close_array(r->writer);
}

static void put_mappings(const renaming *r, const ost_json *mappings)
{
    ost_json_open_array(r->writer);
    for (const ost_json *at = ost_json_first(mappings); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_equals(ost_json_get(at, "clientScope"), r->old)) {
            ost_json_put_value(r->writer, at);
            continue;
        }
        if (r->name.len == 0)
            continue;
        ost_json_open_object(r->writer);
        ost_json_member_text(r->writer, "clientScope", r->name);
        ost_json_member_value(r->writer, "roles", ost_json_get(at, "roles"));
        ost_json_close_object(r->writer);
    }
    ost_json_close_array(r->writer);
}

static void put_client_mappings(const renaming *r, const ost_json *clients)
{
    ost_json_open_object(r->writer);
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(r->writer, ost_json_name(at));
        put_mappings(r, at);
    }
    ost_json_close_object(r->writer);
}

ost_result scope_name_replace(const ost_json *document, ost_text old, ost_text name,
                              ost_arena *arena, const ost_json **ret_document)
{
    renaming r = {.old = old, .name = name, .writer = ost_json_writer_new(arena, DOCUMENT_MAX)};
    if (r.writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(r.writer);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_text member = ost_json_name(at);
        ost_json_put_name(r.writer, member);
        if (text_is(member, "defaultDefaultClientScopes") ||
            text_is(member, "defaultOptionalClientScopes"))
            put_names(&r, at);
        else if (text_is(member, "clients"))
            put_clients(&r, at);
        else if (text_is(member, "scopeMappings"))
            put_mappings(&r, at);
        else if (text_is(member, "clientScopeMappings"))
            put_client_mappings(&r, at);
        else
            ost_json_put_value(r.writer, at);
    }
    ost_json_close_object(r.writer);
    return json_writer_read(r.writer, &document_limits, ret_document, NULL);
}

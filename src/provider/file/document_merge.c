/* SPDX-License-Identifier: Apache-2.0 */
/* Merging documents by the tables of members; see document_merge.h. */
#include "provider/file/document_merge.h"

#include "base/json/json_finder.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/file/document_pairs.h"
#include "provider/member/masked.h"
#include "provider/realm/document_limit.h"

typedef struct merge {
    merge_mode mode;
    ost_arena *arena;
    json_finder finder; /* of that arena */
    ost_json_writer *writer;
    ost_result result;
} merge;

static bool is_id(ost_text name)
{
    static const char *const names[] = {"id", "internalId", NULL};
    return text_is_one_of(name, names);
}

/* What a file may leave out without meaning that it is to go. */
static bool outlives(ost_text name)
{
    static const char *const names[] = {
        "secret", "notBefore", "registrationAccessToken", "createdTimestamp", "credentials", NULL};
    return is_id(name) || text_is_one_of(name, names);
}

static void put_member(merge *m, const ost_json *own)
{
    ost_json_put_name(m->writer, ost_json_name(own));
    ost_json_put_value(m->writer, own);
}

static void put_object(merge *m, const ost_json *stored, const ost_json *file,
                       const member_kind *kind);

/* ---- maps ---- */

static void put_map(merge *m, const ost_json *stored, const ost_json *file)
{
    ost_json_open_object(m->writer);
    for (const ost_json *at = ost_json_first(stored); at != NULL && m->mode == MERGE_INTO;
         at = ost_json_next(at)) {
        if (json_finder_get(&m->finder, file, ost_json_name(at)) == NULL)
            put_member(m, at);
    }
    for (const ost_json *at = ost_json_first(file); at != NULL; at = ost_json_next(at)) {
        const ost_json *before = json_finder_get(&m->finder, stored, ost_json_name(at));
        put_member(m, masked_is(at) && before != NULL ? before : at);
    }
    ost_json_close_object(m->writer);
}

/* ---- lists ---- */

static void put_pair(merge *m, const ost_json *stored, const ost_json *file,
                     const member_kind *kind)
{
    if (stored != NULL && file != NULL)
        put_object(m, stored, file, kind);
    else
        ost_json_put_value(m->writer, stored != NULL ? stored : file);
}

static void put_pairs(merge *m, const ost_json *stored, const ost_json *file,
                      const member_kind *kind)
{
    document_pairs pairs;
    ost_result result = document_pairs_find(stored, file, kind, m->arena, &pairs);
    if (result != OST_OK) {
        m->result = result;
        return;
    }
    for (size_t i = 0; i < pairs.stored_count && m->mode == MERGE_INTO; i++)
        put_pair(m, pairs.stored[i], pairs.over[i], kind);
    for (size_t i = 0; i < pairs.file_count; i++) {
        if (m->mode == MERGE_REPLACE || pairs.beneath[i] == NULL)
            put_pair(m, pairs.beneath[i], pairs.file[i], kind);
    }
}

/* A user has several of one type: those of the types that the file has take the place of what was
 * there, and a second factor that it does not mention stays. */
static void put_credentials(merge *m, const ost_json *stored, const ost_json *file)
{
    for (const ost_json *at = ost_json_first(stored); at != NULL && m->mode == MERGE_INTO;
         at = ost_json_next(at)) {
        const ost_json *other = ost_json_first(file);
        ost_text type = document_name(at, &member_credential);
        while (other != NULL && !text_equal(document_name(other, &member_credential), type))
            other = ost_json_next(other);
        if (other == NULL)
            ost_json_put_value(m->writer, at);
    }
    for (const ost_json *at = ost_json_first(file); at != NULL; at = ost_json_next(at))
        ost_json_put_value(m->writer, at);
}

static void put_list(merge *m, const ost_json *stored, const ost_json *file,
                     const member_kind *kind)
{
    if (!document_has_name(kind)) {
        ost_json_put_value(m->writer, file);
        return;
    }
    ost_json_open_array(m->writer);
    if (kind == &member_credential)
        put_credentials(m, stored, file);
    else
        put_pairs(m, stored, file, kind);
    ost_json_close_array(m->writer);
}

static void put_lists(merge *m, const ost_json *stored, const ost_json *file,
                      const member_kind *kind)
{
    ost_json_open_object(m->writer);
    for (const ost_json *at = ost_json_first(stored); at != NULL && m->mode == MERGE_INTO;
         at = ost_json_next(at)) {
        if (json_finder_get(&m->finder, file, ost_json_name(at)) == NULL)
            put_member(m, at);
    }
    for (const ost_json *at = ost_json_first(file); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(m->writer, ost_json_name(at));
        put_list(m, json_finder_get(&m->finder, stored, ost_json_name(at)), at, kind);
    }
    ost_json_close_object(m->writer);
}

/* ---- objects ---- */

static const ost_json *later(const ost_json *one, const ost_json *other)
{
    int64_t a = 0, b = 0;
    (void)!ost_json_integer(one, &a);
    (void)!ost_json_integer(other, &b);
    return a > b ? one : other;
}

static void put_scalar(merge *m, const ost_json *stored, const ost_json *file)
{
    ost_text name = ost_json_name(file);
    if (text_is(name, "notBefore"))
        file = later(stored, file);
    else if (masked_is(file) || (m->mode == MERGE_INTO && is_id(name)))
        file = stored;
    ost_json_put_value(m->writer, file);
}

static void put_value(merge *m, const ost_json *stored, const ost_json *file, const member *which)
{
    switch (stored != NULL && which != NULL ? which->type : MEMBER_ANY) {
    case MEMBER_MAP:
    case MEMBER_STRING_LISTS:
        put_map(m, stored, file);
        break;
    case MEMBER_OBJECT:
        if (which->of == &member_components) /* of unknown types, too */
            put_lists(m, stored, file, &member_component);
        else
            put_object(m, stored, file, which->of);
        break;
    case MEMBER_LIST:
        put_list(m, stored, file, which->of);
        break;
    case MEMBER_LISTS:
        put_lists(m, stored, file, which->of);
        break;
    case MEMBER_BOOLEAN:
    case MEMBER_INTEGER:
    case MEMBER_STRING:
    case MEMBER_SCOPE_NAME:
        put_scalar(m, stored, file);
        break;
    case MEMBER_STRINGS:
    case MEMBER_ANY:
        ost_json_put_value(m->writer, file);
        break;
    }
}

/* The reader and the review bound how deep they are. */
static void put_object(merge *m, const ost_json *stored, /* NOLINT(misc-no-recursion) */
                       const ost_json *file, const member_kind *kind)
{
    ost_json_open_object(m->writer);
    for (const ost_json *at = ost_json_first(stored); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (json_finder_get(&m->finder, file, name) == NULL &&
            (m->mode == MERGE_INTO || outlives(name)))
            put_member(m, at);
    }
    for (const ost_json *at = ost_json_first(file); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        ost_json_put_name(m->writer, name);
        put_value(m, json_finder_get(&m->finder, stored, name), at, member_find(kind, name));
    }
    ost_json_close_object(m->writer);
}

ost_result document_merge(const ost_json *stored, const ost_json *file, const member_kind *kind,
                          merge_mode mode, ost_arena *arena, const ost_json **ret_document)
{
    merge m = {.mode = mode,
               .arena = arena,
               .finder = {.arena = arena},
               .writer = ost_json_writer_new(arena, DOCUMENT_MAX)};
    if (m.writer == NULL)
        return OST_E_MEMORY;
    put_object(&m, stored, file, kind);
    if (m.result != OST_OK)
        return m.result;
    return json_writer_read(m.writer, &document_limits, ret_document, NULL);
}

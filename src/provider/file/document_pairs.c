/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing lists; see document_pairs.h. */
#include "provider/file/document_pairs.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"

bool document_has_name(const member_kind *kind)
{
    return kind->name != NULL || kind == &member_scope_mapping;
}

/* A scope mapping is that of a client or of a client scope. */
ost_text document_name(const ost_json *object, const member_kind *kind)
{
    static const char *const mapped[] = {"client", "clientScope", "clientTemplate"};
    ost_text name = {0};
    if (kind->name != NULL) {
        (void)!ost_json_text(ost_json_get(object, kind->name), &name);
        return name;
    }
    for (size_t i = 0; kind == &member_scope_mapping && i < ARRAY_LEN(mapped); i++) {
        if (ost_json_text(ost_json_get(object, mapped[i]), &name))
            return name;
    }
    return name;
}

/* ---- pairs ---- */

#define KEY_PARTS 3

/* What two objects of a pair have alike; without a first part it is none's pair. */
typedef struct pair_key {
    ost_text parts[KEY_PARTS];
    size_t at; /* of the list */
} pair_key;

/* The parts of `object`. */
typedef void key_reader(const ost_json *object, const member_kind *kind, ost_text *ret_parts);

static void read_id(const ost_json *object, const member_kind *kind, ost_text *ret_parts)
{
    (void)kind;
    ret_parts[0] = json_text_of(object, "id");
}

static void read_internal_id(const ost_json *object, const member_kind *kind, ost_text *ret_parts)
{
    (void)kind;
    ret_parts[0] = json_text_of(object, "internalId");
}

/* Names of components repeat: "Allowed Client Scopes" stands there for each sub-type. A client and
 * a client scope may have one name. */
static void read_name(const ost_json *object, const member_kind *kind, ost_text *ret_parts)
{
    ret_parts[0] = document_name(object, kind);
    if (kind == &member_component) {
        ret_parts[1] = json_text_of(object, "subType");
        ret_parts[2] = json_text_of(object, "providerId");
    } else if (kind == &member_scope_mapping && ost_json_get(object, "client") != NULL) {
        ret_parts[1] = OST_TEXT("client");
    }
}

static int compare_parts(const pair_key *one, const pair_key *other)
{
    int order = 0;
    for (size_t i = 0; i < KEY_PARTS && order == 0; i++)
        order = text_compare(one->parts[i], other->parts[i]);
    return order;
}

static int compare_keys(const void *a, const void *b)
{
    const pair_key *one = a, *other = b;
    int order = compare_parts(one, other);
    return order != 0 ? order : (one->at > other->at) - (one->at < other->at);
}

/* Of those that have no counterpart yet, sorted. NULL: there is no memory. */
static pair_key *sort_keys(const ost_json *const *entries, const ost_json *const *others,
                           size_t count, const member_kind *kind, key_reader *read,
                           ost_arena *arena, size_t *ret_count)
{
    size_t n = 0;
    pair_key *keys = ost_arena_alloc(arena, (count + 1) * sizeof *keys);
    for (size_t i = 0; i < count && keys != NULL; i++) {
        keys[n] = (pair_key){.at = i};
        if (others[i] == NULL)
            read(entries[i], kind, keys[n].parts);
        n += keys[n].parts[0].len > 0;
    }
    if (keys != NULL)
        qsort(keys, n, sizeof *keys, compare_keys);
    *ret_count = n;
    return keys;
}

/* Of several alike the first of one list is that of the other. */
static ost_result pair_all(document_pairs *p, const member_kind *kind, key_reader *read,
                           ost_arena *arena)
{
    size_t stored_count, file_count, s = 0, f = 0;
    const pair_key *stored =
        sort_keys(p->stored, p->over, p->stored_count, kind, read, arena, &stored_count);
    const pair_key *file =
        sort_keys(p->file, p->beneath, p->file_count, kind, read, arena, &file_count);
    if (stored == NULL || file == NULL)
        return OST_E_MEMORY;
    while (s < stored_count && f < file_count) {
        int order = compare_parts(&stored[s], &file[f]);
        if (order == 0) {
            p->over[stored[s].at] = p->file[file[f].at];
            p->beneath[file[f].at] = p->stored[stored[s].at];
        }
        s += order <= 0;
        f += order >= 0;
    }
    return OST_OK;
}

/* What has no name is paired with what is the same. Lists mostly have one order: the search goes on
 * where the last one ended. */
static void pair_nameless(document_pairs *p, const member_kind *kind, json_finder *finder)
{
    size_t at = 0;
    for (size_t f = 0; f < p->file_count; f++) {
        if (p->beneath[f] != NULL || document_name(p->file[f], kind).len > 0)
            continue;
        for (size_t n = 0; n < p->stored_count && p->beneath[f] == NULL; n++) {
            size_t s = (at + n) % p->stored_count;
            if (p->over[s] != NULL || !document_same(p->file[f], p->stored[s], finder))
                continue;
            p->over[s] = p->file[f];
            p->beneath[f] = p->stored[s];
            at = s + 1;
        }
    }
}

static bool spread(const ost_json *list, ost_arena *arena, const ost_json ***ret_entries,
                   const ost_json ***ret_others, size_t *ret_count)
{
    size_t count = ost_json_count(list), n = 0;
    const ost_json **entries = ost_arena_alloc(arena, (count + 1) * sizeof *entries);
    const ost_json **others = ost_arena_alloc(arena, (count + 1) * sizeof *others);
    if (entries == NULL || others == NULL)
        return false;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        others[n] = NULL;
        entries[n++] = at;
    }
    *ret_entries = entries;
    *ret_others = others;
    *ret_count = count;
    return true;
}

ost_result document_pairs_find(const ost_json *stored, const ost_json *file,
                               const member_kind *kind, ost_arena *arena, document_pairs *ret_pairs)
{
    document_pairs pairs = {0};
    json_finder finder = {.arena = arena};
    if (!spread(stored, arena, &pairs.stored, &pairs.over, &pairs.stored_count) ||
        !spread(file, arena, &pairs.file, &pairs.beneath, &pairs.file_count))
        return OST_E_MEMORY;
    static key_reader *const readers[] = {read_id, read_internal_id, read_name};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        if (pair_all(&pairs, kind, readers[i], arena) != OST_OK)
            return OST_E_MEMORY;
    }
    pair_nameless(&pairs, kind, &finder);
    *ret_pairs = pairs;
    return OST_OK;
}

/* ---- equality ---- */

static bool same_members(const ost_json *a, const ost_json *b, json_finder *finder)
{
    if (ost_json_count(a) != ost_json_count(b))
        return false;
    for (const ost_json *at = ost_json_first(a); at != NULL; at = ost_json_next(at)) {
        const ost_json *other = json_finder_get(finder, b, ost_json_name(at));
        if (other == NULL || !document_same(at, other, finder))
            return false;
    }
    return true;
}

static bool same_entries(const ost_json *a, const ost_json *b, json_finder *finder)
{
    if (ost_json_count(a) != ost_json_count(b))
        return false;
    for (a = ost_json_first(a), b = ost_json_first(b); a != NULL && b != NULL;
         a = ost_json_next(a), b = ost_json_next(b)) {
        if (!document_same(a, b, finder))
            return false;
    }
    return true;
}

/* The reader bounds how deep they are. */
bool document_same(const ost_json *a, const ost_json *b, /* NOLINT(misc-no-recursion) */
                   json_finder *finder)
{
    ost_text one, other;
    if (a == NULL || b == NULL || ost_json_type_of(a) != ost_json_type_of(b))
        return a == b;
    if (ost_json_is(a, OST_JSON_OBJECT))
        return same_members(a, b, finder);
    if (ost_json_is(a, OST_JSON_ARRAY))
        return same_entries(a, b, finder);
    if (ost_json_text(a, &one) && ost_json_text(b, &other))
        return text_equal(one, other);
    return text_equal(ost_json_source(a), ost_json_source(b));
}

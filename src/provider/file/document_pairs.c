/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing lists; see document_pairs.h. */
#include "provider/file/document_pairs.h"

#include "base/array.h"
#include "base/text.h"

static const char *const ids[] = {"id", "internalId"};

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

static bool same_text(const ost_json *a, const ost_json *b, const char *which)
{
    ost_text one = {0}, other = {0};
    (void)!ost_json_text(ost_json_get(a, which), &one);
    (void)!ost_json_text(ost_json_get(b, which), &other);
    return text_equal(one, other);
}

static bool has_same_id(const ost_json *a, const ost_json *b, const member_kind *kind)
{
    (void)kind;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        if (ost_json_get(a, ids[i]) != NULL && same_text(a, b, ids[i]))
            return true;
    }
    return false;
}

/* Names of components repeat: "Allowed Client Scopes" stands there for each sub-type. A client and
 * a client scope may have one name. */
static bool has_same_name(const ost_json *a, const ost_json *b, const member_kind *kind)
{
    ost_text name = document_name(a, kind);
    if (name.len == 0 || !text_equal(name, document_name(b, kind)))
        return false;
    if (kind == &member_component)
        return same_text(a, b, "subType") && same_text(a, b, "providerId");
    return kind != &member_scope_mapping ||
           (ost_json_get(a, "client") != NULL) == (ost_json_get(b, "client") != NULL);
}

typedef bool pairing(const ost_json *a, const ost_json *b, const member_kind *kind);

/* Of what has no name, either. */
static bool is_same(const ost_json *a, const ost_json *b, const member_kind *kind)
{
    return document_name(a, kind).len == 0 && document_same(a, b);
}

/* Lists mostly have one order: the search goes on where the last one ended. */
static void pair_all(document_pairs *p, const member_kind *kind, pairing *is_pair)
{
    size_t at = 0;
    for (size_t f = 0; f < p->file_count; f++) {
        for (size_t n = 0; n < p->stored_count && p->beneath[f] == NULL; n++) {
            size_t s = (at + n) % p->stored_count;
            if (p->over[s] != NULL || !is_pair(p->file[f], p->stored[s], kind))
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
    if (!spread(stored, arena, &pairs.stored, &pairs.over, &pairs.stored_count) ||
        !spread(file, arena, &pairs.file, &pairs.beneath, &pairs.file_count))
        return OST_E_MEMORY;
    pair_all(&pairs, kind, has_same_id);
    pair_all(&pairs, kind, has_same_name);
    pair_all(&pairs, kind, is_same);
    *ret_pairs = pairs;
    return OST_OK;
}

/* ---- equality ---- */

static bool same_members(const ost_json *a, const ost_json *b)
{
    if (ost_json_count(a) != ost_json_count(b))
        return false;
    for (const ost_json *at = ost_json_first(a); at != NULL; at = ost_json_next(at)) {
        const ost_json *other = ost_json_get_text(b, ost_json_name(at));
        if (other == NULL || !document_same(at, other))
            return false;
    }
    return true;
}

static bool same_entries(const ost_json *a, const ost_json *b)
{
    if (ost_json_count(a) != ost_json_count(b))
        return false;
    for (a = ost_json_first(a), b = ost_json_first(b); a != NULL && b != NULL;
         a = ost_json_next(a), b = ost_json_next(b)) {
        if (!document_same(a, b))
            return false;
    }
    return true;
}

/* The reader bounds how deep they are. */
bool document_same(const ost_json *a, const ost_json *b) /* NOLINT(misc-no-recursion) */
{
    ost_text one, other;
    if (a == NULL || b == NULL || ost_json_type_of(a) != ost_json_type_of(b))
        return a == b;
    if (ost_json_is(a, OST_JSON_OBJECT))
        return same_members(a, b);
    if (ost_json_is(a, OST_JSON_ARRAY))
        return same_entries(a, b);
    if (ost_json_text(a, &one) && ost_json_text(b, &other))
        return text_equal(one, other);
    return text_equal(ost_json_source(a), ost_json_source(b));
}

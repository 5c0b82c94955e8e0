/* SPDX-License-Identifier: Apache-2.0 */
/* Claims under way; see claim_tree.h. */
#include "provider/token/claim_tree.h"

#include <inttypes.h>

#include "base/json/json_list.h"
#include "base/text.h"

#define MAX_DEPTH 8

typedef struct node {
    struct node *next, *first; /* a sibling, a child */
    ost_text name;
    ost_text json; /* of a leaf; empty with no children: a reserved place */
    bool sealed;
} node;

struct claim_tree {
    ost_arena *arena;
    node root;
    ost_result failed;
};

claim_tree *claim_tree_new(ost_arena *arena)
{
    claim_tree *tree = ost_arena_alloc(arena, sizeof *tree);
    if (tree != NULL)
        tree->arena = arena;
    return tree;
}

static node *find_child(const node *parent, ost_text name)
{
    node *at = parent->first;
    while (at != NULL && !text_equal(at->name, name))
        at = at->next;
    return at;
}

static node *child(claim_tree *tree, node *parent, ost_text name)
{
    node *found = find_child(parent, name);
    if (found != NULL)
        return found;
    found = ost_arena_alloc(tree->arena, sizeof *found);
    char *copy = ost_arena_copy(tree->arena, name);
    if (found == NULL || copy == NULL) {
        tree->failed = OST_E_MEMORY;
        return NULL;
    }
    found->name = (ost_text){copy, name.len};
    node **end = &parent->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = found;
    return found;
}

/* The next name of a path, its escaped dots undone, in `scratch`. */
static bool next_name(ost_text *path, char *scratch, size_t size, ost_text *ret_name)
{
    size_t len = 0, i = 0;
    if (path->len == 0)
        return false;
    for (; i < path->len && path->data[i] != '.'; i++) {
        if (path->data[i] == '\\' && i + 1 < path->len)
            i++;
        if (len < size)
            scratch[len++] = path->data[i];
    }
    *path = text_slice(*path, i + 1, path->len);
    *ret_name = (ost_text){scratch, len};
    return true;
}

/* The node of a path, made if need be. NULL: it is sealed, too deep, or the path is empty. */
static node *place(claim_tree *tree, ost_text path)
{
    char scratch[256];
    ost_text name;
    node *at = &tree->root;
    for (int depth = 0; at != NULL && next_name(&path, scratch, sizeof scratch, &name); depth++) {
        if (depth == MAX_DEPTH)
            return NULL; /* a mapper's strange name must not stop every token */
        at = child(tree, at, name);
        if (at != NULL && at->sealed)
            return NULL;
    }
    return at != &tree->root ? at : NULL;
}

static void node_put(claim_tree *tree, node *at, ost_text json)
{
    char *copy = ost_arena_copy(tree->arena, json);
    if (copy == NULL) {
        tree->failed = OST_E_MEMORY;
        return;
    }
    at->first = NULL;
    at->json = (ost_text){copy, json.len};
}

void claim_put_json(claim_tree *tree, ost_text path, ost_text json)
{
    node *at = place(tree, path);
    if (at != NULL)
        node_put(tree, at, json);
}

static bool is_among(const ost_json *list, const ost_json *item)
{
    ost_text text;
    return ost_json_text(item, &text) && json_list_has(list, text);
}

/* What is in `list`, and what `more` has besides. */
static ost_result join(const ost_json *list, const ost_json *more, ost_arena *arena,
                       ost_text *ret_json)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        ost_json_put_value(w, at);
    for (const ost_json *at = ost_json_first(more); at != NULL; at = ost_json_next(at)) {
        if (!is_among(list, at))
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
    return ost_json_writer_finish(w, ret_json);
}

void claim_join_json(claim_tree *tree, ost_text path, ost_text json)
{
    const ost_json *before, *more;
    ost_text joined = json;
    ost_result result = OST_OK;
    node *at = place(tree, path);
    if (at == NULL)
        return;
    if (at->json.len > 0) {
        result = ost_json_read(at->json, NULL, tree->arena, &before, NULL);
        if (result == OST_OK && ost_json_is(before, OST_JSON_ARRAY))
            result = ost_json_read(json, NULL, tree->arena, &more, NULL);
        if (result == OST_OK && ost_json_is(before, OST_JSON_ARRAY))
            result = join(before, more, tree->arena, &joined);
    }
    if (result == OST_OK)
        node_put(tree, at, joined);
    else
        tree->failed = result;
}

void claim_put_text(claim_tree *tree, const char *path, ost_text text)
{
    ost_text json;
    ost_json_writer *w = ost_json_writer_new(tree->arena, 0);
    if (w == NULL) {
        tree->failed = OST_E_MEMORY;
        return;
    }
    ost_json_put_text(w, text);
    ost_result result = ost_json_writer_finish(w, &json);
    if (result == OST_OK)
        claim_put_json(tree, text_of(path), json);
    else
        tree->failed = result;
}

void claim_put_string(claim_tree *tree, const char *path, const char *string)
{
    claim_put_text(tree, path, text_of(string));
}

void claim_put_integer(claim_tree *tree, const char *path, int64_t integer)
{
    char *digits = ost_arena_format(tree->arena, "%" PRId64, integer);
    if (digits == NULL)
        tree->failed = OST_E_MEMORY;
    else
        claim_put_json(tree, text_of(path), text_of(digits));
}

void claim_reserve(claim_tree *tree, const char *name)
{
    (void)child(tree, &tree->root, text_of(name));
}

static bool has_value(const node *at)
{
    return at->first != NULL || at->json.len > 0;
}

void claim_seal(claim_tree *tree)
{
    for (node *at = tree->root.first; at != NULL; at = at->next)
        at->sealed = has_value(at);
}

bool claim_is_set(const claim_tree *tree, const char *name)
{
    const node *at = find_child(&tree->root, text_of(name));
    return at != NULL && has_value(at);
}

/* Depth is bounded by MAX_DEPTH. */
static void write_children(const node *parent, ost_json_writer *w, ost_arena *arena,
                           ost_result *result)
{
    ost_json_open_object(w);
    for (const node *at = parent->first; at != NULL && *result == OST_OK; at = at->next) {
        const ost_json *value;
        if (!has_value(at))
            continue;
        ost_json_put_name(w, at->name);
        if (at->first != NULL) {
            write_children(at, w, arena, result);
            continue;
        }
        *result = ost_json_read(at->json, NULL, arena, &value, NULL);
        if (*result == OST_OK)
            ost_json_put_value(w, value);
    }
    ost_json_close_object(w);
}

ost_result claim_tree_write(const claim_tree *tree, ost_arena *arena, ost_text *ret_json)
{
    ost_result result = tree->failed;
    ost_json_writer *w = result == OST_OK ? ost_json_writer_new(arena, 0) : NULL;
    if (w == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    write_children(&tree->root, w, arena, &result);
    return result == OST_OK ? ost_json_writer_finish(w, ret_json) : result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of path segments. Depth and number of parameters are bounded; looking up allocates
 * nothing. */
#include "http/message/router.h"

#include <string.h>

#include "base/text.h"

#define SEGMENTS_MAX 32
#define METHOD_COUNT (HTTP_OTHER + 1)

typedef struct node {
    ost_text segment;
    struct node *next;     /* sibling */
    struct node *literals; /* children */
    struct node *parameter;
    struct node *rest;
    const route *routes[METHOD_COUNT];
    unsigned methods;
} node;

struct router {
    node root; /* of the segment before the first '/' */
    bool loose;
};

static const char *const method_names[METHOD_COUNT] = {"GET",   "HEAD",   "POST",    "PUT",
                                                       "PATCH", "DELETE", "OPTIONS", NULL};

/* ---- building ---- */

typedef struct builder {
    ost_arena *arena;
    const char *path;
    route *route;
    ost_error *error;
} builder;

static ost_result malformed(const builder *b, const char *why)
{
    return ost_error_set(b->error, OST_E_CONFIG, "route \"%s\": %s", b->path, why);
}

static node *child_node(const builder *b, node **slot, ost_text segment)
{
    if (*slot != NULL)
        return *slot;
    node *child = ost_arena_alloc(b->arena, sizeof *child);
    char *copy = ost_arena_copy(b->arena, segment);
    if (child == NULL || copy == NULL)
        return NULL;
    child->segment = (ost_text){copy, segment.len};
    return *slot = child;
}

static node *literal_node(const builder *b, node *parent, ost_text segment)
{
    node **slot = &parent->literals;
    while (*slot != NULL && !text_equal((*slot)->segment, segment))
        slot = &(*slot)->next;
    return child_node(b, slot, segment);
}

static ost_result name_parameter(const builder *b, ost_text name)
{
    if (name.len == 0)
        return malformed(b, "a parameter without a name");
    for (size_t i = 0; i < b->route->parameter_count; i++)
        if (text_is(name, b->route->parameters[i]))
            return malformed(b, "two parameters of one name");
    if (b->route->parameter_count == ROUTE_PARAMETERS_MAX)
        return malformed(b, "too many parameters");
    char *copy = ost_arena_copy(b->arena, name);
    if (copy == NULL)
        return ost_error_set(b->error, OST_E_MEMORY, "out of memory");
    b->route->parameters[b->route->parameter_count++] = copy;
    return OST_OK;
}

/* Steps from *at to the node of `segment`, making it where needed. */
static ost_result add_segment(const builder *b, node **at, ost_text segment, bool last)
{
    bool braces = segment.len >= 2 && segment.data[0] == '{' && text_ends(segment, "}");
    node *child;
    if (!braces) {
        if (text_find(segment, '{', 0) < segment.len || text_find(segment, '}', 0) < segment.len)
            return malformed(b, "a parameter takes a whole segment");
        child = literal_node(b, *at, segment);
    } else {
        ost_text name = text_slice(segment, 1, segment.len - 2);
        bool rest = text_ends(name, "...");
        if (rest && !last)
            return malformed(b, "a rest must come last");
        if (rest)
            name.len -= 3;
        ost_result result = name_parameter(b, name);
        if (result != OST_OK)
            return result;
        child = child_node(b, rest ? &(*at)->rest : &(*at)->parameter, OST_TEXT(""));
    }
    if (child == NULL)
        return ost_error_set(b->error, OST_E_MEMORY, "out of memory");
    *at = child;
    return OST_OK;
}

/* Without its parameters yet. NULL: out of memory. */
static route *copy_route(const http_route *given, size_t max_body, ost_arena *arena)
{
    route *made = ost_arena_alloc(arena, sizeof *made);
    const char *path = ost_arena_copy(arena, text_of(given->path));
    if (made == NULL || path == NULL)
        return NULL;
    bool bodiless = given->method == HTTP_GET || given->method == HTTP_HEAD ||
                    given->method == HTTP_DELETE || given->method == HTTP_OPTIONS;
    made->method = given->method;
    made->path = path;
    made->handler = given->handler;
    made->user = given->user;
    made->max_body = given->max_body > 0 ? given->max_body : bodiless ? 0 : max_body;
    return made;
}

static ost_result add_route(router *r, const http_route *given, size_t max_body, ost_arena *arena,
                            ost_error *error)
{
    builder b = {.arena = arena, .path = given->path, .error = error};
    if (given->path == NULL || given->path[0] != '/' || given->handler == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "route \"%s\": needs a path from '/' and a handler",
                             given->path == NULL ? "" : given->path);
    b.route = copy_route(given, max_body, arena);
    if (b.route == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    node *at = &r->root;
    ost_text path = text_of(given->path);
    for (size_t from = 1, depth = 1; from <= path.len; depth++) {
        size_t end = text_find(path, '/', from);
        if (depth > SEGMENTS_MAX)
            return malformed(&b, "too many segments");
        ost_text segment = text_slice(path, from, end - from);
        ost_result result = add_segment(&b, &at, segment, end == path.len);
        if (result != OST_OK)
            return result;
        from = end + 1;
    }
    if ((at->methods & 1u << given->method) != 0)
        return malformed(&b, "given twice for one method");
    at->routes[given->method] = b.route;
    at->methods |= 1u << given->method;
    return OST_OK;
}

ost_result router_new(const http_route *routes, size_t count, bool loose, size_t max_body,
                      ost_arena *arena, router **ret_router, ost_error *error)
{
    router *r = ost_arena_alloc(arena, sizeof *r);
    if (r == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    r->loose = loose;
    for (size_t i = 0; i < count; i++) {
        if (routes[i].method >= HTTP_OTHER)
            return ost_error_set(error, OST_E_CONFIG, "route \"%s\": unknown method",
                                 routes[i].path == NULL ? "" : routes[i].path);
        ost_result result = add_route(r, &routes[i], max_body, arena, error);
        if (result != OST_OK)
            return result;
    }
    *ret_router = r;
    return OST_OK;
}

/* ---- finding ---- */

typedef struct search {
    ost_text path;
    http_method method;
    bool loose;
    size_t values;
    route_match *match;
} search;

/* The node has a route for the method: the search is over. Otherwise what it has is noted. */
static bool take_node(search *s, const node *at)
{
    http_method method = s->method;
    if (method == HTTP_HEAD && at->routes[HTTP_HEAD] == NULL)
        method = HTTP_GET;
    s->match->methods |= at->methods;
    s->match->route = at->routes[method];
    return s->match->route != NULL;
}

static bool search_from(search *s, const node *at, size_t from);

/* Where the next segment begins. */
static size_t next_segment(const search *s, size_t at)
{
    while (s->loose && at < s->path.len && s->path.data[at] == '/')
        at++;
    return at;
}

static bool search_child(search *s, const node *child, size_t from, size_t end)
{
    if (next_segment(s, end) == s->path.len)
        return take_node(s, child);
    return search_from(s, child, end + 1);
}

/* `from`: where the next segment begins. The recursion is as deep as the tree, SEGMENTS_MAX. */
static bool search_from(search *s, const node *at, size_t from)
{
    from = next_segment(s, from);
    size_t end = text_find(s->path, '/', from);
    ost_text segment = text_slice(s->path, from, end - from);
    for (const node *child = at->literals; child != NULL; child = child->next)
        if (text_equal(child->segment, segment)) {
            if (search_child(s, child, from, end))
                return true;
            break;
        }
    if (at->parameter != NULL && segment.len > 0) {
        s->match->values[s->values++] = segment;
        if (search_child(s, at->parameter, from, end))
            return true;
        s->values--;
    }
    if (at->rest != NULL) {
        s->match->values[s->values] = text_slice(s->path, from, s->path.len);
        return take_node(s, at->rest);
    }
    return false;
}

void router_find(const router *r, http_method method, ost_text path, route_match *ret_match)
{
    ret_match->route = NULL;
    ret_match->methods = 0;
    if (path.len == 0 || path.data[0] != '/')
        return;
    search s = {.path = path, .method = method, .loose = r->loose, .match = ret_match};
    search_from(&s, &r->root, 1);
}

ost_text router_allow(unsigned methods, char *ret)
{
    size_t len = 0;
    if ((methods & 1u << HTTP_GET) != 0)
        methods |= 1u << HTTP_HEAD;
    methods |= 1u << HTTP_OPTIONS;
    for (unsigned method = 0; method < HTTP_OTHER; method++) {
        if ((methods & 1u << method) == 0)
            continue;
        size_t name_len = strlen(method_names[method]);
        if (len > 0) {
            memcpy(ret + len, ", ", 2);
            len += 2;
        }
        memcpy(ret + len, method_names[method], name_len);
        len += name_len;
    }
    return (ost_text){ret, len};
}

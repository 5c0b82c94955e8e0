/* One strict reader of JSON (RFC 8259, I-JSON's RFC 7493 §2.3 on duplicate names) over an arena,
 * without recursion: depth costs a slot of a bounded stack. */
#include <string.h>

#include "json_value.h"
#include "text.h"

#define DEFAULT_BYTES ((size_t)1 << 20)
#define DEFAULT_DEPTH 32
#define DEFAULT_VALUES 65536
#define FEW_MEMBERS 24 /* compared pairwise; more are sorted first */

typedef struct reader {
    const char *start, *at, *end;
    ost_arena *arena;
    ost_error *error;
    size_t values_left, max_depth, depth;
    ost_json **open; /* the containers that are open, outermost first */
    ost_json *last;  /* the newest child of the innermost one */
} reader;

static ost_result fail(const reader *r, ost_result code, const char *what)
{
    size_t offset = (size_t)(r->at - r->start), line = 1;
    for (const char *at = r->start; at < r->at; at++)
        line += *at == '\n';
    return ost_error_set(r->error, code, "line %zu, byte %zu: %s", line, offset, what);
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool at_byte(const reader *r, char byte)
{
    return r->at < r->end && *r->at == byte;
}

/* ---- duplicate names ---- */

static int compare_names(const ost_json *a, const ost_json *b)
{
    size_t shorter = a->name.len < b->name.len ? a->name.len : b->name.len;
    int order = shorter > 0 ? memcmp(a->name.data, b->name.data, shorter) : 0;
    return order != 0 ? order : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

static void sift_down(const ost_json **heap, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_names(heap[child], heap[child + 1]) < 0)
            child++;
        if (compare_names(heap[at], heap[child]) >= 0)
            return;
        const ost_json *kept = heap[at];
        heap[at] = heap[child];
        heap[child] = kept;
    }
}

/* Heap sort: no worst case for an attacker to aim at, and no memory but the list. */
static ost_result sorted_duplicates(reader *r, const ost_json *object, bool *ret_found)
{
    const ost_json **list = ost_arena_alloc(r->arena, object->count * sizeof *list);
    size_t count = 0;
    if (list == NULL)
        return OST_E_MEMORY;
    for (const ost_json *member = object->first; member != NULL; member = member->next)
        list[count++] = member;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(list, i, count);
    for (size_t left = count; left > 1;) {
        const ost_json *largest = list[0];
        list[0] = list[--left];
        list[left] = largest;
        sift_down(list, 0, left);
    }
    bool found = false;
    for (size_t i = 1; i < count; i++)
        found |= compare_names(list[i - 1], list[i]) == 0;
    *ret_found = found;
    return OST_OK;
}

/* A number from 0 to 255 that equal names share, and other names seldom do. */
static unsigned bucket_of(ost_text name)
{
    if (name.len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)name.data;
    unsigned mixed = bytes[0] * 5U + bytes[name.len / 2] * 31U + bytes[name.len - 1] * 17U;
    return (mixed + (unsigned)name.len) & 255;
}

/* Only names whose bucket was taken before are compared. */
static bool pairwise_duplicates(const ost_json *object)
{
    uint64_t taken[4] = {0};
    for (const ost_json *a = object->first; a != NULL; a = a->next) {
        unsigned bucket = bucket_of(a->name);
        uint64_t bit = (uint64_t)1 << (bucket & 63);
        if ((taken[bucket / 64] & bit) == 0) {
            taken[bucket / 64] |= bit;
            continue;
        }
        for (const ost_json *b = object->first; b != a; b = b->next) {
            if (text_equal(a->name, b->name))
                return true;
        }
    }
    return false;
}

static ost_result refuse_duplicates(reader *r, const ost_json *object)
{
    bool found = false;
    if (object->count > FEW_MEMBERS) {
        ost_result result = sorted_duplicates(r, object, &found);
        if (result != OST_OK)
            return fail(r, result, "out of memory");
    } else {
        found = pairwise_duplicates(object);
    }
    return found ? fail(r, OST_E_JSON, "an object has two members of the same name") : OST_OK;
}

/* ---- values ---- */

static ost_result new_value(reader *r, ost_json **ret_value)
{
    if (r->values_left == 0)
        return fail(r, OST_E_CEILING, "too many values");
    ost_json *value = ost_arena_alloc(r->arena, sizeof *value);
    if (value == NULL)
        return fail(r, OST_E_MEMORY, "the document needs more memory than it may take");
    r->values_left--;
    value->source.data = r->at;
    *ret_value = value;
    return OST_OK;
}

static ost_result read_name(reader *r, ost_text *ret_name)
{
    if (!at_byte(r, '"'))
        return fail(r, OST_E_JSON, "a member's name in quotes is expected");
    ost_result result = json_scan_string(&r->at, r->end, r->arena, ret_name);
    if (result != OST_OK)
        return fail(r, result, "the name is malformed");
    skip_space(r);
    if (!at_byte(r, ':'))
        return fail(r, OST_E_JSON, "':' is expected");
    r->at++;
    skip_space(r);
    return OST_OK;
}

static ost_result read_literal(reader *r, ost_json *value)
{
    static const struct {
        ost_text word;
        ost_json_type type;
        bool boolean;
    } literals[] = {
        {{"true", 4}, OST_JSON_BOOL, true},
        {{"false", 5}, OST_JSON_BOOL, false},
        {{"null", 4}, OST_JSON_NULL, false},
    };
    ost_text rest = {r->at, (size_t)(r->end - r->at)};
    for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
        if (text_equal(text_slice(rest, 0, literals[i].word.len), literals[i].word)) {
            value->type = literals[i].type;
            value->as.boolean = literals[i].boolean;
            r->at += literals[i].word.len;
            return OST_OK;
        }
    }
    return fail(r, OST_E_JSON, "a value is expected");
}

static ost_result open_container(reader *r, ost_json *value)
{
    if (r->depth == r->max_depth)
        return fail(r, OST_E_CEILING, "nested too deeply");
    value->type = *r->at == '{' ? OST_JSON_OBJECT : OST_JSON_ARRAY;
    r->open[r->depth++] = value;
    r->last = NULL;
    r->at++;
    return OST_OK;
}

static ost_result read_scalar(reader *r, ost_json *value)
{
    ost_result result;
    char first = *r->at;
    if (first == '"') {
        value->type = OST_JSON_STRING;
        result = json_scan_string(&r->at, r->end, r->arena, &value->as.text);
        if (result != OST_OK)
            return fail(r, result, "the string is malformed");
    } else if (first == '-' || (first >= '0' && first <= '9')) {
        result = json_scan_number(&r->at, r->end, value);
        if (result != OST_OK)
            return fail(r, result, "the number is malformed or out of range");
    } else if ((result = read_literal(r, value)) != OST_OK) {
        return result;
    }
    value->source.len = (size_t)(r->at - value->source.data);
    return OST_OK;
}

/* One value, or the opening of one, as a child of the innermost open container. */
static ost_result read_value(reader *r, ost_json **ret_root)
{
    ost_json *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL, *value = NULL;
    ost_text name = {0};
    ost_result result = OST_OK;
    if (parent != NULL && parent->type == OST_JSON_OBJECT)
        result = read_name(r, &name);
    if (result == OST_OK)
        result = new_value(r, &value);
    if (result != OST_OK || value == NULL)
        return result;
    value->name = name;
    if (r->at == r->end)
        return fail(r, OST_E_JSON, "the document ends too early");
    if (parent == NULL)
        *ret_root = value;
    else if (r->last == NULL)
        parent->first = value;
    else
        r->last->next = value;
    if (parent != NULL)
        parent->count++;
    r->last = value;
    return *r->at == '{' || *r->at == '[' ? open_container(r, value) : read_scalar(r, value);
}

static ost_result close_container(reader *r)
{
    ost_json *value = r->open[--r->depth];
    r->at++;
    value->source.len = (size_t)(r->at - value->source.data);
    r->last = value;
    return value->type == OST_JSON_OBJECT ? refuse_duplicates(r, value) : OST_OK;
}

/* What follows a value or an opening bracket: the closing one, or the next value. */
static ost_result step(reader *r, ost_json **ret_root)
{
    const ost_json *inside = r->open[r->depth - 1];
    skip_space(r);
    if (at_byte(r, inside->type == OST_JSON_OBJECT ? '}' : ']'))
        return close_container(r);
    if (inside->first != NULL) {
        if (!at_byte(r, ','))
            return fail(r, OST_E_JSON, "',' or the closing bracket is expected");
        r->at++;
        skip_space(r);
    }
    return read_value(r, ret_root);
}

ost_result ost_json_read(ost_text text, const ost_json_limits *limits, ost_arena *arena,
                         const ost_json **ret_value, ost_error *ret_error)
{
    ost_json_limits given = limits != NULL ? *limits : (ost_json_limits){0};
    size_t max_bytes = given.max_bytes > 0 ? given.max_bytes : DEFAULT_BYTES;
    reader r = {
        .start = text.data,
        .at = text.data,
        .end = text.data + text.len,
        .arena = arena,
        .error = ret_error,
        .values_left = given.max_values > 0 ? given.max_values : DEFAULT_VALUES,
        .max_depth = given.max_depth > 0 ? given.max_depth : DEFAULT_DEPTH,
    };
    ost_json *root = NULL;
    if (text.len > max_bytes)
        return ost_error_set(ret_error, OST_E_CEILING, "%zu bytes, where %zu are allowed", text.len,
                             max_bytes);
    if (text.len == 0)
        return ost_error_set(ret_error, OST_E_JSON, "the document is empty");
    r.open = ost_arena_alloc(arena, r.max_depth * sizeof(ost_json *));
    if (r.open == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    skip_space(&r);
    ost_result result = read_value(&r, &root);
    while (result == OST_OK && r.depth > 0)
        result = step(&r, &root);
    if (result != OST_OK)
        return result;
    skip_space(&r);
    if (r.at != r.end)
        return fail(&r, OST_E_JSON, "something follows the document");
    *ret_value = root;
    return OST_OK;
}

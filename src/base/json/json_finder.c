/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for many among many; see json_finder.h. Sorted, not hashed: no names make it slow. */
#include "base/json/json_finder.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/json/json_list.h"
#include "base/text.h"

#define FEW_VALUES 24 /* are looked at one after the other */
#define CHAIN_BITS 10

static const char itself[] = ""; /* this one alone; a member may be called so */

typedef struct json_place {
    ost_text key;
    size_t at; /* the first of two alike is found */
    const ost_json *value;
} json_place;

/* The values of one list, by one of their members. */
struct json_order {
    struct json_order *next;
    const ost_json *list;
    const char *member; /* NULL: by their own names; itself: they are strings */
    json_place *places;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const json_place *one = a, *other = b;
    int order = text_compare(one->key, other->key);
    return order != 0 ? order : (one->at > other->at) - (one->at < other->at);
}

static bool is_order_of(const struct json_order *order, const ost_json *list, const char *member)
{
    if (order->list != list)
        return false;
    if (member == NULL || member == itself || order->member == NULL || order->member == itself)
        return order->member == member;
    return text_is(text_of(member), order->member);
}

/* Where the orders of a list hang: values are of 64 bytes each, one behind the other. */
static size_t chain_of(const ost_json *list)
{
    return (size_t)(((uint64_t)(uintptr_t)list / 64 * 0x9E3779B97F4A7C15U) >> (64 - CHAIN_BITS));
}

static bool has_key(const ost_json *value, const char *member, ost_text *ret_key)
{
    if (member == NULL) {
        *ret_key = ost_json_name(value);
        return true;
    }
    return ost_json_text(member == itself ? value : ost_json_get(value, member), ret_key);
}

/* NULL: there is no memory. */
static struct json_order *make_order(const ost_json *list, const char *member, ost_arena *arena)
{
    size_t at = 0, room = ost_json_count(list);
    struct json_order *order = ost_arena_alloc(arena, sizeof *order);
    json_place *places = ost_arena_alloc(arena, room * sizeof *places);
    if (order == NULL || places == NULL)
        return NULL;
    *order = (struct json_order){.list = list, .member = member, .places = places};
    for (const ost_json *value = ost_json_first(list); value != NULL;
         value = ost_json_next(value), at++) {
        json_place *place = &places[order->count];
        *place = (json_place){.at = at, .value = value};
        if (has_key(value, member, &place->key))
            order->count++;
    }
    qsort(places, order->count, sizeof *places, compare);
    return order;
}

static struct json_order *find_order(json_finder *finder, const ost_json *list, const char *member)
{
    if (finder == NULL)
        return NULL;
    if (finder->orders == NULL)
        finder->orders =
            ost_arena_alloc(finder->arena, sizeof *finder->orders * ((size_t)1 << CHAIN_BITS));
    if (finder->orders == NULL)
        return NULL;
    struct json_order **at = &finder->orders[chain_of(list)];
    while (*at != NULL && !is_order_of(*at, list, member))
        at = &(*at)->next;
    if (*at == NULL)
        *at = make_order(list, member, finder->arena);
    return *at;
}

static const ost_json *look_up(const struct json_order *order, ost_text key)
{
    size_t from = text_find_sorted(order->places, sizeof *order->places, order->count,
                                   offsetof(json_place, key), key);
    return from < order->count && text_equal(order->places[from].key, key)
               ? order->places[from].value
               : NULL;
}

json_finder *json_finder_in(ost_arena *arena)
{
    json_finder *finder = ost_arena_alloc(arena, sizeof *finder);
    if (finder != NULL)
        *finder = (json_finder){.arena = arena};
    return finder;
}

const ost_json *json_finder_find(json_finder *finder, const ost_json *list, const char *member,
                                 ost_text value)
{
    const struct json_order *order =
        ost_json_count(list) > FEW_VALUES ? find_order(finder, list, member) : NULL;
    return order != NULL ? look_up(order, value) : json_list_find(list, member, value);
}

bool json_finder_has(json_finder *finder, const ost_json *list, ost_text text)
{
    const struct json_order *order =
        ost_json_count(list) > FEW_VALUES ? find_order(finder, list, itself) : NULL;
    return order != NULL ? look_up(order, text) != NULL : json_list_has(list, text);
}

const ost_json *json_finder_get(json_finder *finder, const ost_json *object, ost_text name)
{
    const struct json_order *order =
        ost_json_is(object, OST_JSON_OBJECT) && ost_json_count(object) > FEW_VALUES
            ? find_order(finder, object, NULL)
            : NULL;
    return order != NULL ? look_up(order, name) : ost_json_get_text(object, name);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of authentication in what is stored; see session_level.h. */
#include "provider/session/session_level.h"

#include <stdio.h>

#include "base/json/json_member.h"
#include "base/text.h"

#define LEVELS "levels"

/* ---- of a client's part ---- */

void reached_level_write(const reached_level *reached, ost_json_writer *w)
{
    ost_json_member_string(w, "acr", reached->proved ? "1" : "0");
    if (reached->leveled)
        ost_json_member_integer(w, "level", reached->level);
    if (reached->direct)
        ost_json_member_boolean(w, "direct", true);
    if (reached->names.len > 0)
        ost_json_member_text(w, "acr_asked", reached->names);
    if (reached->device.len > 0)
        ost_json_member_text(w, "device", reached->device);
}

const reached_level *reached_level_read(call *c, ost_text text)
{
    const ost_json *notes;
    ost_text acr;
    if (ost_json_read(text, NULL, c->arena, &notes, NULL) != OST_OK ||
        !ost_json_text(ost_json_get(notes, "acr"), &acr))
        return NULL;
    reached_level *read = ost_arena_alloc(c->arena, sizeof *read);
    if (read == NULL)
        return NULL;
    *read = (reached_level){.proved = !text_is(acr, "0"),
                            .names = json_text_of(notes, "acr_asked"),
                            .direct = ost_json_get(notes, "direct") != NULL,
                            .lent = ost_json_get(notes, "from") != NULL,
                            .device = json_text_of(notes, "device")};
    read->leveled = ost_json_integer(ost_json_get(notes, "level"), &read->level);
    return read;
}

/* Out of memory is the least that there is. */
const reached_level *reached_level_limit(call *c, const reached_level *of_part, int64_t level)
{
    static const reached_level nothing = {0};
    bool leveled = level != FLOW_LEVEL_NONE;
    if (!leveled && (of_part == NULL || !of_part->leveled))
        return of_part;
    reached_level *own = ost_arena_alloc(c->arena, sizeof *own);
    if (own == NULL)
        return &nothing;
    *own = of_part != NULL ? *of_part : nothing;
    own->proved = false;
    own->leveled = leveled;
    own->level = leveled ? level : 0;
    return own;
}

const reached_level *reached_level_own(call *c, const reached_level *of_part, const ost_json *level)
{
    int64_t number;
    if (!ost_json_integer(level, &number) || number < 0)
        number = FLOW_LEVEL_NONE;
    return reached_level_limit(c, of_part, number);
}

/* ---- of a session ---- */

static size_t read_levels(const ost_json *notes, flow_level *levels)
{
    size_t count = 0;
    const ost_json *list = ost_json_get(notes, LEVELS);
    if (!ost_json_is(list, OST_JSON_OBJECT))
        return 0;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        uint64_t level;
        int64_t time;
        if (count == FLOW_LEVELS_MAX ||
            !text_to_unsigned(ost_json_name(at), FLOW_LEVEL_MAX, &level) ||
            !ost_json_integer(at, &time))
            return 0;
        levels[count++] = (flow_level){(int64_t)level, time};
    }
    return count;
}

size_t session_levels_read(call *c, ost_text text, flow_level *ret_levels)
{
    const ost_json *notes;
    return ost_json_read(text, NULL, c->arena, &notes, NULL) == OST_OK
               ? read_levels(notes, ret_levels)
               : 0;
}

/* One more, or one anew; where there is no room the oldest goes. */
static void put_level(flow_level *levels, size_t *count, flow_level reached)
{
    size_t at = 0, oldest = 0;
    while (at < *count && levels[at].level != reached.level) {
        oldest = levels[at].time < levels[oldest].time ? at : oldest;
        at++;
    }
    if (at == FLOW_LEVELS_MAX)
        at = oldest;
    else if (at == *count)
        ++*count;
    levels[at] = reached;
}

static void write_levels(ost_json_writer *w, const flow_level *levels, size_t count)
{
    ost_json_put_name(w, OST_TEXT(LEVELS));
    ost_json_open_object(w);
    for (size_t i = 0; i < count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%lld", (long long)levels[i].level);
        ost_json_member_integer(w, name, levels[i].time);
    }
    ost_json_close_object(w);
}

bool session_levels_note(call *c, ost_text words, int64_t time, ost_text text, ost_text *ret_notes)
{
    flow_level levels[FLOW_LEVELS_MAX];
    const ost_json *notes;
    ost_text word;
    ost_json_writer *w = call_writer(c);
    if (w == NULL || ost_json_read(text, NULL, c->arena, &notes, NULL) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    size_t count = read_levels(notes, levels);
    while (text_next(&words, ' ', &word)) {
        uint64_t level;
        if (text_to_unsigned(word, FLOW_LEVEL_MAX, &level))
            put_level(levels, &count, (flow_level){(int64_t)level, time});
    }
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(notes); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), LEVELS))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    write_levels(w, levels, count);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_notes) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics of several guards as one Prometheus text: each family once, its samples with labels
 * that tell the worker and the guard. */
#include "metrics.h"

#define METRICS_CEILING ((size_t)4 * 1024 * 1024)

typedef struct output {
    u_char *start, *at, *end;
} output;

static void put(output *out, const char *text, size_t len)
{
    if ((size_t)(out->end - out->at) >= len)
        out->at = ngx_cpymem(out->at, text, len);
    else
        out->at = out->end; /* too long: told by what follows */
}

/* The line at the head of `text`, which is made shorter by it and its line end. */
static ost_text line_take(ost_text *text)
{
    const char *stop = memchr(text->data, '\n', text->len);
    size_t len = stop != NULL ? (size_t)(stop - text->data) : text->len;
    ost_text line = {text->data, len};
    len += stop != NULL;
    *text = (ost_text){text->data + len, text->len - len};
    return line;
}

static bool begins(ost_text line, const char *with, size_t len)
{
    return line.len >= len && ngx_memcmp(line.data, with, len) == 0;
}

/* The name in "# HELP name words"; empty in other lines. */
static ost_text family_of(ost_text line)
{
    static const char help[] = "# HELP ";
    if (!begins(line, help, sizeof help - 1))
        return (ost_text){0};
    ost_text rest = {line.data + sizeof help - 1, line.len - (sizeof help - 1)};
    const char *stop = memchr(rest.data, ' ', rest.len);
    return stop != NULL ? (ost_text){rest.data, (size_t)(stop - rest.data)} : rest;
}

static bool same(ost_text one, ost_text other)
{
    return one.len == other.len && ngx_memcmp(one.data, other.data, one.len) == 0;
}

static bool has_family(ost_text text, ost_text name)
{
    while (text.len > 0) {
        if (same(family_of(line_take(&text)), name))
            return true;
    }
    return false;
}

/* name{a="b"} 1 and name 1, each with the labels. */
static void sample_put(output *out, ost_text line, ost_text labels)
{
    size_t name = 0;
    while (name < line.len && line.data[name] != '{' && line.data[name] != ' ')
        name++;
    bool labelled = name < line.len && line.data[name] == '{';
    put(out, line.data, name);
    put(out, "{", 1);
    put(out, labels.data, labels.len);
    if (labelled)
        put(out, ",", 1);
    else
        put(out, "}", 1);
    name += labelled;
    put(out, line.data + name, line.len - name);
    put(out, "\n", 1);
}

static void samples_put(output *out, const ostiary_metrics_part *part, ost_text name)
{
    bool inside = false;
    for (ost_text rest = part->text; rest.len > 0;) {
        ost_text line = line_take(&rest);
        if (begins(line, "# HELP ", 7))
            inside = same(family_of(line), name);
        else if (inside && line.len > 0 && line.data[0] != '#')
            sample_put(out, line, part->labels);
    }
}

/* "# HELP" and "# TYPE", as the part that has it first says. */
static void head_put(output *out, ost_text *rest, ost_text help)
{
    put(out, help.data, help.len);
    put(out, "\n", 1);
    if (begins(*rest, "# TYPE ", 7)) {
        ost_text type = line_take(rest);
        put(out, type.data, type.len);
        put(out, "\n", 1);
    }
}

static void families_put(output *out, const ostiary_metrics_part *parts, size_t count, size_t from)
{
    for (ost_text rest = parts[from].text; rest.len > 0;) {
        ost_text line = line_take(&rest), name = family_of(line);
        bool told = name.len == 0;
        for (size_t before = 0; before < from && !told; before++)
            told = has_family(parts[before].text, name);
        if (told)
            continue;
        head_put(out, &rest, line);
        for (size_t k = from; k < count; k++)
            samples_put(out, &parts[k], name);
    }
}

ost_result ostiary_metrics_merge(const ostiary_metrics_part *parts, size_t count, ost_arena *arena,
                                 ost_text *ret_text)
{
    size_t room = 1;
    for (size_t k = 0; k < count; k++) {
        size_t lines = 1;
        for (size_t at = 0; at < parts[k].text.len; at++)
            lines += parts[k].text.data[at] == '\n';
        room += parts[k].text.len + lines * (parts[k].labels.len + 4);
    }
    u_char *start = room <= METRICS_CEILING ? ost_arena_alloc(arena, room) : NULL;
    if (start == NULL)
        return OST_E_MEMORY;
    output out = {start, start, start + room};
    for (size_t k = 0; k < count; k++)
        families_put(&out, parts, count, k);
    if (out.at == out.end)
        return OST_E_CEILING;
    *ret_text = (ost_text){(const char *)start, (size_t)(out.at - start)};
    return OST_OK;
}

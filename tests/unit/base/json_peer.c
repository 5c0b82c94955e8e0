/* SPDX-License-Identifier: Apache-2.0 */
/* Compares with jansson; see json_peer.h. Where the two differ on purpose:
 *
 * - A ceiling of ours (bytes, depth, values, length of a number) is not jansson's.
 * - An integer beyond 64 bits is an error there; here it is a number, rounded to a double.
 * - jansson overlooks a NUL byte behind a number; here a text with one is malformed, and what comes
 *   before it is compared. */
#include "json_peer.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define STRICT (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)

static bool same_number(const ost_json *ours, const json_t *theirs)
{
    double number;
    int64_t integer;
    if (!ost_json_number(ours, &number))
        return false;
    /* Same bits but for the sign of zero: jansson's integers have no -0. */
    if (!(number <= json_number_value(theirs)) || !(number >= json_number_value(theirs)))
        return false;
    if (!json_is_integer(theirs))
        return true;
    json_int_t wanted = json_integer_value(theirs), limit = (json_int_t)1 << 53;
    bool within = wanted >= -limit && wanted <= limit;
    return ost_json_integer(ours, &integer) == within && (!within || integer == wanted);
}

static bool same_scalar(const ost_json *ours, const json_t *theirs)
{
    ost_text text;
    bool boolean;
    switch (json_typeof(theirs)) {
    case JSON_STRING:
        return ost_json_text(ours, &text) &&
               text_equal(text, (ost_text){json_string_value(theirs), json_string_length(theirs)});
    case JSON_INTEGER:
    case JSON_REAL:
        return same_number(ours, theirs);
    case JSON_TRUE:
    case JSON_FALSE:
        return ost_json_boolean(ours, &boolean) && boolean == json_is_true(theirs);
    default:
        return ost_json_is(ours, OST_JSON_NULL) && json_is_null(theirs);
    }
}

/* Recursive: the depth is bounded by our reader. */
static bool same_value(const ost_json *ours, const json_t *theirs)
{
    size_t index = 0;
    if (theirs == NULL)
        return false;
    if (!json_is_object(theirs) && !json_is_array(theirs))
        return ost_json_first(ours) == NULL && ost_json_count(ours) == 0 &&
               same_scalar(ours, theirs);
    bool object = json_is_object(theirs);
    if (!ost_json_is(ours, object ? OST_JSON_OBJECT : OST_JSON_ARRAY) ||
        ost_json_count(ours) != (object ? json_object_size(theirs) : json_array_size(theirs)))
        return false;
    for (const ost_json *at = ost_json_first(ours); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        const json_t *other =
            object ? json_object_getn(theirs, name.data, name.len) : json_array_get(theirs, index);
        index++;
        if (!same_value(at, other) || (object && ost_json_get_text(ours, name) != at))
            return false;
    }
    return index == ost_json_count(ours);
}

static ost_text up_to_nul(ost_text document)
{
    return text_slice(document, 0, text_find(document, '\0', 0));
}

static bool is_too_big_an_integer(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow &&
           strstr(error->text, "integer") != NULL;
}

const char *peer_disagreement(ost_text document, ost_arena *arena)
{
    const ost_json *ours = NULL;
    json_error_t error;
    ost_arena_reset(arena);
    if (up_to_nul(document).len < document.len &&
        ost_json_read(document, NULL, arena, &ours, NULL) == OST_OK)
        return "a NUL byte is accepted";
    document = up_to_nul(document);
    ost_result result = ost_json_read(document, NULL, arena, &ours, NULL);
    if (result == OST_E_CEILING)
        return NULL;
    if (result != OST_OK && result != OST_E_JSON && result != OST_E_UTF8)
        return "our error is of the wrong kind";
    const char *data = document.data != NULL ? document.data : "";
    json_t *theirs = json_loadb(data, document.len, STRICT, &error);
    const char *what = NULL;
    if (result == OST_OK && theirs == NULL)
        what = is_too_big_an_integer(&error) ? NULL : "jansson alone refuses it";
    else if (result != OST_OK && theirs != NULL)
        what = "jansson alone accepts it";
    else if (result == OST_OK && !same_value(ours, theirs))
        what = "the values differ";
    json_decref(theirs);
    return what;
}

static void write_value(ost_json_writer *writer, const ost_json *value)
{
    ost_text text, source = ost_json_source(value);
    int64_t integer;
    double number;
    bool boolean;
    if (ost_json_is(value, OST_JSON_OBJECT) || ost_json_is(value, OST_JSON_ARRAY)) {
        bool object = ost_json_is(value, OST_JSON_OBJECT);
        (object ? ost_json_open_object : ost_json_open_array)(writer);
        for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
            if (object)
                ost_json_put_name(writer, ost_json_name(at));
            write_value(writer, at);
        }
        (object ? ost_json_close_object : ost_json_close_array)(writer);
    } else if (ost_json_text(value, &text)) {
        ost_json_put_text(writer, text);
    } else if (ost_json_integer(value, &integer)) {
        ost_json_put_integer(writer, integer);
    } else if (ost_json_number(value, &number)) {
        /* What a double cannot hold is for copying. */
        if (text_find(source, '.', 0) < source.len || text_find(source, 'e', 0) < source.len)
            ost_json_put_number(writer, number);
        else
            ost_json_put_value(writer, value);
    } else if (ost_json_boolean(value, &boolean)) {
        ost_json_put_boolean(writer, boolean);
    } else {
        ost_json_put_null(writer);
    }
}

static bool written_reads_the_same(ost_text written, ost_text document, ost_arena *arena)
{
    const ost_json *again;
    if (ost_json_read(written, NULL, arena, &again, NULL) != OST_OK)
        return false;
    json_t *original = json_loadb(document.data, document.len, STRICT, NULL);
    json_t *theirs = json_loadb(written.data, written.len, STRICT, NULL);
    /* Integers too big for jansson are out of its judgement. */
    bool same = original == NULL || (same_value(again, original) && same_value(again, theirs));
    json_decref(original);
    json_decref(theirs);
    return same;
}

const char *peer_round_trip(ost_text document, ost_arena *arena)
{
    const ost_json *value, *part;
    ost_text written, copied;
    ost_arena_reset(arena);
    if (ost_json_read(document, NULL, arena, &value, NULL) != OST_OK)
        return NULL;
    ost_json_writer *writer = ost_json_writer_new(arena, 8 * document.len + 64);
    ost_json_writer *copier = ost_json_writer_new(arena, document.len);
    if (writer == NULL || copier == NULL)
        return "out of memory";
    write_value(writer, value);
    if (ost_json_writer_finish(writer, &written) != OST_OK)
        return "what was read cannot be written";
    if (!written_reads_the_same(written, document, arena))
        return "what was written reads differently";
    ost_json_put_value(copier, value);
    if (ost_json_writer_finish(copier, &copied) != OST_OK ||
        !text_equal(copied, ost_json_source(value)))
        return "a copy differs";
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        ost_text source = ost_json_source(at);
        if (source.data < document.data || source.len > document.len ||
            ost_json_read(source, NULL, arena, &part, NULL) != OST_OK ||
            ost_json_type_of(part) != ost_json_type_of(at))
            return "a part's source is not its own";
    }
    return NULL;
}

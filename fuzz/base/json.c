/* The JSON reader against jansson in its strict mode, and through the writer back to itself. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <ostiary/json.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Expected deviations: depth and numbers of many digits have ceilings of their own on each side,
 * and jansson takes a NUL byte behind the document for its end. */
static bool may_differ(const char *data, size_t size)
{
    size_t digits = 0, depth = 0;
    for (size_t i = 0; i < size; i++) {
        digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
        depth += data[i] == '[' || data[i] == '{';
        if (digits >= 18 || depth >= 32 || data[i] == '\0')
            return true;
    }
    return false;
}

static void write_and_read(const ost_json *value, ost_arena *arena)
{
    const ost_json *again;
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL)
        return;
    ost_json_put_value(writer, value);
    if (ost_json_writer_finish(writer, &text) != OST_OK ||
        ost_json_read(text, NULL, arena, &again, NULL) != OST_OK ||
        ost_json_type_of(again) != ost_json_type_of(value) ||
        ost_json_count(again) != ost_json_count(value))
        abort();
}

/* Text that was read can be written. */
static void rewrite_text(const ost_json *value, ost_arena *arena)
{
    ost_text text, written, back;
    const ost_json *again;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    if (writer == NULL || !ost_json_text(value, &text))
        return;
    ost_json_put_text(writer, text);
    if (ost_json_writer_finish(writer, &written) != OST_OK ||
        ost_json_read(written, NULL, arena, &again, NULL) != OST_OK ||
        !ost_json_text(again, &back) || back.len != text.len ||
        (text.len > 0 && memcmp(back.data, text.data, text.len) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    const ost_json *value;
    json_error_t error;
    if (arena == NULL || size > 65536) {
        ost_arena_free(arena);
        return 0;
    }
    ost_result result =
        ost_json_read((ost_text){(const char *)data, size}, NULL, arena, &value, NULL);
    json_t *theirs =
        json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if ((result == OST_OK) != (theirs != NULL) && !may_differ((const char *)data, size))
        abort();
    json_decref(theirs);
    if (result == OST_OK) {
        write_and_read(value, arena);
        rewrite_text(value, arena);
        for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at))
            rewrite_text(at, arena);
    }
    ost_arena_free(arena);
    return 0;
}

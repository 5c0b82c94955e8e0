/* Writes the access log; see request_log.h. */
#include "request_log.h"

#include <time.h>

#include "log_sink.h"
#include "text.h"

#define VALUE_MAX 512 /* bytes of one value */

/* A line under way; what does not fit is left out. */
typedef struct line {
    char *data;
    size_t len, size;
    bool json;
} line;

static void add_byte(line *to, char byte)
{
    if (to->len < to->size)
        to->data[to->len++] = byte;
}

static void add_string(line *to, const char *string)
{
    for (; *string != '\0'; string++)
        add_byte(to, *string);
}

static void add_decimal(line *to, uint64_t number, int at_least)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0 || count < at_least);
    while (count > 0)
        add_byte(to, digits[--count]);
}

static void add_escape(line *to, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    add_string(to, "\\u00");
    add_byte(to, digits[byte >> 4]);
    add_byte(to, digits[byte & 15]);
}

/* In quotes. Text that is not UTF-8 loses its upper half; nothing can end the line or the quotes,
 * or speak to a terminal. */
static void add_quoted(line *to, ost_text value)
{
    ost_text shown = text_slice(value, 0, VALUE_MAX);
    bool utf8 = text_is_utf8(shown);
    add_byte(to, '"');
    for (size_t i = 0; i < shown.len; i++) {
        unsigned char byte = (unsigned char)shown.data[i];
        if (byte == '"' || byte == '\\') {
            add_byte(to, '\\');
            add_byte(to, (char)byte);
        } else if (byte != 0 && (byte < 0x20 || byte == 0x7f)) {
            add_escape(to, byte);
        } else if (byte != 0 && (byte < 0x80 || utf8)) {
            add_byte(to, (char)byte);
        } else {
            add_byte(to, '?');
        }
    }
    add_byte(to, '"');
}

/* A space and name=, or a comma and "name": */
static void add_name(line *to, const char *name)
{
    add_string(to, to->json ? ",\"" : " ");
    add_string(to, name);
    add_string(to, to->json ? "\":" : "=");
}

/* Empty values are left out. */
static void add_text(line *to, const char *name, ost_text value)
{
    if (value.len == 0)
        return;
    add_name(to, name);
    add_quoted(to, value);
}

static void add_number(line *to, const char *name, int64_t number)
{
    add_name(to, name);
    add_decimal(to, number > 0 ? (uint64_t)number : 0, 1);
}

/* ISO 8601, UTC. */
static void add_time(line *to, int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL)
        return;
    add_decimal(to, (uint64_t)utc.tm_year + 1900, 4);
    const struct {
        char before;
        int number;
    } parts[] = {{'-', utc.tm_mon + 1},
                 {'-', utc.tm_mday},
                 {'T', utc.tm_hour},
                 {':', utc.tm_min},
                 {':', utc.tm_sec}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        add_byte(to, parts[i].before);
        add_decimal(to, (uint64_t)parts[i].number, 2);
    }
    add_byte(to, '.');
    add_decimal(to, (uint64_t)(now_ms % 1000), 3);
    add_byte(to, 'Z');
}

size_t request_log_format(const http_log_entry *entry, int64_t now_ms, bool json, char *ret,
                          size_t size)
{
    line made = {.data = ret, .size = size > 2 ? size - 2 : 0, .json = json};
    add_string(&made, json ? "{\"time\":\"" : "");
    add_time(&made, now_ms);
    add_string(&made, json ? "\"" : "");
    add_text(&made, "peer", entry->peer);
    if (entry->request != NULL) {
        add_text(&made, "method", entry->request->method_name);
        add_text(&made, "path", entry->request->path);
    }
    add_number(&made, "status", entry->status);
    add_number(&made, "bytes", (int64_t)entry->body_bytes);
    add_number(&made, "us", entry->duration_us);
    add_text(&made, "subject", entry->subject);
    add_text(&made, "reason", entry->reason);
    if (entry->request != NULL)
        add_text(&made, "request", entry->request->request_id);
    made.size = size;
    if (json)
        add_byte(&made, '}');
    add_byte(&made, '\n');
    return made.len;
}

static void put_line(const http_log_entry *entry, bool json, log_sink *sink)
{
    static _Thread_local char text[REQUEST_LOG_LINE];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    size_t len = request_log_format(entry, now_ms, json, text, sizeof text);
    log_sink_put(sink, (ost_text){text, len});
}

void request_log_text(const http_log_entry *entry, void *user)
{
    put_line(entry, false, user);
}

void request_log_json(const http_log_entry *entry, void *user)
{
    put_line(entry, true, user);
}

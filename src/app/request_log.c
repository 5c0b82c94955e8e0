/* Writes the access log; see request_log.h. */
#include "request_log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

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

__attribute__((format(printf, 2, 3))) static void add_format(line *to, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add_string(to, text);
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
            add_format(to, "\\u%04x", byte);
        } else if (byte != 0 && (byte < 0x80 || utf8)) {
            add_byte(to, (char)byte);
        } else {
            add_byte(to, '?');
        }
    }
    add_byte(to, '"');
}

/* name="value", or ,"name":"value". Empty values are left out. */
static void add_member(line *to, const char *name, ost_text value)
{
    if (value.len == 0)
        return;
    add_format(to, to->json ? ",\"%s\":" : " %s=", name);
    add_quoted(to, value);
}

static void add_number(line *to, const char *name, int64_t number)
{
    add_format(to, to->json ? ",\"%s\":%" PRId64 : " %s=%" PRId64, name, number);
}

static void add_time(line *to, int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char text[32] = "";
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    add_format(to, to->json ? "{\"time\":\"%s.%03dZ\"" : "%s.%03dZ", text, (int)(now_ms % 1000));
}

size_t request_log_format(const http_log_entry *entry, int64_t now_ms, bool json, char *ret,
                          size_t size)
{
    line made = {.data = ret, .size = size > 2 ? size - 2 : 0, .json = json};
    add_time(&made, now_ms);
    add_member(&made, "peer", entry->peer);
    if (entry->request != NULL) {
        add_member(&made, "method", entry->request->method_name);
        add_member(&made, "path", entry->request->path);
    }
    add_number(&made, "status", entry->status);
    add_number(&made, "bytes", (int64_t)entry->body_bytes);
    add_number(&made, "us", entry->duration_us);
    add_member(&made, "subject", entry->subject);
    add_member(&made, "reason", entry->reason);
    if (entry->request != NULL)
        add_member(&made, "request", entry->request->request_id);
    made.size = size;
    if (json)
        add_byte(&made, '}');
    add_byte(&made, '\n');
    return made.len;
}

static void write_line(const http_log_entry *entry, bool json)
{
    struct timespec now;
    char text[REQUEST_LOG_LINE];
    clock_gettime(CLOCK_REALTIME, &now);
    size_t len = request_log_format(entry, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, json,
                                    text, sizeof text);
    /* A log that cannot be written is no reason to stop serving. */
    if (write(STDERR_FILENO, text, len) < 0)
        return;
}

void request_log_text(const http_log_entry *entry, void *user)
{
    (void)user;
    write_line(entry, false);
}

void request_log_json(const http_log_entry *entry, void *user)
{
    (void)user;
    write_line(entry, true);
}

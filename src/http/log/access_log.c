/* SPDX-License-Identifier: Apache-2.0 */
/* Writes access log lines. Authorization servers and their clients put codes and tokens into
 * queries (RFC 6749 §4.1.2, RFC 6750 §2.3, OpenID Connect RP-Initiated Logout §2): the values of
 * such parameters never reach a log. */
#include "http/log/access_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "base/trace/trace_context.h"
#include "http/log/log_sink.h"

#define LINE_SIZE 4096
#define VALUE_MAX 512 /* bytes of one value, before it is escaped */
#define NAME_MAX_BYTES 64

typedef struct line {
    char *data;
    size_t len, size;
    bool json;
    bool full; /* something did not fit */
} line;

static const char *const secret_parameters[] = {
    "access_token",  "assertion",     "client_assertion", "client_secret", "code",
    "code_verifier", "device_code",   "id_token",         "id_token_hint", "key",
    "logout_token",  "nonce",         "password",         "refresh_token", "relaystate",
    "request",       "samlrequest",   "samlresponse",     "session_code",  "session_state",
    "state",         "subject_token", "ticket",           "token",         "user_code",
};

/* ---- bytes ---- */

static void add_byte(line *to, char byte)
{
    if (to->len < to->size)
        to->data[to->len++] = byte;
    else
        to->full = true;
}

static void add_string(line *to, const char *string)
{
    for (; *string != '\0'; string++)
        add_byte(to, *string);
}

/* One byte of a quoted value, in a form that JSON and logfmt share. */
static void add_escaped(line *to, unsigned char byte, bool utf8)
{
    static const char digits[] = "0123456789abcdef";
    if (byte == '"' || byte == '\\') {
        add_byte(to, '\\');
        add_byte(to, (char)byte);
    } else if (byte < 0x20 || byte == 0x7f) {
        add_string(to, "\\u00");
        add_byte(to, digits[byte >> 4]);
        add_byte(to, digits[byte & 15]);
    } else {
        add_byte(to, byte < 0x80 || utf8 ? (char)byte : '?');
    }
}

/* Well-formed characters of three bytes that turn the direction of what follows, or end a line:
 * U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069. */
static bool turns(const unsigned char *at)
{
    if (at[0] != 0xe2)
        return false;
    if (at[1] == 0x80)
        return at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae);
    return at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;
}

/* Well-formed UTF-8 that terminals obey: C1 controls, U+061C and what turns the direction. */
static bool has_controls(ost_text text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    for (size_t i = 1; i < text.len; i++) {
        if ((at[i - 1] == 0xc2 && at[i] < 0xa0) || (at[i - 1] == 0xd8 && at[i] == 0x9c) ||
            (i + 1 < text.len && turns(at + i - 1)))
            return true;
    }
    return false;
}

/* Not in the middle of a character. */
static ost_text shorten(ost_text text)
{
    if (text.len <= VALUE_MAX)
        return text;
    size_t len = VALUE_MAX;
    while (len > 0 && ((unsigned char)text.data[len] & 0xc0) == 0x80)
        len--;
    return text_slice(text, 0, len);
}

static void add_value(line *to, ost_text value)
{
    value = shorten(value);
    bool utf8 = text_is_utf8(value) && !has_controls(value);
    for (size_t i = 0; i < value.len; i++)
        add_escaped(to, (unsigned char)value.data[i], utf8);
}

/* ---- queries ---- */

/* The name as a form reader would see it: "c%6fde" is "code". */
static bool is_secret(ost_text encoded)
{
    char name[NAME_MAX_BYTES];
    size_t len = 0;
    for (size_t i = 0; i < encoded.len && len < sizeof name; i++) {
        int byte = percent_byte((ost_text){encoded.data + i, encoded.len - i});
        name[len++] = byte < 0 ? encoded.data[i] : (char)byte;
        i += byte < 0 ? 0 : 2;
    }
    for (size_t i = 0; i < ARRAY_LEN(secret_parameters); i++)
        if (text_equal_ignoring_case((ost_text){name, len}, text_of(secret_parameters[i])))
            return true;
    return false;
}

static void add_query(line *to, ost_text query)
{
    bool first = true;
    for (ost_text rest = shorten(query), pair; text_next(&rest, '&', &pair); first = false) {
        size_t equals = text_find(pair, '=', 0);
        ost_text name = text_slice(pair, 0, equals);
        add_byte(to, first ? '?' : '&');
        if (equals == pair.len || !is_secret(name)) {
            add_value(to, pair);
            continue;
        }
        add_value(to, name);
        add_string(to, "=***");
    }
}

/* ---- members ---- */

/* A member is written whole or not at all. */
static void add_member(line *to, const char *name, ost_text value, ost_text query)
{
    size_t before = to->len;
    if (value.len == 0 || to->full)
        return;
    add_string(to, to->json ? ",\"" : " ");
    add_string(to, name);
    add_string(to, to->json ? "\":\"" : "=\"");
    add_value(to, value);
    add_query(to, query);
    add_byte(to, '"');
    if (to->full)
        to->len = before;
    to->full = false;
}

static void add_text(line *to, const char *name, ost_text value)
{
    add_member(to, name, value, (ost_text){NULL, 0});
}

static void add_number(line *to, const char *name, int64_t number)
{
    char text[80];
    size_t before = to->len;
    snprintf(text, sizeof text, to->json ? ",\"%s\":%" PRId64 : " %s=%" PRId64, name, number);
    add_string(to, text);
    if (to->full)
        to->len = before;
    to->full = false;
}

static void add_time(line *to, int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    char text[32] = "", milliseconds[16];
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(milliseconds, sizeof milliseconds, ".%03dZ", (int)(now_ms % 1000));
    add_string(to, to->json ? "{\"time\":\"" : "time=");
    add_string(to, text);
    add_string(to, milliseconds);
    add_string(to, to->json ? "\"" : "");
}

static void add_request(line *to, const http_request *request)
{
    const char *version = request->version == 20 ? "2" : request->version == 11 ? "1.1" : "1.0";
    add_text(to, "method", request->method_name);
    add_member(to, "path", request->path, request->query);
    add_text(to, "http", text_of(version));
}

static void add_trace(line *to, const trace_span *span)
{
    char id[2 * TRACE_ID_BYTES + 1];
    if (span == NULL)
        return;
    trace_context_write_id(&span->context, id);
    add_text(to, "trace", text_of(id));
}

size_t access_log_format(const http_log_entry *entry, const char *program, int64_t now_ms,
                         bool json, char *ret, size_t size)
{
    line made = {.data = ret, .size = size - 2, .json = json};
    add_time(&made, now_ms);
    add_text(&made, "program", text_of(program));
    add_text(&made, "peer", entry->peer);
    if (entry->request != NULL)
        add_request(&made, entry->request);
    add_number(&made, "status", entry->status);
    add_number(&made, "bytes", (int64_t)entry->body_bytes);
    add_number(&made, "us", entry->duration_us);
    add_text(&made, "subject", entry->subject);
    add_text(&made, "reason", entry->reason);
    for (size_t i = 0; i < entry->detail_count; i++)
        add_text(&made, entry->details[i].name, entry->details[i].value);
    if (entry->request != NULL) {
        add_text(&made, "request", entry->request->request_id);
        add_trace(&made, entry->span);
        add_text(&made, "agent", http_request_field(entry->request, "user-agent"));
    }
    made.size = size;
    if (json)
        add_byte(&made, '}');
    add_byte(&made, '\n');
    return made.len;
}

/* ---- writing ---- */

static void put_line(const http_log_entry *entry, bool json, log_sink *sink)
{
    struct timespec now;
    char text[LINE_SIZE];
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    size_t len = access_log_format(entry, log_sink_name(sink), now_ms, json, text, sizeof text);
    log_sink_put(sink, (ost_text){text, len});
}

void access_log_text(const http_log_entry *entry, void *user)
{
    put_line(entry, false, user);
}

void access_log_json(const http_log_entry *entry, void *user)
{
    put_line(entry, true, user);
}

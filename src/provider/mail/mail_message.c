/* SPDX-License-Identifier: Apache-2.0 */
/* Writing mails; see mail_message.h. The bodies are in base64: no line of theirs is too long, none
 * begins with a dot, and nothing in them is taken for a boundary. */
#include "provider/mail/mail_message.h"

#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/text.h"
#include "provider/mail/smtp_setting.h"

#define LINE 76 /* characters of base64 in a line (RFC 2045 §6.8) */
#define WORD_BYTES                                                                                 \
    39 /* of one encoded word: 52 characters, 12 around them, a field (RFC 2047 §2) */
#define PLAIN_VALUE 60 /* bytes of a value that stands as it is: no line is folded within it */
#define VALUE_MAX 1000 /* bytes of a name or a subject */
#define BOUNDARY "=_"  /* which no base64 has in it */

/* ---- values of the header ---- */

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f;
}

static bool is_plain(ost_text value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if (byte >= 0x80 || is_control(byte) ||
            (byte == '=' && i + 1 < value.len && value.data[i + 1] == '?'))
            return false;
    }
    return value.len <= PLAIN_VALUE;
}

/* Where the next word ends: no character is cut in two. */
static size_t word_end(ost_text value, size_t from)
{
    size_t end = from + WORD_BYTES;
    if (end >= value.len)
        return value.len;
    while (end > from && ((unsigned char)value.data[end] & 0xc0) == 0x80)
        end--;
    return end;
}

static void put_words(buffer *b, ost_text value)
{
    char clean[VALUE_MAX], encoded[(WORD_BYTES + 2) / 3 * 4];
    size_t len = value.len <= VALUE_MAX ? value.len : VALUE_MAX;
    while (len < value.len && len > 0 && ((unsigned char)value.data[len] & 0xc0) == 0x80)
        len--;
    for (size_t i = 0; i < len; i++)
        clean[i] = is_control((unsigned char)value.data[i]) ? ' ' : value.data[i];
    for (size_t from = 0, end; from < len; from = end) {
        end = word_end((ost_text){clean, len}, from);
        size_t count = base64_encode((const unsigned char *)clean + from, end - from, encoded);
        buffer_append_string(b, from > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        buffer_append(b, (ost_text){encoded, count});
        buffer_append_string(b, "?=");
    }
}

/* A phrase: atoms and spaces, or else a quoted string (RFC 5322 §3.2.4). */
static void put_name(buffer *b, ost_text name)
{
    if (!is_plain(name)) {
        put_words(b, name);
        return;
    }
    buffer_append_byte(b, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '"' || name.data[i] == '\\')
            buffer_append_byte(b, '\\');
        buffer_append_byte(b, name.data[i]);
    }
    buffer_append_byte(b, '"');
}

static void put_mailbox(buffer *b, const char *field, ost_text name, ost_text address)
{
    buffer_append_format(b, "%s: ", field);
    name = text_trim(name);
    if (name.len > 0) {
        put_name(b, name);
        buffer_append_string(b, "\r\n ");
    }
    buffer_append_byte(b, '<');
    buffer_append(b, address);
    buffer_append_string(b, ">\r\n");
}

/* Whatever the locale is (RFC 5322 §3.3). */
static void put_date(buffer *b, int64_t date)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)date;
    struct tm t = {0};
    gmtime_r(&seconds, &t);
    buffer_append_format(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[t.tm_wday],
                         t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
                         t.tm_sec);
}

static void put_header(buffer *b, const mail_message *m)
{
    ost_text host = text_slice(m->from, text_find(m->from, '@', 0) + 1, m->from.len);
    put_date(b, m->date);
    put_mailbox(b, "From", m->from_name, m->from);
    if (m->reply_to.len > 0)
        put_mailbox(b, "Reply-To", m->reply_to_name, m->reply_to);
    put_mailbox(b, "To", (ost_text){0}, m->to);
    buffer_append_string(b, "Subject: ");
    if (is_plain(m->subject))
        buffer_append(b, m->subject);
    else
        put_words(b, m->subject);
    buffer_append_format(b,
                         "\r\nMessage-ID: <%.*s@%.*s>\r\n"
                         "MIME-Version: 1.0\r\n"
                         "Auto-Submitted: auto-generated\r\n" /* RFC 3834 §5 */
                         "Content-Type: multipart/alternative;\r\n"
                         " boundary=\"" BOUNDARY "%.*s\"\r\n\r\n",
                         OST_FORMAT(m->id), OST_FORMAT(host), OST_FORMAT(m->id));
}

/* ---- the parts ---- */

static void put_base64(buffer *b, ost_text body)
{
    char line[LINE];
    for (size_t from = 0; from < body.len; from += LINE / 4 * 3) {
        size_t left = body.len - from, take = left < LINE / 4 * 3 ? left : LINE / 4 * 3;
        size_t count = base64_encode((const unsigned char *)body.data + from, take, line);
        buffer_append(b, (ost_text){line, count});
        buffer_append_string(b, "\r\n");
    }
}

static void put_part(buffer *b, const mail_message *m, const char *type, ost_text body)
{
    buffer_append_format(b,
                         "--" BOUNDARY "%.*s\r\n"
                         "Content-Type: %s; charset=UTF-8\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n",
                         OST_FORMAT(m->id), type);
    put_base64(b, body);
    buffer_append_string(b, "\r\n");
}

static ost_result check(const mail_message *m)
{
    const ost_text texts[] = {m->from_name, m->reply_to_name, m->subject, m->text, m->html};
    if (!mail_can_go_to(m->from) || !mail_can_go_to(m->to) ||
        (m->reply_to.len > 0 && !mail_can_go_to(m->reply_to)) || m->id.len == 0 ||
        !text_is_made_of(m->id, "-"))
        return OST_E_ARGUMENT;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!text_is_utf8(texts[i]))
            return OST_E_UTF8;
    }
    return OST_OK;
}

ost_result mail_message_write(const mail_message *m, ost_arena *arena, ost_text *ret)
{
    buffer_auto buffer b = {0};
    ost_result result = check(m);
    if (result != OST_OK)
        return result;
    buffer_init(&b, MAIL_MESSAGE_MAX);
    put_header(&b, m);
    put_part(&b, m, "text/plain", m->text);
    put_part(&b, m, "text/html", m->html);
    buffer_append_format(&b, "--" BOUNDARY "%.*s--\r\n", OST_FORMAT(m->id));
    if (b.failed != OST_OK)
        return b.failed;
    const char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret = (ost_text){copy, b.len};
    return OST_OK;
}

/* The provider's access log; see request_log.h. */
#include "request_log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "text.h"

#define MAX_LINE 2048
#define MAX_VALUE 300

/* Quoted, and without anything that could end the line or steer a terminal. */
static void put(buffer *b, const char *name, ost_text value)
{
    if (value.len == 0)
        return;
    buffer_append_format(b, " %s=\"", name);
    for (size_t i = 0; i < value.len && i < MAX_VALUE; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c == '"' || c == '\\')
            buffer_append_format(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buffer_append_format(b, "\\x%02x", c);
        else
            buffer_append_byte(b, (char)c);
    }
    buffer_append_byte(b, '"');
}

void request_log_write(const http_log_entry *entry, void *user)
{
    char when[32];
    struct tm utc;
    struct timespec now;
    buffer_auto buffer b;
    (void)user;
    buffer_init(&b, MAX_LINE);
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    buffer_append_format(&b, "time=%s.%03ldZ status=%d", when, now.tv_nsec / 1000000,
                         entry->status);
    if (entry->request != NULL) {
        put(&b, "method", entry->request->method_name);
        put(&b, "path", entry->request->path);
    }
    put(&b, "peer", entry->peer);
    put(&b, "subject", entry->subject);
    put(&b, "reason", entry->reason);
    buffer_append_format(&b, " bytes=%zu us=%lld\n", entry->body_bytes,
                         (long long)entry->duration_us);
    /* One write, so that lines of several threads do not mix. */
    if (b.failed == OST_OK)
        (void)!write(STDERR_FILENO, b.data, b.len);
}

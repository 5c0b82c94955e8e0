/* SPDX-License-Identifier: Apache-2.0 */
/* The text format; see metrics_text.h. */
#include "guard/metrics_text.h"

void metrics_head(buffer *b, const char *name, const char *type, const char *help)
{
    buffer_append_format(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* In the value of a label backslash, quote and line feed are escaped; other control characters mean
 * nothing to anybody, and become '?'. */
static void append_value(buffer *b, const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buffer_append_byte(b, '\\');
        if (*at == '\n')
            buffer_append_string(b, "\\n");
        else
            buffer_append_byte(b, (unsigned char)*at < 0x20 || *at == 0x7f ? '?' : *at);
    }
}

void metrics_sample(buffer *b, const char *name, const char *labels, const char *issuer,
                    long long value)
{
    buffer_append_format(b, "%s{%sissuer=\"", name, labels);
    append_value(b, issuer);
    buffer_append_format(b, "\"} %lld\n", value);
}

/* The text format; see metrics_text.h. */
#include "metrics_text.h"

void metrics_head(buffer *b, const char *name, const char *type, const char *help)
{
    buffer_append_format(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label value may hold anything but what would end it; control characters become '?'. */
void metrics_sample(buffer *b, const char *name, const char *labels, const char *issuer,
                    long long value)
{
    buffer_append_format(b, "%s{%sissuer=\"", name, labels);
    for (const char *at = issuer; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buffer_append_byte(b, '\\');
        buffer_append_byte(b, (unsigned char)*at < 0x20 ? '?' : *at);
    }
    buffer_append_format(b, "\"} %lld\n", value);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Trace contexts; see trace_context.h. */
#include "base/trace/trace_context.h"
#include "base/ascii.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

/* ---- traceparent ---- */

#define TRACE_AT 3
#define SPAN_AT 36
#define FLAGS_AT 53
#define FLAG_SAMPLED 1
#define FLAG_RANDOM 2

/* Small letters only (§2.2.2). */
static int digit_of(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(ost_text field, size_t at, unsigned char *ret, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        int high = digit_of(field.data[at + 2 * i]), low = digit_of(field.data[at + 2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool is_zero(const unsigned char *bytes, size_t len)
{
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++)
        all |= bytes[i];
    return all == 0;
}

static bool has_shape(ost_text field)
{
    return field.len >= TRACEPARENT_LEN && field.data[TRACE_AT - 1] == '-' &&
           field.data[SPAN_AT - 1] == '-' && field.data[FLAGS_AT - 1] == '-';
}

/* A later version may go on behind a hyphen; 0xff is none. */
static bool is_version(ost_text field)
{
    unsigned char version;
    if (!read_hex(field, 0, &version, 1) || version == 0xff)
        return false;
    if (version == 0)
        return field.len == TRACEPARENT_LEN;
    return field.len == TRACEPARENT_LEN || field.data[TRACEPARENT_LEN] == '-';
}

bool trace_context_read(ost_text field, trace_context *ret_context)
{
    trace_context read = {0};
    unsigned char flags;
    if (!has_shape(field) || !is_version(field) ||
        !read_hex(field, TRACE_AT, read.trace_id, TRACE_ID_BYTES) ||
        !read_hex(field, SPAN_AT, read.span_id, SPAN_ID_BYTES) ||
        !read_hex(field, FLAGS_AT, &flags, 1) || is_zero(read.trace_id, TRACE_ID_BYTES) ||
        is_zero(read.span_id, SPAN_ID_BYTES))
        return false;
    read.sampled = (flags & FLAG_SAMPLED) != 0;
    read.random = (flags & FLAG_RANDOM) != 0;
    *ret_context = read;
    return true;
}

static void write_hex(const unsigned char *bytes, size_t len, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
}

void trace_context_write(const trace_context *context, char ret[TRACEPARENT_LEN + 1])
{
    const unsigned char flags = (unsigned char)((context->sampled ? FLAG_SAMPLED : 0) |
                                                (context->random ? FLAG_RANDOM : 0));
    memcpy(ret, "00-", 3);
    write_hex(context->trace_id, TRACE_ID_BYTES, ret + TRACE_AT);
    ret[SPAN_AT - 1] = '-';
    write_hex(context->span_id, SPAN_ID_BYTES, ret + SPAN_AT);
    ret[FLAGS_AT - 1] = '-';
    write_hex(&flags, 1, ret + FLAGS_AT);
    ret[TRACEPARENT_LEN] = '\0';
}

void trace_context_write_id(const trace_context *context, char ret[2 * TRACE_ID_BYTES + 1])
{
    write_hex(context->trace_id, TRACE_ID_BYTES, ret);
    ret[2 * TRACE_ID_BYTES] = '\0';
}

/* ---- which are recorded ---- */

static bool read_ratio(const char *text, double *ret)
{
    char *end;
    double ratio = strtod(text, &end);
    if (end == text || *end != '\0' || !(ratio >= 0 && ratio <= 1))
        return false;
    *ret = ratio;
    return true;
}

ost_result trace_sampler_read(const char *name, const char *argument, trace_sampler *ret_sampler,
                              ost_error *error)
{
    static const char prefix[] = "parentbased_";
    ost_text kind = text_of(name != NULL ? name : "parentbased_always_on");
    trace_sampler sampler = {.by_parent = text_starts(kind, prefix)};
    double ratio = 1;
    if (sampler.by_parent)
        kind = text_slice(kind, sizeof prefix - 1, kind.len);
    if (text_is(kind, "always_on"))
        sampler.threshold = TRACE_SAMPLE_ALL;
    else if (text_is(kind, "traceidratio")) {
        if (argument != NULL && !read_ratio(argument, &ratio))
            return ost_error_set(error, OST_E_CONFIG,
                                 "--trace-sampler-arg: \"%.40s\" is not a number from 0 to 1",
                                 argument);
        sampler.threshold = (uint64_t)(ratio * (double)TRACE_SAMPLE_ALL);
    } else if (!text_is(kind, "always_off")) {
        return ost_error_set(error, OST_E_CONFIG,
                             "--trace-sampler: \"%.40s\" is not always_on, always_off, "
                             "traceidratio, or one of these after parentbased_",
                             name);
    }
    *ret_sampler = sampler;
    return OST_OK;
}

/* By the last seven bytes: whoever has the same ratio decides the same. */
static bool is_sampled(const trace_sampler *sampler, const trace_context *context)
{
    uint64_t value = 0;
    for (size_t i = TRACE_ID_BYTES - 7; i < TRACE_ID_BYTES; i++)
        value = value << 8 | context->trace_id[i];
    return value < sampler->threshold;
}

/* Of one request's: zero is no number. */
static ost_result make_id(unsigned char *ret, size_t len)
{
    ost_result result = context_random(NULL, ret, len);
    if (result == OST_OK && is_zero(ret, len))
        ret[len - 1] = 1;
    return result;
}

ost_result trace_span_within(const trace_context *parent, trace_span *ret_span)
{
    trace_span span = {.context = *parent, .has_parent = true};
    memcpy(span.parent_id, parent->span_id, SPAN_ID_BYTES);
    ost_result result = make_id(span.context.span_id, SPAN_ID_BYTES);
    if (result == OST_OK)
        *ret_span = span;
    return result;
}

ost_result trace_span_begin(const trace_sampler *sampler, const trace_context *parent,
                            trace_span *ret_span)
{
    trace_span span = {0};
    ost_result result;
    if (parent != NULL) {
        result = trace_span_within(parent, &span);
    } else {
        span.context.random = true;
        result = make_id(span.context.trace_id, TRACE_ID_BYTES);
        if (result == OST_OK)
            result = make_id(span.context.span_id, SPAN_ID_BYTES);
    }
    if (result != OST_OK)
        return result;
    if (parent == NULL || !sampler->by_parent)
        span.context.sampled = is_sampled(sampler, &span.context);
    *ret_span = span;
    return OST_OK;
}

/* ---- what a thread works for ---- */

static _Thread_local const trace_context *current;

void trace_current_set(const trace_context *context)
{
    current = context;
}

const trace_context *trace_current(void)
{
    return current;
}

trace_carried trace_current_carry(void)
{
    return current != NULL ? (trace_carried){*current, true} : (trace_carried){0};
}

void trace_current_resume(const trace_carried *carried)
{
    current = carried->is_set ? &carried->context : NULL;
}

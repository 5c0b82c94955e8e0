/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the chunked transfer coding: RFC 9112 §7.1. Sizes are plain hexadecimal; extensions and
 * trailers are refused (their allowed length is zero, §7.1.1): nobody here would look at them, and
 * they are where two readers come to differ. */
#include "http/http1/chunked.h"

#include "base/percent.h"

enum { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST_CR, LAST_LF, END };

#define SIZE_DIGITS_MAX 15 /* keeps the sum below 2^63 */

void chunked_init(chunked_reader *reader, size_t max)
{
    *reader = (chunked_reader){.max = max, .step = SIZE};
}

static chunked_state refuse(chunked_reader *reader, int status, const char *reason)
{
    reader->status = status;
    reader->reason = reason;
    return CHUNKED_REFUSED;
}

static chunked_state read_size(chunked_reader *reader, char c)
{
    int digit = hex_digit(c);
    if (digit >= 0) {
        if (++reader->digits > SIZE_DIGITS_MAX)
            return refuse(reader, 400, "chunk size too long");
        reader->remaining = reader->remaining * 16 + (unsigned)digit;
        return CHUNKED_MORE;
    }
    if (reader->digits == 0)
        return refuse(reader, 400, "malformed chunk size");
    if (c == ';' || c == ' ' || c == '\t')
        return refuse(reader, 400, "chunk extension");
    if (c != '\r')
        return refuse(reader, 400, "malformed chunk size");
    if (reader->remaining > reader->max - reader->total)
        return refuse(reader, 413, "body too large");
    reader->step = SIZE_LF;
    return CHUNKED_MORE;
}

static chunked_state expect(chunked_reader *reader, char c, char expected, int next)
{
    if (c != expected)
        return refuse(reader, 400, reader->step == LAST_CR ? "trailer fields" : "malformed chunk");
    reader->step = next;
    return next == END ? CHUNKED_DONE : CHUNKED_MORE;
}

static chunked_state read_byte(chunked_reader *reader, char c)
{
    switch (reader->step) {
    case SIZE:
        return read_size(reader, c);
    case SIZE_LF:
        return expect(reader, c, '\n', reader->remaining == 0 ? LAST_CR : DATA);
    case DATA_CR:
        return expect(reader, c, '\r', DATA_LF);
    case DATA_LF:
        reader->digits = 0;
        return expect(reader, c, '\n', SIZE);
    case LAST_CR:
        return expect(reader, c, '\r', LAST_LF);
    default:
        return expect(reader, c, '\n', END);
    }
}

chunked_state chunked_read(chunked_reader *reader, ost_text input, buffer *out, size_t *ret_used)
{
    size_t i = 0;
    chunked_state state = CHUNKED_MORE;
    while (i < input.len && state == CHUNKED_MORE) {
        if (reader->step != DATA) {
            state = read_byte(reader, input.data[i++]);
            continue;
        }
        size_t take = input.len - i;
        if (take > reader->remaining)
            take = (size_t)reader->remaining;
        buffer_append(out, (ost_text){input.data + i, take});
        i += take;
        reader->total += take;
        reader->remaining -= take;
        if (reader->remaining == 0)
            reader->step = DATA_CR;
    }
    *ret_used = i;
    return state;
}

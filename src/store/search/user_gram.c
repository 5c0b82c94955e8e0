/* SPDX-License-Identifier: Apache-2.0 */
/* Bits of texts; see user_gram.h. */
#include "store/search/user_gram.h"

#include <string.h>

#include "base/text.h"

#define GRAM 3           /* bytes */
#define LITERALS_MOST 64 /* grams of a query that are told apart */
#define GRAMS_WANTED (GRAM_WANTED / GRAM_EACH)

static uint64_t gram_at(ost_text text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.data + at;
    return (uint64_t)bytes[0] << 16 | (uint64_t)bytes[1] << 8 | bytes[2];
}

static uint16_t bit_of(uint64_t gram, unsigned number)
{
    return (gram * 0x9e3779b97f4a7c15U) >> (54 - 10 * number) & (GRAM_BITS - 1);
}

void user_gram_bits(ost_text text, gram_bits *ret_bits)
{
    memset(ret_bits, 0, sizeof *ret_bits);
    for (size_t at = 0; at + GRAM <= text.len; at++) {
        if (memchr(text.data + at, '\n', GRAM) != NULL)
            continue;
        for (unsigned i = 0; i < GRAM_EACH; i++) {
            uint16_t bit = bit_of(gram_at(text, at), i);
            ret_bits->words[bit / 64] |= (uint64_t)1 << bit % 64;
        }
    }
}

/* ---- queries ---- */

/* The next piece of a pattern that stands for itself; *pattern moves behind it. */
static bool next_literal(ost_text *pattern, bool exact, ost_text *ret_literal)
{
    if (pattern->len == 0)
        return false;
    size_t end = exact ? pattern->len : text_find(*pattern, '*', 0);
    *ret_literal = text_slice(*pattern, 0, end);
    *pattern = text_slice(*pattern, end + 1, pattern->len);
    return true;
}

static size_t add_grams(ost_text literal, uint64_t *grams, size_t count)
{
    for (size_t at = 0; at + GRAM <= literal.len && count < LITERALS_MOST; at++) {
        size_t known = 0;
        while (known < count && grams[known] != gram_at(literal, at))
            known++;
        if (known == count)
            grams[count++] = gram_at(literal, at);
    }
    return count;
}

/* Of many grams those that lie far from each other: neighbours often come together. */
size_t user_gram_wanted(const store_user_query *q, uint16_t ret_bits[GRAM_WANTED])
{
    uint64_t grams[LITERALS_MOST];
    ost_text literal;
    size_t count = 0, bits = 0;
    for (size_t i = 0; i < q->word_count; i++) {
        ost_text pattern = q->words[i].pattern;
        while (next_literal(&pattern, q->words[i].exact, &literal))
            count = add_grams(literal, grams, count);
    }
    size_t wanted = count < GRAMS_WANTED ? count : GRAMS_WANTED;
    for (size_t i = 0; i < wanted; i++) {
        uint64_t gram = grams[wanted > 1 ? i * (count - 1) / (wanted - 1) : 0];
        for (unsigned number = 0; number < GRAM_EACH; number++)
            ret_bits[bits++] = bit_of(gram, number);
    }
    return bits;
}

ost_text user_gram_literal(const store_user_query *q)
{
    ost_text literal, longest = {0};
    for (size_t i = 0; i < q->word_count; i++) {
        ost_text pattern = q->words[i].pattern;
        while (next_literal(&pattern, q->words[i].exact, &literal))
            longest = literal.len > longest.len ? literal : longest;
    }
    return longest.len >= GRAM ? longest : (ost_text){0};
}

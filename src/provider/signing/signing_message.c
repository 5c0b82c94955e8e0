/* SPDX-License-Identifier: Apache-2.0 */
/* Packets; see signing_message.h. */
#include "provider/signing/signing_message.h"

#include <string.h>

#include "base/text.h"

/* Algorithms of key pairs; secrets stay with the provider. */
#define PAIRS (OST_ALGS_DEFAULT | (OST_ALGS_SIGNATURE & ~(OST_ALG_BIT(OST_HS512 + 1) - 1)))

/* What stands before the content. */
typedef struct packet_head {
    uint32_t what; /* the operation, or the result */
    uint32_t alg;
    uint32_t key;
    uint32_t len; /* of the content, again */
} packet_head;

static ost_result add(packet_head head, ost_text content, unsigned char *packet, size_t *len)
{
    size_t room = SIGNING_PACKET_MAX - *len;
    if (room < sizeof head || content.len > room - sizeof head)
        return OST_E_CEILING;
    head.len = (uint32_t)content.len;
    memcpy(packet + *len, &head, sizeof head);
    if (content.len > 0)
        memcpy(packet + *len + sizeof head, content.data, content.len);
    *len += sizeof head + content.len;
    return OST_OK;
}

static ost_result next(ost_text *rest, packet_head *ret_head, ost_text *ret_content)
{
    packet_head head;
    if (rest->len < sizeof head || rest->len > SIGNING_PACKET_MAX)
        return OST_E_FORMAT;
    memcpy(&head, rest->data, sizeof head);
    if (head.len > rest->len - sizeof head)
        return OST_E_FORMAT;
    *ret_head = head;
    *ret_content = (ost_text){rest->data + sizeof head, head.len};
    *rest = text_slice(*rest, sizeof head + head.len, rest->len);
    return OST_OK;
}

ost_result signing_request_add(const signing_request *request, unsigned char *packet, size_t *len)
{
    const packet_head head = {.what = request->operation, .alg = request->alg, .key = request->key};
    return add(head, request->content, packet, len);
}

ost_result signing_reply_add(const signing_reply *reply, unsigned char *packet, size_t *len)
{
    const packet_head head = {.what = reply->result, .key = reply->key};
    return add(head, reply->content, packet, len);
}

/* base64url, a full stop, base64url: nothing but tokens is signed. */
static bool is_signing_input(ost_text text)
{
    size_t stop = text_find(text, '.', 0);
    return stop > 0 && stop + 1 < text.len && text_count(text, '.') == 1 &&
           text_is_made_of(text, "-_.");
}

ost_result signing_request_next(ost_text *rest, signing_request *ret_request)
{
    packet_head head;
    ost_text content;
    ost_result result = next(rest, &head, &content);
    if (result != OST_OK)
        return result;
    const signing_request read = {.operation = (signing_operation)head.what,
                                  .alg = (ost_alg)head.alg,
                                  .key = head.key,
                                  .content = content};
    bool pair = head.alg < 64 && (OST_ALG_BIT(head.alg) & PAIRS) != 0;
    bool good = false;
    if (head.what == SIGNING_ADD)
        good = pair && head.key == 0 && content.len > 0;
    else if (head.what == SIGNING_SIGN)
        good = pair && is_signing_input(content);
    else if (head.what == SIGNING_DROP)
        good = head.alg == 0 && content.len == 0;
    if (!good)
        return OST_E_FORMAT;
    *ret_request = read;
    return OST_OK;
}

ost_result signing_reply_next(ost_text *rest, signing_reply *ret_reply)
{
    packet_head head;
    ost_text content;
    ost_result result = next(rest, &head, &content);
    if (result != OST_OK)
        return result;
    if (head.alg != 0 || head.what > OST_E_SCHEMA ||
        (head.what != OST_OK && (head.key != 0 || content.len > 0)))
        return OST_E_FORMAT;
    *ret_reply =
        (signing_reply){.result = (ost_result)head.what, .key = head.key, .content = content};
    return OST_OK;
}

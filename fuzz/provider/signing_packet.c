/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a packet for the signing process, which has a key, and as its reply: what is
 * answered can be read, and is the signature of a token or none at all, for each request. */
#include <stdlib.h>

#include "provider/signing/signing_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char jwk[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
                          "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
                          "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

static void require(bool held)
{
    if (!held)
        abort();
}

static signing_keys *keys_with_one(void)
{
    static unsigned char in[SIGNING_PACKET_MAX], out[SIGNING_PACKET_MAX];
    size_t len = 0, out_len;
    signing_reply reply;
    signing_keys *keys = signing_keys_new();
    const signing_request add = {SIGNING_ADD, OST_EDDSA, 0, {jwk, sizeof jwk - 1}};
    require(keys != NULL);
    require(signing_request_add(&add, in, &len) == OST_OK);
    require(signing_keys_answer(keys, in, len, out, &out_len));
    ost_text rest = {(const char *)out, out_len};
    require(signing_reply_next(&rest, &reply) == OST_OK && reply.key == 1);
    return keys;
}

static bool are_requests(ost_text rest)
{
    signing_request request;
    unsigned count = 0;
    do {
        if (signing_request_next(&rest, &request) != OST_OK)
            return false;
        count++;
    } while (rest.len > 0);
    return count <= SIGNING_TOGETHER;
}

/* An Ed25519 signature for each token that is to be signed with a key that is there. */
static void check(ost_text requests, ost_text replies)
{
    signing_request request;
    signing_reply reply;
    while (requests.len > 0) {
        require(signing_request_next(&requests, &request) == OST_OK);
        require(signing_reply_next(&replies, &reply) == OST_OK);
        require((reply.content.len > 0) ==
                (request.operation == SIGNING_SIGN && reply.result == OST_OK));
        require(reply.content.len == 0 || reply.content.len == 64);
    }
    require(replies.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char out[SIGNING_PACKET_MAX];
    signing_reply reply;
    size_t len;
    ost_text packet = {(const char *)data, size};
    signing_keys *keys = keys_with_one();
    bool good = are_requests(packet);
    require(signing_keys_answer(keys, data, size, out, &len) == good);
    if (good)
        check(packet, (ost_text){(const char *)out, len});
    while (signing_reply_next(&packet, &reply) == OST_OK && packet.len > 0)
        ;
    signing_keys_free(keys);
    return 0;
}

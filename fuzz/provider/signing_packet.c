/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a packet for the signing process, which has a key, and as its reply: what is
 * answered can be read, and is the signature of a token or none at all. */
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
    size_t len, out_len;
    signing_reply reply;
    signing_keys *keys = signing_keys_new();
    const signing_request add = {SIGNING_ADD, OST_EDDSA, 0, {jwk, sizeof jwk - 1}};
    require(keys != NULL);
    require(signing_request_write(&add, in, &len) == OST_OK);
    require(signing_keys_answer(keys, in, len, out, &out_len));
    require(signing_reply_read(out, out_len, &reply) == OST_OK && reply.key == 1);
    return keys;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char out[SIGNING_PACKET_MAX];
    signing_request request;
    signing_reply reply;
    size_t len;
    signing_keys *keys = keys_with_one();
    bool is_request = signing_request_read(data, size, &request) == OST_OK;
    require(signing_keys_answer(keys, data, size, out, &len) == is_request);
    if (is_request) {
        require(signing_reply_read(out, len, &reply) == OST_OK);
        require((reply.content.len > 0) ==
                (request.operation == SIGNING_SIGN && reply.result == OST_OK));
        require(reply.content.len == 0 || (reply.content.len == 64 && request.key == 1));
    }
    (void)!signing_reply_read(data, size, &reply);
    signing_keys_free(keys);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticator data; see authenticator_data.h. */
#include "provider/webauthn/authenticator_data.h"

#include "base/text.h"
#include "provider/webauthn/cbor_value.h"

#define HASH_SIZE 32
#define HEAD_SIZE (HASH_SIZE + 1 + 4)
#define ATTESTED_SIZE (AAGUID_SIZE + 2) /* before the id */

#define FLAG_UP 0x01u
#define FLAG_UV 0x04u
#define FLAG_BE 0x08u
#define FLAG_BS 0x10u
#define FLAG_AT 0x40u
#define FLAG_ED 0x80u

static bool read_attested(ost_text *rest, authenticator_data *data)
{
    if (rest->len < ATTESTED_SIZE)
        return false;
    const unsigned char *bytes = text_bytes(*rest);
    size_t len = (size_t)bytes[AAGUID_SIZE] << 8 | bytes[AAGUID_SIZE + 1];
    data->aaguid = text_slice(*rest, 0, AAGUID_SIZE);
    *rest = text_slice(*rest, ATTESTED_SIZE, rest->len);
    if (len == 0 || len > AUTHENTICATOR_ID_MAX || len > rest->len)
        return false;
    data->id = text_slice(*rest, 0, len);
    *rest = text_slice(*rest, len, rest->len);
    ost_text before = *rest;
    if (!cbor_value_skip(rest))
        return false;
    data->public_key = text_slice(before, 0, before.len - rest->len);
    return true;
}

static bool skip_extensions(ost_text *rest)
{
    ost_text at = *rest;
    cbor_value map;
    return cbor_value_take(&at, CBOR_PAIRS, &map) && cbor_value_skip(rest);
}

ost_result authenticator_data_read(ost_text bytes, authenticator_data *ret_data)
{
    if (bytes.len < HEAD_SIZE)
        return OST_E_FORMAT;
    const unsigned char *at = text_bytes(bytes) + HASH_SIZE;
    unsigned flags = at[0];
    ost_text rest = text_slice(bytes, HEAD_SIZE, bytes.len);
    authenticator_data data = {.rp_id_hash = text_slice(bytes, 0, HASH_SIZE),
                               .present = (flags & FLAG_UP) != 0,
                               .verified = (flags & FLAG_UV) != 0,
                               .attested = (flags & FLAG_AT) != 0,
                               .counter = (uint32_t)at[1] << 24 | (uint32_t)at[2] << 16 |
                                          (uint32_t)at[3] << 8 | at[4]};
    /* What cannot be backed up has not been (WebAuthn §6.1.3). */
    if ((flags & FLAG_BS) != 0 && (flags & FLAG_BE) == 0)
        return OST_E_FORMAT;
    if ((data.attested && !read_attested(&rest, &data)) ||
        ((flags & FLAG_ED) != 0 && !skip_extensions(&rest)) || rest.len != 0)
        return OST_E_FORMAT;
    *ret_data = data;
    return OST_OK;
}

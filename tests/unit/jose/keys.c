/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for the tests of this folder, made once for them. See keys.h. */

#include "keys.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/signature/signature.h"
#include "test.h"

const char test_rsa[] =
    "{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"wNbRaY_0yqe2zpZ1H_NPyoeZ316cuhwNARn1mJ3"
    "HRhMrBBd13mAojFCu8UtsRnBvVIcezUUbzBOhWu754x6iqgSwUdTDGNn9d3JfR-r25U74qosgj-hkj-V"
    "qnR_RqvynrTCVYdzPoCaVwMf-41Lm0DZbc3FqzNzkQWcKoaHZVa3r6aqe3r-o1nrSNx9JglOuMUnBs-J"
    "p44gy3gcoha-Kspvb5vhgOAjzg8pfbNAftzQVd_utBetBUi9Y-sr2NxRJhtQNPo6Xkgo2Y-W9hzRZ39s"
    "yf80KLWBGuA4kmF0-vVuUuT7iwCmM602gK-g7ZttIvS23DNWJOuOCdum8o8rSKw\",\"e\":\"AQAB\""
    ",\"d\":\"GK6GGs5HmnamkcDf2Ik3txLtvBFr2vBDLoG9lbKVcl_QBik14hK0WJKXyZ-J32bTAQ0oVpq"
    "X_mIBftY5L_uC_g2KlHa4dTeq1v0nD9lAOkUGKSyUgYbQ9DqnZNlRPeLdAprwy8Kg5SfQdrPCaSMlEr-"
    "aVed4MCS8_FgCxtb52RrSiRsPySYUrniHoMlJlO1WnzixTRQ33reBCCb2wLtorWoD6f4jVB3lEzFi0jW"
    "Hvm0mshiMdgvLjx8v32pLEdKNNmSv_EQmBJSKeBWEoIRLtv_IPdr33ac5SA7hlztlenGg1D-vsFxpEfY"
    "Lg76sF8-JrFIEmsO3MLSkkIcZ3wcJ2Q\",\"p\":\"-okmTpfv5DSeK6OeLwzEhGrLAc80TxDfsaIMMz"
    "hSPGK3Z7YgpUTPf_OMYlmxkzc90BG5V-scVMLgdIJAZdeifyjSso253fOlGrOZ2EWzsIgHqVhL9Ei2Jl"
    "yb3aAzLAL0DOcyKWfqYrwlv9sG46a_wZcQAi6vwainqMF5oKu_ahM\",\"q\":\"xQuF5hgM06_UAr_u"
    "wfpBBbxILO4W70TW5Dfvx-oI7FIEjM8x6jI5dfjG0Nl30aHYuYxEtMOjP3ZtcoolUSizFdFA_Y7K-xSa"
    "qFuhrbMgu43UgUlNjBCcBLK_I-zBcm0I9_zCxdiRE0X3IK6mWqkSXMw0rfjTq0mVN7UsZ9C6eok\",\""
    "dp\":\"BYE99jwgaUM-tnbB4wbEyqQOEdwbqiEUyTJmUjnKlMkWfpDh5r-8T3Nqgj62SCXOlePNzsC7v"
    "qEJjYXPJG24hFLBTmsOynGwDwYjOz1M1XQntvDZumRenDkss5HxjeYCtsXdtEs0OzcnHTAS1q2zSO2oz"
    "GN6OScbh_m4Um9zpUE\",\"dq\":\"rMjZ9VaJiObZxj9_oeFMOzdLIvr0aYO33A-g13DFulSBYOgfIP"
    "pBoM0xqdnIU67UWIBDjy8ua2vxtUqmRnCl-S-xCaa5H0qGA7O2Jpa40T4hZe1dbsDxzrzfFyV4zFoIT0"
    "z5jnvFW10ywxnjDgTL8Uuvtg5Hrh-sFVltQuupWeE\",\"qi\":\"Wz4nTuHh2g4IYRljsEokwhQgcAm"
    "c1A6EJtNyt_y4Sj0bJE7GojfGi6medbeYIEv4DDzgzq4TGp5VWrJb0tOzZHFiOCcz6OEIOzHzEtHoOEH"
    "NIRWy1pDRoHVny84tziHbCJbO9MaSJbsLMjb2KEIyzrC-Yv5cRZ2CdVsw5MXGE04\"}";

const char test_rsa_other[] =
    "{\"kty\":\"RSA\",\"kid\":\"rsa2\",\"n\":\"yHm2KNKZuOJqFNAbhuxRdoXiOeDWZ6lsJy3GML"
    "zR1QAL_fNzM2asJby1gVFpF_xKOr2AAtqhDUrEQoECo0iSE8Km-LNmN5sBi2htNB0ID0DI0gafViPKYD"
    "g_N8asYvTYrqd4wM4Ue6NDOCsiP2duBoXYjJR0FwrgOelyXnvnF_Ltx46Bwc3dFCBaFgRPTcSeXvP_lM"
    "VUzCNJSpX3tsMnnF-56IX8NkVv6HFLCFE_U2BWoLfj70mGjqInHns9AhGTwRS8Xdom2y0jEmxUGMGoSA"
    "Na-wQ3mb4Gl8cetVsJAHUgwf6IDYMwxVLwRuXOcaaqh-FFAbtTiU0IfZyYi5rnXQ\",\"e\":\"AQAB"
    "\",\"d\":\"M7cCAKHjOcheaSQOFc4cbaC37QpNBMy1s52hRK1Qy8uJTGdizl2sBsgZYlSn8aIJXAHKZ"
    "fIUHaOt4SH6ljiARkyuWfWdZra7vUSg9xKOI7EonNVMgSIWcJ_R3weHLLfQta1J_yKqMgK5smGeIhECV"
    "vhsFketcsxBb28DK9B2mryAmeG-FEj8FeCUtgK_Xk8kekm9aUBzfGduIrb2h4sqnXgnCCCPrJF0azFh9"
    "yJA-p1sekF8bRJYGbe0TIcElZ3xYe3PVHqhEX2cC2R7rVUqbgxLH5SWB7EQM_MMCAG-_yxdz_QKzsYKj"
    "yIXR6hywh32yBFNnF1LvLNfLR5QcYU6mQ\",\"p\":\"-iNdivdNkybHUiI-yqQgJODk9w43uwhAqpD_"
    "4io7Wo-K5slLP7MWtZJhAE90Bw2GrZjxuQ0Z8zqksUdkaYxiB6hLSlc9fl7e9ElzOBnZJr2RFrXtqICi"
    "oY2n3S0Jp0NjmjFKkenBKgAoS04V6pd4r83n_TQBysyVWNud3galMjs\",\"q\":\"zSxokW0ldUhIqw"
    "8RDwTxwBC56AuBv3zKzskD2U3gDKOjuZZgkMN9sk0C6yowDEFkaPty18XTyzvD09d2gpa_w9LHq3jolv"
    "qdQ6Lljyw7deSYGvaArxMvUuno_EEmuaRtEAZFnw7B6lhP44t06EPsnEwJm-kO94UoaLpaGvrdW0c\","
    "\"dp\":\"1yN5vh9L8mdlAciAdyvIlc90PuVUm6HSdKF3497s48wX7L1u4h-3RX3bvjeYFMTWdBLavI1"
    "_J0rmAa_ktj9OxUVDVHJKaplQa42M8tCQi5h55K2e9dGFjyvWGA43gkwcq67_cxY41FYEUhicEwQqghK"
    "4GHgVnoZtYVqqoh7XEKc\",\"dq\":\"QdTR6HeA4VTEHD7FVnBbsSisvcuTYgGEgTz2Qy89iFCpI88g"
    "RNK07hTPruzmZchFk3m6q4kKH9eZScuEdvovpYFoF5i_6FGZTC5kQcALhBRIyb32JDafpJbw7p9o8X_U"
    "jqO0iwiNJ8gWOghxBmVk8fFj0-a_qqPLB29joeyEQdk\",\"qi\":\"gSCPBKWuGSKuagZsOVQz9aCgV"
    "PobQArRb3TRk7ev0uOfnzHIZzPxOddo1boWy_ZtFQumIHXNm0jS1jwvOSJDOxkQyoAOIxLvNq5AAXNi7"
    "4tmHl5jivMGgIbXJaZIOk4QYIOpDMA01DVOanUktm8vfuvkdX_oiJju18-WIVAtLMo\"}";

const char test_p256[] =
    "{\"kty\":\"EC\",\"kid\":\"p256\",\"crv\":\"P-256\",\"x\":\"_Bvq-XgCe79FzfjfWMeU_"
    "wSIpuzyKAz068ZzZJGoxZI\",\"y\":\"XEC6RkL5CGLFZuaEQslQNDHF8uqcf7GisUGv2E4pxVU\","
    "\"d\":\"B1Sfea5s5o1pax5FS_dCjJVw-KtTluSgsYY1p99NxmI\"}";

const char test_p256_other[] =
    "{\"kty\":\"EC\",\"kid\":\"p256b\",\"crv\":\"P-256\",\"x\":\"gmhwvDIhlR8NgIeiZBab"
    "PPXvl8qLkOHXa7PcpTZbRlo\",\"y\":\"0rl5rdfeABGxM_tjRqRRYoWWu7D0xx-ubNxGYeQlJLs\","
    "\"d\":\"42XMlqwBGhpj9G-xDrhyVM1CMq8rpMhbQtphDIYirgA\"}";

const char test_p384[] =
    "{\"kty\":\"EC\",\"kid\":\"p384\",\"crv\":\"P-384\",\"x\":\"V57avr4MfOsWb5K86Rvjj"
    "e9f_vgoHGELUz7iqALdB52QW3YYHJb9iFEuSH5MYNlv\",\"y\":\"RZL4nij6hOnvIzd3MVoqDYXrEk"
    "212cTXahXFBZ5NXFSb2P5lnkYbod2gvwpnEGWY\",\"d\":\"ph9sxaW3fqpmlecN-7y9gfgzcCauM6r"
    "vF0IsNSoniarDotAClVuwWjXMEYsTJ-hH\"}";

const char test_p521[] =
    "{\"kty\":\"EC\",\"kid\":\"p521\",\"crv\":\"P-521\",\"x\":\"ASmLAFzNfE9TxQGEJE4Ok"
    "Q24j_bWzDU5mhWCWfgSFb0_r6QEtL45ixqlkyB3AEWVMAJSLZvHBno8NRzSBXoCO_XN\",\"y\":\"AD"
    "11WvnF-Bze1XNjR3J7rYEXUx6htfUVFNhHR8ZQLqsXo_ChJ0rLBq4_IenEC2hTOnIG_TMH4-581dDuWF"
    "4maeBy\",\"d\":\"AdnoRO21LygP0RcPDKZiCUOJ1aFdfQ6cp1-VkKvNUqnklI8KFXagdBpazXCkC1O"
    "AgRNKuEI8eIcDNfN3rGbA57zU\"}";

const char test_ed25519[] =
    "{\"kty\":\"OKP\",\"kid\":\"ed\",\"crv\":\"Ed25519\",\"x\":\"5M7iMXqx87K7Hl5GkGDz"
    "2d3IhnrArymRUQF3bSYAHd8\",\"d\":\"yBq5xb47EXCpeWP_CCR7R2doQ7AbTWpTqoUWDMk5PRg\"}";

const char test_secp256k1[] =
    "{\"kty\":\"EC\",\"kid\":\"secp256k1\",\"crv\":\"secp256k1\",\"x\":\"UntCSn7TG32u9w9M"
    "DBMw8_2Dkph1jRNjhIsPFEcX1VY\",\"y\":\"S9x4P4fD5_jF7kDZpMNCHkJZN3TfY9P-JdVnsDmTZI8\","
    "\"d\":\"t5MykQaNhlq4butMZwq2UxudibE3rnqSEIwdn3J5l2k\"}";

const char test_ed448[] =
    "{\"kty\":\"OKP\",\"kid\":\"ed448\",\"crv\":\"Ed448\",\"x\":\"-QDS9OGQW_4Ni7V6gjmtisj"
    "0DPBHLrKv5524V68Od1PZ9PunN7s75upRwb1IjctiyrNZbAwnTreA\",\"d\":\"OL2AyHZd_6zDo7yf8K-Y"
    "vqiq2mqe-0QrBD28x1zSMpeJh8KgdWbxKJ03YR2yUezk190XoCozGaMX\"}";

const char test_x25519[] =
    "{\"kty\":\"OKP\",\"kid\":\"x25519\",\"crv\":\"X25519\",\"x\":\"ogkMbLcwssVRw8f_6rjdH"
    "6sjFflvQA2I2qDi_m0kbQY\",\"d\":\"4KMKl_nGjuLtP1dYZIFbfpCK_dWOnNUl-1earB5sDEo\"}";

const char test_x448[] =
    "{\"kty\":\"OKP\",\"kid\":\"x448\",\"crv\":\"X448\",\"x\":\"akVpqq6yDbmzbntN_PvnrdN25"
    "vTMngQRYaXL2Ix9vFyHTbp7MmwwRftuciAF_E5zuAmnmvAQWpo\",\"d\":\"AM6rIT0rC5MfDaecq5BNddS"
    "SMHteG98QvPqzb7c1pmA9MMWndGEttP2JxLrE27Dnr5jkS88K9cw\"}";

const char test_secret[] =
    "{\"kty\":\"oct\",\"kid\":\"oct\",\"k\":\"rvmUHgKzPr5VSgZkGrqsn2cHj6alAZHB6glRWMA"
    "1F037Fhd-R9_6vVkDKoGEhRnYgc-YBIE1hvEozGbiyVGkQA\"}";

ost_key *good_key(const char *jwk)
{
    ost_key *key = NULL;
    ost_error error = {0};
    if (ost_key_import_jwk(text_of(jwk), &key, &error) != OST_OK)
        fail_msg("%s: %s", ost_result_name(error.code), error.detail);
    return key;
}

ost_key *public_half(const ost_key *key)
{
    ost_text text = {0};
    ost_arena *arena = ost_arena_new(1 << 16);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_export_public(key, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    ost_key *half = good_key(text.data);
    ost_arena_free(arena);
    return half;
}

const char *with(ost_arena *arena, const char *jwk, const char *members)
{
    return ost_arena_format(arena, "{%s,%s", members, jwk + 1);
}

const char *changed(ost_arena *arena, const char *jwk, const char *name, const char *value)
{
    ost_text text = {0};
    const ost_json *document = NULL;
    assert_int_equal(ost_json_read(text_of(jwk), NULL, arena, &document, NULL), OST_OK);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_json_open_object(writer);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        if (!text_is(ost_json_name(at), name)) {
            ost_json_put_name(writer, ost_json_name(at));
            ost_json_put_value(writer, at);
        } else if (value != NULL) {
            ost_json_member_string(writer, name, value);
        }
    }
    ost_json_close_object(writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    return text.data;
}

ost_result import_result(const char *jwk)
{
    ost_key *key = NULL;
    ost_error error = {0};
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, &error);
    assert_int_equal(error.code, result);
    assert_true((key != NULL) == (result == OST_OK)); /* untouched on failure */
    ost_key_unref(key);
    return result;
}

static size_t encode(ost_text part, char *ret)
{
    return base64url_encode((const unsigned char *)part.data, part.len, ret);
}

ost_text assemble(ost_arena *arena, ost_text header, ost_text payload, ost_text signature)
{
    size_t len = 0, room = 2 * (header.len + payload.len + signature.len) + 16;
    char *token = ost_arena_alloc(arena, room);
    assert_non_null(token);
    len += encode(header, token);
    token[len++] = '.';
    len += encode(payload, token + len);
    token[len++] = '.';
    len += encode(signature, token + len);
    return (ost_text){token, len};
}

ost_text forge(ost_arena *arena, const char *header, ost_text payload, const ost_key *key,
               ost_alg alg)
{
    unsigned char signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    ost_text input = assemble(arena, text_of(header), payload, (ost_text){0});
    input.len--; /* the second dot */
    assert_int_equal(signature_make(key, alg, input, signature, &size), OST_OK);
    return assemble(arena, text_of(header), payload, (ost_text){(const char *)signature, size});
}

ost_result verify(ost_text token, const ost_key *key)
{
    ost_unverified_jws jws;
    ost_text payload;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_result result = ost_jws_read_unverified(token, EVERY_ALG, arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, arena, &payload);
    ost_arena_free(arena);
    return result;
}

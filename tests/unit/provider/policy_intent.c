/* SPDX-License-Identifier: Apache-2.0 */
/* Intents: which requests name one, what is asked about them, and where nobody could be asked. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_set.h"
#include "test.h"

#define ADDRESS "\"intent-client-bind-check-endpoint\":\"https://rs.example/check\""
#define CONFIGURATION "{" ADDRESS ",\"intent-name\":\"lodged\"}"

static ost_arena *arena;

static const ost_json *json(const char *text)
{
    const ost_json *value;
    assert_int_equal(OST_OK, ost_json_read(text_of(text), NULL, arena, &value, NULL));
    return value;
}

static int begin(void **state)
{
    (void)state;
    arena = ost_arena_new((size_t)1 << 20);
    return arena != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

static policy_case request(const char *claims)
{
    return (policy_case){.event = POLICY_AUTHORIZATION,
                         .client = json("{}"),
                         .claims = text_of(claims),
                         .arena = arena};
}

static void requests(void **state)
{
    static const struct {
        const char *claims, *refusal; /* NULL: it names one */
    } rows[] = {
        {"", "no claim for an intent value in an authorization request"},
        {"{", "invalid claim for an intent value"},
        {"[]", "invalid claim for an intent value"},
        {"{}", "no claim for an intent value for ID token"},
        {"{\"id_token\":[]}", "no claim for an intent value for ID token"},
        {"{\"id_token\":{\"lodged\":null}}", "no claim for an intent value for ID token"},
        {"{\"id_token\":{\"other\":{\"essential\":true,\"value\":\"i\"}}}",
         "no claim for an intent value for ID token"},
        {"{\"userinfo\":{\"lodged\":{\"essential\":true,\"value\":\"i\"}}}",
         "no claim for an intent value for ID token"},
        {"{\"id_token\":{\"lodged\":{\"value\":\"i\"}}}",
         "not specifying a claim for an intent as essential claim"},
        {"{\"id_token\":{\"lodged\":{\"essential\":\"true\",\"value\":\"i\"}}}",
         "not specifying a claim for an intent as essential claim"},
        {"{\"id_token\":{\"lodged\":\"i\"}}",
         "not specifying a claim for an intent as essential claim"},
        {"{\"id_token\":{\"lodged\":{\"essential\":true}}}", "invalid intent value"},
        {"{\"id_token\":{\"lodged\":{\"essential\":true,\"value\":7}}}", "invalid intent value"},
        {"{\"id_token\":{\"lodged\":{\"essential\":true,\"values\":[\"i\"]}}}",
         "invalid intent value"},
        {"{\"id_token\":{\"lodged\":{\"essential\":true,\"value\":\"i\"}}}", NULL},
    };
    const ost_json *configuration = json(CONFIGURATION);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        policy_case is = request(rows[i].claims);
        const policy_refusal *refusal = check_intent(configuration, &is);
        const char *words = refusal != NULL ? refusal->description : "good";
        if (strcmp(words, rows[i].refusal != NULL ? rows[i].refusal : "good") != 0)
            fail_msg("%s: %s", rows[i].claims, words);
        assert_true(refusal == NULL || strcmp(refusal->error, "invalid_request") == 0);
        is.event = POLICY_PUSHED;
        assert_null(check_intent(configuration, &is));
    }
}

/* Each of the policies that apply has its own; the claims may change nothing about the address. */
static void questions(void **state)
{
    const ost_json *realm = json(
        "{\"clientProfiles\":{\"profiles\":[{\"name\":\"a\",\"executors\":["
        "{\"executor\":\"intent-client-bind-checker\",\"configuration\":" CONFIGURATION "},"
        "{\"executor\":\"pkce-enforcer\",\"configuration\":{}},"
        "{\"executor\":\"intent-client-bind-checker\",\"configuration\":{"
        "\"intent-client-bind-check-endpoint\":\"http://10.0.0.1/x\",\"intent-name\":\"lodged\"}}"
        "]}]},\"clientPolicies\":{\"policies\":[{\"name\":\"p\",\"enabled\":true,"
        "\"conditions\":[{\"condition\":\"any-client\"}],\"profiles\":[\"a\"]}]}}");
    const policy_set *set;
    const policy_question *first;
    const policy_case is =
        request("{\"id_token\":{\"lodged\":{\"essential\":true,\"value\":\"i \\\"1\"}}}");
    (void)state;
    assert_int_equal(OST_OK, policy_set_read(realm, arena, &set, NULL));
    assert_int_equal(OST_OK, policy_set_questions(set, &is, &first));
    assert_non_null(first);
    assert_string_equal("https://rs.example/check", first->url);
    assert_true(text_is(first->intent, "i \"1"));
    assert_non_null(first->next);
    assert_string_equal("http://10.0.0.1/x", first->next->url);
    assert_null(first->next->next);
    assert_int_equal(OST_OK, policy_set_questions(NULL, &is, &first));
    assert_null(first);
}

static void nobody_could_be_asked(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{" ADDRESS "}",
        "{" ADDRESS ",\"intent-name\":\"\"}",
        "{" ADDRESS ",\"intent-name\":7}",
        "{\"intent-name\":\"lodged\"}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":7}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":\"\"}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":\"ftp://a.example/\"}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":\"file:///etc/x\"}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":\"https://a b/\"}",
        "{\"intent-name\":\"lodged\",\"intent-client-bind-check-endpoint\":\"rs.example/check\"}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (fault_of_intent(json(bad[i]), NULL) == NULL)
            fail_msg("%s", bad[i]);
    }
    assert_null(fault_of_intent(json(CONFIGURATION), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),
        cmocka_unit_test(questions),
        cmocka_unit_test(nobody_could_be_asked),
    };
    return cmocka_run_group_tests(tests, begin, end);
}

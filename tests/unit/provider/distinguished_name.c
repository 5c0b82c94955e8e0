/* SPDX-License-Identifier: Apache-2.0 */
/* Distinguished names: the examples of RFC 4514 §4, what Java writes, and names that are alike. */
#include "provider/proof/distinguished_name.h"

#include <openssl/x509.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

/* "CN=a" as its type and its value; a leading "+" puts it into the part before. */
static X509_NAME *name_of(const char *const *entries)
{
    X509_NAME *name = X509_NAME_new();
    for (size_t i = 0; entries[i] != NULL; i += 2) {
        bool joined = entries[i][0] == '+';
        assert_int_equal(X509_NAME_add_entry_by_txt(name, entries[i] + joined, MBSTRING_UTF8,
                                                    (const unsigned char *)entries[i + 1], -1, -1,
                                                    joined ? -1 : 0),
                         1);
    }
    return name;
}

static bool is(const char *text, const char *const *entries)
{
    ost_arena *arena = ost_arena_new(65536);
    X509_NAME *name = name_of(entries);
    distinguished_name *read;
    if (distinguished_name_read(text_of(text), arena, &read) != OST_OK)
        fail_msg("%s", text);
    bool same = distinguished_name_is(read, name);
    X509_NAME_free(name);
    ost_arena_free(arena);
    return same;
}

static const char *const james[] = {"C",     "US",  "O",         "Widget", "OU",
                                    "Sales", "+CN", "J.  Smith", NULL};
static const char *const before[] = {"DC", "net", "DC", "example", "CN", "Before\rAfter", NULL};
static const char *const quoted[] = {"C", "DE", "O", "Say \"a, b\"", "CN", " both ", NULL};
static const char *const lucic[] = {"CN", "Lu\xc4\x8di\xc4\x87", NULL};

static void examples(void **state)
{
    assert_true(is("OU=Sales+CN=J.  Smith,O=Widget,C=US", james));
    assert_true(is("CN=J.  Smith+OU=Sales,O=Widget,C=US", james));
    assert_true(is("CN=Before\\0dAfter,DC=example,DC=net", before));
    assert_true(is("CN=Lu\\C4\\8Di\\C4\\87", lucic));
    assert_true(is("2.5.4.3=#0C074C75C48D69C487", lucic));
    assert_true(is("oid.2.5.4.3=Lu\xc4\x8di\xc4\x87", lucic));
    assert_true(is("cn = \\ both\\ , o=Say \\\"a\\2c b\\\", C=DE ", quoted));
}

static void names_that_are_alike(void **state)
{
    static const char *const others[] = {
        "OU=Sales,CN=J.  Smith,O=Widget,C=US", "OU=Sales+CN=J.  Smith+O=Widget,C=US",
        "OU=Sales+CN=J. Smith,O=Widget,C=US",  "OU=Sales+CN=j.  smith,O=Widget,C=US",
        "C=US,O=Widget,OU=Sales+CN=J.  Smith", "OU=Sales+CN=J.  Smith,O=Widget",
        "OU=Sales+OU=Sales,O=Widget,C=US",     "OU=Sales+CN=J.  Smith,O=Widget,C=US,C=US",
        "OU=J.  Smith+CN=Sales,O=Widget,C=US",
    };
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (is(others[i], james))
            fail_msg("%s", others[i]);
    }
}

static void malformed(void **state)
{
    static const char *const bad[] = {
        "",           "CN",         "CN=",         "=a",      "CN=a,",    "CN=a,,O=b", "CN=a;O=b",
        "CN=\"a\"",   "CN=a\\",     "CN=a\\z",     "CN=\\ff", "CN=a\\00", "CN=#",      "CN=#0C",
        "CN=#0C0261", "CN=#040161", "CN=#0C0161z", "XX=a",    "2.5.=a",   ".5=a",      "2=a",
        "CN=a+",      "CN=<a>",     "CN=   ",      "OID.=a",
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        distinguished_name *name = NULL;
        if (distinguished_name_read(text_of(bad[i]), arena, &name) != OST_E_FORMAT)
            fail_msg("%s", bad[i]);
        assert_null(name);
    }
    ost_arena_free(arena);
}

static void as_java_writes_them(void **state)
{
    static const struct {
        const char *entries[10];
        const char *written; /* NULL: not at all */
    } rows[] = {
        {{"C", "DE", "ST", "Berlin", "O", "Shop", "CN", "a"}, "CN=a, O=Shop, ST=Berlin, C=DE"},
        {{"emailAddress", "a@b.example"}, "EMAILADDRESS=a@b.example"},
        {{"serialNumber", "1", "UID", "u"}, "UID=u, SERIALNUMBER=1"},
        {{"postalCode", "10115"}, "OID.2.5.4.17=10115"},
        {{"title", "Dr", "SN", "b"}, "SURNAME=b, T=Dr"},
        {{"O", "a, O=Shop"}, NULL},
        {{"O", "a", "+CN", "b"}, NULL},
        {{"CN", " a"}, NULL},
        {{NULL}, NULL},
    };
    ost_arena *arena = ost_arena_new(65536);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        X509_NAME *name = name_of(rows[i].entries);
        ost_text text = {0};
        ost_result result = distinguished_name_write(name, arena, &text);
        assert_int_equal(result, rows[i].written != NULL ? OST_OK : OST_E_FORMAT);
        if (rows[i].written != NULL && !text_is(text, rows[i].written))
            fail_msg("%.*s", (int)text.len, text.data);
        X509_NAME_free(name);
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),
        cmocka_unit_test(names_that_are_alike),
        cmocka_unit_test(malformed),
        cmocka_unit_test(as_java_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

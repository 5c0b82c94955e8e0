/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what traces need; see trace_settings.h. */
#include "trace/trace_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "base/text.h"

#define TRACES_PATH "/v1/traces"
#define HEADERS_MAX 16

/* The variable for all signals has the path of each added; the one for traces is taken as it is,
 * and so is what the option says when it has a path. */
static const char *find_url(const option_values *values, ost_arena *arena)
{
    option_origin given = options_origin(values, "otlp-endpoint");
    ost_text url = text_of(given.value);
    bool whole = given.source == OPTION_IS_VARIABLE &&
                 strcmp(given.variable, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == 0;
    if (url.len == 0)
        return NULL;
    if (whole || text_ends(url, TRACES_PATH))
        return ost_arena_copy(arena, url);
    if (text_ends(url, "/"))
        url.len--;
    return ost_arena_format(arena, "%.*s" TRACES_PATH, OST_FORMAT(url));
}

/* "name=value" with what is escaped in the value (W3C Baggage §3.3.1.3), as "name: value". */
static ost_result add_header(ost_text pair, ost_arena *arena, const char **ret, ost_error *error)
{
    size_t equals = text_find(pair, '=', 0);
    ost_text name = text_trim(text_slice(pair, 0, equals));
    ost_text value = text_trim(text_slice(pair, equals + 1, pair.len));
    char *decoded = ost_arena_alloc(arena, value.len + 1);
    if (decoded == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        int byte = percent_byte(text_slice(value, i, value.len));
        decoded[len++] = byte < 0 ? value.data[i] : (char)byte;
        i += byte < 0 ? 0 : 2;
    }
    decoded[len] = '\0';
    if (equals == pair.len || name.len == 0 || !text_is_made_of(name, "!#$%&'*+-.^_`|~") ||
        strlen(decoded) != len || strpbrk(decoded, "\r\n") != NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--otlp-headers: not of the form name=value,name=value");
    *ret = ost_arena_format(arena, "%.*s: %s", OST_FORMAT(name), decoded);
    return *ret != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result read_headers(const option_values *values, ost_arena *arena,
                               const char *headers[HEADERS_MAX + 1], ost_error *error)
{
    ost_text rest = text_of(options_get(values, "otlp-headers")), pair;
    size_t count = 0;
    ost_result result = OST_OK;
    while (result == OST_OK && text_next(&rest, ',', &pair)) {
        if (count == HEADERS_MAX)
            return ost_error_set(error, OST_E_CONFIG, "--otlp-headers: %d at most", HEADERS_MAX);
        result = add_header(pair, arena, &headers[count++], error);
    }
    return result;
}

/* OTEL_SDK_DISABLED and OTEL_TRACES_EXPORTER: what somebody else's deployment sets for all. */
static bool is_switched_off(void)
{
    const char *disabled = getenv("OTEL_SDK_DISABLED"), *kind = getenv("OTEL_TRACES_EXPORTER");
    return text_equal_ignoring_case(text_of(disabled), OST_TEXT("true")) ||
           text_is(text_of(kind), "none");
}

static ost_result check_protocol(const option_values *values, ost_error *error)
{
    const char *protocol = options_get(values, "otlp-protocol");
    if (protocol == NULL || protocol[0] == '\0' || strcmp(protocol, "http/protobuf") == 0)
        return OST_OK;
    return ost_error_set(error, OST_E_CONFIG,
                         "--otlp-protocol: \"%.40s\" is not spoken; http/protobuf is, which "
                         "collectors have at port 4318",
                         protocol);
}

ost_result trace_settings_read(const option_values *values, const char *program, ost_arena *arena,
                               tracer **ret_tracer, ost_error *error)
{
    const char *headers[HEADERS_MAX + 1] = {0}, *name = options_get(values, "service-name");
    tracer_config config = {
        .url = find_url(values, arena),
        .ca_file = options_get(values, "otlp-certificate"),
        .headers = headers,
        .service = name != NULL && name[0] != '\0' ? name : program,
        .resource = getenv("OTEL_RESOURCE_ATTRIBUTES"),
    };
    *ret_tracer = NULL;
    if (config.url == NULL || is_switched_off())
        return OST_OK;
    ost_result result = check_protocol(values, error);
    if (result == OST_OK)
        result =
            trace_sampler_read(options_get(values, "trace-sampler"),
                               options_get(values, "trace-sampler-arg"), &config.sampler, error);
    if (result == OST_OK)
        result = read_headers(values, arena, headers, error);
    return result == OST_OK ? tracer_new(&config, ret_tracer, error) : result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The command's own way to libcurl, which is loaded when it is first called. It brings some
 * twenty-five libraries, that take 4 MiB and more than half of the time in which the command
 * begins, and neither an idle provider nor most commands ever ask anybody. These functions stand
 * before its own. The libraries that other programs use are linked with libcurl as usual. */
#include "cli/lazy_library.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>

/* Hidden: libcurl calls its own. What curl.h includes is included above, since it is not. */
#pragma GCC visibility push(hidden)
#include <curl/curl.h>
#pragma GCC visibility pop

#undef curl_easy_setopt /* macros that check types */
#undef curl_easy_getinfo

static lazy_library curl = {
    .name = "libcurl.so.4", .without = "nothing can be fetched", .lock = PTHREAD_MUTEX_INITIALIZER};

#define FORWARD(...) LAZY_FORWARD(&curl, __VA_ARGS__)
#define FORWARD_VOID(...) LAZY_FORWARD_VOID(&curl, __VA_ARGS__)

FORWARD(CURLcode, curl_global_init, (long flags), (flags), CURLE_OUT_OF_MEMORY)
FORWARD(time_t, curl_getdate, (const char *date, const time_t *unused), (date, unused), -1)
FORWARD_VOID(curl_free, (void *memory), (memory))

FORWARD(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *string),
        (list, string), NULL)
FORWARD_VOID(curl_slist_free_all, (struct curl_slist * list), (list))

FORWARD(CURLU *, curl_url, (void), (), NULL)
FORWARD_VOID(curl_url_cleanup, (CURLU * url), (url))
FORWARD(CURLUcode, curl_url_get, (CURLU * url, CURLUPart part, char **ret, unsigned flags),
        (url, part, ret, flags), CURLUE_OUT_OF_MEMORY)
FORWARD(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *value, unsigned flags),
        (url, part, value, flags), CURLUE_OUT_OF_MEMORY)

FORWARD(CURLM *, curl_multi_init, (void), (), NULL)
FORWARD(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi), CURLM_OUT_OF_MEMORY)
FORWARD(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL *easy), (multi, easy),
        CURLM_OUT_OF_MEMORY)
FORWARD(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL *easy), (multi, easy),
        CURLM_OUT_OF_MEMORY)
FORWARD(CURLMcode, curl_multi_perform, (CURLM * multi, int *ret_running), (multi, ret_running),
        CURLM_OUT_OF_MEMORY)
FORWARD(CURLMcode, curl_multi_poll,
        (CURLM * multi, struct curl_waitfd descriptors[], unsigned count, int timeout, int *ret),
        (multi, descriptors, count, timeout, ret), CURLM_OUT_OF_MEMORY)
FORWARD(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi), CURLM_OUT_OF_MEMORY)
FORWARD(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *ret_left), (multi, ret_left), NULL)

FORWARD(CURL *, curl_easy_init, (void), (), NULL)
FORWARD_VOID(curl_easy_cleanup, (CURL * easy), (easy))

/* The number of an option tells the type of its argument (CURLOPTTYPE_…). */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    CURLcode (*set)(CURL *, CURLoption, ...) = lazy_function(&curl, "curl_easy_setopt");
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (set == NULL)
        return code;
    va_list arguments;
    va_start(arguments, option);
    if (option < CURLOPTTYPE_OBJECTPOINT)
        code = set(easy, option, va_arg(arguments, long));
    else if (option >= CURLOPTTYPE_FUNCTIONPOINT && option < CURLOPTTYPE_OFF_T)
        code = set(easy, option, va_arg(arguments, void (*)(void)));
    else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        code = set(easy, option, va_arg(arguments, curl_off_t));
    else
        code = set(easy, option, va_arg(arguments, void *));
    va_end(arguments);
    return code;
}

/* What is asked for is always a pointer. */
CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    CURLcode (*get)(CURL *, CURLINFO, ...) = lazy_function(&curl, "curl_easy_getinfo");
    va_list arguments;
    va_start(arguments, info);
    CURLcode code = get != NULL ? get(easy, info, va_arg(arguments, void *)) : CURLE_OUT_OF_MEMORY;
    va_end(arguments);
    return code;
}

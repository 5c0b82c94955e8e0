/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a text is a mail address, as Keycloak judges it. */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <ostiary/types.h>

/* An address of RFC 5321 §4.1.2, letters of other scripts included; a host alone is a domain. */
bool mail_address_is_valid(ost_text address);

/* And of the usual form: no quoted part, no address of a host; a name of any length behind the @.
 */
bool mail_address_is_plain(ost_text address);

#endif

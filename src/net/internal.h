/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef PL_NET_INTERNAL_H
#define PL_NET_INTERNAL_H

#include <time.h>

/* An HTTP date as seconds since 1970; -1 when it is none. */
time_t pl_http_date(const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* base/span.h as machines without SSE2 compile it. */
#undef __SSE2__
#include "span_cases.h"

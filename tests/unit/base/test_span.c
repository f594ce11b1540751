/* SPDX-License-Identifier: Apache-2.0 */
/* base/span.h as this machine compiles it. */
#include "span_cases.h"

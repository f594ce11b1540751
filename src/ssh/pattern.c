/* SPDX-License-Identifier: Apache-2.0 */
/* Wildcards in time that grows with pattern times text, whatever the pattern: see pattern.h. */
#include "ssh/pattern.h"

static char lower(char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool pl_pattern(struct pl_slice pattern, const char *s, bool fold)
{
	size_t p = 0, star = SIZE_MAX;
	const char *retry = s;

	while (*s) {
		char c = p < pattern.n ? pattern.p[p] : '\0';

		if (c == '*') {
			star = p++;
			retry = s;
		} else if (p < pattern.n && (c == '?' || lower(c, fold) == lower(*s, fold))) {
			p++;
			s++;
		} else if (star != SIZE_MAX) {
			/* the last star takes one byte more; earlier ones never have to */
			p = star + 1;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

enum pl_pattern_match pl_pattern_list(const char *list, const char *s, bool fold)
{
	enum pl_pattern_match found = PL_PATTERN_NO;

	for (;;) {
		size_t n = strcspn(list, ",");
		bool negated = *list == '!';

		if (pl_pattern((struct pl_slice){ list + negated, n - negated }, s, fold)) {
			if (negated)
				return PL_PATTERN_NEGATED;
			found = PL_PATTERN_YES;
		}
		if (!list[n])
			return found;
		list += n + 1;
	}
}

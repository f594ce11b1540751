/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a line: see words.h. */
#include "ssh/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* Words that grow in the heap and end in the arena. */
struct list {
	struct pl_arena *arena;
	const char **items;
	size_t count, cap;
};

static void push(struct list *l, const struct pl_buf *word)
{
	l->items = pl_grow(l->items, l->count, &l->cap, sizeof *l->items);
	l->items[l->count++] = pl_arena_strndup(l->arena, word->data, word->len);
}

static void keep(struct list *l, struct pl_words *out)
{
	out->items = pl_arena_alloc(l->arena, (l->count + 1) * sizeof *out->items);
	if (l->count)
		memcpy(out->items, l->items, l->count * sizeof *out->items);
	out->count = l->count;
	free(l->items);
}

/* Adds the word at p without its quotes; where it ends, or NULL when a quote is open. */
static const char *config_word(const char *p, struct pl_buf *word)
{
	char quote = '\0';

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (*p == '\\' && p[1] && (strchr("'\"\\", p[1]) || (!quote && p[1] == ' ')))
			pl_buf_addc(word, *++p);
		else if (!quote && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (quote && *p == quote)
			quote = '\0';
		else
			pl_buf_addc(word, *p);
	}
	return quote ? NULL : p;
}

bool pl_words_config(struct pl_arena *a, const char *text, struct pl_words *out)
{
	pl_auto_buf word = PL_BUF_INIT;
	struct list l = { .arena = a };
	const char *p = text;

	for (;;) {
		p += strspn(p, " \t");
		if (!*p || *p == '#')
			break;
		pl_buf_truncate(&word, 0);
		p = config_word(p, &word);
		if (!p) {
			free(l.items);
			return false;
		}
		push(&l, &word);
	}
	keep(&l, out);
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A quoted part whose opening quote stands at p: where its closing one stands, or NULL. */
static const char *shell_quoted(const char *p, struct pl_buf *word)
{
	char quote = *p++;

	for (; *p && *p != quote; p++) {
		if (*p == '\\' && quote == '"') {
			if (!p[1])
				return NULL;
			/* in "..." a backslash is itself before all but a quote and a backslash */
			if (p[1] == '"' || p[1] == '\\')
				p++;
		}
		pl_buf_addc(word, *p);
	}
	return *p ? p : NULL;
}

static const char *shell_word(const char *p, bool comments, struct pl_buf *word)
{
	for (; p && *p && !is_blank(*p) && !(comments && *p == '#'); p++) {
		if (*p == '\'' || *p == '"') {
			p = shell_quoted(p, word);
			if (!p)
				return NULL;
			continue;
		}
		if (*p == '\\' && !*++p)
			return NULL;
		pl_buf_addc(word, *p);
	}
	return p;
}

bool pl_words_shell(struct pl_arena *a, const char *text, bool comments, struct pl_words *out)
{
	pl_auto_buf word = PL_BUF_INIT;
	struct list l = { .arena = a };
	const char *p = text;

	for (;;) {
		while (is_blank(*p))
			p++;
		if (!*p || (comments && *p == '#'))
			break;
		pl_buf_truncate(&word, 0);
		p = shell_word(p, comments, &word);
		if (!p) {
			free(l.items);
			return false;
		}
		push(&l, &word);
	}
	keep(&l, out);
	return true;
}

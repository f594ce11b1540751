/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What commands write into files: echo, printf, cat and tee with their here-documents, copies.  A
 * file that matters and is written by anything else is told by pl_boot_unseen.
 */
#include <string.h>

#include "codec/codec.h"
#include "node/internal.h"

/* A command without what stands before its program. */
struct words {
	const char *name; /* without its folder; "" for none */
	const char *const *args;
	size_t count;
};

bool pl_sh_is_any(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

const char *pl_sh_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A=b, as sudo and env take it. */
size_t pl_sh_assignment(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n && word[n] == '=' ? n : 0;
}

size_t pl_sh_program(const struct pl_sh_command *c)
{
	static const char *const wrappers[] = { "sudo", "env", "exec", "nohup", "time", "command", "nice",
						"timeout", NULL };
	static const char *const with_value[] = { "-u", "-g", "-n", NULL };
	bool wrapped = false;
	size_t i = 0;

	for (; i < c->count; i++) {
		const char *word = c->words[i];
		bool is_number = word[0] >= '0' && word[0] <= '9'; /* timeout 5m */

		if (pl_sh_is_any(pl_sh_base_name(word), wrappers))
			wrapped = true;
		else if (!wrapped || (!pl_sh_assignment(word) && word[0] != '-' && !is_number))
			break;
		else if (pl_sh_is_any(word, with_value))
			i++;
	}
	return i < c->count ? i : c->count;
}

static struct words words_of(const struct pl_sh_command *c)
{
	size_t i = pl_sh_program(c);

	if (i == c->count)
		return (struct words){ "", NULL, 0 };
	return (struct words){ pl_sh_base_name(c->words[i]), c->words + i + 1, c->count - i - 1 };
}

/* ---- echo and printf ---- */

static bool is_printer(const char *name)
{
	return !strcmp(name, "echo") || !strcmp(name, "printf");
}

static void add_unescaped(struct pl_buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text != '\\' || !text[1] || !strchr("nt\\", text[1])) {
			pl_buf_addc(b, *text);
			continue;
		}
		text++;
		pl_buf_addc(b, *text == 'n' ? '\n' : *text == 't' ? '\t' : '\\');
	}
}

/* False for what printf puts together in a way that is not followed. */
static bool add_printed(struct pl_buf *b, const struct words *w)
{
	static const char *const options[] = { "-n", "-e", "-en", "-ne", "-E", "--", NULL };
	static const char *const as_is[] = { "%s", "%s\\n", "%b", "%b\\n", NULL };
	const char *between = " ";
	size_t i = 0;

	while (i < w->count && pl_sh_is_any(w->args[i], options))
		i++;
	if (i < w->count && !strcmp(w->name, "printf") && strchr(w->args[i], '%')) {
		if (!pl_sh_is_any(w->args[i], as_is))
			return false;
		between = pl_ends(w->args[i++], "n") ? "\n" : "";
	}
	for (size_t first = i; i < w->count; i++) {
		pl_buf_adds(b, i > first ? between : "");
		add_unescaped(b, w->args[i]);
	}
	pl_buf_addc(b, '\n');
	return true;
}

/* ---- standard input ---- */

/* The files a command names, one after the other; false when one of them is not known. */
static bool add_files(struct pl_boot *r, const struct words *w, struct pl_buf *out)
{
	bool any = false;

	for (size_t i = 0; i < w->count; i++) {
		const struct pl_boot_file *f = pl_boot_file(r, w->args[i]);

		if (w->args[i][0] == '-')
			continue;
		if (!f || !pl_boot_spend(r, f->content.len))
			return false;
		pl_buf_add(out, f->content.data, f->content.len);
		any = true;
	}
	return any;
}

bool pl_boot_command_input(struct pl_boot *r, const struct pl_sh_command *c,
			   const struct pl_sh_command *before, struct pl_buf *out)
{
	struct words w;

	if (c->input) {
		pl_buf_adds(out, c->input);
		return true;
	}
	if (!before)
		return false;
	w = words_of(before);
	if (is_printer(w.name))
		return add_printed(out, &w);
	if (strcmp(w.name, "cat") && strcmp(w.name, "tee"))
		return false;
	if (before->input)
		pl_buf_adds(out, before->input);
	return before->input || add_files(r, &w, out);
}

/* ---- what is written ---- */

/* The text a command puts out; false when it is not known. */
static bool put_out(struct pl_boot *r, const struct pl_sh_command *c, const struct pl_sh_command *before,
		    const struct words *w, struct pl_buf *out)
{
	pl_auto_buf coded = PL_BUF_INIT;

	if (is_printer(w->name))
		return add_printed(out, w);
	if (!strcmp(w->name, "base64"))
		return pl_boot_command_input(r, c, before, &coded) &&
		       pl_base64_decode(coded.data, coded.len, out);
	if (!strcmp(w->name, "tee"))
		return pl_boot_command_input(r, c, before, out);
	return !strcmp(w->name, "cat") && (pl_boot_command_input(r, c, before, out) || add_files(r, w, out));
}

static void writes_to(struct pl_boot *r, const char *path, const struct pl_buf *text, bool append)
{
	if (pl_boot_is_open(path))
		return;
	if (text)
		pl_boot_file_add(r, path, text->data, text->len, append);
	else
		pl_boot_unseen(r, path);
}

/* cp, mv, install: SOURCE TARGET; the target is a folder when it says so. */
static void copies(struct pl_boot *r, const struct words *w)
{
	const char *from, *to;
	const struct pl_boot_file *f;
	pl_auto_buf text = PL_BUF_INIT;

	if (w->count < 2)
		return;
	from = w->args[w->count - 2];
	to = w->args[w->count - 1];
	if (pl_ends(to, "/"))
		to = pl_arena_strf(&r->arena, "%s%s", to, pl_sh_base_name(from));
	f = pl_boot_file(r, from);
	if (f && !pl_boot_spend(r, f->content.len))
		return;
	if (f)
		pl_buf_add(&text, f->content.data, f->content.len);
	writes_to(r, to, f ? &text : NULL, false);
}

static void tees(struct pl_boot *r, const struct words *w, const struct pl_buf *text)
{
	bool append = false;

	for (size_t i = 0; i < w->count; i++)
		append |= !strcmp(w->args[i], "-a") || !strcmp(w->args[i], "--append");
	for (size_t i = 0; i < w->count; i++)
		if (w->args[i][0] != '-')
			writes_to(r, w->args[i], text, append);
}

void pl_boot_command_writes(struct pl_boot *r, const struct pl_sh_command *c,
			    const struct pl_sh_command *before)
{
	static const char *const copiers[] = { "cp", "mv", "install", NULL };
	static const char *const harmless[] = { "cat", "chmod", "chown", "test", "[", "[[", "mkdir", "ls", "rm",
						"touch", "stat", "grep", "source", ".", "sh", "bash", "k3s", NULL };
	struct words w = words_of(c);
	pl_auto_buf text = PL_BUF_INIT;
	bool tee = !strcmp(w.name, "tee");
	bool known = (tee || c->target) && put_out(r, c, before, &w, &text);

	if (tee)
		tees(r, &w, known ? &text : NULL);
	if (c->target)
		writes_to(r, c->target, known ? &text : NULL, c->append);
	if (pl_sh_is_any(w.name, copiers))
		copies(r, &w);
	else if (!tee && !is_printer(w.name) && !pl_sh_is_any(w.name, harmless))
		for (size_t i = 0; i < w.count; i++) /* curl -o FILE, sed -i FILE */
			pl_boot_unseen(r, w.args[i]);
}

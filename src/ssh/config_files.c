/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ssh_config and what it includes: see config_files.h. */
#include "ssh/config_files.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "ssh/file.h"

#define SYSTEM_FOLDER "/etc/ssh"

struct reader {
	struct pl_arena *arena;
	const struct pl_ssh_tokens *tokens;
	bool of_user, has_final;
	size_t bytes, files;
	struct pl_err *err;
};

static int read_file(struct reader *r, const struct pl_ssh_config_source *source, unsigned depth,
		     const struct pl_ssh_file_lines **out);

static void free_glob(glob_t *g)
{
	globfree(g);
}

/* The pattern of one word of Include, absolute. */
static int include_pattern(struct reader *r, const struct pl_ssh_line *line, const char *word,
			   const char **out)
{
	if (*word == '~' && !r->of_user)
		return pl_err_set(r->err, PL_E_USAGE, "%s:%d: Include: ~ cannot stand in a file of the system",
				  line->file, line->line);
	if (pl_ssh_expand_path(r->arena, word, "dilLu", r->tokens, out, r->err))
		return pl_err_wrap(r->err, "%s:%d: Include", line->file, line->line);
	if (**out == '/')
		return 0;
	*out = r->of_user ? pl_arena_strf(r->arena, "%s/.ssh/%s", r->tokens->home, *out) :
			    pl_arena_strf(r->arena, SYSTEM_FOLDER "/%s", *out);
	return 0;
}

/* Room in the line for `n` files more. */
static void make_room(struct pl_ssh_line *line, struct pl_arena *a, size_t n)
{
	const struct pl_ssh_file_lines **more = pl_arena_alloc(a, (line->included_count + n) * sizeof *more);

	if (line->included_count)
		memcpy(more, line->included, line->included_count * sizeof *more);
	line->included = more;
}

static int include_word(struct reader *r, struct pl_ssh_line *line, const char *word, unsigned depth)
{
	__attribute__((cleanup(free_glob))) glob_t found = { 0 };
	const char *pattern;
	int rc;

	if (include_pattern(r, line, word, &pattern))
		return -1;
	rc = glob(pattern, 0, NULL, &found);
	if (rc == GLOB_NOMATCH)
		return 0;
	if (rc)
		return pl_err_set(r->err, PL_E_INPUT, "%s:%d: Include: '%s' cannot be looked for", line->file,
				  line->line, pattern);
	if (found.gl_pathc > PL_LIMIT_SSH_CONFIG_FILES)
		return pl_err_set(r->err, PL_E_LIMIT, "%s:%d: Include: more than %d files", line->file, line->line,
				  PL_LIMIT_SSH_CONFIG_FILES);
	make_room(line, r->arena, found.gl_pathc);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const struct pl_ssh_config_source source = { found.gl_pathv[i], r->of_user, false, true };
		const struct pl_ssh_file_lines *file;

		if (read_file(r, &source, depth + 1, &file))
			return -1;
		line->included[line->included_count++] = file;
	}
	return 0;
}

static int take_line(struct reader *r, struct pl_ssh_line *line, unsigned depth)
{
	for (size_t i = 0; i < line->criteria_count; i++)
		r->has_final |= line->criteria[i].attribute == PL_SSH_IF_FINAL;
	if (line->keyword->key != PL_SSH_INCLUDE)
		return 0;
	for (size_t i = 0; i < line->words.count; i++)
		if (include_word(r, line, line->words.items[i], depth))
			return -1;
	return 0;
}

static int read_lines(struct reader *r, const char *text, unsigned depth, struct pl_ssh_file_lines *out)
{
	int number = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");
		pl_auto_free char *one = pl_strndup(text, n);
		struct pl_ssh_line *line;

		if (pl_ssh_line_parse(r->arena, out->path, ++number, one, &line, r->err))
			return -1;
		if (line && take_line(r, line, depth))
			return -1;
		if (line) {
			out->lines = pl_grow(out->lines, out->count, &out->cap, sizeof *out->lines);
			out->lines[out->count++] = line;
		}
		text += n + (text[n] == '\n');
	}
	return 0;
}

/* Whose file is it, and who else may write it?  ssh asks the same. */
static int check_owner(struct reader *r, const char *path, const struct pl_ssh_file *f)
{
	if ((!f->st.st_uid || f->st.st_uid == getuid()) && !(f->st.st_mode & 022))
		return 0;
	return pl_err_set(r->err, PL_E_INPUT,
			  "%s: others may write it, so it is not read: chmod go-w, and it must be yours", path);
}

static int read_text(struct reader *r, const struct pl_ssh_config_source *source, struct pl_buf *text)
{
	struct pl_ssh_file f;

	if (pl_ssh_file_read(source->path, PL_LIMIT_SSH_CONFIG_BYTES, source->required, text, &f, r->err))
		return -1;
	if (f.missing)
		return source->required ? pl_err_set(r->err, PL_E_INPUT, "%s: no such file", source->path) : 0;
	if (memchr(text->data, '\0', text->len))
		return pl_err_set(r->err, PL_E_USAGE, "%s: not a text, so no ssh_config", source->path);
	return source->guarded ? check_owner(r, source->path, &f) : 0;
}

static int read_file(struct reader *r, const struct pl_ssh_config_source *source, unsigned depth,
		     const struct pl_ssh_file_lines **out)
{
	struct pl_ssh_file_lines *file = pl_arena_alloc(r->arena, sizeof *file);
	pl_auto_buf text = PL_BUF_INIT;
	int rc;

	if (depth > PL_LIMIT_SSH_INCLUDE_DEPTH || ++r->files > PL_LIMIT_SSH_CONFIG_FILES)
		return pl_err_set(r->err, PL_E_LIMIT, "%s: files include files more than %d deep", source->path,
				  PL_LIMIT_SSH_INCLUDE_DEPTH);
	if (read_text(r, source, &text))
		return -1;
	r->bytes += text.len;
	if (r->bytes > PL_LIMIT_SSH_CONFIG_BYTES)
		return pl_err_set(r->err, PL_E_LIMIT, "%s: more than %lu bytes with what includes it", source->path,
				  PL_LIMIT_SSH_CONFIG_BYTES);
	file->path = pl_arena_strdup(r->arena, source->path);
	rc = read_lines(r, text.data, depth, file);
	if (file->count) {
		const struct pl_ssh_line **kept = pl_arena_alloc(r->arena, file->count * sizeof *kept);

		memcpy(kept, file->lines, file->count * sizeof *kept);
		free(file->lines);
		file->lines = kept;
	}
	*out = file;
	return rc;
}

int pl_ssh_config_read(struct pl_arena *a, const struct pl_ssh_config_source *source,
		       const struct pl_ssh_tokens *t, struct pl_ssh_config_set *set, struct pl_err *err)
{
	struct reader r = { .arena = a, .tokens = t, .of_user = source->of_user, .err = err };

	if (read_file(&r, source, 0, &set->files[set->count]))
		return -1;
	set->count++;
	set->has_final |= r.has_final;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Architectures by name (compiled in) or from a file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/tables.h"

static const struct pl_builtin_arch *builtin(const char *name, size_t n)
{
	for (const struct pl_builtin_arch *b = pl_builtin_archs; b->name; b++)
		if (strlen(b->name) == n && !memcmp(b->name, name, n))
			return b;
	return NULL;
}

static int read_file(const char *path, struct pl_buf *out, struct pl_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && out->len <= PL_LIMIT_YAML_BYTES) {
		pl_buf_reserve(out, 65536);
		n = read(fd, out->data + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		pl_err_set(err, PL_E_USAGE, "cannot read architecture '%s': %s", path,
			   strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* The length of a file's name at the head of NAME[/PROFILE] or FILE[/PROFILE]; 0: it names none. */
static size_t file_name(const char *spec)
{
	static const char *const ends[] = { ".yaml", ".yml" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const char *end = strstr(spec, ends[i]);

		for (; end; end = strstr(end + 1, ends[i])) {
			size_t n = strlen(ends[i]);

			if (!end[n] || (end[n] == '/' && !strchr(end + n + 1, '/')))
				return (size_t)(end - spec) + n;
		}
	}
	return *spec == '.' || *spec == '/' ? strlen(spec) : 0;
}

size_t pl_arch_name_len(const char *spec)
{
	size_t n = file_name(spec);

	return n ? n : strcspn(spec, "/");
}

static int no_such(const char *spec, struct pl_err *err)
{
	pl_auto_buf names = PL_BUF_INIT;

	for (const struct pl_builtin_arch *b = pl_builtin_archs; b->name; b++)
		pl_buf_addf(&names, "%s%s", names.len ? ", " : "", b->name);
	return pl_err_set(err, PL_E_USAGE, "there is no architecture '%s'; built in: %s; a file's "
					   "name ends in .yaml",
			  spec, names.data);
}

/* The compiled-in texts, as the loader takes them: what may be extended, and the platform family. */
static struct pl_arch_text *library(void)
{
	struct pl_arch_text *texts;
	size_t n = 0;

	while (pl_builtin_archs[n].name)
		n++;
	texts = pl_alloc((n + 1) * sizeof *texts);
	for (size_t i = 0; i < n; i++)
		texts[i] = (struct pl_arch_text){ pl_builtin_archs[i].name,
						 pl_builtin_archs[i].text,
						  *pl_builtin_archs[i].len };
	return texts;
}

struct pl_arch *pl_find_arch(const char *spec, const struct pl_setting *set, size_t set_count,
			     struct pl_buf *file, struct pl_err *err)
{
	pl_auto_free struct pl_arch_text *texts = library();
	size_t n = pl_arch_name_len(spec);
	pl_auto_free char *name = pl_strndup(spec, n);
	const char *profile = spec[n] ? spec + n + 1 : NULL;
	const struct pl_builtin_arch *b = builtin(spec, n);
	struct pl_arch_text text;

	if (file_name(spec)) {
		if (read_file(name, file, err))
			return NULL;
		text = (struct pl_arch_text){ name, file->data, file->len };
		return pl_arch_load(&text, texts, profile, set, set_count, err);
	}
	if (!b) {
		no_such(spec, err);
		return NULL;
	}
	text = (struct pl_arch_text){ b->name, b->text, *b->len };
	return pl_arch_load(&text, texts, profile, set, set_count, err);
}

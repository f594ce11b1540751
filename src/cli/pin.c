/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH host keys that another source of the run gives to a machine at its boot, or saw there: then no known_hosts
 * file is asked about it, and no other key is taken.
 */
#include <string.h>

#include "base/str.h"
#include "cli/pin.h"

static const struct pl_value *list_of(const struct pl_object *o, enum pl_attr attr)
{
	const struct pl_fact *f = o->kind == PL_POOL ? pl_object_fact(o, attr, -1) : NULL;

	return f && f->known ? &f->value : NULL;
}

static bool holds(const struct pl_value *list, const char *text)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (pl_streq(list->list[i], text))
			return true;
	return false;
}

/* The machine of that address, if its keys are told; two machines of one address tell nothing. */
static const struct pl_object *machine_at(const struct pl_model *m, const char *address)
{
	const struct pl_object *found = NULL;

	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];

		if (o->gone || o->kind != PL_POOL || !holds(list_of(o, PL_POOL_ADDRESSES), address))
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found && list_of(found, PL_POOL_HOST_KEYS) ? found : NULL;
}

/* The same of a machine that a cloud tells of. */
static const struct pl_host_keys *told_at(const struct pl_model *m, const char *address)
{
	const struct pl_host_keys *found = NULL;

	for (size_t i = 0; i < m->host_key_count; i++) {
		const struct pl_host_keys *k = &m->host_keys[i];

		if (!holds(&(struct pl_value){ .list = k->addresses, .count = k->address_count }, address))
			continue;
		if (found)
			return NULL;
		found = k;
	}
	return found && found->key_count ? found : NULL;
}

/* As a known_hosts file for this host alone; its name says in messages where the keys are from. */
static int write_file(struct pl_known_hosts *known, const char *name, const char *const *keys, size_t count,
		      struct pl_err *err)
{
	pl_auto_buf text = PL_BUF_INIT;

	for (size_t i = 0; i < count; i++)
		pl_buf_addf(&text, "* %s\n", keys[i]);
	return pl_known_hosts_text(known, name, text.data, text.len, err);
}

int pl_pin_host(const struct pl_model *m, struct pl_known_hosts *known, struct pl_arena *arena,
		const struct pl_ssh_host **host, const char **from, struct pl_err *err)
{
	const struct pl_object *machine = machine_at(m, (*host)->host);
	const struct pl_value *planned = machine ? list_of(machine, PL_POOL_HOST_KEYS) : NULL;
	const struct pl_host_keys *told = machine ? NULL : told_at(m, (*host)->host);
	struct pl_ssh_host *copy;
	const char **files;

	*from = NULL;
	if (!machine && !told)
		return 0;
	files = pl_arena_alloc(arena, 2 * sizeof *files);
	files[0] = told ? told->from : pl_arena_strf(arena, "the boot text of %s", machine->origin[PL_PLAN].address);
	if (write_file(known, files[0], told ? told->keys : planned->list, told ? told->key_count : planned->count, err))
		return -1;
	copy = pl_arena_alloc(arena, sizeof *copy);
	*copy = **host;
	copy->known_hosts = files;
	copy->new_hosts = NULL;
	*host = copy;
	*from = files[0];
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives every file of the folders named on the command line to a fuzz target, so that what the
 * fuzzer once found is a test with any compiler.  Each input is a block of its own size: reading
 * one byte past it is seen.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static int replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);
	int bad = !file || !data || fread(data, 1, size, file) != size;

	if (file)
		fclose(file);
	if (bad)
		perror(path);
	else
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return bad;
}

/* The number of files replayed, or -1. */
static int replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	if (!dir) {
		perror(folder);
		return -1;
	}
	while (count >= 0 && (entry = readdir(dir))) {
		char path[4096];
		struct stat st;

		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		count = replay_file(path, (size_t)st.st_size) ? -1 : count + 1;
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int count = replay_folder(argv[i]);

		if (count < 0)
			return 1;
		total += count;
	}
	printf("%d inputs\n", total);
	return total ? 0 : 1;
}

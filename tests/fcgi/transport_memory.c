#include "tests/fcgi/transport_memory.h"

#include <string.h>

/* In small parts, as a network does. */
static long read_part(void *arg, char *bytes, size_t n)
{
	struct memory *memory = arg;
	size_t left = memory->body == NULL ? 0 : strlen(memory->body) - memory->read;
	size_t part = n < 3 ? n : 3;

	part = part < left ? part : left;
	if (part > 0)
		memcpy(bytes, memory->body + memory->read, part);
	memory->read += part;
	return (long)part;
}

static bool write_all(void *arg, const char *bytes, size_t n)
{
	text_put(&((struct memory *)arg)->reply, bytes, n);
	return true;
}

struct transport transport_memory(struct memory *memory, const char *const *params)
{
	return (struct transport){.params = params, .read = read_part, .write = write_all, .arg = memory};
}

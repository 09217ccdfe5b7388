#include "fcgi/ops/ops_tries.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "workerlib/core/sha256.h"

/*
 * A slot: 24 bits of the address's hash, 8 of the count, 32 of the time.
 * A hash has WAYS slots to choose from.
 */
enum { SLOTS = 16384, WAYS = 8 };

struct ops_tries {
	unsigned char key[16]; /* so that nobody can choose addresses that share slots */
	atomic_uint_least64_t slots[SLOTS];
};

struct slot {
	uint32_t tag, count, time;
};

static struct slot unpack(uint64_t word)
{
	return (struct slot){(uint32_t)(word >> 40), (uint32_t)(word >> 32) & 0xff, (uint32_t)word};
}

static uint64_t pack(struct slot slot)
{
	return (uint64_t)slot.tag << 40 | (uint64_t)slot.count << 32 | slot.time;
}

struct ops_tries *ops_tries_new(void)
{
	void *memory = mmap(NULL, sizeof(struct ops_tries), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	struct ops_tries *tries = memory;
	if (getrandom(tries->key, sizeof tries->key, 0) != (ssize_t)sizeof tries->key) {
		ops_tries_free(tries);
		return NULL;
	}
	return tries;
}

void ops_tries_free(struct ops_tries *tries)
{
	if (tries != NULL)
		munmap(tries, sizeof *tries);
}

/* The tag (never 0) and the first slot of an address. */
static uint32_t locate(const struct ops_tries *tries, const char *address, size_t *first)
{
	unsigned char bytes[16] = {0}, digest[32];
	struct sha256 hash;

	if (inet_pton(AF_INET6, address, bytes) == 1)
		memset(bytes + 8, 0, 8);
	else if (inet_pton(AF_INET, address, bytes + 12) == 1)
		bytes[11] = 4;
	sha256_start(&hash);
	sha256_add(&hash, tries->key, sizeof tries->key);
	sha256_add(&hash, bytes, sizeof bytes);
	sha256_end(&hash, digest);
	*first = ((size_t)digest[0] << 8 | digest[1]) % SLOTS;
	uint32_t tag = (uint32_t)digest[2] << 16 | (uint32_t)digest[3] << 8 | digest[4];
	return tag == 0 ? 1 : tag;
}

static bool is_over(struct slot slot, uint32_t now)
{
	return slot.tag == 0 || slot.count == 0 || now - slot.time >= TRIES_FORGET_SECONDS;
}

/* The slot of the tag, else a free one, else the one that failed least. */
static atomic_uint_least64_t *choose(struct ops_tries *tries, uint32_t tag, size_t first, uint32_t now)
{
	atomic_uint_least64_t *best = &tries->slots[first];
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < WAYS; i++) {
		atomic_uint_least64_t *at = &tries->slots[(first + i) % SLOTS];
		struct slot slot = unpack(atomic_load(at));
		uint32_t weight = is_over(slot, now) ? 0 : slot.count;

		if (slot.tag == tag)
			return at;
		if (weight < least) {
			least = weight;
			best = at;
		}
	}
	return best;
}

bool ops_tries_begin(struct ops_tries *tries, const char *address, uint32_t now)
{
	size_t first;
	uint32_t tag = locate(tries, address, &first);
	atomic_uint_least64_t *at = choose(tries, tag, first, now);
	uint64_t word = atomic_load(at);
	struct slot slot;

	do {
		slot = unpack(word);
		if (slot.tag != tag || is_over(slot, now))
			slot = (struct slot){.tag = tag};
		if (slot.count >= TRIES_MAX)
			return false;
		slot.count++;
		slot.time = now;
	} while (!atomic_compare_exchange_weak(at, &word, pack(slot)));
	return true;
}

static void take_back(atomic_uint_least64_t *at, uint32_t tag)
{
	uint64_t word = atomic_load(at);
	struct slot slot;

	do {
		slot = unpack(word);
		if (slot.tag != tag || slot.count == 0)
			return;
		slot.count--;
	} while (!atomic_compare_exchange_weak(at, &word, pack(slot)));
}

void ops_tries_unjudged(struct ops_tries *tries, const char *address)
{
	size_t first;
	uint32_t tag = locate(tries, address, &first);

	for (size_t i = 0; i < WAYS; i++)
		take_back(&tries->slots[(first + i) % SLOTS], tag);
}

void ops_tries_passed(struct ops_tries *tries, const char *address)
{
	size_t first;
	uint32_t tag = locate(tries, address, &first);

	for (size_t i = 0; i < WAYS; i++) {
		atomic_uint_least64_t *at = &tries->slots[(first + i) % SLOTS];
		uint64_t word = atomic_load(at);
		if (unpack(word).tag == tag)
			atomic_compare_exchange_strong(at, &word, 0);
	}
}

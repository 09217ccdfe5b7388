#include "workerlib/core/sha256.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

static uint32_t load(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void store(unsigned char *b, uint32_t word)
{
	b[0] = (unsigned char)(word >> 24);
	b[1] = (unsigned char)(word >> 16);
	b[2] = (unsigned char)(word >> 8);
	b[3] = (unsigned char)word;
}

/* The message schedule of one block (6.2.2, step 1). */
static void schedule(const unsigned char block[64], uint32_t w[64])
{
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = load(block + (size_t)t * 4);
	for (; t < 64; t++) {
		const uint32_t a = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
		const uint32_t b = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = b + w[t - 7] + a + w[t - 16];
	}
}

/* Steps 2 to 4. In eight variables, which stay in registers: a row of them that is moved on would not. */
static void compress(uint32_t state[8], const unsigned char block[64])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[64];
	unsigned t;

	schedule(block, w);
	for (t = 0; t < 64; t++) {
		const uint32_t choice = (e & f) ^ (~e & g);
		const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
		const uint32_t low = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
		const uint32_t high = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
		const uint32_t one = h + high + choice + constants[t] + w[t];

		h = g;
		g = f;
		f = e;
		e = d + one;
		d = c;
		c = b;
		b = a;
		a = one + low + majority;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void sha256_start(struct sha256 *h)
{
	static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(h->state, initial, sizeof(initial));
	h->length = 0;
}

void sha256_add(struct sha256 *h, const void *bytes, size_t n)
{
	const unsigned char *from = bytes;

	while (n > 0) {
		const size_t used = h->length % sizeof(h->block);
		const size_t room = sizeof(h->block) - used;
		const size_t take = n < room ? n : room;

		memcpy(h->block + used, from, take);
		h->length += take;
		from += take;
		n -= take;
		if (take == room)
			compress(h->state, h->block);
	}
}

void sha256_end(struct sha256 *h, unsigned char out[32])
{
	static const unsigned char padding[64] = { 0x80 };
	const uint64_t bits = h->length * 8;
	const size_t used = h->length % sizeof(h->block);
	unsigned char length[8];
	unsigned i;

	/* A one, zeros, and the length in the last 8 bytes of a block. */
	sha256_add(h, padding, (used < 56 ? 56 : 120) - used);
	store(length, (uint32_t)(bits >> 32));
	store(length + 4, (uint32_t)bits);
	sha256_add(h, length, sizeof(length));
	for (i = 0; i < 8; i++)
		store(out + (size_t)i * 4, h->state[i]);
}

void sha256_hex(const unsigned char digest[32], char out[65])
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	for (i = 0; i < 32; i++) {
		*out++ = digits[digest[i] >> 4];
		*out++ = digits[digest[i] & 15];
	}
	*out = '\0';
}

void sha256_text(const void *bytes, size_t n, char out[65])
{
	unsigned char digest[32];
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, bytes, n);
	sha256_end(&h, digest);
	sha256_hex(digest, out);
}

void sha256_put(void *sha256, const char *bytes, size_t n)
{
	sha256_add(sha256, bytes, n);
}

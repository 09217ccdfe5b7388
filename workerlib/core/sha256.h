#ifndef CVN_CORE_SHA256_H
#define CVN_CORE_SHA256_H
/* SHA-256 (FIPS 180-4), here because the core has no library and the browser must compute the same. */
#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
};

void sha256_start(struct sha256 *);
void sha256_add(struct sha256 *, const void *bytes, size_t n);
void sha256_end(struct sha256 *, unsigned char out[32]);
void sha256_hex(const unsigned char digest[32], char out[65]);
void sha256_text(const void *bytes, size_t n, char out[65]); /* all four in one */
void sha256_put(void *sha256, const char *bytes, size_t n);  /* a sink for canon.h */

#endif

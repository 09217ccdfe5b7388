#include "fcgi/ops/ops_secrets.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "fcgi/proc/need.h"
#include "workerlib/core/sha256.h"

enum { REMEMBERED = 256, TAG = 32 };

struct ops_secrets {
	unsigned char key[32];
	unsigned char tags[REMEMBERED][TAG];
	size_t next; /* the oldest is replaced first */
	char nobody[SECRET_HASH_MAX];
	struct crypt_data work;
};

static bool fill_random(void *bytes, size_t n)
{
	return getrandom(bytes, n, 0) == (ssize_t)n;
}

/* crypt(3) with room of the caller's; false: it refused the setting. */
static bool hash_into(struct crypt_data *work, const char *password, const char *setting,
		      char out[SECRET_HASH_MAX])
{
	const char *made = crypt_r(password, setting, work);

	if (made == NULL || made[0] == '*' || strlen(made) >= SECRET_HASH_MAX)
		return false;
	snprintf(out, SECRET_HASH_MAX, "%s", made);
	return true;
}

bool ops_secrets_hash(const char *password, char out[SECRET_HASH_MAX])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	struct crypt_data *work = need_items(1, sizeof *work);
	bool made = crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof setting) != NULL &&
		    hash_into(work, password, setting, out);

	explicit_bzero(work, sizeof *work);
	free(work);
	return made;
}

struct ops_secrets *ops_secrets_new(void)
{
	struct ops_secrets *secrets = need_items(1, sizeof *secrets);
	char nobody[SECRET_TEXT];

	if (fill_random(secrets->key, sizeof secrets->key) &&
	    fill_random(secrets->tags, sizeof secrets->tags) &&
	    ops_secrets_random(nobody) && ops_secrets_hash(nobody, secrets->nobody))
		return secrets;
	ops_secrets_free(secrets);
	return NULL;
}

void ops_secrets_free(struct ops_secrets *secrets)
{
	if (secrets != NULL)
		explicit_bzero(secrets, sizeof *secrets);
	free(secrets);
}

/* Length-prefixed, so that no two triples give the same bytes. */
static void add_field(struct sha256 *hash, const char *field)
{
	size_t n = strlen(field);
	unsigned char prefix[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
				   (unsigned char)(n >> 8), (unsigned char)n};

	sha256_add(hash, prefix, sizeof prefix);
	sha256_add(hash, field, n);
}

static void make_tag(const struct ops_secrets *secrets, const char *login, const char *password,
		     const char *stored, unsigned char tag[TAG])
{
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add(&hash, secrets->key, sizeof secrets->key);
	add_field(&hash, login);
	add_field(&hash, stored);
	add_field(&hash, password);
	sha256_end(&hash, tag);
}

/* Takes as long for equal texts as for different ones. */
static bool equal(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;
	unsigned different = 0;

	for (size_t i = 0; i < n; i++)
		different |= (unsigned)(x[i] ^ y[i]);
	return different == 0;
}

static bool is_remembered(const struct ops_secrets *secrets, const unsigned char tag[TAG])
{
	for (size_t i = 0; i < REMEMBERED; i++) {
		if (equal(secrets->tags[i], tag, TAG))
			return true;
	}
	return false;
}

bool ops_secrets_check(struct ops_secrets *secrets, const char *login, const char *password,
		       const char *stored)
{
	unsigned char tag[TAG];
	char made[SECRET_HASH_MAX] = "";

	if (stored != NULL) {
		make_tag(secrets, login, password, stored, tag);
		if (is_remembered(secrets, tag))
			return true;
	}
	const char *setting = stored != NULL ? stored : secrets->nobody;
	bool right = hash_into(&secrets->work, password, setting, made) && strlen(made) == strlen(setting) &&
		     equal(made, setting, strlen(setting)) && stored != NULL;
	explicit_bzero(&secrets->work, sizeof secrets->work);
	if (right)
		memcpy(secrets->tags[secrets->next++ % REMEMBERED], tag, TAG);
	return right;
}

bool ops_secrets_random(char out[SECRET_TEXT])
{
	unsigned char bytes[32];

	if (!fill_random(bytes, sizeof bytes))
		return false;
	sha256_hex(bytes, out);
	return true;
}

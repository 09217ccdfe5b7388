#ifndef CVN_OPS_SECRETS_H
#define CVN_OPS_SECRETS_H
/*
 * Passwords (crypt(3) yescrypt, about 16 ms a check) and random secrets. A password that was right once is
 * remembered in this process as a keyed hash bound to the stored text, so that Basic costs microseconds after
 * its first request and a new password ends it at once.
 */
#include <stdbool.h>

enum { SECRET_TEXT = 65, SECRET_HASH_MAX = 512 };

struct ops_secrets;

/* NULL: no random numbers. The caller must free it with ops_secrets_free(). */
struct ops_secrets *ops_secrets_new(void);
void ops_secrets_free(struct ops_secrets *);

/*
 * Whether the password is the one of the stored crypt(3) text. stored NULL: there is no such login;
 * it takes the same time, and the answer is no.
 */
bool ops_secrets_check(struct ops_secrets *, const char *login, const char *password, const char *stored);

/* The crypt(3) text of a password, to be stored. False: it cannot be made. */
bool ops_secrets_hash(const char *password, char out[SECRET_HASH_MAX]);

/* A new secret of 256 random bits, in hex. False: no random numbers. */
bool ops_secrets_random(char out[SECRET_TEXT]);

#endif

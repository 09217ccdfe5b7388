#ifndef CVN_CTL_PATH_H
#define CVN_CTL_PATH_H
/* Request targets, every part percent-encoded, so that no argument can change the meaning of another. */

/* path_make("config", "paper", NULL) is "/api/config/paper". The caller must free it with free(). */
char *path_make(const char *segment, ...) __attribute__((sentinel));

/*
 * Adds ?name=value or &name=value; path_take as it is when value is NULL. The caller must free it with
 * free().
 */
char *path_with(char *path_take, const char *name, const char *value);

#endif

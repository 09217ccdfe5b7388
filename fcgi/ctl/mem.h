#ifndef CVN_CTL_MEM_H
#define CVN_CTL_MEM_H
/* A command that runs out of memory ends there: it holds nothing that another would have to clean up. */

/* p, which is never NULL: where it would be, the program says so on stderr and exits with 1. */
void *mem_must(void *p);

/* The text that printf would print. The caller must free it with free(). */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

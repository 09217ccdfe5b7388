#include "fcgi/ctl/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *mem_must(void *p)
{
	if (p == NULL) {
		fputs("cvnctl: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

char *mem_printf(const char *format, ...)
{
	char *text = NULL;
	va_list list;

	va_start(list, format);
	int n = vasprintf(&text, format, list);
	va_end(list);
	return mem_must(n < 0 ? NULL : text);
}

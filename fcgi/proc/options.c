#include "fcgi/proc/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A letter of a flag as the variable of its name has it. */
static char environment_letter(char letter)
{
	if (letter == '-')
		return '_';
	return (char)(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
}

static const char *from_environment(const char *flag)
{
	char name[64] = "CVN_";
	size_t n = strlen(name);

	for (; *flag != '\0' && n < sizeof name - 1; flag++)
		name[n++] = environment_letter(*flag);
	name[n] = '\0';
	return getenv(name);
}

/* The row of --flag or --flag=value; *value points behind the '=', or is NULL. */
static const struct option_row *find(const struct option_row *rows, const char *argument, const char **value)
{
	const char *name = argument + 2;
	size_t n = strcspn(name, "=");

	*value = name[n] == '=' ? name + n + 1 : NULL;
	for (; rows->flag != NULL; rows++) {
		if (strlen(rows->flag) == n && memcmp(rows->flag, name, n) == 0)
			return rows;
	}
	return NULL;
}

static int refuse(char *why, size_t room, const char *text, const char *flag)
{
	snprintf(why, room, "%s: %s", flag, text);
	return -1;
}

static int read_flags(const struct option_row *rows, const char **values, int argc, char *const argv[],
		      char *why, size_t room)
{
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		const char *value;

		if (argv[i][2] == '\0')
			return i + 1;
		const struct option_row *row = find(rows, argv[i], &value);
		if (row == NULL)
			return refuse(why, room, "no such option (see --help)", argv[i]);
		if (row->is_switch && value != NULL)
			return refuse(why, room, "takes no value", argv[i]);
		if (row->is_switch)
			value = "1";
		else if (value == NULL && i + 1 < argc)
			value = argv[++i];
		if (value == NULL)
			return refuse(why, room, "needs a value", argv[i]);
		values[row - rows] = value;
	}
	return i;
}

int options_read(const struct option_row *rows, const char **values, int argc, char *const argv[], char *why,
		 size_t room)
{
	for (size_t i = 0; rows[i].flag != NULL; i++)
		values[i] = NULL;
	int used = read_flags(rows, values, argc, argv, why, room);
	for (size_t i = 0; used >= 0 && rows[i].flag != NULL; i++) {
		if (values[i] == NULL)
			values[i] = from_environment(rows[i].flag);
		if (values[i] == NULL)
			values[i] = rows[i].fallback;
		if (values[i] == NULL && !rows[i].optional && !rows[i].is_switch)
			return refuse(why, room, "must be given", rows[i].flag);
	}
	return used;
}

void options_help(const char *usage, const struct option_row *rows)
{
	printf("usage: %s\n\n", usage);
	for (; rows->flag != NULL; rows++) {
		printf("  --%-16s %s", rows->flag, rows->help);
		if (rows->fallback != NULL)
			printf(" (%s)", rows->fallback);
		putchar('\n');
	}
}

bool options_number(const char *text, long least, long most, long *number)
{
	long n = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || n > (most - (*text - '0')) / 10)
			return false;
		n = n * 10 + (*text - '0');
	}
	*number = n;
	return n >= least && n <= most;
}

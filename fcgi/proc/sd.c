#include "fcgi/proc/sd.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool sd_say(const char *path, const char *words)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path ? strlen(path) : 0, length = strlen(words);
	if (!n || n >= sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@'))
		return false;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@') /* an abstract one: its name begins with a NUL */
		to.sun_path[0] = '\0';
	ssize_t sent = sendto(fd, words, length, MSG_NOSIGNAL, (struct sockaddr *)&to,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
	return sent == (ssize_t)length;
}

int64_t sd_watchdog_ms(const char *usec, const char *pid)
{
	char *end;
	long long n = usec ? strtoll(usec, &end, 10) : 0;
	if (!usec || *end || n < 2000 || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return n / 2000;
}

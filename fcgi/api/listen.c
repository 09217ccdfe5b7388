#include "fcgi/api/listen.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

static int unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static bool is_alive(const struct sockaddr_un *address)
{
	int fd = unix_socket();
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;

	if (fd >= 0)
		close(fd);
	return alive;
}

int listen_unix(const char *path, unsigned mode)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat status;
	int fd;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (is_alive(&address)) {
		errno = EADDRINUSE;
		return -1;
	}
	if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
	fd = unix_socket();
	if (fd < 0)
		return -1;
	mode_t before = umask(0777);
	bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	umask(before);
	if (bound && chmod(path, (mode_t)mode) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

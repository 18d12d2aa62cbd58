/* A disk that fails on purpose, put before the program by LD_PRELOAD. What it does stands in the first letter of the file
   that FAULT names: o(k) · s: a flush fails · w: a write fails · f: the disk is full · p: like ok, and each flush of a
   database file keeps a copy of what is then durable · l: like p, but the disk lies: it says "flushed" and keeps nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char mode(void) {
    static int fd = -2;
    if (fd == -2) {
        const char *path = getenv("FAULT");
        fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    }
    char c = 'o';
    static ssize_t (*real)(int, void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pread");
    if (fd >= 0) real(fd, &c, 1, 0);
    return c;
}

/* Only the database's own files: the name of an open one, or nothing. */
static int name(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, 3900);
    if (n <= 0) return 0;
    out[n] = 0;
    return strstr(out, "tacit.db") && !strstr(out, "-shm");
}

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static void keep(const char *path) {
    char to[4096], tmp[4096], buffer[65536];
    snprintf(to, sizeof to, "%s.durable", path);
    snprintf(tmp, sizeof tmp, "%s.durable.tmp", path);
    pthread_mutex_lock(&one);
    int in = open(path, O_RDONLY), out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t n;
    while (in >= 0 && out >= 0 && (n = read(in, buffer, sizeof buffer)) > 0) {
        if (write(out, buffer, n) != n) break;
    }
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    rename(tmp, to);
    pthread_mutex_unlock(&one);
}

static int flush(int fd, const char *which) {
    char path[4096];
    int (*real)(int) = dlsym(RTLD_NEXT, which);
    if (!name(fd, path)) return real(fd);
    char m = mode();
    if (m == 's') { errno = EIO; return -1; }
    if (m == 'l') return 0;
    int done = real(fd);
    if (m == 'p' && done == 0) keep(path);
    return done;
}

int fsync(int fd) { return flush(fd, "fsync"); }
int fdatasync(int fd) { return flush(fd, "fdatasync"); }

static int refused(int fd) {
    char path[4096], m = mode();
    if ((m != 'w' && m != 'f') || !name(fd, path)) return 0;
    errno = m == 'w' ? EIO : ENOSPC;
    return 1;
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite");
    return refused(fd) ? -1 : real(fd, from, n, at);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off_t at) { return pwrite(fd, from, n, at); }

ssize_t write(int fd, const void *from, size_t n) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    return fd > 2 && refused(fd) ? -1 : real(fd, from, n);
}

/* Owns making the n-th call that changes a file fail, or the process die at it: a library for LD_PRELOAD
 * that stands before libc. Must touch only calls on files below one folder.
 *
 * AMPCF_FAULT_FOLDER  counts opens for writing, writes, syncs, closes, renames, and what makes and
 *                       removes names
 * AMPCF_FAULT_AT      which of them, from 1; 0 = none
 * AMPCF_FAULT_HOW     `kill` before it is done; `torn`: half a write is done, then killed; else an errno
 * AMPCF_FAULT_LOG     gets a line for each, outside the folder */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MOST_FILES = 4096 };

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
/* A system call past everything here. */
#define RAW(...) (REAL(syscall)(__VA_ARGS__))

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static unsigned char ours[MOST_FILES]; /* by file descriptor */
static int calls;

static int is_ours(int fd) { return fd >= 0 && fd < MOST_FILES && ours[fd]; }

static int is_below(const char *path) {
    const char *folder = getenv("AMPCF_FAULT_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static void say(const char *what) {
    char line[64];
    const char *path = getenv("AMPCF_FAULT_LOG");
    int fd =
        path ? (int)RAW(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    int n = snprintf(line, sizeof line, "%d %s\n", calls, what);
    if (fd < 0) return;
    if (syscall(SYS_write, fd, line, n) != n) abort();
    RAW(SYS_close, fd);
}

/* The errno of this call; 0 = let it through. `half` is called before a torn death. */
static int fault_of(const char *what, void (*half)(const void *), const void *of) {
    const char *at = getenv("AMPCF_FAULT_AT"), *how = getenv("AMPCF_FAULT_HOW");
    int error = 0;
    pthread_mutex_lock(&turn);
    calls++;
    say(what);
    if (at && how && calls == atoi(at)) {
        int dies = strcmp(how, "kill") == 0 || strcmp(how, "torn") == 0;
        if (strcmp(how, "torn") == 0 && half) half(of);
        if (dies) kill(getpid(), SIGKILL), pause();
        error = atoi(how);
    }
    pthread_mutex_unlock(&turn);
    return error;
}

#define FAIL_IF(condition, what)                                                                             \
    do {                                                                                                     \
        int fault = (condition) ? fault_of(what, NULL, NULL) : 0;                                            \
        if (fault) return errno = fault, -1;                                                                 \
    } while (0)

static int opened(int fd, int mine) {
    if (fd >= 0 && fd < MOST_FILES) ours[fd] = (unsigned char)mine;
    return fd;
}

/* Opens for reading are not counted: they change nothing. */
static int open_call(const char *path, int flags, mode_t mode) {
    int mine = is_below(path) && ((flags & O_ACCMODE) != O_RDONLY || (flags & O_DIRECTORY));
    FAIL_IF(mine, "open");
    return opened((int)RAW(SYS_openat, AT_FDCWD, path, flags, mode), is_below(path));
}

#define OPEN(name)                                                                                           \
    int name(const char *path, int flags, ...) {                                                             \
        va_list rest;                                                                                        \
        va_start(rest, flags);                                                                               \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                              \
        va_end(rest);                                                                                        \
        return open_call(path, flags, mode);                                                                 \
    }
OPEN(open)
OPEN(open64)

typedef struct piece {
    int fd;
    const void *bytes;
    size_t n;
} piece;

static void write_half(const void *of) {
    const piece *p = of;
    RAW(SYS_write, p->fd, p->bytes, p->n / 2);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    piece p = {fd, bytes, n};
    int fault = is_ours(fd) ? fault_of("write", write_half, &p) : 0;
    if (fault) return errno = fault, -1;
    return RAW(SYS_write, fd, bytes, n);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    piece p = {fd, bytes, n};
    int fault = is_ours(fd) ? fault_of("write", write_half, &p) : 0;
    if (fault) return errno = fault, -1;
    return RAW(SYS_pwrite64, fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int n) {
    FAIL_IF(is_ours(fd), "write");
    return RAW(SYS_writev, fd, pieces, n);
}

int fsync(int fd) {
    FAIL_IF(is_ours(fd), "fsync");
    return (int)RAW(SYS_fsync, fd);
}
int fdatasync(int fd) {
    FAIL_IF(is_ours(fd), "fsync");
    return (int)RAW(SYS_fdatasync, fd);
}

/* A close that fails has closed all the same. */
int close(int fd) {
    int fault = is_ours(fd) ? fault_of("close", NULL, NULL) : 0;
    opened(fd, 0);
    int status = (int)RAW(SYS_close, fd);
    return fault ? errno = fault, -1 : status;
}

/* Node closes files by their number. A ring would do everything out of sight, so there is none. */
long syscall(long number, ...) {
    long a[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_close) return close((int)a[0]);
    if (number == SYS_io_uring_setup) return errno = ENOSYS, -1;
    return RAW(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int rename(const char *from, const char *to) {
    FAIL_IF(is_below(to), "rename");
    return REAL(rename)(from, to);
}
int unlink(const char *path) {
    FAIL_IF(is_below(path), "unlink");
    return REAL(unlink)(path);
}
int rmdir(const char *path) {
    FAIL_IF(is_below(path), "rmdir");
    return REAL(rmdir)(path);
}
int mkdir(const char *path, mode_t mode) {
    FAIL_IF(is_below(path), "mkdir");
    return REAL(mkdir)(path, mode);
}
int chmod(const char *path, mode_t mode) {
    FAIL_IF(is_below(path), "chmod");
    return REAL(chmod)(path, mode);
}

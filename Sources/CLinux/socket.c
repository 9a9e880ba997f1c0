#define _GNU_SOURCE
#include "clinux_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD  // Linux 6.5
#define SO_PEERPIDFD 77
#endif

/// A name as the kernel takes it, and the directory that it is relative to, or -1.
struct address {
  struct sockaddr_un un;
  socklen_t length;
  int directory;
};

/// A path with no room in sun_path is named through its directory, opened: what is left is short.
static int address_of_long_path(struct address *address, const char *path) {
  const char *slash = strrchr(path, '/');
  char directory[PATH_MAX];
  size_t length = slash ? (size_t)(slash - path) + 1 : 0;
  if (length >= sizeof directory) return -ENAMETOOLONG;
  memcpy(directory, slash ? path : ".", slash ? length : 1);
  directory[slash ? length : 1] = 0;
  address->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (address->directory < 0) return -errno;
  int printed = snprintf(address->un.sun_path, sizeof address->un.sun_path, "/proc/self/fd/%d/%s",
                         address->directory, slash ? slash + 1 : path);
  if (printed < (int)sizeof address->un.sun_path) return 0;
  close(address->directory);
  return -ENAMETOOLONG;
}

static int address_of(struct address *address, const char *name, size_t length) {
  *address = (struct address){.un.sun_family = AF_UNIX, .length = sizeof address->un, .directory = -1};
  bool fits = length < sizeof address->un.sun_path;
  if (length > 0 && name[0] == 0) {
    // Every byte of an abstract name counts, so its address ends where the name does.
    if (length > sizeof address->un.sun_path) return -ENAMETOOLONG;
    memcpy(address->un.sun_path, name, length);
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return 0;
  }
  // An empty path would have the kernel choose an abstract name.
  if (length == 0) return -ENOENT;
  if (!fits) return address_of_long_path(address, name);
  memcpy(address->un.sun_path, name, length);
  return 0;
}

static void address_done(struct address *address) {
  if (address->directory >= 0) close(address->directory);
}

/// What a socket became: itself, or closed and the error.
static int socket_or_error(int fd, int error) {
  if (error) close(fd);
  return error ? error : fd;
}

int clinux_socket_connect(const char *name, size_t length, bool wait) {
  struct address address;
  int error = address_of(&address, name, length);
  if (error) return error;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) {
    error = -errno;
    address_done(&address);
    return error;
  }
  // Interrupted, it was waiting for a place in the queue and has none: it is to be called again.
  do error = connect(fd, (struct sockaddr *)&address.un, address.length) ? -errno : 0;
  while (error == -EINTR);
  address_done(&address);
  return socket_or_error(fd, error);
}

/// Before listen(2) nobody can connect, so there is no moment at which the mode is a wrong one.
static int bind_and_listen(int fd, const struct address *address, mode_t mode, int backlog) {
  if (bind(fd, (const struct sockaddr *)&address->un, address->length)) return -errno;
  const char *path = address->un.sun_path;
  if ((!*path || !chmod(path, mode)) && !listen(fd, backlog)) return 0;
  int error = -errno;
  if (*path) unlink(path);
  return error;
}

int clinux_socket_listen(const char *name, size_t length, mode_t mode, int backlog) {
  struct address address;
  int error = address_of(&address, name, length);
  if (error) return error;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  error = fd < 0 ? -errno : bind_and_listen(fd, &address, mode, backlog);
  address_done(&address);
  return fd < 0 ? error : socket_or_error(fd, error);
}

int clinux_socket_accept(int fd) {
  int connection;
  do connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (connection < 0 && (errno == EINTR || errno == ECONNABORTED));
  return connection < 0 ? -errno : connection;
}

int clinux_socket_pair(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}

int clinux_socket_peer(int fd, pid_t *pid, uid_t *uid, gid_t *gid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length)) return -errno;
  *pid = peer.pid;
  *uid = peer.uid;
  *gid = peer.gid;
  return 0;
}

int clinux_socket_peer_pidfd(int fd) {
  int pidfd;
  socklen_t length = sizeof pidfd;
  return getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) ? -errno : pidfd;
}

int clinux_socket_is_listening(int fd) {
  int listening;
  socklen_t length = sizeof listening;
  int failed = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length);
  return failed ? -errno : listening != 0;
}

int clinux_socket_read_urgent_in_line(int fd) {
  int on = 1;
  return setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on) ? -errno : 0;
}

/// Whether a call that answered an error is to be made again: interrupted, or told to wait on a
/// socket that is nonblocking, and then only after it has become ready.
static bool again(int fd, short event, bool wait) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN || !wait) return false;
  struct pollfd ready = {.fd = fd, .events = event};
  return poll(&ready, 1, -1) >= 0 || errno == EINTR;
}

/// Room for the descriptors of one message, aligned as cmsg(3) wants it.
union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(CLINUX_DESCRIPTORS_MAX * sizeof(int))];
};

ssize_t clinux_socket_send(int fd, const void *bytes, size_t count, const int *descriptors,
                           size_t descriptor_count, bool wait) {
  if (descriptor_count > CLINUX_DESCRIPTORS_MAX) return -EINVAL;
  struct iovec data = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  union control control;
  if (descriptor_count > 0) {
    size_t length = descriptor_count * sizeof(int);
    memset(&control, 0, sizeof control);
    control.header = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(length)};
    memcpy(CMSG_DATA(&control.header), descriptors, length);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(length);
  }
  ssize_t sent;
  do sent = sendmsg(fd, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
  while (sent < 0 && again(fd, POLLOUT, wait));
  return sent < 0 ? -errno : sent;
}

ssize_t clinux_socket_peek(int fd, void *buffer, size_t size, bool wait, bool *has_descriptors) {
  struct iovec data = {.iov_base = buffer, .iov_len = size};
  // With room for control data a peek would install a copy of every descriptor. Without, the kernel
  // says that there was control data it had no room for (Linux 6.18, net/core/scm.c).
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  ssize_t peeked;
  do peeked = recvmsg(fd, &message, MSG_PEEK | (wait ? 0 : MSG_DONTWAIT));
  while (peeked < 0 && again(fd, POLLIN, wait));
  *has_descriptors = peeked >= 0 && message.msg_flags & MSG_CTRUNC;
  return peeked < 0 ? -errno : peeked;
}

ssize_t clinux_socket_receive(int fd, void *buffer, size_t size, bool wait, int *descriptors,
                              size_t *descriptor_count, bool *truncated) {
  struct iovec data = {.iov_base = buffer, .iov_len = size};
  union control control;
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  *descriptor_count = 0;
  *truncated = false;
  ssize_t received;
  do received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  while (received < 0 && again(fd, POLLIN, wait));
  if (received < 0) return -errno;
  *truncated = message.msg_flags & MSG_CTRUNC;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    size_t length = part->cmsg_len - CMSG_LEN(0);
    memcpy(descriptors + *descriptor_count, CMSG_DATA(part), length);
    *descriptor_count += length / sizeof(int);
  }
  return received;
}

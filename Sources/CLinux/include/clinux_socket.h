#pragma once
// Unix stream sockets, and the descriptors that travel over them. Errors are -errno.
//
// A name is a path ended by NUL, or begins with NUL and lies in the abstract namespace; its length
// is without the NUL at the end. A path may be longer than sun_path has room for. unix(7)

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// The most descriptors that one message carries: the kernel's SCM_MAX_FD. unix(7)
#define CLINUX_DESCRIPTORS_MAX 253

/// A connected socket, CLOEXEC. Unless `wait`, it is O_NONBLOCK, and -EAGAIN where the queue is full. connect(2)
int clinux_socket_connect(const char *_Nonnull name, size_t length, bool wait);

/// A listening socket, CLOEXEC and O_NONBLOCK. A path gets its mode before anybody can connect.
/// bind(2), listen(2)
int clinux_socket_listen(const char *_Nonnull name, size_t length, mode_t mode, int backlog);

/// The next connection, CLOEXEC and O_NONBLOCK; one that was given up meanwhile is passed over.
/// accept4(2)
int clinux_socket_accept(int fd);

/// Two sockets connected to each other, CLOEXEC. socketpair(2)
int clinux_socket_pair(int ends[_Nonnull 2]);

/// Who the peer was when it connected. SO_PEERCRED, unix(7)
int clinux_socket_peer(
    int fd, pid_t *_Nonnull pid, uid_t *_Nonnull uid, gid_t *_Nonnull gid);

/// A pidfd of the peer. SO_PEERPIDFD, Linux 6.5: -ENOPROTOOPT before.
int clinux_socket_peer_pidfd(int fd);

/// 1 for a listening socket, 0 for another. SO_ACCEPTCONN, socket(7)
int clinux_socket_is_listening(int fd);

/// Has urgent data read where they lie among others. unix(7), SO_OOBINLINE
int clinux_socket_read_urgent_in_line(int fd);

/// Writes bytes and, with the first of them, descriptors. Answers how many bytes; -EAGAIN unless
/// `wait`. Never raises SIGPIPE. sendmsg(2)
ssize_t clinux_socket_send(
    int fd, const void *_Nonnull bytes, size_t count, const int *_Nullable descriptors,
    size_t descriptor_count, bool wait);

/// Reads without taking. Tells whether descriptors travel with what was read, without taking them
/// either. Answers how many bytes, 0 at the end. recvmsg(2), MSG_PEEK
ssize_t clinux_socket_peek(
    int fd, void *_Nonnull buffer, size_t size, bool wait, bool *_Nonnull has_descriptors);

/// Reads up to `size` bytes and the descriptors that travel with them, CLOEXEC. `truncated` tells
/// that there were more descriptors than this process could be given. recvmsg(2)
ssize_t clinux_socket_receive(
    int fd, void *_Nonnull buffer, size_t size, bool wait,
    int descriptors[_Nonnull CLINUX_DESCRIPTORS_MAX], size_t *_Nonnull descriptor_count,
    bool *_Nonnull truncated);

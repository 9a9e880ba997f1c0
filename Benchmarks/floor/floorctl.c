// The floor's client: `floorctl SOCKET COMMAND...` has it run as a job, and exits as it did.
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count < 3) errx(125, "usage: floorctl SOCKET COMMAND...");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
  int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(line, (struct sockaddr *)&address, sizeof address) < 0) err(125, "%s", arguments[1]);

  // The words lie one behind the other in memory, a NUL after each but for the spaces that go
  // there.
  char *last = arguments[count - 1];
  size_t length = (size_t)(last - arguments[2]) + strlen(last) + 1;
  for (int index = 3; index < count; index++) arguments[index][-1] = ' ';
  if (write(line, arguments[2], length) != (ssize_t)length) err(125, "write");

  char status[16] = "";
  if (read(line, status, sizeof status - 1) <= 0) errx(125, "the daemon is gone");
  return atoi(status);
}

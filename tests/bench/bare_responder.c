/* The least that a FastCGI worker can do: accept, read the parameters, answer a fixed body, finish.
 *   bare-responder BYTES         a JSON object of BYTES bytes
 *   bare-responder BYTES kept    the same, where nginx keeps the connections
 *   bare-responder BYTES STORE   the same behind one durable SQLite commit a request, in STORE */
#define _GNU_SOURCE
#include <fcgiapp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 256 };

/* One connection after the other that has something to say; no care is taken of those that say half
 * of it. */
static int answer_kept(const char* answer, int size) {
  static FCGX_Request requests[MOST];
  const int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = 0};
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
  while (epoll_wait(epoll, &event, 1, -1) == 1) {
    int one = event.data.fd;
    if (one == 0) {
      one = accept(0, NULL, NULL);
      if (one < 0 || one >= MOST) continue;
      FCGX_InitRequest(&requests[one], -1, 0);
      requests[one].ipcFd = one;
      event = (struct epoll_event){.events = EPOLLIN, .data.fd = one};
      epoll_ctl(epoll, EPOLL_CTL_ADD, one, &event);
      continue;
    }
    char byte;
    if (recv(one, &byte, 1, MSG_PEEK) <= 0) {
      close(one);
      continue;
    }
    requests[one].keepConnection = 1;
    if (FCGX_Accept_r(&requests[one]) != 0) continue;
    FCGX_PutStr(answer, size, requests[one].out);
    while (FCGX_GetChar(requests[one].in) >= 0) {
    }
    FCGX_Finish_r(&requests[one]);
  }
  return 1;
}

static sqlite3_stmt* open_store(const char* path) {
  sqlite3* store;
  sqlite3_stmt* insert;
  if (sqlite3_open(path, &store) != SQLITE_OK || sqlite3_busy_timeout(store, 5000) != SQLITE_OK ||
      sqlite3_exec(store,
                   "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, text TEXT)",
                   NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(store, "INSERT INTO event (text) VALUES (zeroblob(150))", -1, &insert,
                         NULL) != SQLITE_OK) {
    fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(store));
    exit(1);
  }
  return insert;
}

int main(int argc, char** argv) {
  const int size = argc > 1 ? atoi(argv[1]) : 700;
  const int kept = argc > 2 && strcmp(argv[2], "kept") == 0;
  sqlite3_stmt* insert = argc > 2 && !kept ? open_store(argv[2]) : NULL;
  char* answer = malloc((size_t)size + 200);
  const int head = sprintf(answer,
                           "Status: 200 OK\r\nContent-Type: application/json\r\n"
                           "Content-Length: %d\r\n\r\n",
                           size);
  memset(answer + head, 'x', (size_t)size);
  memcpy(answer + head, "{\"x\":\"", 6);
  memcpy(answer + head + size - 2, "\"}", 2);
  FCGX_Request request;
  FCGX_Init();
  if (kept) return answer_kept(answer, head + size);
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    if (insert != NULL && (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != 0)) {
      return 1;
    }
    FCGX_PutStr(answer, head + size, request.out);
    FCGX_Finish_r(&request);
  }
  return 0;
}

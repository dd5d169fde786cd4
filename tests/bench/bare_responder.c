/* The least that a FastCGI worker can do: accept, read the parameters, answer a fixed body, finish.
 *   bare-responder BYTES         a JSON object of BYTES bytes
 *   bare-responder BYTES STORE   the same behind one durable SQLite commit a request, in STORE */
#include <fcgiapp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
  sqlite3_stmt* insert = argc > 2 ? open_store(argv[2]) : NULL;
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

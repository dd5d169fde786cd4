// PostgreSQL's client library, loaded when the first store of its kind is opened: who has none
// needs no package for it and pays nothing.
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace roomkey::store::driver::postgresql {

#define ROOMKEY_LIBPQ(use)                                                                         \
  use(PQclear) use(PQcmdStatus) use(PQcmdTuples) use(PQconninfoFree) use(PQconninfoParse)          \
      use(PQconnectPoll) use(PQconnectStartParams) use(PQconnectionNeedsPassword)                  \
          use(PQconsumeInput) use(PQenterPipelineMode) use(PQerrorMessage) use(PQexitPipelineMode) \
              use(PQfinish) use(PQflush) use(PQfreemem) use(PQftype) use(PQgetisnull)              \
                  use(PQgetlength) use(PQgetResult) use(PQgetvalue) use(PQisBusy) use(PQntuples)   \
                      use(PQparameterStatus) use(PQpipelineSync) use(PQresultErrorField)           \
                          use(PQresultStatus) use(PQsendPrepare) use(PQsendQuery)                  \
                              use(PQsendQueryParams) use(PQsendQueryPrepared) use(PQserverVersion) \
                                  use(PQsetErrorVerbosity) use(PQsetNoticeReceiver)                \
                                      use(PQsetnonblocking) use(PQsocket) use(PQsslInUse)          \
                                          use(PQstatus)

struct LibPq {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a declaration's name stands in none.
#define ROOMKEY_MEMBER(name) decltype(&::name) name = nullptr;
  ROOMKEY_LIBPQ(ROOMKEY_MEMBER)
#undef ROOMKEY_MEMBER
};

// Throws base::Unavailable where it is not installed.
[[nodiscard]] const LibPq& libpq();

struct Clear {
  void operator()(PGresult* result) const { libpq().PQclear(result); }
};
using Result = std::shared_ptr<PGresult>;

}  // namespace roomkey::store::driver::postgresql

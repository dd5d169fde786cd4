#include "roomkey/handlers/metrics.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "support/bare.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::metrics::Tally;

// Self-signed, for localhost; its end in Unix time.
// clang-format off
constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBgDCCASWgAwIBAgIUBPy8a7RLu6rGCtxhfFrvMsJqCU8wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE0MDQxMFoYDzIxMjYxMDI4\n"
    "MTQwNDEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAASYeuLSOxtNfoEkWtPIr80FL9wwFUJKxmCNIYdlquyneKrLEF/QTJqk\n"
    "of6afQnhvsZjm27y/e00yvwHRg2npNPjo1MwUTAdBgNVHQ4EFgQUOFCvg4l1BxPn\n"
    "0NXNDGqqPds/TMEwHwYDVR0jBBgwFoAUOFCvg4l1BxPn0NXNDGqqPds/TMEwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA1PdRmv8YMP/XCXFj9DDH\n"
    "ml1lprJ8OmJu3/2KW7dwIdgCIQCGzurz5hQ5u9LN3oKNrYjzXZRWbiUXRS+ipy64\n"
    "VO1fQA==\n"
    "-----END CERTIFICATE-----\n";
constexpr std::string_view kNotAfter = "4948869850";
// clang-format on

// The page's value of a series; "-" where it has none.
std::string value(const roomkey::http::Response& page, const std::string& series) {
  const std::string text = "\n" + page.body;
  const auto at = text.find("\n" + series + ' ');
  if (at == text.npos) return "-";
  const auto begin = at + series.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string fault(const roomkey::http::Response& page, const std::string& part) {
  return value(page, "roomkey_metrics_fault{part=\"" + part + "\"}");
}

struct Scene {
  FileStore store;
  Tally tally{{{"thing"}, {}, {}}, store.folder.path()};
  Watched watched{"1.2.3", store.folder.file("backups"), ""};

  roomkey::http::Response page() { return metrics_page(tally, store.database, watched); }
};

TEST(tells_of_store_audit_and_backups) {
  Scene scene;
  append_audit(scene.store.database, event_at(kNine));
  auto page = scene.page();
  same(200, page.status);
  same("text/plain; version=0.0.4; charset=utf-8", page.content_type);
  same("1", value(page, R"(roomkey_build_info{version="1.2.3",schema=")" +
                            std::to_string(roomkey::store::Database::newest_schema()) + "\"}"));
  same("1", value(page, "roomkey_store_up"));
  same(std::to_string(roomkey::store::audit_head(scene.store.database).id),
       value(page, "roomkey_audit_events_total"));
  same("0", value(page, "roomkey_evictions_pending"));
  same(std::to_string(std::filesystem::file_size(scene.store.database.path())),
       value(page, "roomkey_store_file_bytes"));
  same("0", value(page, "roomkey_backup_timestamp_seconds"));
  same("-", value(page, "roomkey_certificate_not_after_timestamp_seconds"));
  for (const auto* part : {"counters", "store", "backups", "certificate"}) {
    same("0", fault(page, part), part);
  }
  std::filesystem::create_directory(scene.watched.backups);
  const auto backup = scene.store.folder.file("backups/roomkey-1.db", "1234");
  struct stat file {};
  stat(backup.c_str(), &file);
  page = scene.page();
  same(std::to_string(file.st_mtime), value(page, "roomkey_backup_timestamp_seconds"));
  same("4", value(page, "roomkey_backup_bytes"));
}

TEST(a_store_that_is_away_is_said_and_the_rest_is_told) {
  Scene scene;
  const auto path = scene.store.database.path();
  std::filesystem::rename(path, path + ".away");
  const auto page = scene.page();
  same(200, page.status);
  same("0", value(page, "roomkey_store_up"));
  same("-", value(page, "roomkey_audit_events_total"));
  same("-", value(page, "roomkey_store_file_bytes"));
  same("1", fault(page, "store"));
  same("0", fault(page, "counters"));
  expect(contains(page.body, "\n# remark: store: "), page.body);
  expect(!contains(page.body, scene.store.folder.path()), "no path stands in an answer");
  std::filesystem::rename(path + ".away", path);
  same("1", value(scene.page(), "roomkey_store_up"));
}

TEST(of_a_store_without_files_and_backups_those_rows_are_left_out) {
  Scene scene;
  roomkey::store::Database bare(scene.store.database.settings(), kBareDriver);
  const auto page = metrics_page(scene.tally, bare, scene.watched);
  same("1", value(page, "roomkey_store_up"));
  same("0", value(page, "roomkey_audit_events_total"));
  expect(!contains(page.body, "roomkey_store_file") && !contains(page.body, "roomkey_store_wal") &&
             !contains(page.body, "roomkey_store_free") && !contains(page.body, "backup"),
         page.body);
  same("0", fault(page, "store"));
}

TEST(the_certificate_s_end_is_told_where_it_can_be_read) {
  Scene scene;
  const auto end = [&] {
    return value(scene.page(), "roomkey_certificate_not_after_timestamp_seconds");
  };
  scene.watched.certificate = scene.store.folder.file("cert.pem", kCertificate);
  same(kNotAfter, end());
  same("0", fault(scene.page(), "certificate"));
  for (const auto& path :
       {scene.store.folder.file("missing.pem"), scene.store.folder.file("none.pem", "hello"),
        scene.store.folder.file("empty.pem", ""), scene.store.folder.path(),
        scene.store.folder.file("long.pem", std::string(2 << 20, 'x')), std::string("/dev/zero")}) {
    scene.watched.certificate = path;
    same("-", end(), path);
    same("1", fault(scene.page(), "certificate"), path);
    expect(!contains(scene.page().body, path), "no path stands in an answer");
  }
}

TEST(where_the_workers_count_alone_it_is_said) {
  FileStore store;
  const Tally alone({{"thing"}, {}, {}}, "");
  const auto page = metrics_page(alone, store.database, {"1", store.folder.path(), ""});
  same("1", fault(page, "counters"));
  expect(contains(page.body, "# remark: counters: ROOMKEY_METRICS_DIR is not set\n"), page.body);
}

}  // namespace

#include "roomkey/handlers/metrics.hpp"

#include <unistd.h>

#include <sstream>
#include <vector>

#include "roomkey/base/clock.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/crypto/certificate.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/backup.hpp"
#include "roomkey/store/evictions.hpp"
#include "roomkey/store/files.hpp"

namespace roomkey::handlers {

namespace {

using base::Unavailable;
using metrics::Exposition;

void write_build(Exposition& out, const Watched& watched) {
  out.family("roomkey_build_info", "gauge", "Always 1: the version of roomkey, and its schema.");
  const std::string schema = std::to_string(store::Database::newest_schema());
  out.sample({{"version", watched.version}, {"schema", schema}}, 1);
}

void write_sizes(Exposition& out, const store::Database& database) {
  if (database.files() == nullptr) return;
  const store::FileSizes sizes = database.files()->sizes(database);
  out.gauge("roomkey_store_file_bytes", "Size of the store's file.", sizes.store);
  out.gauge("roomkey_store_wal_bytes", "Size of its write-ahead log.", sizes.wal);
  out.gauge("roomkey_store_free_bytes", "What is free on their file system.", sizes.free);
  if (sizes.reserve) {
    out.gauge("roomkey_store_reserve_bytes",
              "What is kept there for the day when it is full; 0 where it was let go.",
              *sizes.reserve);
  }
}

// Why not; empty where all is well.
std::string write_store(Exposition& out, store::Database& database) {
  std::string fault;
  try {
    database.ready();
    const std::int64_t events = store::audit_head(database).id;
    out.family("roomkey_audit_events_total", "counter", "Events that the audit ever took.");
    out.sample({}, static_cast<std::uint64_t>(events));
    out.gauge("roomkey_evictions_pending",
              "People and rooms that are still to be put out, or ended, at their provider.",
              store::count_evictions(database));
  } catch (const Unavailable& unavailable) {
    fault = unavailable.what();
  }
  out.gauge("roomkey_store_up", "1 where the store can be read, else 0.", fault.empty() ? 1 : 0);
  try {
    write_sizes(out, database);
  } catch (const Unavailable& unavailable) {
    if (fault.empty()) fault = unavailable.what();
  }
  return fault;
}

std::string write_backups(Exposition& out, const store::Backups& backups,
                          const std::string& folder) {
  try {
    const auto newest = backups.newest(folder).value_or(store::Backup{});
    out.gauge("roomkey_backup_timestamp_seconds",
              "When the newest backup was written (Unix time); 0 where there is none.",
              base::unix_seconds(newest.at));
    out.gauge("roomkey_backup_bytes", "Its size.", newest.bytes);
  } catch (const Unavailable& unavailable) {
    return unavailable.what();
  }
  return {};
}

// A chain has a few KiB.
constexpr std::size_t kMostCertificate = 1 << 20;

std::string write_certificate(Exposition& out, const std::string& path) {
  if (path.empty()) return {};
  const auto pem = base::read_regular_file(path, kMostCertificate);
  if (!pem) return "ROOMKEY_CERTIFICATE_FILE: " + pem.error().detail;
  const auto certificate = crypto::read_certificate(*pem, "");
  if (!certificate) return "ROOMKEY_CERTIFICATE_FILE: " + certificate.error().detail;
  out.gauge("roomkey_certificate_not_after_timestamp_seconds",
            "When the certificate expires (Unix time).",
            base::unix_seconds(certificate->not_after));
  return {};
}

// Of the worker that happens to answer: the others' can't be seen from here.
void write_memory(Exposition& out) {
  const auto statm = base::read_file("/proc/self/statm");
  if (!statm) return;
  std::int64_t total = 0;
  std::int64_t resident = 0;
  std::istringstream(*statm) >> total >> resident;
  out.gauge("roomkey_answering_worker_resident_bytes",
            "Memory of the worker that answered this request.", resident * sysconf(_SC_PAGESIZE));
}

using Faults = std::vector<std::pair<std::string_view, std::string>>;

void write_faults(Exposition& out, const Faults& faults) {
  out.family("roomkey_metrics_fault", "gauge",
             "1 where the metrics of this part can't be trusted.");
  for (const auto& [part, why] : faults) {
    if (!why.empty()) out.remark(std::string(part) + ": " + why);
    out.sample({{"part", part}}, why.empty() ? 0 : 1);
  }
}

}  // namespace

http::Response metrics_page(const metrics::Tally& tally, store::Database& database,
                            const Watched& watched) {
  Exposition out;
  write_build(out, watched);
  tally.write(out);
  Faults faults{{"counters", tally.fault()}, {"store", write_store(out, database)}};
  if (const auto* backups = database.backups()) {
    faults.emplace_back("backups", write_backups(out, *backups, watched.backups));
  }
  faults.emplace_back("certificate", write_certificate(out, watched.certificate));
  write_memory(out);
  write_faults(out, faults);
  return {200, out.text(), {}, metrics::kContentType};
}

}  // namespace roomkey::handlers

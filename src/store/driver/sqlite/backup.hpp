// Backups of SQLite's files, by SQLite's online backup: roomkey/store/backup.hpp.
#pragma once

#include "roomkey/store/backup.hpp"

namespace roomkey::store::driver::sqlite {

Verdict backup_store(Database& database, const std::string& file);
[[nodiscard]] DatedBackup backup_into(Database& database, const std::string& folder,
                                      std::chrono::sys_seconds now);
[[nodiscard]] std::vector<std::string> remove_old_backups(const std::string& folder,
                                                          const std::string& fresh,
                                                          std::size_t keep);
[[nodiscard]] std::optional<Backup> newest_backup(const std::string& folder);
[[nodiscard]] Restored restore_store(Database& database, const std::string& file,
                                     std::chrono::sys_seconds now, const RestoreNote& note = {});

// Of stores that another driver keeps: the same files, written row by row.
[[noreturn]] Restored refuse_to_restore(Database& database, const std::string& file,
                                        std::chrono::sys_seconds now, const RestoreNote& note);

inline constexpr Backups kBackups{backup_store, backup_into, remove_old_backups, newest_backup,
                                  restore_store};
inline constexpr Backups kBackupsOfOthers{backup_store, backup_into, remove_old_backups,
                                          newest_backup, refuse_to_restore};

}  // namespace roomkey::store::driver::sqlite

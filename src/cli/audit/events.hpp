// What the commands of `roomkey audit` have in common. Private to this room.
#pragma once

#include <optional>
#include <string>

#include "cli/audit/commands.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::cli::audit {

// The event's members in the contract's order, without its hash.
[[nodiscard]] base::JsonObject event_json(const store::AuditEvent& event);

// A time with offset, or the first or last second of a day (UTC).
enum class Edge { first, last };
[[nodiscard]] std::optional<std::chrono::sys_seconds> day_or_time(const std::string& text,
                                                                  Edge edge);

// False, with the fault said, where a time can't be read.
[[nodiscard]] bool read_filter(const Filter& fields, store::AuditFilter& filter);

}  // namespace roomkey::cli::audit

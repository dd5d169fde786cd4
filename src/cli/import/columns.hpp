// The columns of a CSV file, and what spreadsheets and databases make of them.
#pragma once

#include <json/value.h>

#include <optional>
#include <string>
#include <string_view>

namespace roomkey::cli::import {

struct Column {
  std::string_view name;
  bool of_user;
  bool of_appointment;
  bool required;
};

inline constexpr Column kColumns[] = {
    {"kind", true, true, false},
    {"id", true, true, true},
    {"email", true, false, false},
    {"name", true, false, true},
    {"role", true, false, true},
    {"active", true, false, false},
    {"patient_id", false, true, true},
    {"psychologist_id", false, true, true},
    {"appointment_date", false, true, true},
    {"duration_minutes", false, true, true},
    {"status", false, true, false},
    {"session_type", false, true, false},
    {"video_room_id", false, true, false},
    {"video_provider", false, true, false},
};

// By its name in the file; nullptr where there is none of that name.
[[nodiscard]] const Column* find_column(std::string_view name);

// Nothing that can be seen.
[[nodiscard]] bool is_empty(std::string_view field);

// Whether that is how nothing is written in this column.
[[nodiscard]] bool is_nothing(std::string_view column, std::string_view field);

// A field as the type that the record's rules ask for; null where it is nothing. What does not read
// as that type stays a text, and the rules say what it should be.
[[nodiscard]] Json::Value typed_field(std::string_view column, std::string_view field);

// The separator of a first line such as `sep=;`, which spreadsheets write for each other; nothing
// where the first line is another.
[[nodiscard]] std::optional<char> named_separator(std::string_view text);

// The separator by which the first line names most columns.
[[nodiscard]] char likely_separator(std::string_view text);

}  // namespace roomkey::cli::import

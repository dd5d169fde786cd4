#include <algorithm>
#include <optional>

#include "import_parts.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/csv.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli {

namespace {

struct Column {
  std::string_view name;
  bool of_user;
  bool of_appointment;
  bool required;
};

constexpr Column kColumns[] = {
    {"id", true, true, true},
    {"email", true, false, true},
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
};

constexpr std::size_t kMostNames = std::size(kColumns) + 1;  // and kind

const Column* find_column(std::string_view name) {
  const auto found = std::find_if(std::begin(kColumns), std::end(kColumns),
                                  [&](const Column& column) { return column.name == name; });
  return found == std::end(kColumns) ? nullptr : found;
}

// A field's text as the type that the record's rules ask for; null where it is empty. What does not
// read as that type stays a text, and the rules say what it should be.
Json::Value typed(std::string_view column, const std::string& text) {
  if (text.empty()) return {};
  if (column == "active") {
    const std::string word = base::lower_ascii(text);
    if (word == "true" || word == "yes" || word == "1") return true;
    if (word == "false" || word == "no" || word == "0") return false;
  }
  if (column == "id" || column.ends_with("_id") || column == "duration_minutes") {
    const auto number = column == "video_room_id" ? std::nullopt : base::parse_id(text);
    if (number) return Json::Int64{*number};
  }
  return text;
}

std::string column_place(const std::string& place, const std::string& column) {
  return place + ", column " + column;
}

// One file: its first line, then its rows.
class Table {
 public:
  Table(const ImportFile& file, Records& records)
      : file_(file), records_(records), reader_(file.text) {}

  void read() {
    if (reader_.next(names_) && is_known_header()) {
      for (std::vector<std::string> fields; reader_.next(fields);) {
        take(fields);
        file_.tell(reader_.at());
      }
    }
    if (!reader_.fault().empty()) fault(std::string(reader_.fault()));
  }

 private:
  enum class Kind { user, appointment, both };

  [[nodiscard]] std::string line() const { return "line " + std::to_string(reader_.line()); }
  void fault(const std::string& why) { records_.fault(file_.place(line()), why); }
  void fault(std::string_view column, const std::string& why) {
    records_.fault(column_place(file_.place(line()), std::string(column)), why);
  }

  [[nodiscard]] bool has(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  [[nodiscard]] bool belongs(const Column& column) const {
    return kind_ == Kind::both || (kind_ == Kind::user ? column.of_user : column.of_appointment);
  }

  bool is_known_header() {
    const auto before = records_.fault_count;
    if (names_.size() == 1 && names_[0].find_first_of(";\t") != std::string::npos) {
      fault("is not separated by commas");
      return false;
    }
    kind_ = has("kind") ? Kind::both : has("patient_id") ? Kind::appointment : Kind::user;
    if (kind_ == Kind::user && !has("email") && !has("role")) {
      fault(
          "names neither the columns of users (id, email, name, role) nor those of appointments "
          "(id, patient_id, psychologist_id, appointment_date, duration_minutes)");
      return false;
    }
    // One that is long without end would be compared with itself for hours.
    if (names_.size() > kMostNames) {
      fault("has " + std::to_string(names_.size()) + " columns, known are " +
            std::to_string(kMostNames));
      return false;
    }
    for (auto name = names_.begin(); name != names_.end(); ++name) check_name(name);
    for (const auto& column : kColumns) {
      if (column.required && belongs(column) && !has(column.name)) fault(column.name, "is missing");
    }
    return records_.fault_count == before;
  }

  void check_name(std::vector<std::string>::const_iterator name) {
    const Column* column = find_column(*name);
    if (std::find(names_.cbegin(), name, *name) != name) {
      fault(base::log_value(*name), "stands in the line twice");
    } else if (*name != "kind" && (column == nullptr || !belongs(*column))) {
      fault(base::log_value(*name), "is not a column that is known");
    }
  }

  void take(const std::vector<std::string>& fields) {
    if (fields.size() != names_.size()) {
      return fault("has " + base::counted(static_cast<std::int64_t>(fields.size()), "field") +
                   ", the first line has " + std::to_string(names_.size()));
    }
    const auto kind = kind_of(fields);
    if (!kind) return fault("kind", "must be one of user, appointment");
    const auto before = records_.fault_count;
    const Json::Value record = record_from(fields, *kind);
    if (*kind == Kind::user) {
      take_user(record, before);
    } else {
      take_appointment(record, before);
    }
  }

  [[nodiscard]] std::optional<Kind> kind_of(const std::vector<std::string>& fields) const {
    if (kind_ != Kind::both) return kind_;
    const auto at = std::find(names_.begin(), names_.end(), "kind") - names_.begin();
    const std::string& word = fields[static_cast<std::size_t>(at)];
    if (word == "user") return Kind::user;
    return word == "appointment" ? std::optional(Kind::appointment) : std::nullopt;
  }

  Json::Value record_from(const std::vector<std::string>& fields, Kind kind) {
    Json::Value record(Json::objectValue);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Column* column = find_column(names_[i]);
      if (column == nullptr) continue;  // kind
      if (kind == Kind::user ? column->of_user : column->of_appointment) {
        record[names_[i]] = typed(names_[i], fields[i]);
      } else if (!fields[i].empty()) {
        fault(names_[i], "must be empty in a line of this kind");
      }
    }
    return record;
  }

  void take_user(const Json::Value& record, std::size_t faults_before) {
    access::User user;
    for (const auto& one : access::read_user(record, user)) fault(one.field, one.why);
    if (records_.fault_count == faults_before) {
      records_.users.push_back(
          {file_.place(line()), std::move(user), column_place, left_out_of(record)});
    }
  }

  void take_appointment(const Json::Value& record, std::size_t faults_before) {
    access::Appointment appointment;
    for (const auto& one : access::read_appointment(record, appointment)) {
      fault(one.field, one.why);
    }
    if (records_.fault_count == faults_before) {
      records_.appointments.push_back(
          {file_.place(line()), std::move(appointment), column_place, left_out_of(record)});
    }
  }

  const ImportFile& file_;
  Records& records_;
  base::CsvReader reader_;
  std::vector<std::string> names_;
  Kind kind_ = Kind::both;
};

}  // namespace

void read_csv_import(const ImportFile& file, Records& records) { Table(file, records).read(); }

}  // namespace roomkey::cli

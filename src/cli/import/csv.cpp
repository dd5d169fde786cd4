#include "roomkey/base/csv.hpp"

#include <algorithm>

#include "cli/import/columns.hpp"
#include "cli/import/reader.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

std::string column_place(const std::string& place, const std::string& column) {
  return place + ", column " + column;
}

// One file: its first line, then its rows.
class Table {
 public:
  Table(const ImportFile& file, Records& records)
      : file_(file),
        records_(records),
        named_(named_separator(file.text)),
        reader_(file.text, named_.value_or(likely_separator(file.text))) {}

  void read() {
    const auto before = records_.fault_count;
    const auto explained = records_.explained;
    read_rows();
    if (kind_ == Kind::appointment) records_.explained = explained + records_.fault_count - before;
  }

 private:
  enum class Kind { user, appointment, both };

  void read_rows() {
    std::vector<std::string> fields;
    if (named_) reader_.next(fields);
    while (reader_.next(names_) && is_blank(names_)) continue;
    if (reader_.fault().empty() && is_known_header()) {
      while (reader_.next(fields)) {
        if (!is_blank(fields)) take(fields);
        file_.tell(reader_.at());
      }
    }
    if (!reader_.fault().empty()) fault(std::string(reader_.fault()));
  }

  static bool is_blank(const std::vector<std::string>& fields) {
    return std::all_of(fields.begin(), fields.end(), is_empty);
  }

  [[nodiscard]] std::string line() const { return "line " + std::to_string(reader_.line()); }
  void fault(const std::string& why) { records_.fault(file_.place(line()), why); }
  void fault(std::string_view column, const std::string& why) {
    records_.fault(column_place(file_.place(line()), std::string(column)), why);
  }

  [[nodiscard]] bool has(std::string_view name) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const Column* column) {
      return column != nullptr && column->name == name;
    });
  }
  [[nodiscard]] bool belongs(const Column& column) const {
    return kind_ == Kind::both || (kind_ == Kind::user ? column.of_user : column.of_appointment);
  }

  bool is_known_header() {
    const auto before = records_.fault_count;
    for (const auto& name : names_) columns_.push_back(find_column(name));
    kind_ = has("kind") ? Kind::both : has("patient_id") ? Kind::appointment : Kind::user;
    if (kind_ == Kind::user && !has("email") && !has("role")) {
      fault(
          "names neither the columns of users (id, email, name, role) nor those of appointments "
          "(id, patient_id, psychologist_id, appointment_date, duration_minutes)");
      return false;
    }
    // One that is long without end would be compared with itself for hours.
    const auto named = names_.size() - static_cast<std::size_t>(
                                           std::count_if(names_.begin(), names_.end(), is_empty));
    if (named > std::size(kColumns)) {
      fault("has " + std::to_string(named) + " columns, known are " +
            std::to_string(std::size(kColumns)));
      return false;
    }
    for (std::size_t i = 0; i < names_.size(); ++i) check_name(i);
    for (const auto& column : kColumns) {
      if (column.required && belongs(column) && !has(column.name)) fault(column.name, "is missing");
    }
    return records_.fault_count == before;
  }

  // A column without a name is empty: take() sees to that.
  void check_name(std::size_t i) {
    if (is_empty(names_[i])) return;
    const Column* column = columns_[i];
    if (column == nullptr || !belongs(*column)) {
      fault(base::log_value(names_[i]), "is not a column that is known");
    } else if (std::find(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(i),
                         column) != columns_.begin() + static_cast<std::ptrdiff_t>(i)) {
      fault(base::log_value(names_[i]), "appears twice in the line");
    }
  }

  // Makes the row as long as the first line, where only empty fields are too many and only columns
  // without a name too few.
  void fit(std::vector<std::string>& fields) const {
    while (fields.size() > columns_.size() && is_empty(fields.back())) fields.pop_back();
    while (fields.size() < columns_.size() && columns_[fields.size()] == nullptr) {
      fields.emplace_back();
    }
  }

  void take(std::vector<std::string>& fields) {
    fit(fields);
    if (fields.size() != names_.size()) {
      return fault("has " + base::counted(static_cast<std::int64_t>(fields.size()), "field") +
                   ", the first line has " + std::to_string(names_.size()));
    }
    const auto kind = kind_of(fields);
    if (!kind) return fault("kind", "must be one of user, appointment");
    const auto before = records_.fault_count;
    Json::Value record = record_from(fields, *kind);
    if (*kind == Kind::user) {
      take_user(record, before);
    } else {
      take_appointment(record, before);
    }
  }

  [[nodiscard]] std::optional<Kind> kind_of(const std::vector<std::string>& fields) const {
    if (kind_ != Kind::both) return kind_;
    const auto at = std::find(columns_.begin(), columns_.end(), find_column("kind"));
    const auto word = base::trimmed(fields[static_cast<std::size_t>(at - columns_.begin())]);
    if (word == "user") return Kind::user;
    return word == "appointment" ? std::optional(Kind::appointment) : std::nullopt;
  }

  Json::Value record_from(const std::vector<std::string>& fields, Kind kind) {
    Json::Value record(Json::objectValue);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Column* column = columns_[i];
      if (column == nullptr) {
        if (!is_empty(fields[i])) {
          fault("has a value in column " + std::to_string(i + 1) +
                ", which has no name in the first line");
        }
      } else if (column->name == "kind") {
        continue;
      } else if (kind == Kind::user ? column->of_user : column->of_appointment) {
        record[std::string(column->name)] = typed_field(column->name, fields[i]);
      } else if (!is_nothing(column->name, fields[i])) {
        fault(column->name, "must be empty in a line of this kind");
      }
    }
    return record;
  }

  void take_user(Json::Value& record, std::size_t faults_before) {
    const bool without_email = stands_in_for_email(record);
    access::User user;
    for (const auto& one : access::read_user(record, user)) fault(one.field, one.why);
    if (records_.fault_count != faults_before) {
      return note_faulty_user(records_, record, faults_before);
    }
    records_.users.push_back(
        {file_.place(line()), std::move(user), column_place, left_out_of(record, without_email)});
  }

  void take_appointment(const Json::Value& record, std::size_t faults_before) {
    access::Appointment appointment;
    const auto omission = without_people(record);
    if (omission) return records_.leave_out(*omission, file_.place(line()));
    for (const auto& one : access::read_appointment(record, appointment)) {
      fault(one.field, one.why);
    }
    if (records_.fault_count != faults_before) return records_.explain(faults_before);
    records_.appointments.push_back(
        {file_.place(line()), std::move(appointment), column_place, left_out_of(record)});
  }

  const ImportFile& file_;
  Records& records_;
  std::optional<char> named_;
  base::CsvReader reader_;
  std::vector<std::string> names_;
  std::vector<const Column*> columns_;  // nullptr for those without a name
  Kind kind_ = Kind::both;
};

}  // namespace

void read_csv_import(const ImportFile& file, Records& records) { Table(file, records).read(); }

}  // namespace roomkey::cli::import

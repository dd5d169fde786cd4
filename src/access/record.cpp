#include "roomkey/access/record.hpp"

#include <algorithm>
#include <initializer_list>

#include "roomkey/access/identity.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"

namespace roomkey::access {

namespace {

// Reads the fields of one record and gathers what is wrong with them.
class Fields {
 public:
  Fields(const Json::Value& record, std::vector<FieldFault>& faults)
      : record_(record), faults_(faults) {}

  void fault(const char* field, const std::string& why) { faults_.push_back({field, why}); }

  [[nodiscard]] bool has(const char* field) const {
    return record_.isMember(field) && !record_[field].isNull();
  }

  std::int64_t id(const char* field) {
    const auto value = base::integer(record_[field]);
    if (!has(field)) return fault(field, "is missing"), 0;
    if (!value || *value < 1) return fault(field, "must be a whole number from 1 to 2^63-1"), 0;
    return *value;
  }

  std::int64_t number(const char* field, std::int64_t least, std::int64_t most) {
    const auto value = base::integer(record_[field]);
    if (!has(field)) return fault(field, "is missing"), 0;
    if (value && *value >= least && *value <= most) return *value;
    fault(field,
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return 0;
  }

  std::string text(const char* field) {
    if (!has(field)) return fault(field, "is missing"), "";
    if (!record_[field].isString()) return fault(field, "must be a string"), "";
    return record_[field].asString();
  }

  // Without what can't be seen at its ends: people copy it along.
  std::string trimmed_text(const char* field) {
    const auto before = faults_.size();
    const std::string all = text(field);
    std::string kept(base::trimmed(all));
    if (kept.empty() && faults_.size() == before) fault(field, "must not be empty");
    return kept;
  }

  // A word of a closed list, or `otherwise` where the field is missing and has a default.
  template <typename Enum>
  Enum word(const char* field, std::optional<Enum> (*parse)(std::string_view),
            std::optional<Enum> otherwise, const char* words) {
    if (!has(field) && otherwise) return *otherwise;
    const auto before = faults_.size();
    const auto value = parse(text(field));
    if (!value && faults_.size() == before) fault(field, std::string("must be one of ") + words);
    return value.value_or(Enum{});
  }

  void refuse_unknown(std::initializer_list<std::string_view> known) {
    for (const auto& name : record_.getMemberNames()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        faults_.push_back({base::log_value(name), "is not a field that is known"});
      }
    }
  }

 private:
  const Json::Value& record_;
  std::vector<FieldFault>& faults_;
};

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= 254 && at != text.npos && at > 0 && at + 1 < text.size() &&
         text.find(' ') == text.npos && base::is_line(text);
}

bool is_name(std::string_view text) { return text.size() <= 400 && base::is_line(text); }

std::string unseen_inside(char32_t point) {
  return "has " + base::code_point_name(point) +
         " in it, a character that can't be seen: write it again without";
}

// What is wrong with an address; empty where nothing is. Two that look alike must not be two
// people.
std::string email_fault(const User& user) {
  const auto unseen = base::find_unseen(user.email);
  if (unseen) return unseen_inside(*unseen);
  if (!is_email(user.email)) return "must be an address";
  if (!is_identity_too_long(user.id, user.email)) return "";
  return "is too long: <id>-<email> is the user's name at the video provider, which takes " +
         std::to_string(kLongestIdentity) + " characters (those that are not ASCII count twice)";
}

std::string name_fault(const std::string& name) {
  const auto unseen = base::find_unseen(name, base::is_unseen_in_a_name);
  if (unseen) return unseen_inside(*unseen);
  return is_name(name) ? "" : "must be one line of at most 400 bytes";
}

// No provider takes a name of more than 128 characters. It stands in URLs as well.
bool is_room_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"\\/?#%&<>").find(c) == std::string_view::npos;
  });
}

// Which providers there are is not known here.
void read_provider(Fields& fields, std::optional<Room>& room) {
  if (!fields.has("video_provider")) return;
  const std::string provider = fields.text("video_provider");
  if (!room) return fields.fault("video_provider", "is of a room: video_room_id is missing");
  room->provider = provider;
}

base::JsonObject booking_of(const Appointment& appointment) {
  base::JsonObject json;
  json.add("id", appointment.id)
      .add("patient_id", appointment.patient_id)
      .add("psychologist_id", appointment.psychologist_id)
      .add("appointment_date", base::format_utc(appointment.starts_at))
      .add("duration_minutes", std::int64_t{appointment.duration.count()})
      .add("status", word(appointment.status))
      .add("session_type", word(appointment.session_type));
  return json;
}

}  // namespace

std::vector<FieldFault> read_user(const Json::Value& record, User& user) {
  std::vector<FieldFault> faults;
  Fields fields(record, faults);
  fields.refuse_unknown({"id", "email", "name", "role", "active"});
  user.id = fields.id("id");
  user.email = fields.trimmed_text("email");
  const std::string about_email = user.email.empty() ? "" : email_fault(user);
  if (!about_email.empty()) fields.fault("email", about_email);
  user.name = fields.trimmed_text("name");
  const std::string about_name = name_fault(user.name);
  if (!about_name.empty()) fields.fault("name", about_name);
  user.role = fields.word<Role>("role", parse_role, std::nullopt,
                                "patient, psychologist, practice_manager, admin, service");
  const bool given = fields.has("active");
  if (given && !record["active"].isBool()) fields.fault("active", "must be true or false");
  user.active = !given || (record["active"].isBool() && record["active"].asBool());
  return faults;
}

std::vector<FieldFault> read_appointment(const Json::Value& record, Appointment& appointment) {
  std::vector<FieldFault> faults;
  Fields fields(record, faults);
  fields.refuse_unknown({"id", "patient_id", "psychologist_id", "appointment_date",
                         "duration_minutes", "status", "session_type", "video_room_id",
                         "video_provider"});
  appointment.id = fields.id("id");
  appointment.patient_id = fields.id("patient_id");
  appointment.psychologist_id = fields.id("psychologist_id");
  if (appointment.patient_id > 0 && appointment.patient_id == appointment.psychologist_id) {
    fields.fault("psychologist_id", "must be another user than the patient");
  }
  const std::string date = fields.text("appointment_date");
  const auto starts_at = base::parse_utc(date);
  if (record["appointment_date"].isString() && !starts_at) {
    fields.fault("appointment_date", "must be a time with offset, such as 2025-11-16T09:00:00Z");
  }
  appointment.starts_at = starts_at.value_or(std::chrono::sys_seconds{});
  appointment.duration =
      std::chrono::minutes{fields.number("duration_minutes", 1, kMaxDuration.count())};
  appointment.status = fields.word<Status>("status", parse_status, Status::scheduled,
                                           "scheduled, confirmed, completed, cancelled, no_show");
  appointment.session_type = fields.word<SessionType>(
      "session_type", parse_session_type, SessionType::telehealth, "telehealth, in_person");
  appointment.room.reset();
  if (fields.has("video_room_id")) {
    appointment.room = Room{fields.text("video_room_id"), {}};
    if (record["video_room_id"].isString() && !is_room_name(appointment.room->name)) {
      fields.fault("video_room_id", "must be 1 to 128 characters as they may stand in a URL");
    }
  }
  read_provider(fields, appointment.room);
  return faults;
}

std::string to_json(const User& user) {
  return base::JsonObject()
      .add("id", user.id)
      .add("email", user.email)
      .add("name", user.name)
      .add("role", word(user.role))
      .add("active", user.active)
      .text();
}

std::string to_json(const Appointment& appointment) {
  const auto& room = appointment.room;
  base::JsonObject json = booking_of(appointment);
  json.add("video_room_id", room ? std::optional(room->name) : std::nullopt);
  if (room && !room->provider.empty()) json.add("video_provider", room->provider);
  return std::move(json).text();
}

std::string to_json_without_room(const Appointment& appointment) {
  return booking_of(appointment).text();
}

}  // namespace roomkey::access

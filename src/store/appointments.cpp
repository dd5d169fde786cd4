#include "roomkey/store/appointments.hpp"

#include <algorithm>

#include "roomkey/access/decide.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/users.hpp"
#include "store/many.hpp"
#include "store/query.hpp"
#include "store/rooms_of.hpp"

namespace roomkey::store {

namespace {

using base::Unavailable;

// Macros, so that a literal with its WHERE is still a literal.
#define ROOMKEY_SELECT_APPOINTMENT_AND(more)                                       \
  "SELECT a.id, patient_id, psychologist_id, starts_at, duration_minutes, status," \
  " session_type, r.name, r.created_at, r.provider,"                               \
  " (SELECT group_concat(user_id) FROM removals WHERE appointment_id = a.id)" more \
  " FROM appointments a LEFT JOIN rooms r ON r.appointment_id = a.id"
#define ROOMKEY_SELECT_APPOINTMENT ROOMKEY_SELECT_APPOINTMENT_AND("")

// Whether there is anything to be read of visitors, and of who is in the room.
// Not EXISTS: for several appointments PostgreSQL may read the whole of a table for it.
#define ROOMKEY_AND_WHAT_IS_KNOWN                                                                 \
  ", CASE WHEN (SELECT 1 FROM visitors WHERE appointment_id = a.id LIMIT 1) IS NULL"              \
  " THEN 0 ELSE 1 END,"                                                                           \
  " CASE WHEN (SELECT 1 FROM room_sessions WHERE appointment_id = a.id LIMIT 1) IS NULL"          \
  " AND (SELECT 1 FROM room_answers WHERE appointment_id = a.id AND session IS NOT NULL LIMIT 1)" \
  " IS NULL THEN 0 ELSE 1 END"

// Ids as group_concat() has them: "2,19".
std::vector<std::int64_t> ids_from(std::string_view list) {
  std::vector<std::int64_t> ids;
  while (!list.empty()) {
    const auto id = base::parse_id(list.substr(0, list.find(',')));
    if (!id) throw Unavailable("the store: a removed user has no id");
    ids.push_back(*id);
    list.remove_prefix(std::min(list.find(','), list.size() - 1) + 1);
  }
  return ids;
}

access::Appointment appointment_from(const Query& row) {
  const auto status = access::parse_status(row.text(5));
  const auto type = access::parse_session_type(row.text(6));
  if (!status || !type) {
    throw Unavailable("the store: an appointment has a status or type that is unknown");
  }
  access::Appointment appointment{row.integer(0),
                                  row.integer(1),
                                  row.integer(2),
                                  base::from_unix(row.integer(3)),
                                  std::chrono::minutes{row.integer(4)},
                                  *status,
                                  *type,
                                  std::nullopt};
  if (!row.is_null(7)) {
    appointment.room = access::Room{row.text(7), base::from_unix(row.integer(8)), row.text(9)};
  }
  if (!row.is_null(10)) appointment.removed = ids_from(row.text(10));
  return appointment;
}

bool is_former(Database& database, std::string_view room) {
  return Query(database, "SELECT 1 FROM former_rooms WHERE name = ?", room).step();
}

// No room has it, and PostgreSQL refuses a text with a NUL in it.
bool is_no_name(std::string_view name) { return name.find('\0') != std::string_view::npos; }

bool is_of_the_same(const access::Appointment& one, const access::Appointment& other) {
  return one.patient_id == other.patient_id && one.psychologist_id == other.psychologist_id;
}

// Whether the change takes from the appointment the room that it had.
bool leaves_room(Database& database, const access::Appointment& before,
                 const access::Appointment& after) {
  if (!is_of_the_same(before, after)) return true;
  if (!before.room || !after.room || before.room->name == after.room->name) return false;
  return !is_former(database, after.room->name);
}

constexpr const char* kOneAppointment =
    ROOMKEY_SELECT_APPOINTMENT_AND(ROOMKEY_AND_WHAT_IS_KNOWN) " WHERE a.id = ?";

// access::is_open(), as an index can have it.
#define ROOMKEY_OPEN_OF(column)                                               \
  ROOMKEY_SELECT_APPOINTMENT " WHERE " column                                 \
                             " = ?1 AND status IN ('scheduled', 'confirmed')" \
                             " AND starts_at BETWEEN ?2 AND ?3 AND r.name IS NOT NULL"

#define ROOMKEY_OPEN ROOMKEY_OPEN_OF("patient_id") " UNION ALL " ROOMKEY_OPEN_OF("psychologist_id")

constexpr const char* kOpenFromNowOn = ROOMKEY_OPEN " ORDER BY 4, 1 LIMIT ?4";
constexpr const char* kOpenBeforeNow = ROOMKEY_OPEN " ORDER BY 4 DESC, 1 DESC LIMIT ?4";

// One after the other, as they are asked for.
class OpenAppointments {
 public:
  OpenAppointments(Database& database, const char* sql, std::int64_t user_id, std::int64_t first,
                   std::int64_t last)
      : query_(database, sql, user_id, first, last, std::int64_t{kMostLookedAt}) {
    move_on();
  }
  [[nodiscard]] const std::optional<access::Appointment>& next() const { return next_; }
  void move_on() {
    next_.reset();
    if (query_.step()) next_ = appointment_from(query_);
  }

 private:
  Query query_;
  std::optional<access::Appointment> next_;
};

}  // namespace

void expect_appointment(Database& database, std::int64_t id) {
  if (open_store_of(database).connection->is_far()) Query(database, kOneAppointment, id).expect();
}

std::optional<access::Appointment> find_appointment(Database& database, std::int64_t id) {
  Query query(database, kOneAppointment, id);
  if (!query.step()) return std::nullopt;
  access::Appointment appointment = appointment_from(query);
  appointment.may_have_visitors = query.integer(11) != 0;
  appointment.may_have_people_in = query.integer(12) != 0;
  return appointment;
}

std::optional<access::Appointment> find_appointment_by_room(Database& database,
                                                            std::string_view name) {
  if (is_no_name(name)) return std::nullopt;
  Query query(database, ROOMKEY_SELECT_APPOINTMENT " WHERE r.name = ?", name);
  if (!query.step()) return std::nullopt;
  return appointment_from(query);
}

bool has_room(Database& database, std::int64_t appointment_id, std::string_view name) {
  return !is_no_name(name) &&
         Query(database, "SELECT 1 FROM rooms WHERE appointment_id = ? AND name = ?",
               appointment_id, name)
             .step();
}

void each_appointment_of(Database& database, const std::vector<std::int64_t>& ids,
                         const std::function<void(access::Appointment)>& use) {
  constexpr const char* kSql = ROOMKEY_SELECT_APPOINTMENT " WHERE a.id IN (" ROOMKEY_MANY ")";
  each_of_many(database, kSql, std::span(ids),
               [&](const Query& row) { use(appointment_from(row)); });
}

void each_owner_of(Database& database, const std::vector<std::string>& names,
                   std::unordered_map<std::string, std::int64_t>& now,
                   std::unordered_map<std::string, std::int64_t>& once) {
  each_of_many(database, "SELECT name, appointment_id FROM rooms WHERE name IN (" ROOMKEY_MANY ")",
               std::span(names),
               [&](const Query& row) { now.emplace(row.text(0), row.integer(1)); });
  each_of_many(
      database, "SELECT name, appointment_id FROM former_rooms WHERE name IN (" ROOMKEY_MANY ")",
      std::span(names), [&](const Query& row) { once.emplace(row.text(0), row.integer(1)); });
}

std::vector<access::FieldFault> conflicts_by(const Facts& facts,
                                             const access::Appointment& appointment) {
  std::vector<access::FieldFault> faults;
  const auto fault = [&](const char* field, const std::string& why) {
    faults.push_back({field, why});
  };
  const auto no_user = [](std::int64_t id) { return "no user " + std::to_string(id); };
  if (!facts.has_patient) fault("patient_id", no_user(appointment.patient_id));
  if (!facts.has_psychologist) fault("psychologist_id", no_user(appointment.psychologist_id));
  if (!appointment.room) return faults;
  if (facts.is_of_another) fault("video_room_id", "is the room of another appointment");
  if (facts.was_of_another) fault("video_room_id", "was the room of another appointment");
  const bool stays = facts.own && facts.own->name == appointment.room->name;
  const std::string& provider = appointment.room->provider;
  if (stays && !provider.empty() && provider != facts.own->provider) {
    fault("video_provider", "can't change while the room keeps its name");
  }
  return faults;
}

std::vector<access::FieldFault> conflicts(Database& database,
                                          const access::Appointment& appointment) {
  Facts facts{find_user(database, appointment.patient_id).has_value(),
              find_user(database, appointment.psychologist_id).has_value()};
  if (appointment.room) {
    const auto is_there = [&](const char* sql) {
      return Query(database, sql, appointment.room->name, appointment.id).step();
    };
    facts.is_of_another = is_there("SELECT 1 FROM rooms WHERE name = ? AND appointment_id <> ?");
    facts.was_of_another =
        is_there("SELECT 1 FROM former_rooms WHERE name = ? AND appointment_id <> ?");
    facts.own = find_room(database, appointment.id);
  }
  return conflicts_by(facts, appointment);
}

bool put_appointment(Transaction&, Database& database, const access::Appointment& appointment) {
  return put_appointment(database, appointment, find_appointment(database, appointment.id),
                         Hear::now);
}

bool put_appointment(Database& database, const access::Appointment& appointment,
                     const std::optional<access::Appointment>& before, Hear when) {
  Query(database,
        "INSERT INTO appointments (id, patient_id, psychologist_id, starts_at, duration_minutes,"
        " status, session_type) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " patient_id = excluded.patient_id, psychologist_id = excluded.psychologist_id,"
        " starts_at = excluded.starts_at, duration_minutes = excluded.duration_minutes,"
        " status = excluded.status, session_type = excluded.session_type",
        appointment.id, appointment.patient_id, appointment.psychologist_id,
        base::unix_seconds(appointment.starts_at), std::int64_t{appointment.duration.count()},
        access::word(appointment.status), access::word(appointment.session_type))
      .run(when);
  const bool leaves = before && leaves_room(database, *before, appointment);
  if (leaves) {
    give_up_room(database, appointment.id);
    if (!is_of_the_same(*before, appointment)) revoke_guests_of(database, appointment.id);
  } else if (before && access::is_open(before->status) && !access::is_open(appointment.status)) {
    end_room(database, appointment.id);
  }
  const bool keeps = before && before->room && !leaves;
  if (appointment.room && !keeps) put_room(database, appointment.id, *appointment.room, when);
  return !before;
}

void each_appointment(Database& database,
                      const std::function<void(const access::Appointment&)>& use) {
  const Reading reading(database);
  Query query(database, ROOMKEY_SELECT_APPOINTMENT " ORDER BY a.id");
  while (query.step()) use(appointment_from(query));
}

void each_open_appointment(Database& database, std::int64_t user_id, std::chrono::sys_seconds now,
                           const base::Window& starts,
                           const std::function<bool(const access::Appointment&)>& use) {
  const auto least = starts.opens_at ? base::unix_seconds(*starts.opens_at) : 0;
  const auto most = starts.closes_at ? base::unix_seconds(*starts.closes_at) : INT64_MAX;
  const auto second = base::unix_seconds(now);
  OpenAppointments later(database, kOpenFromNowOn, user_id, std::max(least, second), most);
  OpenAppointments earlier(database, kOpenBeforeNow, user_id, least, std::min(most, second - 1));
  for (int looked_at = 0; looked_at < kMostLookedAt; ++looked_at) {
    if (!later.next() && !earlier.next()) return;
    const bool ahead = !earlier.next() || (later.next() && later.next()->starts_at - now <=
                                                               now - earlier.next()->starts_at);
    OpenAppointments& nearer = ahead ? later : earlier;
    if (!use(*nearer.next())) return;
    nearer.move_on();
  }
}

bool remove_user(Transaction&, Database& database, std::int64_t appointment_id,
                 const access::Removal& removal, std::chrono::sys_seconds at) {
  return Query(database,
               "INSERT INTO removals (appointment_id, user_id, removed_at, removed_by, by_office)"
               " VALUES (?, ?, ?, ?, ?) ON CONFLICT (appointment_id, user_id) DO UPDATE SET"
               " removed_at = excluded.removed_at, removed_by = excluded.removed_by, by_office = 1"
               " WHERE excluded.by_office = 1 AND removals.by_office = 0",
               appointment_id, removal.user_id, base::unix_seconds(at), removal.by,
               std::int64_t{removal.by_office})
             .changed() > 0;
}

bool readmit_user(Transaction&, Database& database, std::int64_t appointment_id,
                  std::int64_t user_id) {
  return Query(database, "DELETE FROM removals WHERE appointment_id = ? AND user_id = ?",
               appointment_id, user_id)
             .changed() > 0;
}

std::optional<access::Removal> find_removal(Database& database, std::int64_t appointment_id,
                                            std::int64_t user_id) {
  Query query(database,
              "SELECT removed_by, by_office FROM removals WHERE appointment_id = ? AND user_id = ?",
              appointment_id, user_id);
  if (!query.step()) return std::nullopt;
  return access::Removal{user_id, query.optional_integer(0), query.integer(1) != 0};
}

}  // namespace roomkey::store

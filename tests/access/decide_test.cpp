#include "roomkey/access/decide.hpp"

#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::Result;

enum class Relation { patient, psychologist, stranger };
enum class Moment { no_window, before, at_opening, during, last_second, at_closing, after };

constexpr Role kRoles[] = {Role::patient, Role::psychologist, Role::practice_manager, Role::admin,
                           Role::service};
constexpr Relation kRelations[] = {Relation::patient, Relation::psychologist, Relation::stranger};
constexpr Status kStatuses[] = {Status::scheduled, Status::confirmed, Status::completed,
                                Status::cancelled, Status::no_show};
constexpr Moment kMoments[] = {Moment::no_window, Moment::before,      Moment::at_opening,
                               Moment::during,    Moment::last_second, Moment::at_closing,
                               Moment::after};

const Policy kQuarterAndHalf{15min, 30min};
constexpr auto kOpens = kNine - 15min;
constexpr auto kCloses = kNine + 90min;  // the appointment lasts an hour

std::chrono::sys_seconds time_of(Moment moment) {
  switch (moment) {
    case Moment::before: return kOpens - 1s;
    case Moment::at_opening: return kOpens;
    case Moment::last_second: return kCloses - 1s;
    case Moment::at_closing: return kCloses;
    case Moment::after: return kCloses + 24h;
    default: return kNine;
  }
}

struct Case {
  Role role;
  Relation relation;
  Status status;
  SessionType type;
  Moment moment;
  bool room;

  [[nodiscard]] User caller() const {
    User user = someone(role);
    if (relation == Relation::patient) user.id = 2;
    if (relation == Relation::psychologist) user.id = 19;
    return user;
  }
  [[nodiscard]] Appointment appointment() const {
    Appointment made = appointment_47();
    made.status = status;
    made.session_type = type;
    if (!room) made.room.reset();
    return made;
  }
  [[nodiscard]] Policy policy() const {
    return moment == Moment::no_window ? Policy{} : kQuarterAndHalf;
  }
  [[nodiscard]] std::string text() const {
    std::string text = std::string(word(role)) + ' ' + std::string(word(status)) + ' ';
    text += std::string(word(type)) + (room ? " room" : " no-room");
    return text + " relation " + show(relation) + " moment " + show(moment);
  }
};

// The contract's rules as sentences: each says for which cases it refuses. The first that speaks
// is the answer; where none does, the answer is yes (no code).
struct Rule {
  Code code;
  bool (*refuses)(const Case&);
};

bool outsider(const Case& c) { return c.relation == Relation::stranger; }
bool outsider_from_no_office(const Case& c) {
  return outsider(c) &&
         (c.role == Role::patient || c.role == Role::psychologist || c.role == Role::service);
}
bool over(const Case& c) {
  return c.status == Status::cancelled || c.status == Status::completed ||
         c.status == Status::no_show;
}

bool never_joins(const Case& c) { return outsider(c) || c.role == Role::service; }

const std::vector<Rule> kJoin{
    {Code::permission_denied, never_joins},
    {Code::appointment_closed, over},
    {Code::too_early, [](const Case& c) { return c.moment == Moment::before; }},
    {Code::too_late,
     [](const Case& c) { return c.moment == Moment::at_closing || c.moment == Moment::after; }},
    {Code::room_not_found, [](const Case& c) { return !c.room; }}};
bool outsider_who_books_nothing(const Case& c) {
  return outsider_from_no_office(c) && c.role != Role::service;
}
const std::vector<Rule> kAskForRoom{{Code::permission_denied, outsider_who_books_nothing}};
const std::vector<Rule> kMakeRoom{
    {Code::permission_denied, outsider_who_books_nothing},
    {Code::appointment_closed, over},
    {Code::not_telehealth, [](const Case& c) { return c.type == SessionType::in_person; }}};
const std::vector<Rule> kViewStatus{{Code::permission_denied, outsider}};
const std::vector<Rule> kView{{Code::permission_denied, outsider_from_no_office}};
const std::vector<Rule> kRemove{{Code::permission_denied, outsider_from_no_office},
                                {Code::permission_denied, [](const Case& c) {
                                   const bool office =
                                       c.role == Role::practice_manager || c.role == Role::admin;
                                   return c.relation == Relation::patient && !office;
                                 }}};

template <typename T>
void agrees(const std::vector<Rule>& rules, const Case& c, const Result<T>& result) {
  std::string wanted = "yes";
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    if (rule->refuses(c)) wanted = word(rule->code);
  }
  same(wanted, result ? "yes" : std::string(word(result.error().code)), c.text());
}

template <typename Use>
void each_case(Use use) {
  for (const auto role : kRoles) {
    for (const auto relation : kRelations) {
      for (const auto status : kStatuses) {
        for (const auto type : {SessionType::telehealth, SessionType::in_person}) {
          for (const auto moment : kMoments) {
            for (const bool room : {true, false}) {
              use(Case{role, relation, status, type, moment, room});
            }
          }
        }
      }
    }
  }
}

TEST(every_case_is_decided_as_the_contract_says) {
  int cases = 0;
  each_case([&](const Case& c) {
    ++cases;
    const Appointment appointment = c.appointment();
    const User caller = c.caller();
    agrees(kJoin, c, decide(appointment, caller, time_of(c.moment), c.policy()));
    agrees(kMakeRoom, c, decide_room(appointment, caller));
    agrees(kViewStatus, c, permit(Action::view_status, appointment, caller));
    agrees(kView, c, permit(Action::view, appointment, caller));
    agrees({{Code::permission_denied, never_joins}}, c, permit(Action::join, appointment, caller));
    agrees(kAskForRoom, c, permit(Action::make_room, appointment, caller));
    agrees(kRemove, c, permit(Action::remove, appointment, caller));
  });
  same(5 * 3 * 5 * 2 * 7 * 2, cases);
}

TEST(only_what_is_open_and_by_video_takes_a_room) {
  each_case([](const Case& c) {
    same(!over(c) && c.type == SessionType::telehealth, takes_room(c.appointment()), c.text());
  });
}

TEST(who_was_removed_does_not_join_and_the_other_does) {
  Appointment appointment = appointment_47();
  appointment.removed = {5, 2};
  refused(Code::removed, decide(appointment, jane(), kNine, {}));
  accepted(decide(appointment, sarah(), kNine, {}));
  appointment.status = Status::cancelled;
  refused(Code::removed, decide(appointment, jane(), kNine, {}), "before the state");
  refused(Code::permission_denied, decide(appointment, someone(Role::patient), kNine, {}));
  appointment.removed.clear();
  appointment.status = Status::scheduled;
  accepted(decide(appointment, jane(), kNine, {}));
}

TEST(a_grant_is_for_this_room_and_this_person) {
  const auto grant = accepted(decide(appointment_47(), jane(), kNine, {}));
  same(47, grant.appointment_id);
  same(kRoom, grant.room_name);
  same(2, grant.user_id);
  same("jane.doe@example.com", grant.email);
  same(90min, grant.validity);
  same("Jane Doe", grant.name);
}

TEST(a_grant_by_pseudonym_holds_nothing_of_its_person) {
  Policy policy;
  policy.identities = pseudonyms();
  const Grant grant = accepted(decide(appointment_47(), jane(), kNine, policy));
  same(kHiddenJane, grant.identity);
  same(0, grant.user_id);
  same("", grant.email + grant.name);
  same(kHiddenJane, grant.name_or_identity());
  expect(grant.side == Side::patient);
  expect(accepted(decide(appointment_47(), sarah(), kNine, policy)).side == Side::psychologist);
}

TEST(only_the_psychologist_leads_an_appointment) {
  const auto side_of = [](const User& user) {
    return word(accepted(decide(appointment_47(), user, kNine, {})).side);
  };
  same("patient", side_of(jane()));
  same("psychologist", side_of(sarah()));
  User patient = jane();
  patient.role = Role::psychologist;  // who is somebody's patient as well
  same("patient", side_of(patient));
}

TEST(validity_is_duration_and_half_an_hour_between_1_and_4_hours) {
  struct Span {
    std::chrono::minutes duration, validity;
  };
  for (const auto& [duration, validity] :
       {Span{0min, 60min}, Span{1min, 60min}, Span{29min, 60min}, Span{30min, 60min},
        Span{31min, 61min}, Span{60min, 90min}, Span{209min, 239min}, Span{210min, 240min},
        Span{211min, 240min}, Span{kMaxDuration, 240min}, Span{-60min, 60min}}) {
    same(validity, token_validity(duration), show(duration));
    Appointment appointment = appointment_47();
    appointment.duration = duration;
    same(validity, accepted(decide(appointment, jane(), kNine, {})).validity, show(duration));
  }
}

TEST(refuses_before_the_window_opens_and_from_its_end_on) {
  const auto at = [](std::chrono::sys_seconds now) {
    return decide(appointment_47(), sarah(), now, kQuarterAndHalf);
  };
  refused(Code::too_early, at(kOpens - 1s));
  accepted(at(kOpens));
  accepted(at(kCloses - 1s));
  refused(Code::too_late, at(kCloses));
}

TEST(a_refusal_by_the_window_tells_the_window) {
  for (const auto now : {kOpens - 1s, kCloses}) {
    const auto result = decide(appointment_47(), jane(), now, kQuarterAndHalf);
    same(std::optional<std::chrono::sys_seconds>(kOpens), result.error().window.opens_at);
    same(std::optional<std::chrono::sys_seconds>(kCloses), result.error().window.closes_at);
  }
}

TEST(a_window_may_be_open_on_one_side) {
  const Appointment appointment = appointment_47();
  const Policy early{15min, std::nullopt};
  accepted(decide(appointment, jane(), kNine + 24h * 365, early));
  const auto too_early = decide(appointment, jane(), kOpens - 1s, early);
  expect(too_early.error().window.opens_at && !too_early.error().window.closes_at);
  const Policy late{std::nullopt, 0min};
  accepted(decide(appointment, jane(), kNine - 24h * 365, late));
  refused(Code::too_late, decide(appointment, jane(), kNine + 60min, late));
  same(std::optional<std::chrono::sys_seconds>(kNine),
       join_window(appointment, {0min, std::nullopt}).opens_at);
}

TEST(outside_of_the_starts_that_are_looked_at_nobody_joins) {
  for (const auto& policy : {kQuarterAndHalf, Policy{0min, 0min}}) {
    const auto starts = joinable_starts(kNine, policy);
    for (const auto duration : {1min, 60min, kMaxDuration}) {
      Appointment appointment = appointment_47();
      appointment.duration = duration;
      appointment.starts_at = starts.closes_at.value() + 1s;
      refused(Code::too_early, decide(appointment, jane(), kNine, policy));
      appointment.starts_at = starts.opens_at.value() - 1s;
      refused(Code::too_late, decide(appointment, jane(), kNine, policy));
    }
  }
  const auto any = joinable_starts(kNine, {});
  expect(!any.opens_at && !any.closes_at);
}

TEST(a_closed_appointment_says_what_became_of_it) {
  Appointment appointment = appointment_47();
  appointment.status = Status::no_show;
  same("Appointment is no_show",
       refused(Code::appointment_closed, decide(appointment, jane(), kNine, {})));
  appointment.status = Status::cancelled;
  same("Appointment is cancelled",
       refused(Code::appointment_closed, decide_room(appointment, jane())));
}

TEST(a_stranger_learns_nothing_of_the_state) {
  Appointment appointment = appointment_47();
  appointment.status = Status::cancelled;
  const auto result = decide(appointment, someone(Role::admin), kNine - 24h, kQuarterAndHalf);
  same("", refused(Code::permission_denied, result));
  expect(!result.error().window.opens_at && !result.error().window.closes_at);
}

}  // namespace

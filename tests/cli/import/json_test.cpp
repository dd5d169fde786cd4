#include <algorithm>

#include "cli/import/imported.hpp"

namespace {

using namespace roomkey::test;
using roomkey::access::to_json;

constexpr const char* kJane =
    R"({"id":2,"email":"jane.doe@example.com","name":"Jane Doe","role":"patient","active":true})";

std::string users(const std::string& list) { return R"({"users":[)" + list + "]}"; }

TEST(formats_are_told_apart_by_content_behind_a_byte_order_mark) {
  same(kJane, to_json(faultless_records("\xEF\xBB\xBF \n" + users(kJane)).users.at(0).record));
  same(
      "x",
      faultless_records("\xEF\xBB\xBFid,email,name,role\n1,a@b,x,patient").users.at(0).record.name);
  same("file: holds no users.user, auth.user or appointments.appointment\n", faults_of(" [ ] "));
  same("resourceType: must be Bundle\n",
       faults_of("{\"id\":\"x\",\n\"resourceType\":\"Patient\"}"));
  same("file: is empty\n", faults_of("\xEF\xBB\xBF\r\n"));
  expect(contains(faults_of("\xFF\xFE{"), "file: is UTF-16 with something cut off"));
}

TEST(a_record_that_is_broken_does_not_hide_the_others) {
  const auto records =
      records_of(users(std::string(kJane) + R"(,{"id":nul},{"id":3,"id":4},[1,)" +
                       std::string(40, '[') + std::string(40, ']') + "]," + kJane));
  same("users[1]: is not valid JSON\nusers[2]: is not valid JSON\nusers[3]: is nested too deeply\n",
       faults_of(records));
  same(2, records.users.size());
}

TEST(places_name_the_file_where_there_are_several) {
  same("file: users[0]: must be an object\n", faults_of(records_of(users("1"), false)));
  same("file: is not valid JSON\n", faults_of(records_of(R"({"users":[],})", false)));
}

TEST(only_the_first_faults_are_kept_and_all_are_counted) {
  std::string list = "1";
  for (int i = 1; i < 100'000; ++i) list += ",1";
  const auto records = records_of(users(list));
  same(100'000, records.fault_count);
  same(50, records.faults.size());
}

TEST(tells_how_far_it_is) {
  std::vector<std::size_t> seen;
  roomkey::cli::import::Records records;
  roomkey::cli::import::ImportFile file{"file", users(std::string(kJane) + ',' + kJane), true,
                                        [&](std::size_t bytes) { seen.push_back(bytes); }};
  roomkey::cli::import::read_import(file, records);
  same(2, seen.size());
  expect(std::is_sorted(seen.begin(), seen.end()) && seen.back() < file.text.size());
  expect(seen.back() > file.text.size() - 5);
}

TEST(kinds_that_are_ignored_are_counted_and_bounded) {
  roomkey::cli::import::Records records;
  for (int i = 0; i < 1000; ++i) records.ignore("kind" + std::to_string(i % 500));
  records.ignore("two\nlines");
  same(21, records.ignored.size());
  same(2, records.ignored.at("kind3"));
  same(961, records.ignored.at("others"));
}

}  // namespace

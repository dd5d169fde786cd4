// The practice whose patients open the check page: what the page shows of it. Pure.
#pragma once

#include <string>
#include <string_view>

namespace roomkey::cli::site {

struct Practice {
  std::string name;
  std::string phone;
  std::string url;  // of a page to go back to; {id} is the appointment's number
  [[nodiscard]] bool is_named() const { return !name.empty() || !phone.empty() || !url.empty(); }
};

// Each says what is wrong with a value, in words that go behind it; empty where nothing is.
[[nodiscard]] std::string practice_name_fault(std::string_view name);
[[nodiscard]] std::string practice_phone_fault(std::string_view phone);
[[nodiscard]] std::string practice_url_fault(std::string_view url);

// In JSON that may stand inside single quotes in nginx's files, where $ would begin a variable.
[[nodiscard]] std::string practice_json(const Practice& practice);

}  // namespace roomkey::cli::site

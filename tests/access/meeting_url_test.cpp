#include "roomkey/access/meeting_url.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;

TEST(id_and_room_are_filled_in_wherever_they_stand) {
  const auto filled = [](const char* pattern) {
    same("", meeting_url_fault(pattern), pattern);
    return meeting_url(pattern, 47, "apt-47-1-a");
  };
  same("https://app.example/visit/47", filled("https://app.example/visit/{id}"));
  same("https://app.example/#/visit/47?room=apt-47-1-a&again=47",
       filled("https://app.example/#/visit/{id}?room={room}&again={id}"));
  same("http://localhost:3000/apt-47-1-a47", filled("http://localhost:3000/{room}{id}"));
  same("https://app.example", filled("https://app.example"), "one page for all");
}

TEST(a_room_s_name_is_one_segment_and_one_value) {
  same("https://app.example/a%3Bb%2Bc%7Bd%7D?r=a%3Bb%2Bc%7Bd%7D",
       meeting_url("https://app.example/{room}?r={room}", 47, "a;b+c{d}"));
}

TEST(a_pattern_says_what_is_wrong_with_it) {
  for (const char* const other :
       {"", "app.example/{id}", "ftp://app.example/", "//app.example", "HTTPS://app.example",
        "clinic://visit/{id}", "{id}", " https://app.example"}) {
    same("must begin with https:// or http://", meeting_url_fault(other), other);
  }
  for (const char* const other : {"https://app.example/a b", "https://app.example/<id>",
                                  "https://app.example/\xC3\xA9", "https://app.example/\n"}) {
    expect(meeting_url_fault(other).starts_with("has a character"), other);
  }
  for (const char* const other :
       {"https://", "https:///visit/{id}", "https://{room}.app.example/", "https://app.example{id}",
        "https://u:p@app.example/", "https://app.example:0/", "https://app.example:99999/{id}"}) {
    expect(meeting_url_fault(other).starts_with("must have a plain host"), other);
  }
  for (const char* const other : {"https://app.example/{id", "https://app.example/id}",
                                  "https://app.example/{{id}}", "https://app.example/{"}) {
    same("has a brace without its other half", meeting_url_fault(other), other);
  }
  for (const char* const other : {"{appointment}", "{ID}", "{room_name}"}) {
    same(std::string(other) + " is not known: only {id} and {room} are filled in",
         meeting_url_fault("https://app.example/" + std::string(other)));
  }
  same("one placeholder is not known: only {id} and {room} are filled in",
       meeting_url_fault("https://app.example/{1=2}"));
  expect(!meeting_url_fault("https://app.example/{}").empty());
}

}  // namespace

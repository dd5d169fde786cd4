#include "cli/site/practice.hpp"

#include <string>

#include "support/test.hpp"

namespace {

using namespace roomkey::cli::site;
using namespace roomkey::test;

TEST(a_practice_stands_in_json_that_nginx_takes_literally) {
  const Practice practice{"Dr. O'Müller & \"Söhne\" $host \\", "+49 (30) 12/34-5",
                          "https://a.example/x/{id}?a='$b'"};
  same(R"({"name": "Dr. O\u0027Müller \u0026 \u0022Söhne\u0022 \u0024host \u005c", )"
       R"("phone": "+49 (30) 12/34-5", "url": "https://a.example/x/{id}?a=\u0027\u0024b\u0027"})",
       practice_json(practice));
  same(R"({"name": "", "phone": "", "url": ""})", practice_json({}));
  expect(!Practice{}.is_named() && Practice{"", "1", ""}.is_named());
}

TEST(a_practice_s_name_is_any_line_of_text) {
  for (const char* good : {"", "Praxis am Markt", "Dr. O'Neill & Partner", "診療所"}) {
    same("", practice_name_fault(good));
  }
  for (const std::string& bad :
       {std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"), std::string(201, 'a')}) {
    expect(!practice_name_fault(bad).empty(), bad);
  }
}

TEST(a_telephone_number_is_digits_and_what_stands_between_them) {
  for (const char* good : {"", "112", "+49 30 1234567", "(030) 123/45-67", "0800.123.456"}) {
    same("", practice_phone_fault(good));
  }
  for (const char* bad : {"12", "call us", "030 123 ext. 4", "1+23", "++123", "+", "tel:123"}) {
    expect(!practice_phone_fault(bad).empty(), bad);
  }
}

TEST(the_way_back_is_an_address_of_the_web) {
  for (const char* good : {"", "https://a.example", "https://a.example/visits/{id}?x=1#y",
                           "http://localhost:3000/{id}/{id}"}) {
    same("", practice_url_fault(good));
  }
  for (const char* bad :
       {"a.example", "javascript:alert(1)", "https://", "https:///x", "https://a.example/a b",
        "https://a.example/\xc3\xbc", "https://a.example/{room}", "https://a.example/{id"}) {
    expect(!practice_url_fault(bad).empty(), bad);
  }
}

}  // namespace

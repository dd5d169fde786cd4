#include "provider/twilio/sid.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::provider::twilio;
using namespace roomkey::test;

const std::string kSid = "AC0123456789abcdef0123456789ABCDEF";

TEST(a_sid_is_two_letters_for_its_kind_and_32_hexadecimal_digits) {
  expect(is_sid(kSid, "AC"));
  expect(!is_sid(kSid, "SK"));
  expect(!is_sid(kSid.substr(0, 33), "AC"));
  expect(!is_sid(kSid + "0", "AC"));
  expect(!is_sid("AC0123456789abcdef0123456789ABCDEG", "AC"));
  expect(!is_sid("", "AC"));
}

TEST(of_a_sid_enough_is_shown_to_tell_two_apart_and_of_anything_else_nothing) {
  same("AC0123...CDEF", masked_sid(kSid));
  same("AC..., which is no SID: 7 characters", masked_sid("AC12345"));
  same("no SID: 6 characters", masked_sid("secret"));
  same("no SID: 1 character", masked_sid("x"));
}

TEST(video_has_signalling_in_the_regions_that_twilio_lists) {
  for (const auto* const region : {"au1", "gll", "us1", "us2"}) {
    expect(has_signalling(region), region);
    expect(contains(kSetRegion, region), region);
  }
  for (const auto* const other : {"", "us3", "US1", "dublin", "au1 "}) {
    expect(!has_signalling(other), other);
  }
}

}  // namespace

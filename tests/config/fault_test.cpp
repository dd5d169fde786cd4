#include "roomkey/config/fault.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::config::Fault;

TEST(a_fault_says_where_it_is) {
  same("TWILIO_ROOMS: must be one of ad-hoc, rest",
       Fault{"TWILIO_ROOMS", "must be one of ad-hoc, rest"}.text());
  same("/etc/roomkey/roomkey.env line 3: a quote is not closed",
       Fault{"/etc/roomkey/roomkey.env", "a quote is not closed", 3}.text());
  same("line 3: a quote is not closed", Fault{"", "a quote is not closed", 3}.text());
}

}  // namespace

// Runs every registered test; one line for each that fails or is skipped; ends with "N passed, N
// failed, N skipped".
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <iostream>

#include "roomkey/base/log.hpp"
#include "support/test.hpp"

int main() {
  roomkey::base::set_up_log("error");
  CppUnit::TestResult events;
  CppUnit::TestResultCollector collector;
  events.addListener(&collector);
  CppUnit::TestRunner runner;
  runner.addTest(CppUnit::TestFactoryRegistry::getRegistry().makeTest());
  runner.run(events);
  if (!collector.wasSuccessful()) CppUnit::CompilerOutputter(&collector, std::cout).write();
  const int failed = collector.testFailuresTotal();
  const int skipped = roomkey::test::skipped_tests;
  std::cout << collector.runTests() - failed - skipped << " passed, " << failed << " failed, "
            << skipped << " skipped\n";
  return failed == 0 && collector.runTests() > 0 ? 0 : 1;
}

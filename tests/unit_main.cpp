// Runs every registered test; one line for each that fails; ends with "N passed, N failed".
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <iostream>

#include "roomkey/base/log.hpp"

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
  std::cout << collector.runTests() - failed << " passed, " << failed << " failed\n";
  return failed == 0 && collector.runTests() > 0 ? 0 : 1;
}

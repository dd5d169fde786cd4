// What a reader makes of a file, as lines.
#pragma once

#include "cli/import/records.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline cli::import::Records records_of(std::string text, bool alone = true) {
  cli::import::Records records;
  cli::import::ImportFile file{"file", std::move(text), alone};
  cli::import::read_import(file, records);
  cli::import::settle_people(records);
  return records;
}

// "place: why", each on a line.
inline std::string faults_of(const cli::import::Records& records) {
  std::string result;
  for (const auto& fault : records.faults) result += fault.place + ": " + fault.why + '\n';
  return result;
}
inline std::string faults_of(std::string text) { return faults_of(records_of(std::move(text))); }

// That there are no faults; gives the records.
inline cli::import::Records faultless_records(std::string text) {
  auto records = records_of(std::move(text));
  same("", faults_of(records));
  return records;
}

}  // namespace roomkey::test
